"""What those who lead leave behind in the world of the house tests: counts, and a search for cover."""

from datetime import timedelta

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group
from supportgroups.insight.models import HeadCount, Outcome
from supportgroups.rsvps.models import RsvpStatus, SessionTally
from supportgroups.sessions.models import Series
from supportgroups.volunteering.models import CoverAsk, CoverRequest
from tests.factories import LONG_AGO, make_series, make_session


def let_be_long_over(group: Group, facilitator: UserAccount) -> None:
    """Let a session have been counted, and what was answered be erased but for the numbers."""
    series = make_series(group, title="In the past", place="")
    group_session = make_session(series, series.wall_starts_at - timedelta(weeks=7))
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


def look_for_cover(
    series: Series, facilitator: UserAccount, organizer: UserAccount
) -> CoverRequest:
    """Let the facilitator be unable to lead a session, and the organizer be asked to."""
    group_session = make_session(series, series.wall_starts_at + timedelta(weeks=3))
    request = CoverRequest(
        group_session_id=group_session.id, asked_by_id=facilitator.id, asked_at=LONG_AGO
    )
    request.asks = [CoverAsk(user_id=organizer.id, position=1, asked_at=LONG_AGO)]
    db.session.add(request)
    db.session.flush()
    return request
