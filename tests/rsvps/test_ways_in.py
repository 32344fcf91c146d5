"""How people come to a schedule: booked, or just so."""

from datetime import datetime, timedelta

import pytest

from supportgroups.audit import AuditEntry
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied, TooManyTries
from supportgroups.groups.models import Visibility
from supportgroups.groups.queries import list_join_requests
from supportgroups.groups.services.members import decide_join_request
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.services import enrolments, guests, might_come, ways_in
from supportgroups.rsvps.services.answers import (
    ApprovalNeeded,
    SessionAlreadyStarted,
    SessionIsCancelled,
    respond,
)
from supportgroups.rsvps.services.series_seats import hold_seat
from supportgroups.sessions.models import GroupSession, Series, SeriesKind
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.services import sessions as session_services
from supportgroups.sessions.services.series import OnlyCoursesEnrol
from supportgroups.sessions.services.ways_in import WayInDetails, choose_way_in
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.browser_client import Browser, visible_text
from tests.conftest import Cast

DROP_IN = WayInDetails(admission=WayIn.DROP_IN, doors_minutes=30)


@pytest.fixture
def open_door(cast: Cast, now: datetime) -> Cast:
    """The cast, whose session people come to without booking."""
    choose_way_in(cast.series, DROP_IN, actor=cast.rosa, now=now)
    return cast


def number_who_might_come(cast: Cast) -> int:
    """Return what those who lead are told."""
    db.session.expire_all()
    return db.session.get_one(GroupSession, cast.session.id).might_come


class TestChoosingTheWayIn:
    def test_it_holds_for_the_sessions(self, open_door: Cast) -> None:
        assert open_door.session.is_drop_in
        assert open_door.session.capacity_shown is None
        assert open_door.session.doors_open_at == open_door.session.starts_at - timedelta(
            minutes=30
        )

    def test_who_waits_has_a_place_when_booking_ends(self, cast: Cast, now: datetime) -> None:
        with transaction():
            cast.session.capacity = 1
        respond(cast.session, actor=cast.kofi, status=RsvpStatus.ACCEPTED, now=now)
        waiting = respond(cast.session, actor=cast.sam, status=RsvpStatus.ACCEPTED, now=now)
        assert waiting.status is RsvpStatus.WAITLISTED
        choose_way_in(cast.series, DROP_IN, actor=cast.rosa, now=now)
        assert db.session.get_one(Rsvp, waiting.id).status is RsvpStatus.ACCEPTED

    def test_it_leaves_one_row_in_the_audit_trail(self, open_door: Cast) -> None:
        (entry,) = db.session.query(AuditEntry).all()
        assert (entry.act, entry.actor_id) == ("series.way_in_chosen", open_door.rosa.id)

    def test_only_organizers_choose(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(PermissionDenied):
            choose_way_in(cast.series, DROP_IN, actor=cast.kofi, now=now)


class TestSayingThatOneMightCome:
    def test_it_counts_a_number_and_keeps_nobody(self, open_door: Cast, now: datetime) -> None:
        for key in ("one", "two", "three"):
            might_come.say_might_come(open_door.session, form_key=key, caller="192.0.2.1", now=now)
        assert number_who_might_come(open_door) == 3
        assert db.session.query(Rsvp).count() == 0

    def test_a_form_counts_once(self, open_door: Cast, now: datetime) -> None:
        for _try in range(2):
            might_come.say_might_come(
                open_door.session, form_key="one", caller="192.0.2.1", now=now
            )
        assert number_who_might_come(open_door) == 1

    def test_one_address_does_not_make_a_crowd(self, open_door: Cast, now: datetime) -> None:
        for number in range(might_come.PER_CALLER):
            might_come.say_might_come(
                open_door.session, form_key=f"{number}", caller="192.0.2.1", now=now
            )
        with pytest.raises(TooManyTries):
            might_come.say_might_come(
                open_door.session, form_key="more", caller="192.0.2.1", now=now
            )
        might_come.say_might_come(open_door.session, form_key="more", caller="192.0.2.2", now=now)
        assert number_who_might_come(open_door) == might_come.PER_CALLER + 1

    def test_a_session_with_places_wants_an_answer(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(might_come.BookingNeeded):
            might_come.say_might_come(cast.session, form_key="one", caller="", now=now)

    def test_a_session_that_has_begun_counts_nobody(self, open_door: Cast) -> None:
        with pytest.raises(SessionAlreadyStarted):
            might_come.say_might_come(
                open_door.session, form_key="one", caller="", now=open_door.session.starts_at
            )

    def test_a_cancelled_session_counts_nobody(self, open_door: Cast, now: datetime) -> None:
        session_services.cancel_session(open_door.session, actor=open_door.rosa, now=now)
        with pytest.raises(SessionIsCancelled):
            might_come.say_might_come(open_door.session, form_key="one", caller="", now=now)


class TestMightComeView:
    @pytest.fixture
    def url(self, cast: Cast) -> str:
        """Where somebody says so."""
        return f"/sessions/{cast.session.public_id}/might-come"

    def test_it_works(self, browser: Browser, open_door: Cast, url: str) -> None:
        page = visible_text(browser.get(f"/sessions/{open_door.session.public_id}").text)
        assert "No booking. Doors open 18:30." in page
        assert "I’m coming" not in page
        assert "keep nothing about you" in browser.get(url).text
        response = browser.post(url, {"key": "one"}, follow_redirects=True)
        assert "We counted one more" in response.text
        assert number_who_might_come(open_door) == 1

    def test_those_who_lead_see_a_guess(self, browser: Browser, open_door: Cast, url: str) -> None:
        for key in ("one", "two", "three"):
            browser.post(url, {"key": key})
        browser.sign_in(open_door.kofi)
        for path in ("", "/answers"):
            page = browser.get(f"/sessions/{open_door.session.public_id}{path}")
            assert "about 3 maybe" in visible_text(page.text)

    def test_a_member_sees_no_guess(self, browser: Browser, open_door: Cast, url: str) -> None:
        browser.post(url, {"key": "one"})
        browser.sign_in(open_door.sam)
        assert "maybe" not in browser.get(f"/sessions/{open_door.session.public_id}").text

    def test_without_a_key_nothing_is_counted(
        self, browser: Browser, open_door: Cast, url: str
    ) -> None:
        assert "I might come" in browser.post(url).text
        assert number_who_might_come(open_door) == 0

    def test_a_session_with_places_sends_back(self, browser: Browser, cast: Cast, url: str) -> None:
        for response in (browser.get(url), browser.post(url, {"key": "one"})):
            assert response.location == f"/sessions/{cast.session.public_id}"

    def test_too_many_are_told_so(self, browser: Browser, open_door: Cast, url: str) -> None:
        answers = [browser.post(url, {"key": str(number)}).status_code for number in range(6)]
        assert answers == [303] * might_come.PER_CALLER + [429]

    def test_a_private_group_is_hidden(self, browser: Browser, open_door: Cast, url: str) -> None:
        with transaction():
            open_door.group.visibility = Visibility.PRIVATE
        assert browser.get(url).status_code == 404
        assert browser.post(url, {"key": "one"}).status_code == 404

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, browser: Browser, url: str, method: str) -> None:
        assert getattr(browser.client, method)(url).status_code == 405


class TestEditWayInView:
    @pytest.fixture
    def url(self, cast: Cast) -> str:
        """Where Rosa chooses."""
        return f"/groups/{cast.group.slug}/series/{cast.series.public_id}/way-in"

    def test_it_works(self, browser: Browser, cast: Cast, url: str) -> None:
        browser.sign_in(cast.rosa)
        assert url in browser.get(f"/groups/{cast.group.slug}").text
        assert 'value="reserve" checked' in browser.get(url).text
        response = browser.post(url, {"admission": "drop_in", "doors_minutes": "15"})
        assert response.status_code == 303
        db.session.expire_all()
        chosen = db.session.get_one(Series, cast.series.id)
        assert (chosen.admission, chosen.doors_minutes) == (WayIn.DROP_IN, 15)

    @pytest.mark.parametrize(
        "data",
        [
            {"admission": "by_lot", "doors_minutes": "15"},
            {"admission": "drop_in", "doors_minutes": "7"},
        ],
    )
    def test_it_explains_a_bad_choice(
        self, browser: Browser, cast: Cast, url: str, data: dict[str, str]
    ) -> None:
        browser.sign_in(cast.rosa)
        assert 'class="field__error"' in browser.post(url, data).text
        db.session.expire_all()
        assert db.session.get_one(Series, cast.series.id).admission is WayIn.RESERVE

    def test_guests_sign_in_first(self, browser: Browser, url: str) -> None:
        assert browser.get(url).location.startswith("/sign-in")

    @pytest.mark.parametrize("who", ["stan", "sam", "kofi", "ola"])
    def test_others_may_not(self, browser: Browser, cast: Cast, url: str, who: str) -> None:
        browser.sign_in(getattr(cast, who))
        assert browser.get(url).status_code == 403
        assert browser.post(url, {"admission": "drop_in"}).status_code == 403

    def test_another_group_s_schedule_is_not_found(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        browser.sign_in(cast.rosa)
        unknown = url.replace(str(cast.series.public_id), "00000000-0000-7000-8000-000000000000")
        assert browser.get(unknown).status_code == 404

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, browser: Browser, url: str, method: str) -> None:
        assert getattr(browser.client, method)(url).status_code == 405


class TestAskingFirst:
    @pytest.fixture
    def circle(self, cast: Cast) -> Cast:
        """The cast, whose schedule is for people whom Rosa has let in; Sam joined freely."""
        with transaction():
            cast.series.admission = WayIn.REQUEST
        return cast

    def test_a_name_is_not_enough(self, circle: Cast, now: datetime) -> None:
        for act in (
            lambda: respond(circle.session, actor=circle.sam, status=RsvpStatus.ACCEPTED, now=now),
            lambda: hold_seat(circle.series, actor=circle.sam, now=now),
            lambda: guests.join_and_come(
                circle.session,
                actor=circle.stan,
                display_name="Stan",
                agreement_version=1,
                is_first_time=False,
                now=now,
            ),
        ):
            with pytest.raises(ApprovalNeeded):
                act()
        assert db.session.query(Rsvp).count() == 0

    def test_whoever_was_let_in_comes_and_so_do_those_who_lead(
        self, circle: Cast, now: datetime
    ) -> None:
        with transaction():
            factories.find_membership(circle.group, circle.sam).approved_at = now
        for person in (circle.sam, circle.kofi):
            rsvp = respond(circle.session, actor=person, status=RsvpStatus.ACCEPTED, now=now)
            assert rsvp.status is RsvpStatus.ACCEPTED

    def test_anybody_says_that_they_do_not_come(self, circle: Cast, now: datetime) -> None:
        rsvp = respond(circle.session, actor=circle.sam, status=RsvpStatus.DECLINED, now=now)
        assert rsvp.status is RsvpStatus.DECLINED

    def test_the_page_leads_through_it(self, browser: Browser, circle: Cast, now: datetime) -> None:
        with transaction():
            circle.group.expected_wait = "Three days or so."
        page = f"/sessions/{circle.session.public_id}"
        assert "Then ask the organizers to let you in" in browser.get(page).text
        assert browser.get(f"{page}/come").location == page
        browser.sign_in(circle.sam)
        words = visible_text(browser.get(page).text)
        assert "Three days or so." in words
        assert "Ask to be let in" in words
        assert "I'm coming" not in words
        answer = browser.post(f"{page}/rsvp", {"status": "accepted"}, follow_redirects=True)
        assert "The organizers let people in first" in answer.text
        browser.post(f"/groups/{circle.group.slug}/ask")
        assert "You asked to be let in" in browser.get(page).text
        (request,) = list_join_requests(circle.group)
        decide_join_request(
            circle.group, request.public_id, actor=circle.rosa, approve=True, now=now
        )
        answer = browser.post(f"{page}/rsvp", {"status": "accepted"}, follow_redirects=True)
        assert "You’re expected" in answer.text


class TestChoosingToEnrol:
    ENROL = WayInDetails(
        admission=WayIn.ENROL, doors_minutes=30, max_plus_count=1, newcomer_seats=2
    )

    def test_a_course_nobody_has_answered_can_be_enrolled_in(
        self, cast: Cast, now: datetime
    ) -> None:
        plain = factories.make_course(cast.group, admission=WayIn.RESERVE)
        ways_in.choose_way_in(plain, self.ENROL, actor=cast.rosa, now=now)
        assert (plain.admission, plain.max_plus_count, plain.newcomer_seats) == (
            WayIn.ENROL,
            0,
            0,
        )

    def test_no_other_schedule_can(self, cast: Cast, now: datetime) -> None:
        with pytest.raises(OnlyCoursesEnrol):
            ways_in.choose_way_in(cast.series, self.ENROL, actor=cast.rosa, now=now)
        assert cast.series.kind is SeriesKind.SCHEDULE

    def test_once_people_are_in_it_stays_as_it_is(self, cast: Cast, now: datetime) -> None:
        course = factories.make_course(cast.group)
        reserve = WayInDetails(admission=WayIn.RESERVE, doors_minutes=30)
        enrolments.enrol(course, actor=cast.sam, now=now)
        with pytest.raises(ways_in.PeopleHaveAnswered):
            ways_in.choose_way_in(course, reserve, actor=cast.rosa, now=now)
        asked = WayInDetails(admission=WayIn.ENROL_REQUEST, doors_minutes=30)
        ways_in.choose_way_in(course, asked, actor=cast.rosa, now=now)
        assert course.admission is WayIn.ENROL_REQUEST

    def test_single_answers_keep_it_as_well(self, cast: Cast, now: datetime) -> None:
        plain = factories.make_course(cast.group, admission=WayIn.RESERVE)
        first = list_sessions_of_series(plain)[0]
        respond(first, actor=cast.sam, status=RsvpStatus.ACCEPTED, now=now)
        with pytest.raises(ways_in.PeopleHaveAnswered):
            ways_in.choose_way_in(plain, self.ENROL, actor=cast.rosa, now=now)
