"""What answers do when a session or a membership below them changed."""

from datetime import datetime
from typing import Any

from supportgroups.rsvps.services import answers, names, series_seats, waiting_list
from supportgroups.sessions.models import GroupSession


def withdraw_answers_of_former_member(
    _sender: Any, *, group_id: int, user_id: int, now: datetime
) -> None:
    """Who leaves a group gives up their places in it."""
    series_seats.end_seats(user_id=user_id, group_id=group_id)
    answers.withdraw_answers(user_id=user_id, group_id=group_id, now=now)


def seat_holders_of_new_sessions(
    _sender: Any, *, group_sessions: list[GroupSession], now: datetime
) -> None:
    """Who holds a seat in a schedule has a place in its new sessions, before anybody else."""
    for group_session in group_sessions:
        series_seats.take_seats(group_session, now=now)


def forget_answers_of_erased_person(_sender: Any, *, user_id: int, now: datetime) -> None:
    """Who is erased has answered nothing; how many answered stays known."""
    names.erase_past_answers(user_id=user_id, now=now)


def tell_people_of_moved_session(
    _sender: Any, *, group_session: GroupSession, old_starts_at: datetime, now: datetime
) -> None:
    """Everyone who answered learns the old and the new time; offers are made anew."""
    answers.tell_about_change(
        "rsvps.session_moved",
        group_session,
        old_starts_at=old_starts_at.isoformat(),
        now=now,
    )
    # What was offered until an hour before the old start means nothing for the new one.
    waiting_list.withdraw_offers(group_session)
    waiting_list.promote_waiting(group_session, now=now)


def tell_people_of_cancelled_session(
    _sender: Any, *, group_session: GroupSession, now: datetime
) -> None:
    """Everyone who answered or waits learns that the session is off; nothing is offered now."""
    answers.tell_about_change("rsvps.session_cancelled", group_session, now=now)
    waiting_list.withdraw_offers(group_session)


def follow_restored_session(_sender: Any, *, group_session: GroupSession, now: datetime) -> None:
    """Everyone who answered learns that it takes place; free places go to those who wait."""
    answers.tell_about_change("rsvps.session_restored", group_session, now=now)
    waiting_list.promote_waiting(group_session, now=now)
    series_seats.take_seats(group_session, now=now)


def pass_on_new_places(_sender: Any, *, group_session: GroupSession, now: datetime) -> None:
    """More places mean that waiting people get one; fewer take nobody's place away."""
    waiting_list.promote_waiting(group_session, now=now)
