"""The online rooms of schedules: who is led there, and links that have to change."""

from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import transaction
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.models import ChangeKind, LinkPolicy, ScheduleChange, Series
from supportgroups.sessions.services.changes import Act


@transaction()
def set_room(
    series: Series,
    *,
    actor: UserAccount,
    policy: LinkPolicy,
    online_link: str,
    now: datetime,
    is_confirmed: bool = True,
) -> ScheduleChange | None:
    """Say where the sessions of a schedule meet online and who is led there.

    The link holds for all sessions to come; those with another one follow it from now on, if
    that one had to change. Who answered a session whose link is new is told that it is.

    :raises PermissionDenied: the actor does not organize the group
    :raises NotConfirmed: it is to be confirmed first, and was not
    """
    ensure(actor, Permission.SESSION_MANAGE, series.group)
    series = queries.lock_series(series.id)
    act = Act(ChangeKind.EDITED, series.group, actor=actor, now=now, is_confirmed=is_confirmed)
    act.touch_series(series)
    for one in queries.lock_coming_sessions([series.id], now=now):
        act.touch(one)
        if series.is_link_old:
            one.online_link = None
    series.link_policy = policy
    series.online_link = online_link
    series.is_link_old = False
    record(
        "series.room_set",
        actor_id=actor.id,
        group_id=series.group_id,
        subject=str(series.public_id),
        now=now,
    )
    return act.finish()


@transaction()
def ask_for_new_links(group_id: int) -> None:
    """Lead nobody to the rooms of a group until its organizers have given new links."""
    for series in queries.list_series_with_rooms(group_id):
        series.is_link_old = True
