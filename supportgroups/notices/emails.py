"""The letter that reminds somebody of a session."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from supportgroups.accounts.models import Reminder
from supportgroups.notices import queries
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.outbox.notice import Notice, Topic
from supportgroups.rsvps.answer_links import answer_token


def reminder(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Remind somebody of what they answered, unless that has changed since it was queued."""
    rsvp = queries.find_answer(payload["rsvp_id"])
    if rsvp is None or rsvp.status not in queries.REMINDED_OF or rsvp.reminded_at is None:
        return None
    group_session, person = rsvp.group_session, rsvp.user
    if group_session.is_cancelled or group_session.has_started(now):
        return None
    if person.letters_go_to is None or queries.find_choice(rsvp) is Reminder.NONE:
        return None
    with in_language(person.language):
        return Letter(
            to=person.letters_go_to,
            subject=_("A reminder"),
            notice=Notice(
                reader_id=person.id, topic=Topic.REMINDERS, group_id=group_session.group_id
            ),
            text=render_template(
                "emails/notices_reminder.txt",
                group_session=group_session,
                status=rsvp.status,
                address=address_of("pages.session", public_id=group_session.public_id),
                answer_address=address_of("notices.answer", token=answer_token(rsvp.id)),
            ),
        )
