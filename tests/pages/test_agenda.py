import re
from datetime import datetime

import pytest

from supportgroups.db import transaction
from supportgroups.groups.models import Admission, Visibility
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import SessionStatus
from tests.browser_client import visible_text
from tests.factories import make_membership, make_rsvp
from tests.house.pages import title_of

PLACE = "The library, High Street"
VIEWS = ["", "?view=month&month=2026-12", "?view=past"]


def wall(*parts):
    return datetime(*parts)  # noqa: DTZ001


def days_of(page):
    """Return each day of an agenda with the words below it."""
    parts = re.split(r'<h3 class="agenda__day">(.*?)</h3>', page.text)[1:]
    return {
        day: visible_text(words.partition("</ol>")[0])
        for day, words in zip(parts[::2], parts[1::2], strict=True)
    }


class TestGroupSessions:
    def test_lists_every_coming_date_by_its_day(self, browser, cast, make_session):
        make_session(cast.series, wall(2026, 12, 8, 19))
        page = browser.get("/groups/evening-circle/sessions")
        assert page.status_code == 200
        days = days_of(page)
        assert list(days) == ["Tuesday 1 December 2026", "Tuesday 8 December 2026"]
        assert "19:00–20:30 Tuesday evening" in days["Tuesday 1 December 2026"]
        assert f'href="/sessions/{cast.session.public_id}"' in page.text
        assert "All times are London time" in visible_text(page.text)

    def test_today_and_tomorrow_are_said(self, browser, cast, make_session):
        make_session(cast.series, wall(2026, 11, 23, 19))
        make_session(cast.series, wall(2026, 11, 24, 19))
        days = list(days_of(browser.get("/groups/evening-circle/sessions")).values())
        assert "Today" in days[0]
        assert "Tomorrow" in days[1]
        assert "Today" not in days[2]
        assert "Tomorrow" not in days[2]

    def test_a_session_that_runs_stands_there_and_one_that_is_over_does_not(
        self, browser, cast, make_session
    ):
        make_session(cast.series, wall(2026, 11, 23, 7))
        running = make_session(cast.series, wall(2026, 11, 23, 8))
        page = browser.get("/groups/evening-circle/sessions")
        assert re.findall(r'href="/sessions/([^"]+)"', page.text) == [
            str(running.public_id),
            str(cast.session.public_id),
        ]

    def test_cancelled_and_moved_sessions_say_so(self, browser, cast, make_session):
        make_session(cast.series, wall(2026, 12, 8, 19), status=SessionStatus.CANCELLED)
        make_session(cast.series, wall(2026, 12, 16, 19), recurrence_id=wall(2026, 12, 15, 19))
        page = browser.get("/groups/evening-circle/sessions")
        days = days_of(page)
        assert "Cancelled" in days["Tuesday 8 December 2026"]
        assert "<s><bdi>Tuesday evening</bdi></s>" in page.text
        assert "Moved" in days["Wednesday 16 December 2026"]
        assert "Cancelled" not in days["Tuesday 1 December 2026"]

    def test_the_group_keeps_its_own_clock_and_names_the_readers(
        self, browser, cast, make_group, make_series, make_session, make_user
    ):
        group = make_group(slug="far-away", time_zone="America/New_York")
        make_session(make_series(group), wall(2026, 12, 1, 20))
        as_guest = browser.get("/groups/far-away/sessions")
        assert "All times are New York time" in visible_text(as_guest.text)
        assert "20:00–21:30 Tuesday" in days_of(as_guest)["Tuesday 1 December 2026"]
        assert "London" not in as_guest.text
        browser.sign_in(cast.stan)
        (words,) = days_of(browser.get("/groups/far-away/sessions")).values()
        assert "20:00–21:30 Wednesday 01:00 London time" in words
        browser.sign_in(make_user("Nour", time_zone="Australia/Sydney"))
        (words,) = days_of(browser.get("/groups/far-away/sessions")).values()
        assert "20:00–21:30 Wednesday 12:00 Sydney time" in words

    def test_two_names_of_one_time_are_not_told_apart(
        self, browser, make_group, make_series, make_session, make_user
    ):
        group = make_group(slug="near", time_zone="Europe/Paris")
        make_session(make_series(group), wall(2026, 12, 1, 20))
        browser.sign_in(make_user("Ada", time_zone="Europe/Berlin"))
        assert "Berlin" not in browser.get("/groups/near/sessions").text

    def test_the_weeks_in_which_clocks_differ_are_explained(
        self, browser, cast, make_group, make_series, make_session
    ):
        group = make_group(slug="far-away", time_zone="America/New_York")
        make_session(make_series(group), wall(2027, 3, 18, 20))
        note = "From 14 March 2027 to 27 March 2027 the clocks differ"
        assert note not in browser.get("/groups/far-away/sessions").text
        browser.sign_in(cast.stan)
        words = visible_text(browser.get("/groups/far-away/sessions").text)
        assert f"{note}: 20:00 New York time is 00:00 London time, not 01:00." in words
        month = browser.get("/groups/far-away/sessions?view=month&month=2027-03")
        assert note in visible_text(month.text)

    @pytest.mark.parametrize("query", VIEWS)
    def test_a_private_group_does_not_exist_for_strangers(self, browser, cast, query):
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        missing = browser.get(f"/groups/no-such-group/sessions{query}")
        hidden = browser.get(f"/groups/evening-circle/sessions{query}")
        assert missing.status_code == hidden.status_code == 404
        assert missing.data == hidden.data
        browser.sign_in(cast.stan)
        missing = browser.get(f"/groups/no-such-group/sessions{query}")
        hidden = browser.get(f"/groups/evening-circle/sessions{query}")
        assert missing.status_code == hidden.status_code == 404
        assert missing.data == hidden.data
        browser.sign_in(cast.sam)
        assert browser.get(f"/groups/evening-circle/sessions{query}").status_code == 200

    def test_the_place_is_for_those_who_may_know_it(self, browser, cast):
        with transaction():
            cast.group.admission = Admission.REQUEST
        for person in (None, cast.stan, cast.ola):
            if person is not None:
                browser.sign_in(person)
            page = browser.get("/groups/evening-circle/sessions")
            assert PLACE not in page.text
            assert "Address for members" in page.text
        browser.sign_in(cast.sam)
        assert PLACE in browser.get("/groups/evening-circle/sessions").text

    def test_everybody_may_know_the_place_of_an_open_group(self, browser, cast):
        assert PLACE in browser.get("/groups/evening-circle/sessions").text

    def test_the_online_room_is_never_told(self, browser, cast, make_session):
        make_session(
            cast.series, wall(2026, 12, 8, 19), place="", online_link="https://room.example.org"
        )
        make_session(cast.series, wall(2026, 12, 15, 19), online_link="https://room.example.org")
        browser.sign_in(cast.sam)
        page = browser.get("/groups/evening-circle/sessions")
        days = days_of(page)
        assert "Online" in days["Tuesday 8 December 2026"]
        assert "Also online" in days["Tuesday 15 December 2026"]
        assert "room.example" not in page.text

    def test_nobody_is_named(self, browser, cast):
        make_rsvp(cast.session, cast.kofi, RsvpStatus.ACCEPTED)
        browser.sign_in(cast.sam)
        for query in VIEWS:
            page = browser.get(f"/groups/evening-circle/sessions{query}").text
            assert not {"Rosa", "Kofi", "Sam"} & set(re.findall(r"\w+", page))

    def test_the_tab_names_the_group_only_to_those_who_do_not_belong(self, browser, cast):
        def title(query):
            page = browser.get(f"/groups/evening-circle/sessions{query}")
            return title_of(page.text)

        assert title("") == "All dates: Evening circle"
        browser.sign_in(cast.sam)
        assert title("") == "All dates"
        assert title("?view=month&month=2026-12") == "December 2026 – All dates"
        assert title("?view=past") == "Past dates"

    def test_the_past_lies_behind_a_link_last_first(self, browser, cast, make_session):
        make_session(cast.series, wall(2026, 11, 10, 19))
        make_session(cast.series, wall(2026, 11, 17, 19), status=SessionStatus.CANCELLED)
        coming = browser.get("/groups/evening-circle/sessions")
        assert "17 November" not in coming.text
        assert 'href="/groups/evening-circle/sessions?view=past"' in coming.text
        past = days_of(browser.get("/groups/evening-circle/sessions?view=past"))
        assert list(past) == ["Tuesday 17 November 2026", "Tuesday 10 November 2026"]
        assert "Cancelled" in past["Tuesday 17 November 2026"]

    def test_a_group_without_dates_says_so(self, browser, make_group):
        make_group(slug="quiet")
        assert "No date is planned" in browser.get("/groups/quiet/sessions").text
        assert "Nothing lies behind" in browser.get("/groups/quiet/sessions?view=past").text

    @pytest.mark.parametrize("query", VIEWS)
    def test_nothing_is_sent_there(self, browser, cast, query):
        assert browser.post(f"/groups/evening-circle/sessions{query}").status_code == 405


class TestMySessions:
    def test_a_guest_signs_in_first(self, browser):
        page = browser.get("/my/sessions?view=month")
        assert page.status_code == 303
        assert "/sign-in?next=" in page.location

    def test_shows_all_groups_with_my_answers(
        self, browser, cast, make_group, make_series, make_session
    ):
        walk = make_group("Canal walk", slug="canal-walk", visibility=Visibility.PRIVATE)
        make_membership(walk, cast.sam)
        make_session(make_series(walk, title="Saturday walk"), wall(2026, 12, 5, 10))
        make_session(make_series(make_group("Not mine")), wall(2026, 12, 6, 10))
        make_rsvp(cast.session, cast.sam, RsvpStatus.TENTATIVE)
        make_rsvp(cast.session, cast.kofi, RsvpStatus.DECLINED)
        browser.sign_in(cast.sam)
        page = browser.get("/my/sessions")
        days = days_of(page)
        assert list(days) == ["Tuesday 1 December 2026", "Saturday 5 December 2026"]
        assert "Evening circle" in days["Tuesday 1 December 2026"]
        assert "You said maybe" in days["Tuesday 1 December 2026"]
        assert "Canal walk" in days["Saturday 5 December 2026"]
        assert title_of(page.text) == "My sessions"

    def test_a_group_that_i_left_is_gone(self, browser, cast, now):
        browser.sign_in(cast.sam)
        assert "Evening circle" in browser.get("/my/sessions").text
        with transaction():
            make = make_membership(cast.group, cast.stan, removed_at=now)
        assert make.removed_at
        browser.sign_in(cast.stan)
        page = browser.get("/my/sessions")
        assert "Evening circle" not in page.text
        assert "No sessions yet" in page.text

    @pytest.mark.parametrize(
        ("zone", "day", "time"),
        [
            ("Europe/London", "Tuesday 1 December 2026", "23:30–01:00"),
            ("Australia/Sydney", "Wednesday 2 December 2026", "10:30–12:00"),
            ("America/Los_Angeles", "Tuesday 1 December 2026", "15:30–17:00"),
            ("Pacific/Kiritimati", "Wednesday 2 December 2026", "13:30–15:00"),
        ],
    )
    def test_a_session_before_midnight_stands_on_the_readers_day(
        self, browser, cast, make_group, make_series, make_session, make_user, zone, day, time
    ):
        group = make_group()
        reader = make_user("Nour", time_zone=zone)
        make_membership(group, reader)
        make_session(make_series(group), wall(2026, 12, 1, 23, 30))
        browser.sign_in(reader)
        page = browser.get("/my/sessions")
        days = days_of(page)
        assert list(days) == [day]
        assert time in days[day]
        assert ("Tuesday 23:30 London time" in days[day]) == (day.startswith("Wednesday"))
        if zone == "America/Los_Angeles":
            assert "23:30 London time" in days[day]

    def test_the_past_of_all_groups_is_no_page(self, browser, cast, make_session):
        make_session(cast.series, wall(2026, 11, 10, 19))
        browser.sign_in(cast.sam)
        page = browser.get("/my/sessions?view=past").text
        assert "10 November" not in page
        assert "1 December" in page

    def test_nothing_is_sent_there(self, browser, cast):
        browser.sign_in(cast.sam)
        assert browser.post("/my/sessions").status_code == 405


class TestSiteSessions:
    def test_shows_listed_groups_alone(self, browser, cast, make_group, make_series, make_session):
        for visibility in (Visibility.UNLISTED, Visibility.PRIVATE):
            group = make_group(f"Hidden {visibility}", visibility=visibility)
            make_membership(group, cast.sam)
            make_session(make_series(group), wall(2026, 12, 2, 19))
        for person in (None, cast.sam, cast.ola):
            if person is not None:
                browser.sign_in(person)
            for query in ("", "?view=month&month=2026-12"):
                page = browser.get(f"/sessions{query}")
                assert page.status_code == 200
                assert "Evening circle" in page.text
                assert "Hidden" not in page.text

    def test_guests_read_the_clock_of_the_country_and_members_their_own(
        self, browser, cast, make_user
    ):
        assert "19:00–20:30" in browser.get("/sessions").text
        assert "All times are London time" in browser.get("/sessions").text
        browser.sign_in(make_user("Nour", time_zone="Asia/Tokyo"))
        page = browser.get("/sessions")
        assert "All times are Tokyo time" in page.text
        assert list(days_of(page)) == ["Wednesday 2 December 2026"]
        assert "04:00–05:30 Tuesday 19:00 London time" in visible_text(page.text)

    def test_the_place_of_each_group_is_for_those_who_may_know_it(
        self, browser, cast, make_group, make_series, make_session, make_user
    ):
        asked = make_group("By request", admission=Admission.REQUEST)
        make_session(make_series(asked, place="Behind the mill"), wall(2026, 12, 2, 19))
        inside = make_user("Ines")
        make_membership(asked, inside)
        former = make_user("Felix")
        make_membership(
            asked, former, removed_at=datetime(2026, 11, 1, tzinfo=cast.session.starts_at.tzinfo)
        )
        for person in (None, cast.sam, former):
            if person is not None:
                browser.sign_in(person)
            page = browser.get("/sessions").text
            assert PLACE in page
            assert "Behind the mill" not in page
        browser.sign_in(inside)
        assert "Behind the mill" in browser.get("/sessions").text

    def test_an_empty_site_leads_to_the_groups(self, browser, app):
        page = browser.get("/sessions")
        assert "No sessions are planned yet" in page.text

    def test_nothing_is_sent_there(self, browser, cast):
        assert browser.post("/sessions").status_code == 405


class TestWays:
    """The pages that lead here."""

    def test_from_the_group(self, browser, cast):
        page = browser.get("/groups/evening-circle").text
        assert re.search(r'href="/groups/evening-circle/sessions"[^>]*>\s*All dates', page)

    def test_from_my_page(self, browser, cast):
        browser.sign_in(cast.sam)
        assert re.search(
            r'href="/my/sessions"[^>]*>\s*All coming sessions', browser.get("/my").text
        )

    def test_from_the_first_page(self, browser, cast):
        assert re.search(r'href="/sessions"[^>]*>\s*All coming sessions', browser.get("/").text)
