"""Letters to those who lead: can you lead this, it is settled, nobody leads this yet.

None of them names the group, nor who cannot lead, nor why.
"""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.permissions import Permission, permits
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.outbox.notice import Notice, Topic
from supportgroups.sessions.models import GroupSession
from supportgroups.volunteering import links
from supportgroups.volunteering.models import CoverRequest, CoverStatus
from supportgroups.volunteering.queries import find_open_request


def cover_wanted(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Ask somebody whether they can lead a session, unless it is settled or they said no."""
    request = db.session.get(CoverRequest, payload["request_id"])
    person = db.session.get(UserAccount, payload["user_id"])
    if request is None or person is None or not request.is_open:
        return None
    if request.group_session.is_cancelled:
        return None
    if not any(ask.user_id == person.id and ask.is_waited_for for ask in request.asks):
        return None
    token = links.sign(request.public_id, person.id)
    address = address_of("volunteering.answer_by_link", token=token)
    return _letter(
        person, request.group_session, _l("Can you help out?"), "volunteering_cover_wanted",
        address=address, now=now, topic=Topic.DUTIES,
    )  # fmt: skip


def cover_settled(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who may still be thinking about it that it is settled, and how."""
    request = db.session.get(CoverRequest, payload["request_id"])
    person = db.session.get(UserAccount, payload["user_id"])
    if request is None or person is None:
        return None
    group_session = request.group_session
    if group_session.is_cancelled is not (request.status is CoverStatus.CANCELLED):
        # It was cancelled, or takes place after all, since it was settled.
        return None
    address = address_of("pages.session", public_id=group_session.public_id)
    return _letter(
        person, group_session, _l("It is settled"), "volunteering_cover_settled",
        address=address, now=now, status=request.status,
        leads_it=person in group_session.facilitators,
    )  # fmt: skip


def lead_missing(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell an organizer that nobody leads a session yet, unless somebody does by now."""
    group_session = db.session.get(GroupSession, payload["group_session_id"])
    person = db.session.get(UserAccount, payload["user_id"])
    if group_session is None or person is None:
        return None
    if group_session.is_cancelled:
        return None
    if group_session.facilitators and find_open_request(group_session) is None:
        return None
    if not permits(person, Permission.SESSION_MANAGE, group_session.group):
        return None
    address = address_of("volunteering.find_cover", public_id=group_session.public_id)
    return _letter(
        person, group_session, _l("Somebody is needed"), "volunteering_lead_missing",
        address=address, now=now,
    )  # fmt: skip


def _letter(
    person: UserAccount,
    group_session: GroupSession,
    subject: LazyString,
    template: str,
    *,
    address: str,
    now: datetime,
    topic: Topic | None = None,
    **facts: Any,
) -> Letter | None:
    if person.email is None or group_session.has_started(now):
        return None
    if not permits(person, Permission.SESSION_LEAD, group_session.group):
        return None
    with in_language(person.language):
        text = render_template(
            f"emails/{template}.txt", group_session=group_session, address=address, **facts
        )
        return Letter(
            to=person.email,
            subject=str(subject),
            text=text,
            notice=Notice(
                reader_id=person.id,
                topic=topic,
                group_id=group_session.group_id,
                hurries_for=group_session.starts_at,
            ),
        )
