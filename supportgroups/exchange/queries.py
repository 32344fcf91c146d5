"""Questions about what other programs may read, listed groups alone; and about what comes from them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.exchange.models import Import, ImportDraft, ImportedEvent
from supportgroups.groups.models import Group
from supportgroups.rsvps.models import Rsvp
from supportgroups.sessions.models import (
    GroupSession,
    ScheduleChange,
    Series,
    SeriesKind,
    SessionStatus,
)
from supportgroups.tokens import hash_secret

#: A file that nobody decides about is forgotten.
KEEP_DRAFTS = timedelta(days=1)
UNDO_IMPORT_FOR = timedelta(days=7)


def find_listed_group(slug: str) -> Group | None:
    """Return the listed group at this address."""
    return db.session.execute(
        select(Group).where(Group.slug == slug, Group.is_listed)
    ).scalar_one_or_none()


def list_meeting_again(*, now: datetime) -> list[Series]:
    """Return the schedules of listed groups that have a rule and a session still to come."""
    still_meets = (
        select(GroupSession.id)
        .where(
            GroupSession.series_id == Series.id,
            GroupSession.ends_at > now,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .exists()
    )
    return list(
        db.session.execute(
            select(Series)
            .join(Series.group)
            .where(
                Group.is_listed,
                Series.kind == SeriesKind.SCHEDULE,
                Series.rrule.is_not(None),
                still_meets,
            )
            .options(contains_eager(Series.group).selectinload(Group.access_facts))
            .options(contains_eager(Series.group).selectinload(Group.topic_tags))
            .order_by(Group.name, Series.id)
        ).scalars()
    )


def find_import_draft(
    group: Group, user: UserAccount, public_id: UUID, *, now: datetime
) -> ImportDraft | None:
    """Return what an organizer has brought to a group and not decided about yet."""
    return db.session.execute(
        select(ImportDraft).where(
            ImportDraft.public_id == public_id,
            ImportDraft.group_id == group.id,
            ImportDraft.user_id == user.id,
            ImportDraft.made_at > now - KEEP_DRAFTS,
        )
    ).scalar_one_or_none()


def find_import(group: Group, public_id: UUID) -> Import | None:
    """Return an import of a group, an undone one too."""
    return db.session.execute(
        select(Import).where(Import.public_id == public_id, Import.group_id == group.id)
    ).scalar_one_or_none()


def lock_import(import_id: int) -> Import:
    """Return one import as it is now, locked until the transaction ends."""
    return db.session.execute(
        select(Import)
        .where(Import.id == import_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


class PastImport(NamedTuple):
    """An import that can still be undone, and how many schedules came with it."""

    imported: Import
    schedules: int


def list_undoable_imports(group: Group, *, now: datetime) -> list[PastImport]:
    """Return the imports of a group that can still be undone, the newest first."""
    rows = db.session.execute(
        select(Import, func.count(ImportedEvent.series_id.distinct()))
        .outerjoin(ImportedEvent, ImportedEvent.import_id == Import.id)
        .where(
            Import.group_id == group.id,
            Import.undone_at.is_(None),
            Import.imported_at > now - UNDO_IMPORT_FOR,
        )
        .group_by(Import.id)
        .order_by(Import.imported_at.desc(), Import.id.desc())
    )
    return [PastImport(*row) for row in rows]


def list_series_of_import(imported: Import) -> list[Series]:
    """Return the schedules that came with an import, or that go on in the place of those."""
    ids = select(ImportedEvent.series_id).where(ImportedEvent.import_id == imported.id)
    return list(
        db.session.execute(select(Series).where(Series.id.in_(ids)).order_by(Series.id)).scalars()
    )


def list_known_uids(group: Group, uids: Iterable[str]) -> set[str]:
    """Return those of these names of events that are in a group already.

    They were imported before, or the file comes from this very site.
    """
    hashes = {hash_secret(uid): uid for uid in uids}
    imported = select(ImportedEvent.uid_hash).where(
        ImportedEvent.group_id == group.id, ImportedEvent.uid_hash.in_(hashes)
    )
    own = select(GroupSession.uid).where(
        GroupSession.group_id == group.id, GroupSession.uid.in_(hashes.values())
    )
    known = {hashes[found] for found in db.session.execute(imported).scalars()}
    series = select(Series.public_id).where(Series.group_id == group.id)
    names = {str(public_id) for public_id in db.session.execute(series).scalars()}
    return known | set(db.session.execute(own).scalars()) | (names & set(hashes.values()))


def list_answered_ids(session_ids: Iterable[int]) -> set[int]:
    """Return those of these sessions to which somebody has said anything."""
    ids = list(session_ids)
    answered = select(Rsvp.group_session_id).where(Rsvp.group_session_id.in_(ids))
    might = select(GroupSession.id).where(GroupSession.id.in_(ids), GroupSession.might_come > 0)
    return {*db.session.execute(answered).scalars(), *db.session.execute(might).scalars()}


def list_fresh_changes(group: Group, *, since: datetime) -> list[ScheduleChange]:
    """Return the acts on the schedules of a group since then that nobody has undone."""
    return list(
        db.session.execute(
            select(ScheduleChange).where(
                ScheduleChange.group_id == group.id,
                ScheduleChange.changed_at >= since,
                ScheduleChange.undone_at.is_(None),
            )
        ).scalars()
    )
