"""Questions about those who hold a seat in every session of a schedule."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Membership
from supportgroups.rsvps.models import Rsvp, RsvpStatus, SeriesRsvp
from supportgroups.sessions.models import GroupSession, Series, SessionStatus


def find_series_rsvp(series: Series, user: UserAccount) -> SeriesRsvp | None:
    """Return the seat that somebody holds in a schedule."""
    return db.session.execute(
        select(SeriesRsvp).where(SeriesRsvp.series_id == series.id, SeriesRsvp.user_id == user.id)
    ).scalar_one_or_none()


def lock_series_rsvp(series_rsvp_id: int) -> SeriesRsvp | None:
    """Return one seat as it is now, locked until the transaction ends; none once it is given up."""
    return db.session.execute(
        select(SeriesRsvp)
        .where(SeriesRsvp.id == series_rsvp_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def list_series_rsvps_of(user: UserAccount) -> list[SeriesRsvp]:
    """Return the seats that somebody holds, by the schedule's title."""
    return list(
        db.session.execute(
            select(SeriesRsvp)
            .join(SeriesRsvp.series)
            .where(SeriesRsvp.user_id == user.id)
            .options(joinedload(SeriesRsvp.series).joinedload(Series.group))
            .order_by(Series.title, SeriesRsvp.id)
        ).scalars()
    )


def list_series_with_seats(series_ids: Iterable[int]) -> set[int]:
    """Return the ids of those of these schedules in which somebody holds a seat."""
    return set(
        db.session.execute(
            select(SeriesRsvp.series_id)
            .where(SeriesRsvp.series_id.in_(list(series_ids)))
            .distinct()
        ).scalars()
    )


def list_seats_in_group(user_id: int, *, group_id: int) -> list[SeriesRsvp]:
    """Return the seats that somebody holds in the schedules of a group."""
    return list(
        db.session.execute(
            select(SeriesRsvp)
            .join(SeriesRsvp.series)
            .where(SeriesRsvp.user_id == user_id, Series.group_id == group_id)
            .order_by(SeriesRsvp.id)
        ).scalars()
    )


def list_holders_without_answer(group_session: GroupSession) -> list[UserAccount]:
    """Return who holds a seat in the schedule of a session and has no answer for it yet.

    Whoever has held it for longest comes first.
    """
    has_answered = (
        select(Rsvp.id)
        .where(Rsvp.group_session_id == group_session.id, Rsvp.user_id == SeriesRsvp.user_id)
        .exists()
    )
    return list(
        db.session.execute(
            select(UserAccount)
            .join(SeriesRsvp, SeriesRsvp.user_id == UserAccount.id)
            .join(
                Membership,
                (Membership.user_id == UserAccount.id)
                & (Membership.group_id == group_session.group_id),
            )
            .where(
                SeriesRsvp.series_id == group_session.series_id,
                Membership.removed_at.is_(None),
                ~has_answered,
            )
            .order_by(SeriesRsvp.held_since, SeriesRsvp.id)
        ).scalars()
    )


def list_answers_in_series(series_id: int, user_id: int, *, now: datetime) -> list[Rsvp]:
    """Return somebody's answers for the sessions of a schedule that have not begun."""
    return list(
        db.session.execute(
            select(Rsvp)
            .join(Rsvp.group_session)
            .where(
                Rsvp.user_id == user_id,
                GroupSession.series_id == series_id,
                GroupSession.starts_at > now,
            )
            .order_by(Rsvp.group_session_id)
        ).scalars()
    )


def list_seats_to_look_at(*, now: datetime, asked_before: timedelta) -> list[int]:
    """Return the ids of seats with dates that are not counted yet, or a question long unanswered."""
    has_begun = (
        select(GroupSession.id)
        .where(
            GroupSession.series_id == SeriesRsvp.series_id,
            GroupSession.starts_at > SeriesRsvp.counted_until,
            GroupSession.starts_at <= now,
        )
        .exists()
    )
    return list(
        db.session.execute(
            select(SeriesRsvp.id)
            .where(has_begun | (SeriesRsvp.asked_at <= now - asked_before))
            .order_by(SeriesRsvp.id)
        ).scalars()
    )


def list_dates_to_count(
    series_rsvp: SeriesRsvp, *, now: datetime
) -> list[tuple[datetime, RsvpStatus | None]]:
    """Return the dates of a seat that have begun and are not counted yet, with the answers."""
    rows = db.session.execute(
        select(GroupSession.starts_at, Rsvp.status)
        .outerjoin(
            Rsvp,
            (Rsvp.group_session_id == GroupSession.id) & (Rsvp.user_id == series_rsvp.user_id),
        )
        .where(
            GroupSession.series_id == series_rsvp.series_id,
            GroupSession.starts_at > series_rsvp.counted_until,
            GroupSession.starts_at <= now,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .order_by(GroupSession.starts_at, GroupSession.id)
    )
    return [(starts_at, status) for starts_at, status in rows]


def find_next_start(series_id: int, *, now: datetime) -> GroupSession | None:
    """Return the next session of a schedule that takes place."""
    return db.session.execute(
        select(GroupSession)
        .where(
            GroupSession.series_id == series_id,
            GroupSession.starts_at > now,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .order_by(GroupSession.starts_at, GroupSession.id)
        .limit(1)
    ).scalar_one_or_none()
