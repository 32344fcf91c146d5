"""How people come to the sessions of a schedule."""

from dataclasses import dataclass
from datetime import datetime

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.models import Series
from supportgroups.sessions.services.series import ensure_may_enrol
from supportgroups.sessions.ways_in import WayIn


@dataclass(frozen=True, kw_only=True)
class WayInDetails:
    """What organizers say about the way in to a schedule."""

    admission: WayIn
    #: So many minutes before the start the doors open.
    doors_minutes: int
    #: How many people somebody may bring.
    max_plus_count: int = 0
    #: So many places are kept for people who come for the first time, until the day before.
    newcomer_seats: int = 0


@transaction()
def choose_way_in(
    series: Series, details: WayInDetails, *, actor: UserAccount, now: datetime
) -> None:
    """Change how people come to all sessions of a schedule.

    Where booking ends, so does waiting: whoever waits for a coming session has a place then. Places
    that are kept no longer go to those who wait as well.

    Who enrols has one place, brings nobody, and comes for the first time with all the others.

    :raises PermissionDenied: the actor does not organize the group
    :raises OnlyCoursesEnrol: people would enrol in what is no course
    """
    series = queries.lock_series(series.id)
    ensure(actor, Permission.SESSION_MANAGE, series.group)
    ensure_may_enrol(series.kind, details.admission)
    before = (series.admission, series.newcomer_seats)
    series.admission = details.admission
    series.doors_minutes = details.doors_minutes
    series.max_plus_count = 0 if series.enrols else details.max_plus_count
    series.newcomer_seats = 0 if series.enrols else details.newcomer_seats
    record(
        "series.way_in_chosen",
        actor_id=actor.id,
        group_id=series.group_id,
        subject=str(series.public_id),
        now=now,
    )
    db.session.flush()
    if before != (series.admission, series.newcomer_seats):
        for group_session in queries.list_coming_of_series(series, now=now):
            events.session_capacity_changed.send(group_session=group_session, now=now)
