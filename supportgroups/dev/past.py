"""What happened in the demo's story before today: who said yes, and how many came."""

from datetime import datetime, timedelta

from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group, Role
from supportgroups.groups.queries import list_members
from supportgroups.groups.services.groups import confirm_group
from supportgroups.insight.models import Outcome
from supportgroups.insight.services import count_heads
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.answers import respond
from supportgroups.rsvps.services.names import erase_old_answers
from supportgroups.sessions.models import GroupSession

#: In turn, session after session: how many said yes, came, and were there for the first time.
NUMBERS = ((6, 5, 2), (7, 7, 1), (8, 6, 0), (7, 8, 2), (5, 5, 0))
#: Of every group's sessions this one did not take place, counted from the first.
SNOWED_OFF = 3


def tell_the_past(organizer: UserAccount, *, now: datetime) -> None:
    """Let the sessions behind the reader have been answered and counted, except the last ones."""
    groups = db.session.execute(select(Group).order_by(Group.id)).scalars().all()
    for group in groups:
        past = _past_sessions(group, now)
        people = [member.user for member in list_members(group, roles=[Role.MEMBER])]
        for number, group_session in enumerate(past):
            _tell(group_session, number, people, is_last=group_session is past[-1])
    # Nobody has looked after the page of the last one for long.
    for group in groups[:-1]:
        confirm_group(group, actor=organizer, now=now - timedelta(days=20))
    erase_old_answers(now=now)


def _past_sessions(group: Group, now: datetime) -> list[GroupSession]:
    return list(
        db.session.execute(
            select(GroupSession)
            .where(GroupSession.group_id == group.id, GroupSession.ends_at <= now)
            .order_by(GroupSession.starts_at, GroupSession.id)
        ).scalars()
    )


def _tell(
    group_session: GroupSession, number: int, people: list[UserAccount], *, is_last: bool
) -> None:
    said_yes, came, first_timers = NUMBERS[number % len(NUMBERS)]
    day_before = group_session.starts_at - timedelta(days=1)
    for person in people[:said_yes]:
        respond(group_session, actor=person, status=RsvpStatus.ACCEPTED, now=day_before)
    if is_last or not group_session.facilitators:
        return
    count_heads(
        group_session,
        actor=group_session.facilitators[0],
        outcome=Outcome.WEATHER if number == SNOWED_OFF else Outcome.HELD,
        heads=came,
        first_timers=first_timers,
        now=group_session.ends_at,
    )
