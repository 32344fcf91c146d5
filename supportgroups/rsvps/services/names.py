"""Erasing who answered: once a session is long over, or a person wants it. How many there were stays."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update

from supportgroups.accounts.models import UserAccount
from supportgroups.db import after_commit, db, empty_log, transaction
from supportgroups.outbox.services.jobs import forget_jobs
from supportgroups.rsvps.models import (
    Enrolment,
    Rsvp,
    RsvpStatus,
    SessionTally,
    WaitingListOffer,
)
from supportgroups.sessions.models import GroupSession, SessionStatus
from supportgroups.sessions.queries import lock_group_session

#: So long after a session it is still known who answered what (product.md, rule 8).
NAMES_KEPT = timedelta(days=30)


@transaction()
def erase_old_answers(*, now: datetime) -> int:
    """Keep the tallies of sessions that ended long ago, and erase their answers; return how many."""
    old = Rsvp.group_session_id.in_(
        select(GroupSession.id).where(GroupSession.ends_at <= now - NAMES_KEPT)
    )
    people = db.session.execute(
        select(UserAccount)
        .where(UserAccount.id.in_(select(Rsvp.user_id).where(old)))
        .order_by(UserAccount.id)
    ).scalars()
    for person in people:
        # Their own calendar showed it as an answer of theirs.
        person.touch_calendar(now)
    _keep_numbers(old)
    _keep_what_they_did_in_courses(old)
    erased = len(db.session.execute(delete(Rsvp).where(old).returning(Rsvp.id)).all())
    if erased:
        after_commit(empty_log)
    return erased


@transaction()
def erase_past_answers(*, user_id: int, now: datetime) -> None:
    """Erase what one person answered for sessions that have begun, and keep the numbers.

    Answers for sessions to come go with the memberships, which passes their places on.
    """
    past = (Rsvp.user_id == user_id) & Rsvp.group_session_id.in_(
        select(GroupSession.id).where(GroupSession.starts_at <= now)
    )
    _keep_numbers(past)
    erase_answers(db.session.execute(select(Rsvp).where(past)).scalars().all())


@transaction()
def erase_answers(rsvps: Sequence[Rsvp]) -> None:
    """Delete answers, and the jobs that name them. Whoever calls passes the places on."""
    numbers = [rsvp.id for rsvp in rsvps]
    offers = select(WaitingListOffer.id).where(WaitingListOffer.rsvp_id.in_(numbers))
    forget_jobs("rsvp_id", numbers)
    forget_jobs("offer_id", list(db.session.execute(offers).scalars()))
    for rsvp in rsvps:
        db.session.delete(rsvp)
    db.session.flush()


def _keep_what_they_did_in_courses(erased: ColumnElement[bool]) -> None:
    """Add to each enrolment how often that person said yes, for as long as the course goes on."""
    said_yes = (
        select(func.count(Rsvp.id))
        .join(Rsvp.group_session)
        .where(
            erased,
            Rsvp.user_id == Enrolment.user_id,
            Rsvp.status == RsvpStatus.ACCEPTED,
            GroupSession.series_id == Enrolment.series_id,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .scalar_subquery()
    )
    db.session.execute(
        update(Enrolment)
        .values(said_yes=Enrolment.said_yes + said_yes)
        .execution_options(synchronize_session=False)
    )


def _keep_numbers(erased: ColumnElement[bool]) -> None:
    """Add how many gave each of these answers to what is kept of their sessions."""
    people_by_answer = (
        select(Rsvp.group_session_id, Rsvp.status, func.sum(1 + Rsvp.plus_count))
        .where(erased)
        .group_by(Rsvp.group_session_id, Rsvp.status)
        .order_by(Rsvp.group_session_id, Rsvp.status)
    )
    for session_id, status, number in db.session.execute(people_by_answer).all():
        # Two who are erased at once must both be counted.
        lock_group_session(session_id)
        kept = db.session.get(SessionTally, (session_id, status))
        if kept is None:
            kept = SessionTally(group_session_id=session_id, status=status, number=0)
            db.session.add(kept)
        kept.number += number
        db.session.flush()
