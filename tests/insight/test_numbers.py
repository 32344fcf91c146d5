"""What counts and answers add up to, as a page with two charts and as a file."""

import csv
import io
from datetime import date, timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups.models import Visibility
from supportgroups.insight.models import HeadCount, Outcome
from supportgroups.insight.numbers import SessionNumbers, Summary, average, is_told
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import Pause, SessionStatus
from supportgroups.text import guard_cell
from tests.browser_client import visible_text
from tests.conftest import NOW
from tests.factories import LONG_AGO, make_rsvp, make_session, make_user
from tests.house.pages import title_of
from tests.watching import statements

URL = "/groups/evening-circle/numbers"


def numbers(*, places=12, said_yes=9, came=8, outcome=Outcome.HELD, is_cancelled=False):
    """Return the numbers of one session."""
    return SessionNumbers(
        starts_at=NOW,
        time_zone="Europe/London",
        is_cancelled=is_cancelled,
        places=places,
        said_yes=said_yes,
        outcome=None if came is None else outcome,
        came=came,
        first_timers=None if came is None else 0,
    )


@transaction()
def hold(cast, weeks_ago, *, said_yes, came=None, outcome=Outcome.HELD, **values):
    """Let a session have been so many weeks ago."""
    wall = cast.series.wall_starts_at - timedelta(weeks=weeks_ago + 1)
    group_session = make_session(cast.series, wall, **values)
    for _number in range(said_yes):
        make_rsvp(group_session, make_user(), RsvpStatus.ACCEPTED)
    if came is not None:
        db.session.add(
            HeadCount(
                group_session_id=group_session.id,
                outcome=outcome,
                heads=came,
                first_timers=0,
                counted_at=LONG_AGO,
            )
        )
    return group_session


class TestSummary:
    @pytest.mark.parametrize(
        ("found", "took_place"),
        [
            (numbers(), True),
            (numbers(came=None), True),
            (numbers(outcome=Outcome.HELD_ONLINE), True),
            (numbers(came=0, outcome=Outcome.NOBODY_CAME), False),
            (numbers(is_cancelled=True, came=None), False),
        ],
    )
    def test_what_took_place(self, found, took_place):
        summary = Summary(sessions=[found])
        assert bool(summary.took_place) is took_place
        assert bool(summary.booked) is took_place

    def test_averages_are_of_what_can_be_compared(self):
        summary = Summary(
            sessions=[
                numbers(said_yes=10, came=8),
                numbers(said_yes=8, came=7),
                # Nobody counted here: it fills places, and is compared with nothing.
                numbers(said_yes=3, came=None),
                # Nobody booked here.
                numbers(said_yes=None, came=12),
                numbers(said_yes=11, came=0, outcome=Outcome.WEATHER),
            ]
        )
        assert summary.filled_on_average == 7
        assert summary.said_yes_on_average == 9
        assert summary.came_on_average == 9
        assert (summary.most_places, summary.most_people) == (12, 12)

    def test_nothing_to_add_up(self):
        summary = Summary(sessions=[])
        assert summary.filled_on_average is summary.came_on_average is None
        assert (summary.most_places, summary.most_people) == (0, 0)
        assert average([None]) is None

    @pytest.mark.parametrize(("number", "told"), [(0, True), (1, False), (4, False), (5, True)])
    def test_what_singles_nobody_out(self, number, told):
        assert is_told(number) is told


class TestNumbers:
    @pytest.fixture
    def read(self, browser, cast):
        """Read the page as Rosa."""

        def read():
            browser.sign_in(cast.rosa)
            return visible_text(browser.get(URL).text)

        return read

    def test_two_sentences_and_two_tables(self, read, cast, browser):
        hold(cast, 1, said_yes=10, came=8)
        hold(cast, 2, said_yes=8, came=7)
        page = read()
        assert "Of the last 2 sessions 2 took place." in page
        assert "On average 9 said yes and 8 came." in page
        assert "On average 9 places were filled." in page
        assert "17 Nov 2026, 19:00 10 8" in page
        assert "17 Nov 2026, 19:00 10 12" in page
        html = browser.get(URL).text
        assert html.count("<table") == 2
        assert 'width="100"' in html

    def test_small_numbers_are_not_told(self, read, cast):
        hold(cast, 1, said_yes=4, came=3)
        page = read()
        assert "On average fewer than 5 said yes and fewer than 5 came." in page
        assert "On average fewer than 5 places were filled." in page
        assert "19:00 fewer than 5 fewer than 5" in page

    def test_what_did_not_take_place_is_told_apart(self, read, cast):
        hold(cast, 1, said_yes=6, came=0, outcome=Outcome.WEATHER)
        hold(cast, 2, said_yes=6, status=SessionStatus.CANCELLED, cancel_reason="Snow")
        hold(cast, 3, said_yes=6, status=SessionStatus.CANCELLED)
        hold(cast, 4, said_yes=6)
        page = read()
        assert "Of the last 4 sessions 1 took place." in page
        assert "Nobody has counted yet" in page
        assert "17 Nov 2026, 19:00 The weather or the traffic" in page
        assert "10 Nov 2026, 19:00 Cancelled: Snow" in page
        assert "3 Nov 2026, 19:00 Cancelled" in page

    @pytest.mark.parametrize(
        ("status", "words"),
        [
            (SessionStatus.SCHEDULED, "The last session took place."),
            (SessionStatus.CANCELLED, "The last session did not take place."),
        ],
    )
    def test_of_a_single_session_it_says_so(self, read, cast, status, words):
        hold(cast, 1, said_yes=6, status=status)
        assert words in read()

    def test_a_break_is_told_as_one(self, read, cast, now):
        one = hold(cast, 1, said_yes=0, status=SessionStatus.CANCELLED)
        with transaction():
            one.pause = Pause(
                group_id=cast.group.id,
                starts_on=date(2026, 11, 16),
                returns_on=date(2026, 11, 20),
                reason="The halls are closed",
                created_at=now,
            )
            db.session.add(one.pause)
        assert "17 Nov 2026, 19:00 On a break: The halls are closed" in read()

    def test_nothing_yet(self, read):
        page = read()
        assert "Nobody has counted yet" in page
        assert "No numbers yet" in page
        assert "as a file" not in page

    def test_it_asks_as_often_for_many_sessions_as_for_one(self, read, cast, browser):
        def questions():
            read()
            with statements() as seen:
                browser.get(URL)
            return len(seen)

        hold(cast, 1, said_yes=6, came=6)
        few = questions()
        for weeks in range(2, 12):
            hold(cast, weeks, said_yes=1, came=6)
        assert questions() == few

    def test_its_tab_says_nothing(self, browser, cast):
        browser.sign_in(cast.rosa)
        assert title_of(browser.get(URL).text) == "Numbers"


@pytest.mark.parametrize("url", [URL, URL + ".csv"])
class TestWhoSeesNumbers:
    @pytest.mark.parametrize(
        ("name", "status"), [("rosa", 200), ("kofi", 200), ("sam", 403), ("stan", 403)]
    )
    def test_it_is_for_those_who_lead(self, browser, cast, url, name, status):
        browser.sign_in(getattr(cast, name))
        assert browser.get(url).status_code == status

    def test_it_sends_guests_to_sign_in(self, browser, cast, url):
        assert browser.get(url).location.startswith("/sign-in")

    def test_it_hides_a_private_group_from_strangers(self, browser, cast, url):
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        browser.sign_in(cast.stan)
        assert browser.get(url).status_code == 404


class TestNumbersFile:
    def test_one_row_for_each_session(self, browser, cast):
        hold(cast, 1, said_yes=10, came=8)
        hold(cast, 2, said_yes=4)
        hold(
            cast,
            3,
            said_yes=0,
            capacity=0,
            status=SessionStatus.CANCELLED,
            cancel_reason="Rosa is ill",
        )
        browser.sign_in(cast.rosa)
        response = browser.get(URL + ".csv")
        assert response.mimetype == "text/csv"
        assert response.headers["Content-Disposition"] == 'attachment; filename="numbers.csv"'
        heading, *rows = csv.reader(io.StringIO(response.data.decode("utf-8-sig")))
        assert heading[:2] == ["Day", "Time"]
        assert rows == [
            ["2026-11-17", "19:00", "Europe/London", "yes", "", "12", "10", "8", "0"],
            ["2026-11-10", "19:00", "Europe/London", "yes", "", "12", "fewer than 5", "", ""],
            ["2026-11-03", "19:00", "Europe/London", "no", "Cancelled", "", "0", "", ""],
        ]
        assert cast.group.name not in response.text
        assert cast.series.title not in response.text

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    def test_no_cell_is_taken_for_a_formula(self, start):
        assert guard_cell(f"{start}1+1") == f"'{start}1+1"

    def test_a_plain_cell_stays_as_it_is(self):
        assert guard_cell("fewer than 5") == "fewer than 5"
        assert guard_cell("") == ""
