"""A break of every group of the site: over the holidays, in a snow storm, while the halls are closed.

It is one break in each group, so that each can end its own; all that are left end together.
"""

from datetime import date, datetime
from typing import NamedTuple

from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.permissions import ensure_runs_site
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.groups import queries as group_queries
from supportgroups.groups.models import Group
from supportgroups.sessions import queries
from supportgroups.sessions.models import ChangeKind, ScheduleChange, SiteBreak
from supportgroups.sessions.services.changes import Act
from supportgroups.sessions.services.pauses import BreakEndsTooEarly, begin, end


class TouchedGroup(NamedTuple):
    """What a break of the whole site does to one group."""

    group: Group
    #: How many sessions it calls off, or gives back.
    sessions: int


@transaction()
def begin_site_break(
    *,
    starts_on: date,
    returns_on: date,
    reason: str = "",
    actor: UserAccount | None,
    now: datetime,
) -> list[TouchedGroup]:
    """Let every group have the same break; everyone who answered is told once.

    A group that has a break of its own at that time keeps it, and gets this one besides. Groups that
    start later know nothing of it.

    :param actor: none for the command line
    :raises PermissionDenied: the actor does not run the site
    :raises BreakEndsTooEarly: it would not last a day
    :raises BreakIsOver: it would be over already
    """
    if actor is not None:
        ensure_runs_site(actor)
    if returns_on <= starts_on:
        raise BreakEndsTooEarly
    site_break = SiteBreak(
        starts_on=starts_on, returns_on=returns_on, reason=reason, created_at=now
    )
    db.session.add(site_break)
    db.session.flush()
    touched = []
    for group in group_queries.list_all_groups():
        act = Act(ChangeKind.PAUSED, group, actor=actor, now=now)
        change = begin(
            act,
            None,
            starts_on=starts_on,
            returns_on=returns_on,
            reason=reason,
            site_break=site_break,
        )
        touched.append(TouchedGroup(group, _count(change)))
    _record("site_break.begun", site_break, actor, now=now)
    return touched


@transaction()
def lift_site_break(
    site_break: SiteBreak, *, actor: UserAccount, now: datetime
) -> list[TouchedGroup]:
    """Let every group that still has this break meet in its days after all.

    :raises PermissionDenied: the actor does not run the site
    """
    ensure_runs_site(actor)
    touched = []
    for pause in queries.list_pauses_of_site_break(site_break):
        act = Act(ChangeKind.RESUMED, pause.group, actor=actor, now=now)
        touched.append(TouchedGroup(pause.group, _count(end(act, pause))))
    _record("site_break.lifted", site_break, actor, now=now)
    db.session.delete(site_break)
    return touched


def _count(change: ScheduleChange | None) -> int:
    return len(change.before["sessions"]) if change is not None else 0


def _record(act: str, site_break: SiteBreak, actor: UserAccount | None, *, now: datetime) -> None:
    record(
        act,
        actor_id=actor.id if actor is not None else None,
        subject=str(site_break.public_id),
        now=now,
    )
