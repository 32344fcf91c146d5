"""Erasing who answered, once a session is long over. How many there were stays."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.rsvps.models import Rsvp, SessionTally
from supportgroups.sessions.models import GroupSession

#: So long after a session it is still known who answered what (product.md, rule 8).
NAMES_KEPT = timedelta(days=30)


@transaction()
def erase_old_answers(*, now: datetime) -> int:
    """Keep the tallies of sessions that ended long ago, and erase their answers; return how many."""
    old = Rsvp.group_session_id.in_(
        select(GroupSession.id).where(GroupSession.ends_at <= now - NAMES_KEPT)
    )
    people = db.session.execute(
        select(UserAccount)
        .where(UserAccount.id.in_(select(Rsvp.user_id).where(old)))
        .order_by(UserAccount.id)
    ).scalars()
    for person in people:
        # Their own calendar showed it as an answer of theirs.
        person.touch_calendar(now)
    people_by_answer = (
        select(Rsvp.group_session_id, Rsvp.status, func.sum(1 + Rsvp.plus_count))
        .where(old)
        .group_by(Rsvp.group_session_id, Rsvp.status)
    )
    db.session.execute(
        insert(SessionTally).from_select(["group_session_id", "status", "number"], people_by_answer)
    )
    return len(db.session.execute(delete(Rsvp).where(old).returning(Rsvp.id)).all())
