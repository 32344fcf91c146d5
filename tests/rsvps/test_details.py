"""Whom people bring, who comes for the first time, notes to those who lead; forms that count once."""

from datetime import datetime, timedelta

import pytest

from supportgroups.db import transaction
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.services import answers
from supportgroups.rsvps.services.answers import AnswerDetails
from tests import factories
from tests.conftest import Cast

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
WITH_ONE = AnswerDetails(plus_count=1)


@pytest.fixture(autouse=True)
def _companions_are_welcome(cast: Cast) -> None:
    with transaction():
        cast.series.max_plus_count = 2
        cast.session.capacity = 3


def say(
    cast: Cast, status: RsvpStatus, details: AnswerDetails | None, now: datetime, **names: str
) -> Rsvp:
    """Let Sam answer."""
    return answers.respond(
        cast.session, actor=cast.sam, status=status, details=details, now=now, **names
    )


def taken(cast: Cast, now: datetime) -> int:
    return queries.find_seats(cast.session, now=now).taken


class TestSomebodyWithYou:
    def test_each_takes_a_place(self, cast: Cast, now: datetime) -> None:
        say(cast, ACCEPTED, AnswerDetails(plus_count=2), now)
        assert taken(cast, now) == 3
        rsvp = answers.respond(cast.session, actor=cast.kofi, status=ACCEPTED, now=now)
        assert rsvp.status is WAITLISTED

    def test_a_bare_yes_keeps_what_was_said(self, cast: Cast, now: datetime) -> None:
        say(cast, ACCEPTED, WITH_ONE, now)
        assert say(cast, ACCEPTED, None, now).plus_count == 1

    def test_whom_nobody_brings_any_more_frees_a_place(self, cast: Cast, now: datetime) -> None:
        say(cast, ACCEPTED, AnswerDetails(plus_count=2), now)
        answers.respond(cast.session, actor=cast.kofi, status=ACCEPTED, now=now)
        say(cast, ACCEPTED, WITH_ONE, now)
        rsvp = queries.find_rsvp(cast.session, cast.kofi)
        assert rsvp is not None
        assert rsvp.holds_a_place

    def test_there_may_be_room_for_one_but_not_for_two(self, cast: Cast, now: datetime) -> None:
        for person in (cast.rosa, cast.kofi):
            answers.respond(cast.session, actor=person, status=ACCEPTED, now=now)
        with pytest.raises(answers.NoRoomForCompanions):
            say(cast, ACCEPTED, WITH_ONE, now)
        assert queries.find_rsvp(cast.session, cast.sam) is None
        assert say(cast, ACCEPTED, None, now).holds_a_place
        with pytest.raises(answers.NoRoomForCompanions):
            say(cast, ACCEPTED, WITH_ONE, now)

    def test_who_waits_waits_alone(self, cast: Cast, now: datetime) -> None:
        with transaction():
            cast.session.capacity = 1
        answers.respond(cast.session, actor=cast.kofi, status=ACCEPTED, now=now)
        rsvp = say(cast, ACCEPTED, WITH_ONE, now)
        assert (rsvp.status, rsvp.plus_count) == (WAITLISTED, 0)

    def test_no_more_than_the_schedule_allows(self, cast: Cast, now: datetime) -> None:
        with transaction():
            cast.series.max_plus_count = 0
        assert say(cast, ACCEPTED, WITH_ONE, now).plus_count == 0

    def test_maybe_keeps_no_place_for_them(self, cast: Cast, now: datetime) -> None:
        assert say(cast, TENTATIVE, WITH_ONE, now).plus_count == 0
        assert taken(cast, now) == 0


class TestFirstTime:
    def test_those_who_lead_see_how_many(self, cast: Cast, now: datetime) -> None:
        say(cast, ACCEPTED, AnswerDetails(is_first_time=True), now)
        answers.respond(cast.session, actor=cast.kofi, status=ACCEPTED, now=now)
        assert queries.tally([cast.session], now=now)[cast.session.id].newcomers == 1

    def test_who_has_come_before_is_not_counted(self, cast: Cast, now: datetime) -> None:
        earlier = factories.make_session(
            cast.series, cast.session.wall_starts_at - timedelta(weeks=2)
        )
        factories.make_rsvp(earlier, cast.sam, ACCEPTED)
        assert not say(cast, ACCEPTED, AnswerDetails(is_first_time=True), now).is_first_time


class TestNote:
    @pytest.mark.parametrize("status", [ACCEPTED, TENTATIVE])
    def test_it_is_kept_for_those_who_lead(
        self, cast: Cast, now: datetime, status: RsvpStatus
    ) -> None:
        say(cast, status, AnswerDetails(note="I may leave early"), now)
        (answer,) = queries.list_answers(cast.session)
        assert answer.note == "I may leave early"

    def test_it_goes_with_the_answer(self, cast: Cast, now: datetime) -> None:
        details = AnswerDetails(note="I may leave early", is_first_time=True)
        say(cast, ACCEPTED, details, now)
        rsvp = say(cast, DECLINED, details, now)
        assert (rsvp.note, rsvp.is_first_time) == ("", False)

    def test_it_is_erased_with_the_session(self, cast: Cast, now: datetime) -> None:
        say(cast, ACCEPTED, AnswerDetails(note="I may leave early"), now)
        before_the_end = cast.session.ends_at - timedelta(seconds=1)
        assert answers.forget_notes(now=before_the_end) == 0
        assert answers.forget_notes(now=cast.session.ends_at) == 1
        assert queries.list_answers(cast.session)[0].note == ""


class TestFormSentTwice:
    def test_a_retried_form_changes_nothing_more(self, cast: Cast, now: datetime) -> None:
        first = say(cast, ACCEPTED, None, now, form_key="first page")
        say(cast, DECLINED, None, now, form_key="second page")
        again = say(cast, ACCEPTED, None, now, form_key="first page")
        assert again.id == first.id
        assert again.status is DECLINED

    def test_a_retry_after_the_start_gets_the_same_answer(self, cast: Cast, now: datetime) -> None:
        say(cast, ACCEPTED, None, now, form_key="first page")
        again = say(cast, ACCEPTED, None, cast.session.starts_at, form_key="first page")
        assert again.status is ACCEPTED

    def test_a_refused_form_may_be_sent_again(self, cast: Cast, now: datetime) -> None:
        for person in (cast.rosa, cast.kofi):
            answers.respond(cast.session, actor=person, status=ACCEPTED, now=now)
        with pytest.raises(answers.NoRoomForCompanions):
            say(cast, ACCEPTED, WITH_ONE, now, form_key="first page")
        assert say(cast, ACCEPTED, None, now, form_key="first page").status is ACCEPTED

    def test_somebody_else_cannot_use_up_my_key(self, cast: Cast, now: datetime) -> None:
        answers.respond(
            cast.session, actor=cast.kofi, status=ACCEPTED, form_key="first page", now=now
        )
        assert say(cast, ACCEPTED, None, now, form_key="first page").status is ACCEPTED
