"""Changing the way in to a schedule without leaving anybody between two ways."""

from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.db import transaction
from supportgroups.errors import DomainError
from supportgroups.rsvps import queries
from supportgroups.sessions.models import Series
from supportgroups.sessions.queries import lock_series
from supportgroups.sessions.services import ways_in


class PeopleHaveAnswered(DomainError):
    """They came by single dates or by the whole course, and nobody can say what that would become."""


@transaction()
def choose_way_in(
    series: Series, details: ways_in.WayInDetails, *, actor: UserAccount, now: datetime
) -> None:
    """Change how people come to all sessions of a schedule; see the service of the same name below.

    :raises PermissionDenied: the actor does not organize the group
    :raises OnlyCoursesEnrol: people would enrol in what is no course
    :raises PeopleHaveAnswered: it would begin or end to be enrolled in, and people have answered
    """
    series = lock_series(series.id)
    if series.enrols != details.admission.enrols and queries.has_answers(series, now=now):
        raise PeopleHaveAnswered
    ways_in.choose_way_in(series, details, actor=actor, now=now)
