"""The page of one session in each of its states, as each visitor sees it."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from supportgroups.db import transaction
from supportgroups.groups.models import Admission, Visibility
from supportgroups.groups.queries import get_membership
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import SessionStatus
from tests.browser_client import visible_text
from tests.factories import make_membership, make_rsvp, make_session, make_user
from tests.gate import EVERYONE, LEADERS, MEMBERS, Gate
from tests.house.pages import title_of
from tests.watching import statements

WEEK = timedelta(weeks=1)
MINUTE = timedelta(minutes=1)
#: Tuesday 1 December 2026, 19:00 in London.
STARTS_AT = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)
LINK = "https://meet.example/canaryroom"


@pytest.fixture
def url(cast):
    return f"/sessions/{cast.session.public_id}"


@pytest.fixture
def read(browser, cast, url, now):
    """Read the words of the session's page as somebody of the cast, or as a guest."""

    def read(name=None, *, raw=False, at=now, path=url):
        with time_machine.travel(at, tick=False):
            browser.sign_out() if name is None else browser.sign_in(getattr(cast, name))
            page = browser.get(path)
        assert page.status_code == 200
        text = page.text.replace("’", "'").replace("&#39;", "'")
        return text if raw else visible_text(text)

    return read


@pytest.fixture
def next_session(cast):
    return make_session(cast.series, cast.series.wall_starts_at + WEEK)


def answer(cast, name, status):
    make_rsvp(cast.session, getattr(cast, name), status)


@transaction()
def crowd(group_session, *, coming, waiting=0):
    for _ in range(coming):
        make_rsvp(group_session, make_user(), RsvpStatus.ACCEPTED)
    for _ in range(waiting):
        make_rsvp(group_session, make_user(), RsvpStatus.WAITLISTED)


class TestStates:
    """The table of what a member reads, as far as this release has these states."""

    def test_open(self, read, cast):
        crowd(cast.session, coming=8)
        page = read("sam")
        for words in ("Are you coming?", "4 places left", "I'm coming", "Maybe", "Can't come"):
            assert words in page
        assert "Tuesday 1 December 2026, 19:00–20:30 (London time)" in page

    def test_the_last_place(self, read, cast):
        crowd(cast.session, coming=11)
        assert "One place left" in read("sam")

    def test_no_limit(self, read, cast):
        with transaction():
            cast.series.capacity = None
        page = read("sam")
        assert "place left" not in page
        assert "places left" not in page
        assert "I'm coming" in page

    def test_yes(self, read, cast):
        answer(cast, "sam", RsvpStatus.ACCEPTED)
        page = read("sam")
        for words in ("You're expected", "Save this date to your calendar", "Your first visit"):
            assert words in page
        assert "Are you coming?" not in page

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (RsvpStatus.TENTATIVE, "You said maybe"),
            (RsvpStatus.DECLINED, "You said that you can't come"),
        ],
    )
    def test_maybe_and_no(self, read, cast, status, words):
        answer(cast, "sam", status)
        assert words in read("sam")

    @pytest.mark.parametrize(
        ("waiting", "words"),
        [(0, "Full."), (1, "One person is waiting."), (2, "2 people are waiting.")],
    )
    def test_full(self, read, cast, waiting, words):
        crowd(cast.session, coming=12, waiting=waiting)
        page = read("sam")
        for part in ("Full.", words, "Who has waited longest gets the next free place."):
            assert part in page
        assert "waiting list" in page.lower()
        assert "I'm coming" not in page

    def test_waiting(self, read, cast):
        crowd(cast.session, coming=12, waiting=2)
        answer(cast, "sam", RsvpStatus.WAITLISTED)
        assert "You are number 3." in read("sam")

    def test_cancelled(self, read, cast, next_session):
        answer(cast, "sam", RsvpStatus.ACCEPTED)
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
            cast.session.cancel_reason = "The hall is flooded"
        page = read("sam")
        for words in (
            "This session is cancelled",
            "The hall is flooded",
            "The next date is Tuesday 8 December 2026, 19:00–20:30 (London time).",
            "If you need somebody today: help now",
        ):
            assert words in page
        for words in ("You're expected", "I'm coming", "Go to the online room", "Save this date"):
            assert words not in page

    def test_cancelled_without_a_reason_or_another_date(self, read, cast):
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
        page = read("sam")
        assert "This session is cancelled" in page
        assert "The next date" not in page

    def test_the_next_date_after_a_cancelled_one_comes_after_it(self, read, cast, next_session):
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
            make_session(cast.series, cast.series.wall_starts_at - timedelta(days=2))
        page = read("sam")
        assert "The next date is Tuesday 8 December 2026" in page
        assert "29 November 2026" not in page

    def test_the_next_date_takes_place(self, read, cast, next_session):
        with transaction():
            cast.session.status = next_session.status = SessionStatus.CANCELLED
        assert "The next date" not in read("sam")

    @pytest.mark.parametrize(
        ("status", "asks"),
        [
            (RsvpStatus.ACCEPTED, True), (RsvpStatus.TENTATIVE, True),
            (RsvpStatus.WAITLISTED, True), (RsvpStatus.DECLINED, False), (None, False),
        ],
    )  # fmt: skip
    def test_moved(self, read, cast, status, asks):
        if status is not None:
            answer(cast, "sam", status)
        with transaction():
            cast.session.wall_starts_at = datetime(2026, 12, 2, 18, 0)  # noqa: DTZ001
            cast.session.starts_at += timedelta(hours=23)
            cast.session.ends_at += timedelta(hours=23)
        page = read("sam")
        old = "You answered for" if asks else "It was planned for"
        assert f"{old} Tuesday 1 December 2026, 19:00." in page
        assert "It is now on Wednesday 2 December 2026, 18:00–19:30 (London time)." in page
        assert ("Does this still work for you?" in page) is asks

    def test_running(self, read, cast):
        for at in (cast.session.starts_at, cast.session.ends_at - MINUTE):
            page = read("sam", at=at)
            assert "This session has begun" in page
            assert "I'm coming" not in page
        assert "This session has begun" not in read("sam", at=cast.session.starts_at - MINUTE)

    def test_over(self, read, cast, next_session):
        page = read("sam", at=cast.session.ends_at)
        assert "This session is over" in page
        assert "The next date is Tuesday 8 December 2026" in page
        for words in ("I'm coming", "Save this date", "Your first visit"):
            assert words not in page


class TestOtherVisitors:
    @pytest.mark.parametrize(
        ("admission", "words", "button"),
        [
            (Admission.REQUEST, "First join the group", "Ask to join"),
            (Admission.INVITATION, "You can join with a link", None),
        ],
    )
    @pytest.mark.parametrize("name", [None, "stan"])
    def test_who_is_no_member_joins_first(self, read, cast, name, admission, words, button):
        with transaction():
            cast.group.admission = admission
        page = read(name, raw=True)
        assert words in page
        assert re.findall(r'href="/groups/evening-circle/join">([^<]+)<', page) == (
            [button] if button else []
        )
        assert 'name="status"' not in page

    @pytest.mark.parametrize(
        ("name", "words"), [(None, "You need no account"), ("stan", "This makes you a member")]
    )
    def test_an_open_group_takes_everybody_at_once(self, read, cast, url, name, words):
        page = read(name, raw=True)
        assert words in page
        assert f'href="{url}/come">I\'m coming<' in page
        assert 'name="status"' not in page

    def test_a_full_one_offers_the_waiting_list_at_once(self, read, cast, url):
        with transaction():
            cast.session.capacity = 1
        crowd(cast.session, coming=1)
        assert f'href="{url}/come">Join the waiting list<' in read(None, raw=True)

    def test_who_was_removed_is_not_asked_to_join(self, read, cast, now):
        make_membership(cast.group, cast.stan, removed_at=now)
        page = read("stan", raw=True)
        assert "This session is for members." in page
        assert "/join" not in page

    @pytest.mark.parametrize(
        ("name", "answers", "manage"),
        [("rosa", True, True), ("kofi", True, False), ("sam", False, False), (None, False, False)],
    )
    def test_the_tools_of_those_who_lead(self, read, cast, url, name, answers, manage):
        crowd(cast.session, coming=2, waiting=1)
        page = read(name, raw=True)
        assert (f'href="{url}/answers"' in page) is answers
        assert ("2 coming" in page) is answers
        for act in ("edit", "cancel"):
            assert (f'href="{url}/{act}"' in page) is manage
        assert f'href="{url}/restore"' not in page

    def test_a_cancelled_one_can_be_restored_and_an_old_one_not(self, read, cast, url):
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
        page = read("rosa", raw=True)
        assert f'href="{url}/restore"' in page
        assert f'href="{url}/cancel"' not in page
        page = read("rosa", raw=True, at=cast.session.ends_at)
        assert f'href="{url}/restore"' not in page
        assert f'href="{url}/edit"' not in page

    def test_who_leads_it_is_shown_by_the_name_used_here(self, read, cast):
        assert "Led by" not in read()
        with transaction():
            cast.session.facilitators = [cast.kofi, cast.rosa]
            get_membership(cast.group, cast.kofi).display_name = "K."
        assert re.search(r"Led by K\., Rosa", read())

    def test_who_may_read_it(self, app):
        found = Gate(app).answers("GET /sessions/{session}", None, *EVERYONE)
        assert found == dict.fromkeys(EVERYONE, "200")

    @pytest.mark.parametrize("missing", ["0192d3c4-0000-7000-8000-000000000000", "1", "x" * 99])
    def test_a_missing_one_is_not_there(self, browser, cast, missing):
        assert browser.get(f"/sessions/{missing}").status_code == 404


class TestPlace:
    @pytest.mark.parametrize(
        ("visibility", "admission", "who"),
        [
            (Visibility.LISTED, Admission.OPEN, EVERYONE),
            (Visibility.UNLISTED, Admission.OPEN, EVERYONE),
            (Visibility.LISTED, Admission.REQUEST, MEMBERS),
            (Visibility.LISTED, Admission.INVITATION, MEMBERS),
            (Visibility.UNLISTED, Admission.REQUEST, MEMBERS),
        ],
    )
    def test_who_reads_where_it_is(self, app, visibility, admission, who):
        gate = Gate(app, visibility=visibility, admission=admission)
        with transaction():
            gate.session.place = "Canary Wharf"
        pages = {name: gate.knock(name, "GET /sessions/{session}").text for name in EVERYONE}
        assert {name for name, page in pages.items() if "Canary Wharf" in page} == set(who)
        hint = "You see the address once you are a member"
        assert {name for name, page in pages.items() if hint not in page} == set(who)

    @pytest.mark.parametrize(
        ("place", "link", "words"),
        [
            ("", "", "Where Ask the organizers"),
            ("", LINK, "Where Online"),
            ("The town hall", "", "Where The town hall"),
            ("The town hall", LINK, "Online You can also join online"),
        ],
    )
    def test_there_is_always_an_answer(self, read, cast, place, link, words):
        with transaction():
            cast.session.place, cast.session.online_link = place, link
        assert words in read("sam")


class TestOnlineLink:
    """Nobody reads the address of the room but those who write it down; others pass through."""

    PATHS = (
        "/", "/my", "/groups/{slug}", "/sessions/{session}", "/sessions/{session}/rsvp",
        "/sessions/{session}/answers", "/sessions/{session}/enter", "/sessions/{session}.ics",
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("state", "of"),
        [
            ("coming", "series"), ("coming", "session"), ("open", "series"), ("open", "session"),
            ("over", "series"), ("cancelled", "series"), ("moved", "session"),
        ],
    )  # fmt: skip
    def test_it_is_on_no_page(self, app, now, state, of):
        at = {"open": STARTS_AT - 10 * MINUTE, "over": STARTS_AT + 90 * MINUTE}.get(state, now)
        with time_machine.travel(at, tick=False):
            gate = Gate(app)
            self.prepare(gate, state, of)
            for name in ("guest", "stranger", *sorted(MEMBERS)):
                for path in self.PATHS:
                    page = gate.knock(name, f"GET {path}")
                    is_door = path.endswith("/enter") and state == "open" and name in MEMBERS
                    assert ("canaryroom" in f"{page.location} {page.text}") is is_door, (name, path)

    @transaction()
    def prepare(self, gate, state, of):
        target = gate.session.series if of == "series" else gate.session
        target.online_link = LINK
        make_rsvp(gate.session, gate.actors["member"], RsvpStatus.ACCEPTED)
        match state:
            case "cancelled":
                gate.session.status = SessionStatus.CANCELLED
            case "moved":
                gate.session.wall_starts_at += timedelta(hours=1)

    @pytest.mark.parametrize(
        ("status", "led"),
        [
            (RsvpStatus.ACCEPTED, True), (RsvpStatus.TENTATIVE, False),
            (RsvpStatus.WAITLISTED, False), (RsvpStatus.DECLINED, False), (None, False),
        ],
    )  # fmt: skip
    def test_who_is_expected_is_led_to_the_door(self, read, cast, url, status, led):
        with transaction():
            cast.session.online_link = LINK
        if status is not None:
            answer(cast, "sam", status)
        assert (f'href="{url}/enter"' in read("sam", raw=True)) is led


class TestDiscretion:
    @pytest.mark.parametrize("name", [None, "stan", "sam", "kofi", "rosa"])
    def test_its_tab_says_nothing(self, read, name):
        assert title_of(read(name, raw=True)) == "Session"

    def test_no_member_is_named_but_to_those_at_the_door(self, app):
        gate = Gate(app)
        with transaction():
            member = get_membership(gate.group, gate.actors["member"])
            member.display_name = gate.actors["member"].display_name = "Canaryname"
            make_rsvp(gate.session, gate.actors["member"], RsvpStatus.ACCEPTED)
        paths = ("/", "/groups/{slug}", "/sessions/{session}", "/sessions/{session}/rsvp",
                 "/sessions/{session}/answers", "/groups/{slug}/members")  # fmt: skip
        found = {
            (name, path)
            for name in ("guest", "stranger", "removed", "facilitator", "organizer")
            for path in paths
            if "Canaryname" in gate.knock(name, f"GET {path}").text
        }
        assert found == {(name, "/sessions/{session}/answers") for name in LEADERS} | {
            ("organizer", "/groups/{slug}/members")
        }


@pytest.mark.parametrize("name", [None, "sam", "rosa"])
def test_it_asks_the_database_as_often_for_much_as_for_little(browser, read, cast, url, name):
    def questions():
        read(name)
        with statements() as seen:
            browser.get(url)
        return len(seen)

    with transaction():
        cast.session.facilitators = [cast.kofi]
    make_session(cast.series, cast.series.wall_starts_at + WEEK)
    few = questions()
    crowd(cast.session, coming=15, waiting=15)
    with transaction():
        for weeks in range(2, 20):
            make_session(cast.series, cast.series.wall_starts_at + weeks * WEEK)
            make_membership(cast.group, make_user())
        cast.session.facilitators = [cast.kofi, cast.rosa]
    assert questions() == few
