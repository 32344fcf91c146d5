"""The pages of a course: coming in, leaving, who is in it, and what organizers change."""

from datetime import datetime

import pytest
import time_machine
from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.groups.models import Admission
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.queries import CourseState
from supportgroups.rsvps.services import answers, enrolments
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.ways_in import WayIn
from tests import factories
from tests.browser_client import Browser, visible_text
from tests.conftest import Cast

KEY = "a key that was made for this page alone"


@pytest.fixture
def course(cast: Cast) -> Series:
    return factories.make_course(cast.group, weeks=3, capacity=1, late_join_until=2)


@pytest.fixture
def dates(course: Series) -> list[GroupSession]:
    return list_sessions_of_series(course)


@pytest.fixture
def url(cast: Cast, course: Series) -> str:
    return f"/groups/{cast.group.slug}/courses/{course.public_id}"


def state_of(course: Series, person: UserAccount, now: datetime) -> CourseState:
    db.session.expire_all()
    return queries.find_course(course, person, now=now).state


class TestThePage:
    def test_a_guest_reads_all_dates_with_their_topics_and_the_rule(
        self, browser: Browser, url: str
    ) -> None:
        words = visible_text(browser.get(url).text)
        for topic in ("Step 1", "Step 2", "Step 3"):
            assert topic in words
        assert "One place left. You enrol once, for all dates ahead." in words
        assert "You can join until Wednesday 9 December 2026, 18:00." in words

    def test_when_it_is_full_it_says_who_gets_the_next_place(
        self, browser: Browser, cast: Cast, course: Series, url: str, now: datetime
    ) -> None:
        enrolments.enrol(course, actor=cast.sam, now=now)
        words = visible_text(browser.get(url).text)
        assert "Until Wednesday 9 December 2026, a free place goes to whoever has waited" in words
        assert "Put me on the list" in words

    def test_later_it_is_about_the_next_course(
        self, browser: Browser, dates: list[GroupSession], url: str
    ) -> None:
        with time_machine.travel(dates[1].starts_at, tick=False):
            words = visible_text(browser.get(url).text)
        assert "Nobody new joins any more." in words
        assert "Put me on the list" in words

    def test_no_name_stands_on_it(
        self, browser: Browser, cast: Cast, course: Series, url: str, now: datetime
    ) -> None:
        quill = factories.make_user("Quill")
        factories.make_membership(cast.group, quill)
        enrolments.enrol(course, actor=quill, now=now)
        browser.sign_in(cast.sam)
        assert "Quill" not in browser.get(url).text

    def test_a_schedule_has_no_such_page(self, browser: Browser, cast: Cast) -> None:
        url = f"/groups/{cast.group.slug}/courses/{cast.series.public_id}"
        assert browser.get(url).status_code == 404

    def test_a_course_that_is_booked_by_dates_only_lists_them(
        self, browser: Browser, cast: Cast
    ) -> None:
        plain = factories.make_course(cast.group, admission=WayIn.RESERVE)
        words = visible_text(
            browser.get(f"/groups/{cast.group.slug}/courses/{plain.public_id}").text
        )
        assert "Step 1" in words
        assert "Enrol" not in words


class TestEnrolling:
    def test_a_member_does_it_with_one_button(
        self, browser: Browser, cast: Cast, course: Series, url: str, now: datetime
    ) -> None:
        browser.sign_in(cast.sam)
        assert browser.post(f"{url}/enrol", {}).location == url
        words = visible_text(browser.get(url).text)
        assert "You’re enrolled" in words
        assert "Session 1: Step 1" in words
        my_page = visible_text(browser.get("/my").text)
        assert "My courses" in my_page
        assert my_page.count("Steady steps") == 1

    def test_a_guest_needs_a_name_and_sees_their_link(
        self, browser: Browser, course: Series, url: str, now: datetime
    ) -> None:
        form = {"display_name": "Mina", "key": KEY, "agreement_version": "1"}
        assert browser.post(f"{url}/come", form).location == url
        words = visible_text(browser.get(url).text)
        assert "You’re enrolled" in words
        assert "Keep your own link" in words
        mina = db.session.execute(
            select(UserAccount).where(UserAccount.display_name == "Mina")
        ).scalar_one()
        assert state_of(course, mina, now) is CourseState.ENROLLED

    def test_a_guest_without_a_name_is_asked_for_one(self, browser: Browser, url: str) -> None:
        answer = browser.post(f"{url}/come", {"key": KEY, "agreement_version": "1"})
        assert answer.status_code == 400
        assert "Enter any name you like" in visible_text(answer.text)

    def test_whoever_asks_first_to_be_let_in_finds_the_way(
        self, browser: Browser, cast: Cast, course: Series, url: str, now: datetime
    ) -> None:
        with transaction():
            course.admission = WayIn.ENROL_REQUEST
            cast.group.welcome_note = "We talk for half an hour first."
        browser.sign_in(cast.sam)
        words = visible_text(browser.get(url).text)
        assert "Ask to be let in" in words
        assert "We talk for half an hour first." in words
        browser.post(f"{url}/enrol", {})
        assert state_of(course, cast.sam, now) is CourseState.NONE
        with transaction():
            factories.find_membership(cast.group, cast.sam).approved_at = now
        browser.post(f"{url}/enrol", {})
        assert state_of(course, cast.sam, now) is CourseState.ENROLLED

    def test_where_the_group_decides_people_join_it_first(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        with transaction():
            cast.group.admission = Admission.REQUEST
        assert "First join the group" in visible_text(browser.get(url).text)

    def test_a_date_leads_to_its_course(
        self,
        browser: Browser,
        cast: Cast,
        course: Series,
        dates: list[GroupSession],
        url: str,
        now: datetime,
    ) -> None:
        date = f"/sessions/{dates[1].public_id}"
        assert f'href="{url}"' in browser.get(date).text
        enrolments.enrol(course, actor=cast.sam, now=now)
        browser.sign_in(cast.sam)
        browser.post(f"{date}/rsvp", {"status": "declined"})
        words = visible_text(browser.get(date).text)
        assert "You can’t come this time" in words
        assert "Your place in it stays yours" in words
        assert "You can’t come" in visible_text(browser.get(url).text)
        browser.sign_out()
        browser.sign_in(cast.rosa)
        answer = browser.post(f"{date}/rsvp", {"status": "accepted"})
        words = visible_text(browser.get(answer.location).text)
        assert "Enrol in it, once for all dates" in words
        assert "Look at the course" in words
        assert "Change your answer" not in words


class TestLeaving:
    def test_one_page_and_one_button(
        self, browser: Browser, cast: Cast, course: Series, url: str, now: datetime
    ) -> None:
        enrolments.enrol(course, actor=cast.sam, now=now)
        browser.sign_in(cast.sam)
        assert "Leave the course?" in visible_text(browser.get(f"{url}/leave").text)
        assert browser.post(f"{url}/leave", {}).location == url
        assert state_of(course, cast.sam, now) is CourseState.NONE
        assert browser.get(f"{url}/leave").location == url


class TestTheRoster:
    @pytest.fixture(autouse=True)
    def _people(self, cast: Cast, course: Series, dates: list[GroupSession], now: datetime) -> None:
        enrolments.enrol(course, actor=cast.sam, now=now)
        answers.respond(dates[1], actor=cast.sam, status=RsvpStatus.DECLINED, now=now)
        mo = factories.make_user("Mo")
        factories.make_membership(cast.group, mo)
        enrolments.enrol(course, actor=mo, now=now)

    @pytest.mark.parametrize("who", ["rosa", "kofi"])
    def test_those_who_lead_see_who_is_in_it_and_who_misses_what(
        self, browser: Browser, cast: Cast, url: str, who: str
    ) -> None:
        browser.sign_in(getattr(cast, who))
        words = visible_text(browser.get(f"{url}/people").text)
        assert "Sam since Monday 23 November 2026 Wednesday 9 December 2026" in words
        assert "Mo since" in words
        assert "1 enrolled of one place" in words

    @pytest.mark.parametrize("who", ["sam", "stan"])
    def test_nobody_else_does(self, browser: Browser, cast: Cast, url: str, who: str) -> None:
        browser.sign_in(getattr(cast, who))
        assert browser.get(f"{url}/people").status_code == 403

    def test_the_list_is_invited_once_the_next_course_is_planned(
        self, browser: Browser, cast: Cast, url: str, dates: list[GroupSession]
    ) -> None:
        with time_machine.travel(dates[1].starts_at, tick=False):
            browser.sign_in(cast.rosa)
            assert "Once you have planned" in visible_text(browser.get(f"{url}/people").text)
            later = datetime(2027, 3, 3, 18, 0)  # noqa: DTZ001 (a wall time)
            following = factories.make_course(cast.group, wall_starts_at=later)
            assert "Tell them it is planned" in visible_text(browser.get(f"{url}/people").text)
            form = {"course": str(following.public_id)}
            answer = browser.post(f"{url}/invite", form)
            words = visible_text(browser.get(answer.location).text)
        assert "One person is being told." in words
        assert "Told" in words


class TestWhatOrganizersChange:
    def test_topics_places_and_the_time_to_join(
        self, browser: Browser, cast: Cast, course: Series, url: str
    ) -> None:
        browser.sign_in(cast.rosa)
        assert "Step 2" in browser.get(f"{url}/edit").text
        form = {"topics-0": "a", "topics-1": "b", "topics-2": "c"}
        answer = browser.post(f"{url}/edit", form | {"capacity": "5", "late_join_until": "1"})
        assert answer.location == url
        db.session.expire_all()
        assert [line.topic for line in course.dates] == ["a", "b", "c"]
        assert (course.capacity, course.late_join_until) == (5, 1)

    def test_a_bad_number_is_explained_and_nothing_typed_is_lost(
        self, browser: Browser, cast: Cast, url: str
    ) -> None:
        browser.sign_in(cast.rosa)
        form = {"topics-0": "typed", "capacity": "0", "late_join_until": ""}
        answer = browser.post(f"{url}/edit", form)
        assert answer.status_code == 400
        assert "typed" in answer.text
        assert "Enter a number from 1" in visible_text(answer.text)

    def test_one_date_more(self, browser: Browser, cast: Cast, course: Series, url: str) -> None:
        browser.sign_in(cast.rosa)
        page = browser.get(f"{url}/make-up").text
        assert 'value="2026-12-23"' in page
        form = {"day": "2026-12-23", "starts": "18:00", "minutes": "90", "topic": "Again"}
        assert browser.post(f"{url}/make-up", form).location == url
        words = visible_text(browser.get(url).text)
        assert "Extra session" in words
        assert "Again" in words
        twice = browser.post(f"{url}/make-up", form)
        assert twice.status_code == 400
        assert "The course meets then already" in visible_text(twice.text)

    def test_the_number_of_places_of_one_date_is_not_asked(
        self, browser: Browser, cast: Cast, dates: list[GroupSession]
    ) -> None:
        browser.sign_in(cast.rosa)
        assert 'name="capacity"' not in browser.get(f"/sessions/{dates[0].public_id}/edit").text


class TestCalendars:
    def test_the_file_holds_all_dates_and_tells_nothing(self, browser: Browser, url: str) -> None:
        file = browser.get(f"{url}.ics").text
        assert file.count("BEGIN:VEVENT") == 3
        assert file.count("SUMMARY:Appointment") == 3
        assert "Step" not in file

    def test_asked_for_it_tells_the_topics(self, browser: Browser, url: str) -> None:
        file = browser.get(f"{url}.ics?discretion=plain").text.replace("\r\n ", "")
        assert [f"Step {number}" in file for number in (1, 2, 3)] == [True] * 3
