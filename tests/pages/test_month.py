import gzip
import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from babel import Locale

from supportgroups.clock import to_zone, zone_names
from supportgroups.db import transaction
from supportgroups.formatting import clock_elsewhere, full_day, month_name
from supportgroups.pages.months import Month, read_month
from supportgroups.pages.views import dates
from supportgroups.pages.views.dates import DAY_SIZE
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import SessionStatus
from tests.browser_client import visible_text
from tests.factories import make_membership, make_rsvp

DECEMBER = "view=month&month=2026-12"


def wall(*parts):
    return datetime(*parts)  # noqa: DTZ001


def cells(page):
    """Return each day of the table with the words that stand in it, beside its date."""
    found = re.findall(
        r'<td class="month__day[^>]*>\s*<p class="month__date">(.*?)</p>(.*?)</td>',
        page.text,
        re.DOTALL,
    )
    days = {}
    for head, rest in found:
        day = date.fromisoformat(re.search(r'datetime="([^"]+)"', head)[1])
        days[day] = visible_text(rest)
    return days


def rows(page):
    """Return how many cells each week of the table has."""
    return [row.count("<td") for row in re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1:]]


class TestTheTable:
    def test_has_every_day_of_the_month_below_its_weekday(self, browser, cast):
        page = browser.get(f"/groups/evening-circle/sessions?{DECEMBER}")
        assert page.status_code == 200
        assert "<caption" in page.text
        assert "Sessions in December 2026" in page.text
        headings = re.findall(r'<th scope="col">(\w+)</th>', page.text)
        assert headings[0] == "Monday"
        assert headings[-1] == "Sunday"
        assert len(headings) == 7
        assert list(cells(page)) == [date(2026, 12, day) for day in range(1, 32)]
        assert rows(page) == [7] * 5
        # The first of December 2026 is a Tuesday.
        (first_row, *_rest) = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1:]
        assert first_row.index("month__blank") < first_row.index('datetime="2026-12-01"')
        assert first_row.count("month__blank") == 1

    @pytest.mark.parametrize(
        ("locale", "first", "blank"), [("en_GB", "Monday", 1), ("en_US", "Sunday", 2)]
    )
    def test_the_week_begins_as_it_does_where_people_live(
        self, browser, cast, monkeypatch, locale, first, blank
    ):
        monkeypatch.setattr(dates, "get_locale", lambda: Locale.parse(locale))
        page = browser.get(f"/groups/evening-circle/sessions?{DECEMBER}")
        assert re.search(r'<th scope="col">(\w+)</th>', page.text)[1] == first
        first_row = re.findall(r"<tr>(.*?)</tr>", page.text, re.DOTALL)[1]
        assert first_row.count("month__blank") == blank

    def test_a_session_is_a_link_with_its_time_first(self, browser, cast):
        page = browser.get(f"/groups/evening-circle/sessions?{DECEMBER}")
        address = f"/sessions/{cast.session.public_id}"
        link = re.search(rf'<a href="{address}">(.*?)</a>', page.text, re.DOTALL)[1]
        assert visible_text(link) == "19:00 Tuesday evening"
        assert page.text.count(address) == 1, "nothing is read aloud twice"
        planned = {day: words for day, words in cells(page).items() if words}
        assert planned == {date(2026, 12, 1): "19:00 Tuesday evening"}

    def test_each_day_says_its_whole_date_for_a_narrow_screen(self, browser, cast):
        page = browser.get(f"/groups/evening-circle/sessions?{DECEMBER}")
        assert '<span class="month__words">Tuesday 1 December 2026</span>' in page.text

    def test_cancelled_and_moved_sessions_say_so(self, browser, cast, make_session):
        make_session(cast.series, wall(2026, 12, 8, 19), status=SessionStatus.CANCELLED)
        make_session(cast.series, wall(2026, 12, 16, 19), recurrence_id=wall(2026, 12, 15, 19))
        page = browser.get(f"/groups/evening-circle/sessions?{DECEMBER}")
        days = cells(page)
        assert "Cancelled" in days[date(2026, 12, 8)]
        assert "Moved" in days[date(2026, 12, 16)]
        assert days[date(2026, 12, 15)] == ""
        struck = re.findall(r"<s>(.*?)</s>", page.text, re.DOTALL)
        assert [visible_text(words) for words in struck] == ["19:00 Tuesday evening"]

    def test_today_is_said_in_words_and_for_listeners(self, browser, cast, make_session):
        make_session(cast.series, wall(2026, 11, 24, 19))
        page = browser.get("/groups/evening-circle/sessions?view=month")
        assert "November 2026" in page.text
        (today,) = re.findall(r'<td[^>]*aria-current="date">(.*?)</td>', page.text, re.DOTALL)
        assert 'datetime="2026-11-23"' in today
        assert "Today" in today
        assert visible_text(page.text).count("Today") == 1
        other = browser.get(f"/groups/evening-circle/sessions?{DECEMBER}").text
        assert 'aria-current="date"' not in other
        assert "Today" not in other

    def test_my_answers_stand_beside_my_sessions(self, browser, cast):
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        make_rsvp(cast.session, cast.kofi, RsvpStatus.DECLINED)
        browser.sign_in(cast.sam)
        page = browser.get(f"/my/sessions?{DECEMBER}")
        words = cells(page)[date(2026, 12, 1)]
        assert "Evening circle" in words
        assert "You’re expected" in words
        assert "You can’t come" not in page.text

    def test_the_two_views_lead_to_each_other(self, browser, cast):
        month = browser.get(f"/groups/evening-circle/sessions?{DECEMBER}").text
        assert re.search(r'href="/groups/evening-circle/sessions"[^>]*>Agenda', month)
        assert re.search(r'aria-current="page">Month', month)
        agenda = browser.get("/groups/evening-circle/sessions").text
        assert re.search(r'href="/groups/evening-circle/sessions\?view=month"[^>]*>Month', agenda)
        assert re.search(r'aria-current="page">Agenda', agenda)

    def test_nothing_says_left_or_right(self, browser, cast):
        for query in ("", f"?{DECEMBER}"):
            page = browser.get(f"/groups/evening-circle/sessions{query}").text
            assert " style=" not in page
            assert " align=" not in page


class TestGoingOn:
    def walk(self, browser, rel):
        address, seen = "/sessions?view=month", []
        while address:
            assert len(seen) < 30, "the months never end"
            page = browser.get(address).text
            seen.append(re.search(r"<h2>(.*?)</h2>", page)[1])
            found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
            address = found[1].replace("&amp;", "&") if found else None
        return seen

    def test_two_years_ahead(self, browser, cast):
        seen = self.walk(browser, "next")
        assert seen[:3] == ["November 2026", "December 2026", "January 2027"]
        assert seen[-1] == "November 2028"
        assert len(seen) == 25

    def test_two_years_back(self, browser, cast):
        seen = self.walk(browser, "prev")
        assert seen[:2] == ["November 2026", "October 2026"]
        assert seen[-1] == "November 2024"
        assert len(seen) == 25

    @pytest.mark.parametrize(
        "text",
        [
            "", "x", "2026", "2026-13", "2026-00", "2026-1", "0000-01", "9999-12", "-2026-12",
            "2026-12-01", "2026-12 ", "%00", "٢٠٢٦-١٢", "2028-12", "2024-10", "2026-12%0a",
        ],
    )  # fmt: skip
    def test_nonsense_and_what_is_out_of_reach_is_this_month(self, browser, cast, text):
        page = browser.get(f"/sessions?view=month&month={text}")
        assert page.status_code == 200
        assert "<h2>November 2026</h2>" in page.text

    def test_links_name_the_months(self, browser, cast):
        page = browser.get(f"/sessions?{DECEMBER}").text
        earlier = re.search(r'rel="prev" href="([^"]+)">(.*?)</a>', page)
        assert earlier[1] == "/sessions?view=month&amp;month=2026-11"
        assert visible_text(earlier[2]) == "Earlier: November"
        later = re.search(r'rel="next" href="([^"]+)">(.*?)</a>', page)
        assert later[1] == "/sessions?view=month&amp;month=2027-01"
        assert visible_text(later[2]) == "Later: January 2027"

    def test_an_empty_month_leads_to_the_next_with_a_session(self, browser, cast, make_session):
        make_session(cast.series, wall(2027, 4, 30, 23, 30))
        page = browser.get("/groups/evening-circle/sessions?view=month&month=2027-01")
        assert "Nothing is planned in January 2027" in page.text
        assert "<table" not in page.text
        assert re.search(r'href="[^"]+view=month&amp;month=2027-04">Go to April 2027', page.text)

    def test_an_empty_month_after_the_last_session_leads_to_the_agenda(self, browser, cast):
        page = browser.get("/groups/evening-circle/sessions?view=month&month=2027-01")
        assert "There is no later date either" in page.text
        assert re.search(r'href="/groups/evening-circle/sessions">See the agenda', page.text)

    def test_a_session_out_of_reach_is_not_led_to(self, browser, cast, make_session):
        make_session(cast.series, wall(2028, 12, 1, 0, 0))
        page = browser.get("/groups/evening-circle/sessions?view=month&month=2027-01")
        assert "There is no later date either" in page.text
        make_session(cast.series, wall(2028, 11, 30, 23, 30))
        page = browser.get("/groups/evening-circle/sessions?view=month&month=2027-01")
        assert "Go to November 2028" in page.text


class TestDaysAndClocks:
    @pytest.mark.parametrize(
        ("zone", "day", "time"),
        [
            ("Europe/London", date(2026, 11, 30), "23:30"),
            ("Australia/Sydney", date(2026, 12, 1), "10:30"),
            ("America/Los_Angeles", date(2026, 11, 30), "15:30"),
            ("Pacific/Kiritimati", date(2026, 12, 1), "13:30"),
        ],
    )
    def test_the_last_minutes_of_a_month_are_the_next_one_in_the_east(
        self, browser, make_group, make_series, make_session, make_user, zone, day, time
    ):
        reader = make_user("Nour", time_zone=zone)
        group = make_group()
        make_membership(group, reader)
        make_session(make_series(group), wall(2026, 11, 30, 23, 30))
        browser.sign_in(reader)
        for address in ("/my/sessions", "/sessions"):
            page = browser.get(f"{address}?view=month&month={Month.of(day)}")
            planned = {on: words for on, words in cells(page).items() if words}
            assert list(planned) == [day]
            assert planned[day].startswith(f"{time} Tuesday evening")
            other = Month(2026, 23 - day.month)
            page = browser.get(f"{address}?view=month&month={other}")
            assert "Tuesday evening" not in page.text

    def test_on_a_groups_page_the_groups_midnight_counts(
        self, browser, make_group, make_series, make_session, make_user
    ):
        group = make_group(slug="far-away", time_zone="America/New_York")
        make_session(make_series(group), wall(2026, 11, 30, 23, 30))
        browser.sign_in(make_user("Nour", time_zone="Australia/Sydney"))
        page = browser.get("/groups/far-away/sessions?view=month&month=2026-11")
        words = cells(page)[date(2026, 11, 30)]
        assert words == "23:30 Tuesday evening Tuesday 15:30 Sydney time"

    @pytest.mark.parametrize(
        ("month", "walls"),
        [
            # The clocks go back on 25 October, and forward on 28 March.
            ("2026-10", [(10, 1, 0), (10, 24, 23), (10, 25, 0), (10, 25, 23), (10, 31, 23)]),
            ("2027-03", [(3, 1, 0), (3, 27, 23), (3, 28, 0), (3, 28, 23), (3, 31, 23)]),
        ],
    )
    def test_a_month_in_which_the_clocks_change(self, browser, cast, make_session, month, walls):
        year = int(month[:4])
        for number, day, hour in walls:
            make_session(cast.series, wall(year, number, day, hour, 30), title=f"On day {day}")
        page = browser.get(f"/groups/evening-circle/sessions?view=month&month={month}")
        planned = {on: words for on, words in cells(page).items() if words}
        assert len(planned) == 4
        for number, day, hour in walls:
            assert f"{hour:02}:30 On day {day}" in planned[date(year, number, day)]
        assert len(cells(page)) == 31


class TestManyOnOneDay:
    def test_a_full_day_leads_to_its_agenda(self, browser, cast, make_session):
        first = wall(2026, 1, 1)
        with transaction():
            for index in range(DAY_SIZE + 4):
                make_session(
                    cast.series,
                    wall(2026, 12, 9, 9) + timedelta(minutes=index),
                    recurrence_id=first + timedelta(days=index),
                    title=f"Number {index}",
                )
            make_session(cast.series, wall(2026, 12, 10, 9), title="The day after")
        page = browser.get(f"/sessions?{DECEMBER}")
        words = cells(page)[date(2026, 12, 9)]
        assert [int(number) for number in re.findall(r"Number (\d+)", words)] == [*range(DAY_SIZE)]
        assert "4 more – Wednesday 9 December 2026" in words
        assert "more" not in cells(page)[date(2026, 12, 10)]
        assert "The day after" in cells(page)[date(2026, 12, 10)]
        rest = browser.get("/sessions?since=2026-12-09").text
        assert re.search(r'href="/sessions\?since=2026-12-09"', page.text)
        assert f"Number {DAY_SIZE + 3}" in rest

    def test_the_longest_month_of_fifty_weekly_groups_stays_small(
        self, browser, make_user, make_group, make_series, make_session
    ):
        reader = make_user("Rosa")
        with transaction():
            for index in range(50):
                group = make_group(f"A circle of people {index}")
                make_membership(group, reader)
                series = make_series(group)
                for week in range(4):
                    found = make_session(
                        series, wall(2027, 3, 1 + index % 7, 19) + timedelta(weeks=week)
                    )
                    make_rsvp(found, reader, RsvpStatus.ACCEPTED)
        browser.sign_in(reader)
        page = browser.get("/my/sessions?view=month&month=2027-03")
        assert page.text.count("A circle of people") == 50 * 4
        assert len(page.data) < 64_000
        assert len(gzip.compress(page.data)) < 8_000


class TestMonth:
    @pytest.mark.parametrize(
        ("month", "first_weekday", "weeks"),
        [
            (Month(2026, 12), 0, 5),
            (Month(2026, 12), 6, 5),
            (Month(2026, 8), 0, 6),
            (Month(2027, 2), 0, 4),
            (Month(2027, 2), 5, 5),
        ],
    )
    def test_weeks_have_seven_days_and_hold_each_day_once(self, month, first_weekday, weeks):
        rows = month.weeks(first_weekday)
        assert len(rows) == weeks
        assert {len(row) for row in rows} == {7}
        assert [day for row in rows for day in row if day is not None] == month.days
        for row in rows:
            for index, day in enumerate(row):
                assert day is None or day.weekday() == (first_weekday + index) % 7

    def test_months_are_counted_over_years(self):
        assert Month(2026, 12).plus(1) == Month(2027, 1)
        assert Month(2027, 1).plus(-1) == Month(2026, 12)
        assert Month(2026, 11).plus(-24) == Month(2024, 11)
        assert Month(2027, 1).months_from(Month(2026, 11)) == 2
        assert str(Month(2027, 1)) == "2027-01"

    def test_in_every_zone_each_moment_between_two_bounds_is_of_that_day(self):
        second = timedelta(seconds=1)
        for zone in zone_names():
            for month in (Month(2026, 3), Month(2026, 9), Month(2026, 10), Month(2027, 4)):
                bounds = month.bounds(zone)
                assert len(bounds) == len(month.days) + 1
                for day, begins, ends in zip(month.days, bounds, bounds[1:], strict=False):
                    assert to_zone(begins, zone).date() == day, zone
                    assert to_zone(begins - second, zone).date() < day, zone
                    assert to_zone(ends - second, zone).date() == day, zone

    def test_read_from_an_address(self):
        today = date(2026, 11, 23)
        assert read_month("2027-02", today=today) == Month(2027, 2)
        assert read_month("2028-11", today=today) == Month(2028, 11)
        assert read_month("2028-12", today=today) == Month(2026, 11)
        assert read_month(None, today=today) == Month(2026, 11)


@pytest.mark.usefixtures("app")
class TestWords:
    def test_dates_read_as_people_write_them(self, app):
        with app.test_request_context():
            assert full_day(date(2026, 12, 1)) == "Tuesday 1 December 2026"
            assert month_name(date(2026, 12, 1)) == "December 2026"

    def test_another_clock_names_its_zone_and_its_weekday_where_it_differs(self, app):
        moment = datetime(2026, 12, 1, 19, tzinfo=UTC)
        with app.test_request_context():
            words = clock_elsewhere(moment, "America/New_York", "Europe/London")
            assert words == "14:00 New York time"
            words = clock_elsewhere(moment, "Australia/Sydney", "Europe/London")
            assert words == "Wednesday 06:00 Sydney time"


def test_links_lead_to_sessions_by_their_public_ids(browser, cast):
    page = browser.get(f"/sessions?{DECEMBER}").text
    assert [UUID(found) for found in re.findall(r'href="/sessions/([^"?]+)"', page)] == [
        cast.session.public_id
    ]
