"""What answers do when a session or a membership below them changed."""

from datetime import datetime
from typing import Any

from supportgroups.rsvps import queries
from supportgroups.rsvps.services import (
    answers,
    enrolments,
    names,
    news,
    series_seats,
    waiting_list,
)
from supportgroups.sessions.models import GroupSession, ScheduleChange, Series


def withdraw_answers_of_former_member(
    _sender: Any, *, group_id: int, user_id: int, now: datetime
) -> None:
    """Who leaves a group gives up their places in it."""
    series_seats.end_seats(user_id=user_id, group_id=group_id)
    enrolments.end_enrolments(user_id=user_id, group_id=group_id, now=now)
    answers.withdraw_answers(user_id=user_id, group_id=group_id, now=now)


def seat_holders_of_new_sessions(
    _sender: Any, *, made: dict[int, list[int]], now: datetime
) -> None:
    """Who holds a seat in a schedule has a place in its new sessions, before anybody else."""
    series_seats.take_seats_in_new(made, now=now)


def enrolled_come_to_new_dates(_sender: Any, *, made: dict[int, list[int]], now: datetime) -> None:
    """Who is enrolled in a course comes to its new dates too."""
    enrolments.answer_new_dates(made, now=now)


def tell_enrolled_of_make_up(_sender: Any, *, group_session: GroupSession, now: datetime) -> None:
    """Who is enrolled learns of a date that was added; if all others are off, one can join again."""
    enrolments.tell_of_make_up(group_session, now=now)
    enrolments.give_free_places(group_session.series, now=now)


def pass_on_places_in_course(_sender: Any, *, series: Series, now: datetime) -> None:
    """More places in a course, or more time to join, help those on its list."""
    enrolments.give_free_places(series, now=now)


def forget_answers_of_erased_person(_sender: Any, *, user_id: int, now: datetime) -> None:
    """Who is erased has answered nothing; how many answered stays known."""
    names.erase_past_answers(user_id=user_id, now=now)


def let_seats_go_on(_sender: Any, *, ended_id: int, goes_on_id: int) -> None:
    """Who holds a seat in a schedule holds it in what goes on in its place."""
    series_seats.let_seats_go_on(ended_id=ended_id, goes_on_id=goes_on_id)


def name_readers_of_proposed_change(
    _sender: Any, *, session_ids: list[int], actor_id: int | None, readers: set[int]
) -> None:
    """Whoever answered one of these sessions, or leads it, would be told."""
    readers.update(queries.list_people_to_tell(session_ids, actor_id=actor_id))


def tell_people_of_changed_schedule(_sender: Any, *, change: ScheduleChange, now: datetime) -> None:
    """Everyone who answered or leads a session that was moved, cancelled or restored learns of it."""
    news.tell_about_change(change, now=now)


def tell_people_of_undone_change(_sender: Any, *, change: ScheduleChange, now: datetime) -> None:
    """Who has been told that something changes is told that it does not."""
    news.tell_about_undone_change(change, now=now)


def make_offers_anew(
    _sender: Any, *, group_session: GroupSession, now: datetime, **_more: Any
) -> None:
    """What was offered until an hour before the old start means nothing for the new one.

    A course whose date moves from now to later can be joined again.
    """
    waiting_list.withdraw_offers(group_session)
    waiting_list.promote_waiting(group_session, now=now)
    enrolments.give_free_places(group_session.series, now=now)


def withdraw_offers_of_cancelled_session(
    _sender: Any, *, group_session: GroupSession, **_more: Any
) -> None:
    """While a session is off, nothing is offered."""
    waiting_list.withdraw_offers(group_session)


def follow_restored_session(_sender: Any, *, group_session: GroupSession, now: datetime) -> None:
    """While it was cancelled nobody moved up, so free places go to those who wait."""
    waiting_list.promote_waiting(group_session, now=now)
    series_seats.take_seats(group_session, now=now)
    if group_session.series.enrols:
        enrolments.answer_for_enrolled([group_session], now=now)
    enrolments.give_free_places(group_session.series, now=now)


def pass_on_new_places(_sender: Any, *, group_session: GroupSession, now: datetime) -> None:
    """More places mean that waiting people get one; fewer take nobody's place away."""
    waiting_list.promote_waiting(group_session, now=now)
