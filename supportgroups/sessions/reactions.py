"""What sessions do when something below them changed."""

from datetime import datetime
from typing import Any

from supportgroups.groups.models import Group
from supportgroups.sessions import queries
from supportgroups.sessions.services import rooms
from supportgroups.sessions.services import sessions as session_services
from supportgroups.sessions.services.changes import revise


def revise_sessions_of_renamed_group(_sender: Any, *, group: Group, now: datetime) -> None:
    """Calendars show the group's name beside its sessions, so each of them reads differently."""
    for group_session in queries.list_coming_sessions([group], now=now, limit=None):
        revise(group_session, is_new=True, now=now)


def free_sessions_of_facilitator(
    _sender: Any, *, group_id: int, user_id: int, now: datetime
) -> None:
    """Who no longer leads in a group, or belongs to it, leads none of its coming sessions."""
    session_services.release_facilitator(group_id=group_id, user_id=user_id, now=now)


def ask_for_new_links(
    _sender: Any,
    *,
    group_id: int,
    now: datetime,  # noqa: ARG001 (every fact says when)
) -> None:
    """The wrong people may know the links of a group, so nobody is led there any more."""
    rooms.ask_for_new_links(group_id)
