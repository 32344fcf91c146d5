"""Whether what a group's page says is true: reports of problems, questions to organizers, leaving the lists."""

from datetime import datetime, timedelta

from sqlalchemy import delete, update

from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.queries import list_site_admins
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import TooManyTries
from supportgroups.groups import queries
from supportgroups.groups.freshness import NUDGES, is_nudge_due, is_to_be_hidden
from supportgroups.groups.models import (
    Group,
    HiddenBecause,
    ProblemKind,
    ProblemReport,
    Role,
)
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.limits import spend
from supportgroups.outbox.services.jobs import enqueue_many
from supportgroups.tokens import derived_secret

REPORTS_PER_CALLER = 5
REPORT_WINDOW = timedelta(hours=1)
#: So many people from different places take a group out of the lists without anybody looking.
ENOUGH_REPORTS = 2
#: A report is kept for so long, answered or not, so that one person does not count twice.
REPORTS_KEPT_FOR = timedelta(days=180)


def report_problem(
    group: Group,
    *,
    kind: ProblemKind,
    note: str,
    actor: UserAccount | None,
    caller: str,
    now: datetime,
) -> None:
    """Tell those who can help that something about a group's page or the group is wrong.

    :param actor: None for a guest; nobody is asked who they are, and it is not kept
    :param caller: the network from which they come, which counts once for each group
    :raises PermissionDenied: the group is private, where its organizers are the ones to ask
    :raises TooManyTries: there were too many reports from there
    """
    key = f"report from {caller}"
    if not spend(key, limit=REPORTS_PER_CALLER, per=REPORT_WINDOW, now=now):
        raise TooManyTries
    _keep_report(group, kind, note, actor=actor, caller=caller, now=now)


@transaction()
def _keep_report(
    group: Group,
    kind: ProblemKind,
    note: str,
    *,
    actor: UserAccount | None,
    caller: str,
    now: datetime,
) -> None:
    ensure(actor, Permission.GROUP_REPORT, group)
    group = queries.lock_group(group.id)
    reporter = derived_secret("problem report", f"{group.id} {caller}")
    if queries.find_report(group, reporter) is not None:
        return
    report = ProblemReport(
        group_id=group.id, kind=kind, note=note, reporter=reporter, reported_at=now
    )
    db.session.add(report)
    db.session.flush()
    enqueue_many(
        "groups.problem_reported",
        (
            (
                f"problem-reported:{report.public_id}:{admin.id}",
                {"report_id": report.id, "user_id": admin.id},
            )
            for admin in list_site_admins()
        ),
        now=now,
    )
    if kind.is_about_facts:
        _ask_organizers(group, f"report:{report.public_id}", now=now)
    if group.is_listed and len(queries.list_open_reports(group)) >= ENOUGH_REPORTS:
        _hide(group, HiddenBecause.REPORTED, now=now)


@transaction()
def hide_group(group: Group, *, actor: UserAccount, now: datetime) -> None:
    """Take a group out of all lists, until somebody who runs the site puts it back.

    :raises PermissionDenied: the actor does not run the site
    """
    ensure(actor, Permission.GROUP_HIDE, group)
    group = queries.lock_group(group.id)
    _settle_reports(group, now=now)
    _hide(group, HiddenBecause.SITE_ADMIN, now=now)
    record("group.hidden", actor_id=actor.id, group_id=group.id, subject=group.slug, now=now)


@transaction()
def keep_group(group: Group, *, actor: UserAccount, now: datetime) -> None:
    """Say that nothing is wrong: its reports are answered, and it stands in the lists again.

    :raises PermissionDenied: the actor does not run the site
    """
    ensure(actor, Permission.GROUP_HIDE, group)
    group = queries.lock_group(group.id)
    _settle_reports(group, now=now)
    if group.hidden_because is not HiddenBecause.UNCONFIRMED:
        _show(group, now=now)
    record("group.kept", actor_id=actor.id, group_id=group.id, subject=group.slug, now=now)


@transaction()
def note_confirmed(group: Group, *, now: datetime) -> None:
    """Remember that an organizer has just said that the page is true, within their own act.

    It answers reports about facts, and brings the group back into the lists, unless whoever runs
    the site has taken it out.
    """
    group.confirmed_at = now
    group.nudged_at = None
    _settle_reports(group, now=now, about_facts=True)
    if group.hidden_because is not HiddenBecause.SITE_ADMIN:
        _show(group, now=now)


@transaction()
def look_after_listings(*, now: datetime) -> None:
    """Ask organizers whether their listed groups' pages are still true; hide what nobody confirms."""
    for group in queries.lock_listed_groups(confirmed_before=now - NUDGES[0]):
        if is_to_be_hidden(group.confirmed_at, group.nudged_at, now):
            _hide(group, HiddenBecause.UNCONFIRMED, now=now)
        elif is_nudge_due(group.confirmed_at, group.nudged_at, now):
            group.nudged_at = now
            _ask_organizers(group, f"nudge:{now.date()}", now=now)


@transaction()
def forget_old_reports(*, now: datetime) -> None:
    """Delete reports that no longer matter."""
    old = ProblemReport.reported_at < now - REPORTS_KEPT_FOR
    db.session.execute(delete(ProblemReport).where(old))


def _ask_organizers(group: Group, about: str, *, now: datetime) -> None:
    _write_to_organizers("groups.confirmation_wanted", group, about, now=now)


def _hide(group: Group, because: HiddenBecause, *, now: datetime) -> None:
    was_shown = group.hidden_because is None
    group.hidden_because = because
    if was_shown:
        group.touch_calendar(now)
        _write_to_organizers("groups.hidden", group, now.isoformat(), now=now)


def _show(group: Group, *, now: datetime) -> None:
    if group.hidden_because is not None:
        group.hidden_because = None
        group.touch_calendar(now)


def _settle_reports(group: Group, *, now: datetime, about_facts: bool = False) -> None:
    kinds = [kind for kind in ProblemKind if kind.is_about_facts or not about_facts]
    db.session.execute(
        update(ProblemReport)
        .where(
            ProblemReport.group_id == group.id,
            ProblemReport.settled_at.is_(None),
            ProblemReport.kind.in_(kinds),
        )
        .values(settled_at=now)
    )


def _write_to_organizers(kind: str, group: Group, about: str, *, now: datetime) -> None:
    organizers = queries.list_members(group, roles=[Role.ORGANIZER])
    enqueue_many(
        kind,
        (
            (
                f"{kind}:{group.id}:{about}:{organizer.user_id}",
                {"group_id": group.id, "user_id": organizer.user_id},
            )
            for organizer in organizers
        ),
        now=now,
    )
