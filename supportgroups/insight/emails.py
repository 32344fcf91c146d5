"""The letter that asks how many people came."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import lazy_gettext as _l

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.permissions import Permission, permits
from supportgroups.insight import links
from supportgroups.insight.queries import find_head_count
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.outbox.notice import Notice, Topic
from supportgroups.sessions.models import GroupSession


def head_count_wanted(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Ask somebody who led how many came, unless it was counted or is long ago."""
    group_session = db.session.get(GroupSession, payload["group_session_id"])
    person = db.session.get(UserAccount, payload["user_id"])
    if group_session is None or person is None or person.email is None:
        return None
    if group_session.is_cancelled or find_head_count(group_session) is not None:
        return None
    is_late = group_session.ends_at + links.WORKS_FOR <= now
    if is_late or not permits(person, Permission.SESSION_COUNT, group_session.group):
        return None
    token = links.sign(group_session.public_id, person.id)
    address = address_of("insight.count_by_link", token=token)
    with in_language(person.language):
        text = render_template(
            "emails/insight_head_count_wanted.txt", group_session=group_session, address=address
        )
        return Letter(
            to=person.email,
            subject=str(_l("A short question")),
            text=text,
            notice=Notice(reader_id=person.id, topic=Topic.DUTIES, group_id=group_session.group_id),
        )
