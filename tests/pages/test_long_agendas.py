import re
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest

from supportgroups.db import transaction
from supportgroups.groups.models import Admission, Visibility
from supportgroups.pages.agenda import read_mark
from supportgroups.pages.months import read_day
from supportgroups.pages.views.dates import PAGE_SIZE
from supportgroups.rsvps.models import RsvpStatus
from tests.factories import make_membership, make_rsvp
from tests.watching import statements


def wall(*parts):
    return datetime(*parts)  # noqa: DTZ001


class TestPages:
    """A long list goes on after the last session of the page before."""

    @pytest.fixture
    def many(self, cast, make_session):
        # Three on each day, of which two begin together.
        starts = [
            wall(2026, 12, 2, hour) + timedelta(days=day)
            for day in range(25)
            for hour in (9, 9, 19)
        ]
        first = wall(2026, 1, 1)
        with transaction():
            made = [
                make_session(cast.series, start, recurrence_id=first + timedelta(days=index))
                for index, start in enumerate(starts)
            ]
        return [cast.session, *made]

    def walk(self, browser, address):
        seen, sizes = [], []
        while address:
            assert len(sizes) < 9, "the pages never end"
            page = browser.get(address).text
            found = re.findall(r'href="/sessions/([^"]+)"', page)
            sizes.append(len(found))
            seen += found
            after = re.search(r'href="([^"]+)" rel="next"', page)
            address = after[1].replace("&amp;", "&") if after else None
        return seen, sizes

    @pytest.mark.parametrize(
        "address", ["/groups/evening-circle/sessions", "/sessions", "/my/sessions"]
    )
    def test_every_session_stands_on_one_page(self, browser, cast, many, address):
        browser.sign_in(cast.sam)
        seen, sizes = self.walk(browser, address)
        expected = sorted(many, key=lambda found: (found.starts_at, found.id))
        assert seen == [str(found.public_id) for found in expected]
        assert sizes == [PAGE_SIZE, PAGE_SIZE, 76 - 2 * PAGE_SIZE]

    def test_the_past_is_walked_backwards(self, browser, cast, many, now):
        with transaction():
            for found in many:
                found.starts_at -= timedelta(days=100)
                found.ends_at -= timedelta(days=100)
        seen, _sizes = self.walk(browser, "/groups/evening-circle/sessions?view=past")
        expected = sorted(many, key=lambda found: (found.starts_at, found.id), reverse=True)
        assert seen == [str(found.public_id) for found in expected]

    def test_a_later_page_leads_back_to_the_first(self, browser, cast, many):
        first = browser.get("/sessions").text
        assert "Next dates" not in first
        later = browser.get(f"/sessions?after={many[40].public_id}").text
        assert re.search(r'href="/sessions">Next dates', later)

    def test_the_dates_from_a_day_on(self, browser, cast, many):
        page = browser.get("/sessions?since=2026-12-20")
        first_day = re.search(r'<h3 class="agenda__day">(.*?)</h3>', page.text)[1]
        assert first_day == "Sunday 20 December 2026"
        assert "From Sunday 20 December 2026 on" in page.text
        seen, _sizes = self.walk(browser, "/sessions?since=2026-12-20")
        assert len(seen) == 3 * 7
        seen, _sizes = self.walk(browser, "/sessions?since=2026-12-05")
        assert len(seen) == 3 * 22

    def test_after_the_last_one_the_page_leads_back(self, browser, cast):
        page = browser.get(f"/sessions?after={cast.session.public_id}")
        assert "No dates after these" in page.text

    def test_nonsense_shows_the_first_page(self, browser, cast, many):
        for mark in ("", "x", "1", "%00", str(uuid4()), "٣", "-1", "a" * 5000):
            for view in ("", "past", "week", "%00"):
                address = "/groups/evening-circle/sessions"
                page = browser.get(f"{address}?after={mark}&view={view}&since={mark}")
                assert page.status_code == 200
                assert (str(cast.session.public_id) in page.text) == (view != "past")

    def test_the_mark_of_another_group_says_nothing_about_it(
        self, browser, cast, make_group, make_series, make_session
    ):
        hidden = make_group(visibility=Visibility.PRIVATE)
        secret = make_session(make_series(hidden), wall(2027, 1, 5, 19))
        plain = browser.get("/sessions")
        assert browser.get(f"/sessions?after={secret.public_id}").data == plain.data


class TestQueries:
    """One question for the sessions and one for the answers, however many there are."""

    ADDRESSES = (
        "/groups/evening-circle/sessions",
        "/groups/evening-circle/sessions?view=month&month=2026-12",
        "/my/sessions",
        "/my/sessions?view=month&month=2026-12",
        "/sessions",
        "/sessions?view=month&month=2026-12",
    )

    @staticmethod
    def count(browser, address):
        with statements() as seen:
            assert browser.get(address).status_code == 200
        return [statement for statement in seen if statement.startswith("SELECT")]

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_more_sessions_and_groups_cost_no_more(
        self, browser, cast, make_group, make_series, make_session, address
    ):
        browser.sign_in(cast.sam)
        few = self.count(browser, address)
        with transaction():
            for index in range(6):
                group = make_group(admission=list(Admission)[index % 3])
                if index < 3:
                    make_membership(group, cast.sam)
                series = make_series(group)
                for day in (2, 9, 16):
                    found = make_session(series, wall(2026, 12, day, 19))
                    make_rsvp(found, cast.sam, RsvpStatus.ACCEPTED)
            make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        many = self.count(browser, address)
        assert len(many) == len(few)
        assert sum("FROM rsvp" in statement for statement in many) == 1
        assert sum("FROM group_session" in statement for statement in many) == 1
        assert len(many) <= 6

    def test_a_guest_costs_one_question(self, browser, cast):
        for address in ("/sessions", "/sessions?view=month&month=2026-12"):
            assert len(self.count(browser, address)) == 1


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-05", date(2026, 12, 5)),
        ("2028-11-30", date(2028, 11, 30)),
        ("2028-12-01", None),
        ("2026-02-30", None),
        ("0000-00-00", None),
        ("99999-01-01", None),
        ("2026-12-05T00:00", None),
        ("", None),
        (None, None),
    ],
)
def test_a_day_in_an_address(text, day):
    assert read_day(text, today=date(2026, 11, 23)) == day


def test_a_mark_in_an_address():
    mark = uuid4()
    assert read_mark(str(mark)) == mark
    assert read_mark("nonsense") is None
    assert read_mark(None) is None
