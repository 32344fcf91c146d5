"""The letter that brings an announcement."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import gettext as _

from supportgroups.accounts.models import UserAccount
from supportgroups.announcements.models import Announcement
from supportgroups.announcements.queries import is_for
from supportgroups.db import db
from supportgroups.groups.models import Group, Membership
from supportgroups.outbox.mail import Letter, in_language
from supportgroups.outbox.notice import Notice, Topic


def announcement(payload: dict[str, Any], *, now: datetime) -> Letter | None:  # noqa: ARG001
    """Send an announcement to somebody whom it is still for, unless it was taken back."""
    told = db.session.get(Announcement, payload["announcement_id"])
    if told is None or told.words is None:
        return None
    membership = db.session.get(Membership, (told.group_id, payload["user_id"]))
    if membership is None or not is_for(told, membership):
        return None
    group_session = told.group_session
    return _letter(
        told.group,
        told.words,
        membership.user,
        hurries_for=group_session.starts_at if group_session is not None else None,
    )


def preview(group: Group, words: str, reader: UserAccount) -> Letter | None:
    """Return the letter as this reader would get it; none for somebody without an address."""
    return _letter(group, words, reader)


def _letter(
    group: Group, words: str, reader: UserAccount, *, hurries_for: datetime | None = None
) -> Letter | None:
    if reader.letters_go_to is None:
        return None
    with in_language(reader.language):
        return Letter(
            to=reader.letters_go_to,
            # Neither it nor the first line says who writes, or about what.
            subject=_("A message"),
            reply_to=group.mailbox,
            notice=Notice(
                reader_id=reader.id,
                topic=Topic.ANNOUNCEMENTS,
                group_id=group.id,
                hurries_for=hurries_for,
            ),
            text=render_template(
                "emails/announcements_announcement.txt",
                words=words,
                takes_answers=group.mailbox is not None,
            ),
        )
