"""What those who lead leave behind in the world of the house tests: counts, and what is kept of answers."""

from sqlalchemy import delete

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.insight.models import HeadCount, Outcome
from supportgroups.rsvps.models import Rsvp, RsvpStatus, SessionTally
from supportgroups.sessions.models import GroupSession


def let_be_long_over(group_session: GroupSession, facilitator: UserAccount) -> None:
    """Let a session have been counted, and what was answered be erased but for the numbers."""
    db.session.execute(delete(Rsvp).where(Rsvp.group_session_id == group_session.id))
    db.session.add(
        SessionTally(group_session_id=group_session.id, status=RsvpStatus.ACCEPTED, number=7)
    )
    db.session.add(
        HeadCount(
            group_session_id=group_session.id,
            outcome=Outcome.HELD,
            heads=6,
            first_timers=1,
            counted_at=group_session.ends_at,
            counted_by_id=facilitator.id,
        )
    )
    db.session.flush()
