"""The online rooms of schedules: who is led there, and links that have to change."""

from datetime import datetime

from sqlalchemy import update

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.sessions import queries
from supportgroups.sessions.models import GroupSession, LinkPolicy, Series


@transaction()
def set_room(
    series: Series, *, actor: UserAccount, policy: LinkPolicy, online_link: str, now: datetime
) -> None:
    """Say where the sessions of a schedule meet online and who is led there.

    The link holds for all sessions to come; those with another one follow it from now on, if
    that one had to change.

    :raises PermissionDenied: the actor does not organize the group
    """
    series = queries.lock_series(series.id)
    ensure(actor, Permission.SESSION_MANAGE, series.group)
    if series.is_link_old:
        db.session.execute(
            update(GroupSession)
            .where(GroupSession.series_id == series.id, GroupSession.ends_at > now)
            .values(online_link=None)
        )
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


@transaction()
def ask_for_new_links(group_id: int) -> None:
    """Lead nobody to the rooms of a group until its organizers have given new links."""
    for series in queries.list_series_with_rooms(group_id):
        series.is_link_old = True
