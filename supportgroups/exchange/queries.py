"""Questions about what other programs may read: listed groups alone."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from supportgroups.db import db
from supportgroups.groups.models import Group
from supportgroups.sessions.models import GroupSession, Series, SeriesKind, SessionStatus


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
