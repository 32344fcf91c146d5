"""A seat in every session of a schedule."""

from datetime import datetime, timedelta

import pytest

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.services import members as member_services
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import RsvpStatus, SeriesRsvp
from supportgroups.rsvps.services import answers, series_seats
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services import series as series_services
from supportgroups.sessions.services import sessions as session_services
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.browser_client import Browser, visible_text
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
WEEK = timedelta(weeks=1)


@pytest.fixture
def dates(cast: Cast) -> list[GroupSession]:
    """The cast's session and three more, a week apart."""
    wall = cast.session.wall_starts_at
    later = [factories.make_session(cast.series, wall + number * WEEK) for number in (1, 2, 3)]
    with transaction():
        cast.series.made_until = wall + 3 * WEEK
        cast.series.capacity = 2
    return [cast.session, *later]


def statuses(dates: list[GroupSession], person: UserAccount) -> list[RsvpStatus | None]:
    db.session.rollback()
    found = [queries.find_rsvp(group_session, person) for group_session in dates]
    return [rsvp.status if rsvp is not None else None for rsvp in found]


def seat_of(cast: Cast, person: UserAccount) -> SeriesRsvp | None:
    db.session.rollback()
    return queries.find_series_rsvp(cast.series, person)


class TestHoldSeat:
    def test_it_answers_every_coming_date(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        series_seats.hold_seat(cast.series, actor=cast.sam, now=now)
        assert statuses(dates, cast.sam) == [ACCEPTED] * 4

    def test_full_dates_put_them_on_the_list(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        for person in (cast.rosa, cast.kofi):
            answers.respond(dates[1], actor=person, status=ACCEPTED, now=now)
        series_seats.hold_seat(cast.series, actor=cast.sam, now=now)
        assert statuses(dates, cast.sam) == [ACCEPTED, WAITLISTED, ACCEPTED, ACCEPTED]

    def test_what_was_answered_stays(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        answers.respond(dates[0], actor=cast.sam, status=TENTATIVE, now=now)
        answers.respond(dates[2], actor=cast.sam, status=DECLINED, now=now)
        series_seats.hold_seat(cast.series, actor=cast.sam, now=now)
        assert statuses(dates, cast.sam) == [TENTATIVE, ACCEPTED, DECLINED, ACCEPTED]

    def test_new_sessions_are_taken_in_the_order_of_the_seats(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        for number, person in enumerate((cast.kofi, cast.sam, cast.rosa)):
            moment = now + timedelta(minutes=number)
            series_seats.hold_seat(cast.series, actor=person, now=moment)
        series_services.extend_series(cast.series.id, now=now + WEEK)
        newest = session_services.queries.list_sessions_of_series(cast.series)[-1:]
        assert newest[0].id not in {group_session.id for group_session in dates}
        found = [statuses(newest, person)[0] for person in (cast.kofi, cast.sam, cast.rosa)]
        assert found == [ACCEPTED, ACCEPTED, WAITLISTED]

    def test_a_cancelled_date_is_taken_when_it_is_restored(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        session_services.cancel_session(dates[1], actor=cast.rosa, now=now)
        series_seats.hold_seat(cast.series, actor=cast.sam, now=now)
        assert statuses(dates, cast.sam)[1] is None
        session_services.restore_session(dates[1], actor=cast.rosa, now=now)
        assert statuses(dates, cast.sam)[1] is ACCEPTED

    def test_a_form_sent_twice_counts_once(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        series_seats.hold_seat(cast.series, actor=cast.sam, form_key="page", now=now)
        series_seats.give_up_seat(cast.series, actor=cast.sam, now=now)
        again = series_seats.hold_seat(cast.series, actor=cast.sam, form_key="page", now=now)
        assert again is None
        assert statuses(dates, cast.sam) == [DECLINED] * 4

    def test_where_people_just_turn_up_there_is_none(self, cast: Cast, now: datetime) -> None:
        with transaction():
            cast.series.admission = WayIn.DROP_IN
        with pytest.raises(series_seats.NothingToBook):
            series_seats.hold_seat(cast.series, actor=cast.sam, now=now)

    @pytest.mark.parametrize("who", ["stan", "ola"])
    def test_it_is_for_members(self, cast: Cast, now: datetime, who: str) -> None:
        person = getattr(cast, who)
        with pytest.raises(PermissionDenied):
            series_seats.hold_seat(cast.series, actor=person, now=now)
        assert seat_of(cast, person) is None


class TestGivingUp:
    @pytest.fixture(autouse=True)
    def _held(self, cast: Cast, dates: list[GroupSession], now: datetime) -> None:
        series_seats.hold_seat(cast.series, actor=cast.sam, now=now)

    def test_a_skipped_date_goes_to_somebody_else(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        answers.respond(dates[1], actor=cast.rosa, status=ACCEPTED, now=now)
        assert answers.respond(dates[1], actor=cast.kofi, status=ACCEPTED, now=now).turn
        answers.respond(dates[1], actor=cast.sam, status=DECLINED, now=now)
        assert statuses(dates[1:2], cast.kofi) == [ACCEPTED]
        assert statuses(dates, cast.sam) == [ACCEPTED, DECLINED, ACCEPTED, ACCEPTED]
        assert seat_of(cast, cast.sam) is not None

    def test_all_coming_places_are_passed_on(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        for person in (cast.rosa, cast.kofi):
            answers.respond(dates[2], actor=person, status=ACCEPTED, now=now)
        series_seats.give_up_seat(cast.series, actor=cast.sam, now=now)
        assert statuses(dates, cast.sam) == [DECLINED] * 4
        assert statuses(dates[2:3], cast.kofi) == [ACCEPTED]
        assert seat_of(cast, cast.sam) is None

    def test_what_is_over_stays_as_it_was(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        after_the_first = dates[0].starts_at + timedelta(hours=1)
        series_seats.give_up_seat(cast.series, actor=cast.sam, now=after_the_first)
        assert statuses(dates, cast.sam) == [ACCEPTED, DECLINED, DECLINED, DECLINED]

    def test_giving_up_twice_is_fine(self, cast: Cast, now: datetime) -> None:
        for _try in range(2):
            series_seats.give_up_seat(cast.series, actor=cast.sam, now=now)
        assert seat_of(cast, cast.sam) is None

    def test_who_leaves_the_group_holds_none(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        member_services.leave_group(cast.group, actor=cast.sam, now=now)
        assert seat_of(cast, cast.sam) is None
        assert statuses(dates, cast.sam) == [None] * 4


class TestStillComing:
    @pytest.fixture(autouse=True)
    def _held(self, cast: Cast, dates: list[GroupSession], now: datetime) -> None:
        series_seats.hold_seat(cast.series, actor=cast.sam, now=now)

    def skip(self, cast: Cast, dates: list[GroupSession], now: datetime) -> None:
        for group_session in dates:
            answers.respond(group_session, actor=cast.sam, status=DECLINED, now=now)

    def look(self, dates: list[GroupSession], number: int) -> datetime:
        """Let the worker look an hour after a date began."""
        moment = dates[number].starts_at + timedelta(hours=1)
        series_seats.look_after_seats(now=moment)
        return moment

    def test_after_three_in_a_row_they_are_asked_once(
        self, cast: Cast, dates: list[GroupSession], now: datetime, outbox: OutboxRunner
    ) -> None:
        self.skip(cast, dates[:3], now)
        for number in range(3):
            held = seat_of(cast, cast.sam)
            assert held is not None
            assert held.asked_at is None
            self.look(dates, number)
        moment = self.look(dates, 2)
        outbox.run(now=moment + timedelta(hours=1))
        (letter,) = outbox.letters
        assert (letter["To"], letter["Subject"]) == (cast.sam.email, "Still coming?")
        assert cast.group.name not in letter.get_content()

    def test_late_at_night_the_question_waits(
        self, cast: Cast, dates: list[GroupSession], now: datetime, outbox: OutboxRunner
    ) -> None:
        self.skip(cast, dates[:3], now)
        night = dates[2].starts_at + timedelta(hours=4)
        series_seats.look_after_seats(now=night)
        outbox.run(now=night)
        assert outbox.letters == []
        outbox.run(now=night + timedelta(hours=9))
        assert len(outbox.letters) == 1

    @pytest.mark.parametrize("status", [ACCEPTED, TENTATIVE])
    def test_a_date_that_was_not_skipped_begins_the_count_anew(
        self, cast: Cast, dates: list[GroupSession], now: datetime, status: RsvpStatus
    ) -> None:
        self.skip(cast, dates, now)
        answers.respond(dates[1], actor=cast.sam, status=status, now=now)
        self.look(dates, 3)
        held = seat_of(cast, cast.sam)
        assert held is not None
        assert (held.missed, held.asked_at) == (2, None)

    def test_a_cancelled_date_is_no_miss(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        self.skip(cast, dates[:3], now)
        session_services.cancel_session(dates[1], actor=cast.rosa, now=now)
        self.look(dates, 2)
        held = seat_of(cast, cast.sam)
        assert held is not None
        assert (held.missed, held.asked_at) == (2, None)

    def test_yes_keeps_the_seat(
        self, cast: Cast, dates: list[GroupSession], now: datetime, outbox: OutboxRunner
    ) -> None:
        self.skip(cast, dates[:3], now)
        moment = self.look(dates, 2)
        series_seats.confirm_seat(cast.series, actor=cast.sam, now=moment)
        outbox.run(now=moment + timedelta(hours=1))
        assert outbox.letters == [], "the question is answered before it was sent"
        series_seats.look_after_seats(now=moment + series_seats.ANSWER_WITHIN)
        assert seat_of(cast, cast.sam) is not None

    def test_without_an_answer_it_goes_to_others(
        self, cast: Cast, dates: list[GroupSession], now: datetime
    ) -> None:
        later = factories.make_session(cast.series, dates[0].wall_starts_at + 6 * WEEK)
        answers.respond(later, actor=cast.sam, status=ACCEPTED, now=now)
        self.skip(cast, dates[:3], now)
        moment = self.look(dates, 2)
        series_seats.look_after_seats(now=moment + series_seats.ANSWER_WITHIN)
        assert seat_of(cast, cast.sam) is None
        assert statuses([later], cast.sam) == [DECLINED]


class TestSeriesSeatView:
    @pytest.fixture
    def url(self, cast: Cast, dates: list[GroupSession]) -> str:
        """The page of a seat on every date."""
        return f"/groups/{cast.group.slug}/series/{cast.series.public_id}/seat"

    def test_it_works(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.sam)
        assert "Keep a place for me on every date" in browser.get(url).text
        response = browser.post(url, {"seat": "hold"}, follow_redirects=True)
        page = visible_text(response.text)
        assert "Your place is kept" in page
        assert page.count("You’re expected") + page.count("You're expected") == 4
        assert "My places on every date" in visible_text(browser.get("/my").text)
        response = browser.post(url, {"seat": "give_up"}, follow_redirects=True)
        assert "You are welcome on any single date." in response.text
        assert seat_of(cast, cast.sam) is None

    def test_it_asks_who_missed_three(
        self, browser: Browser, cast: Cast, url: str, now: datetime
    ) -> None:
        series_seats.hold_seat(cast.series, actor=cast.sam, now=now)
        with transaction():
            held = queries.find_series_rsvp(cast.series, cast.sam)
            assert held is not None
            held.asked_at = now
        browser.sign_in(cast.sam)
        page = visible_text(browser.get(url).text)
        assert "Still coming?" in page
        assert "Monday 7 December 2026" in page
        response = browser.post(url, {"seat": "confirm"}, follow_redirects=True)
        assert "Your place stays yours" in response.text
        assert "Still coming?" not in response.text

    def test_it_says_that_nobody_books(self, browser: Browser, cast: Cast, url: str) -> None:
        with transaction():
            cast.series.admission = WayIn.DROP_IN
        browser.sign_in(cast.sam)
        assert "Just turn up" in browser.get(url).text
        assert "Just turn up" in browser.post(url, {"seat": "hold"}, follow_redirects=True).text

    @pytest.mark.parametrize("data", [{}, {"seat": "always"}])
    def test_a_bad_answer_is_explained(
        self, browser: Browser, cast: Cast, url: str, data: dict[str, str]
    ) -> None:
        browser.sign_in(cast.sam)
        response = browser.post(url, data)
        assert response.status_code == 400
        assert "Choose one of the answers" in response.text

    def test_guests_sign_in_first(self, browser: Browser, url: str) -> None:
        assert browser.get(url).location.startswith("/sign-in")

    def test_a_stranger_is_refused(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.stan)
        assert browser.post(url, {"seat": "hold"}).status_code == 403

    def test_an_unknown_schedule_is_not_found(self, browser: Browser, cast: Cast) -> None:
        browser.sign_in(cast.sam)
        unknown = f"/groups/{cast.group.slug}/series/{cast.session.public_id}/seat"
        assert browser.get(unknown).status_code == 404

    def test_other_methods_are_refused(self, browser: Browser, url: str) -> None:
        assert browser.client.delete(url).status_code == 405


class TestKeptForNewcomers:
    def test_organizers_say_how_many_and_who_may_be_brought(
        self, browser: Browser, cast: Cast
    ) -> None:
        browser.sign_in(cast.rosa)
        url = f"/groups/{cast.group.slug}/series/{cast.series.public_id}/way-in"
        form = {"admission": "reserve", "doors_minutes": "30"}
        kept = {"max_plus_count": "1", "newcomer_seats": "2"}
        assert browser.post(url, {**form, **kept}).status_code == 303
        db.session.rollback()
        assert (cast.series.max_plus_count, cast.series.newcomer_seats) == (1, 2)

    def test_places_that_are_kept_no_longer_go_to_who_waits(
        self, browser: Browser, cast: Cast, now: datetime
    ) -> None:
        with transaction():
            cast.session.capacity = 1
            cast.series.newcomer_seats = 1
        answers.respond(cast.session, actor=cast.sam, status=ACCEPTED, now=now)
        assert statuses([cast.session], cast.sam) == [WAITLISTED]
        browser.sign_in(cast.rosa)
        url = f"/groups/{cast.group.slug}/series/{cast.series.public_id}/way-in"
        form = {"admission": "reserve", "doors_minutes": "30", "max_plus_count": "0"}
        browser.post(url, {**form, "newcomer_seats": ""})
        assert statuses([cast.session], cast.sam) == [ACCEPTED]
