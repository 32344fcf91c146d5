"""What everybody may read: the feed of a group, of all listed groups, and the file of a session."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask

from supportgroups.calendars import feeds
from supportgroups.calendars.ical import build_calendar
from supportgroups.db import transaction
from supportgroups.groups.models import Admission, Group, Visibility
from supportgroups.sessions.models import GroupSession, Series, SessionStatus
from tests.browser_client import Browser
from tests.calendars.conftest import Subscriber
from tests.conftest import Cast
from tests.ical_lint import by_uid, events_of, lint

FEED = "/groups/evening-circle/calendar.ics"


class TestGroupFeed:
    def test_it_shows_the_session(self, cast: Cast, subscriber: Subscriber) -> None:
        calendar = subscriber.fetch(FEED)
        assert str(calendar["NAME"]) == str(calendar["X-WR-CALNAME"]) == "Evening circle"
        (event,) = events_of(calendar)
        assert str(event["UID"]) == cast.session.uid
        assert str(event["SUMMARY"]) == "Tuesday evening – Evening circle"
        assert (cast.session.starts_at, cast.session.ends_at) == (event.DTSTART, event.DTEND)
        assert str(event["LOCATION"]) == "The library, High Street"
        assert str(event["URL"]) == f"http://localhost/sessions/{cast.session.public_id}"
        assert (event["STATUS"], event["TRANSP"]) == ("CONFIRMED", "TRANSPARENT")
        first_line = str(event["DESCRIPTION"]).split("\n", 1)[0]
        assert first_line.startswith("Tuesday")
        assert first_line.endswith("1 December 2026, 19:00–20:30 (London time)")

    def test_the_place_of_a_group_that_asks_first_stays_inside(
        self, cast: Cast, subscriber: Subscriber
    ) -> None:
        with transaction():
            cast.group.admission = Admission.REQUEST
            cast.series.description = "Ring twice at the blue door"
            cast.group.calendar_revision += 1
        body = subscriber.ask(FEED).data.replace(b"\r\n ", b"")
        assert b"Tuesday evening" in body
        assert b"library" not in body
        assert b"blue door" not in body

    def test_a_title_that_names_the_group_does_not_repeat_it(
        self, cast: Cast, subscriber: Subscriber
    ) -> None:
        with transaction():
            cast.series.title = "Evening circle: first visit"
        (event,) = events_of(subscriber.fetch(FEED))
        assert str(event["SUMMARY"]) == "Evening circle: first visit"

    def test_a_title_that_is_part_of_the_name_gives_way_to_it(
        self, cast: Cast, subscriber: Subscriber
    ) -> None:
        with transaction():
            cast.series.title = "circle"
        (event,) = events_of(subscriber.fetch(FEED))
        assert str(event["SUMMARY"]) == "Evening circle"

    def test_what_a_session_says_otherwise_counts(self, cast: Cast, subscriber: Subscriber) -> None:
        with transaction():
            cast.session.title = "Picnic"
            cast.session.place = "The park"
            cast.session.description = "Bring a blanket"
        (event,) = events_of(subscriber.fetch(FEED))
        assert str(event["SUMMARY"]) == "Picnic – Evening circle"
        assert str(event["LOCATION"]) == "The park"
        assert "Bring a blanket" in str(event["DESCRIPTION"])

    def test_a_cancelled_session_says_so_and_frees_the_time(
        self, cast: Cast, subscriber: Subscriber
    ) -> None:
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
            cast.session.cancel_reason = "Kofi is ill"
        (event,) = events_of(subscriber.fetch(FEED))
        assert str(event["SUMMARY"]) == "Cancelled: Tuesday evening – Evening circle"
        assert (event["STATUS"], event["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
        assert "Kofi" not in event.to_ical().decode()

    def test_the_online_link_never_leaves(self, cast: Cast, subscriber: Subscriber) -> None:
        with transaction():
            cast.series.online_link = "https://meet.example/secret-room"
            cast.session.online_link = "https://meet.example/other-room"
        body = subscriber.ask(FEED).data.replace(b"\r\n ", b"")
        assert cast.session.uid.encode() in body
        assert b"room" not in body
        assert b"meet.example" not in body

    def test_no_person_is_in_it(self, cast: Cast, subscriber: Subscriber) -> None:
        with transaction():
            cast.session.facilitators = [cast.kofi]
        body = subscriber.ask(FEED).data
        for person in (cast.rosa, cast.kofi, cast.sam):
            assert person.display_name.encode() not in body

    def test_an_empty_group_has_an_empty_calendar(
        self, make_group: Callable[..., Group], subscriber: Subscriber
    ) -> None:
        make_group(slug="new-one")
        assert events_of(subscriber.fetch("/groups/new-one/calendar.ics")) == []

    def test_its_name_tells_nothing_in_a_list_of_downloads(
        self, cast: Cast, subscriber: Subscriber
    ) -> None:
        assert (
            subscriber.ask(FEED).headers["Content-Disposition"] == 'inline; filename="calendar.ics"'
        )


class TestWindow:
    @pytest.fixture
    def session_at(
        self, cast: Cast, make_session: Callable[..., GroupSession]
    ) -> Callable[..., GroupSession]:
        def make(wall: datetime, **overrides: Any) -> GroupSession:
            return make_session(cast.series, wall, **overrides)

        return make

    def test_it_covers_60_days_back_and_400_ahead(
        self,
        session_at: Callable[..., GroupSession],
        subscriber: Subscriber,
        now: datetime,
    ) -> None:
        here = now.replace(tzinfo=None)
        old = session_at(here - timedelta(days=60))
        far = session_at(here + timedelta(days=400))
        too_old = session_at(here - timedelta(days=64))
        too_far = session_at(here + timedelta(days=414))
        found = by_uid(subscriber.fetch(FEED))
        assert old.uid in found
        assert far.uid in found
        assert too_old.uid not in found
        assert too_far.uid not in found

    def test_a_cancelled_session_stays_for_30_days(
        self,
        session_at: Callable[..., GroupSession],
        subscriber: Subscriber,
        now: datetime,
    ) -> None:
        here = now.replace(tzinfo=None)
        kept = session_at(here - timedelta(days=30), status=SessionStatus.CANCELLED)
        gone = session_at(here - timedelta(days=38), status=SessionStatus.CANCELLED)
        held = session_at(here - timedelta(days=39))
        found = by_uid(subscriber.fetch(FEED))
        assert kept.uid in found
        assert held.uid in found
        assert gone.uid not in found

    def test_the_order_is_that_of_time(
        self, session_at: Callable[..., GroupSession], subscriber: Subscriber, now: datetime
    ) -> None:
        here = now.replace(tzinfo=None)
        for days in (30, -40, 3, -2, 200):
            session_at(here + timedelta(days=days))
        starts = [event.DTSTART for event in events_of(subscriber.fetch(FEED))]
        assert starts == sorted(starts)
        assert len(starts) == 6


class TestCaps:
    @pytest.fixture(autouse=True)
    def _sessions(self, cast: Cast, make_session: Callable[..., GroupSession]) -> None:
        """Four sessions that are over, and twelve to come with that of the cast."""
        for week in (-5, -4, -3, -2, *range(1, 12)):
            make_session(cast.series, cast.series.wall_starts_at + timedelta(weeks=week))

    def starts(self, subscriber: Subscriber) -> list[str]:
        return [f"{event.DTSTART:%d %b}" for event in events_of(subscriber.fetch(FEED))]

    def test_the_far_future_goes_first(
        self, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feeds, "MOST_EVENTS", 8)
        # A quarter looks back: the last two that are over.
        assert self.starts(subscriber) == [
            *("10 Nov", "17 Nov"),
            *("01 Dec", "08 Dec", "15 Dec", "22 Dec", "29 Dec", "05 Jan"),
        ]

    def test_bytes_count_too(self, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch) -> None:
        event = len(events_of(subscriber.fetch(FEED))[0].to_ical())
        feeds.kept_bodies.clear()
        monkeypatch.setattr(feeds, "MOST_BYTES", 8 * event + 20)
        starts = self.starts(subscriber)
        assert starts[:3] == ["10 Nov", "17 Nov", "01 Dec"]
        assert len(starts) in {7, 8}
        assert len(subscriber.ask(FEED).data) < 9 * event + 400


class TestSiteFeed:
    def test_it_shows_listed_groups_alone(
        self,
        cast: Cast,
        make_group: Callable[..., Group],
        make_series: Callable[..., Series],
        make_session: Callable[..., GroupSession],
        subscriber: Subscriber,
    ) -> None:
        sessions = {
            visibility: make_session(
                make_series(make_group(f"{visibility} group", visibility=visibility))
            )
            for visibility in Visibility
        }
        calendar = subscriber.fetch("/calendar.ics")
        assert str(calendar["NAME"]) == "Gatherings"
        assert set(by_uid(calendar)) == {cast.session.uid, sessions[Visibility.LISTED].uid}

    def test_a_site_without_groups_has_an_empty_calendar(self, subscriber: Subscriber) -> None:
        assert events_of(subscriber.fetch("/calendar.ics")) == []

    def test_each_place_follows_its_own_group(
        self,
        cast: Cast,
        make_group: Callable[..., Group],
        make_series: Callable[..., Series],
        make_session: Callable[..., GroupSession],
        subscriber: Subscriber,
    ) -> None:
        closed = make_group("Closed circle", admission=Admission.REQUEST)
        inside = make_session(make_series(closed, place="Behind the church"))
        found = by_uid(subscriber.fetch("/calendar.ics"))
        assert "LOCATION" not in found[inside.uid]
        assert "LOCATION" in found[cast.session.uid]

    def test_both_feeds_show_the_same_event(self, cast: Cast, subscriber: Subscriber) -> None:
        (here,) = events_of(subscriber.fetch("/calendar.ics"))
        (there,) = events_of(subscriber.fetch(FEED))
        assert here.to_ical() == there.to_ical()


class TestSessionFile:
    @pytest.fixture
    def url(self, cast: Cast) -> str:
        return f"/sessions/{cast.session.public_id}.ics"

    def test_it_is_a_download_of_one_session(
        self, cast: Cast, subscriber: Subscriber, url: str
    ) -> None:
        response = subscriber.ask(url)
        assert response.headers["Content-Disposition"] == 'attachment; filename="session.ics"'
        calendar = lint(response.data)
        assert "NAME" not in calendar
        assert "REFRESH-INTERVAL" not in calendar
        (event,) = events_of(calendar)
        assert str(event["UID"]) == cast.session.uid

    @pytest.mark.parametrize(
        ("asked", "title"),
        [("", "Appointment"), ("?discretion=loud", "Appointment"), ("?discretion=busy", "Busy")],
    )
    def test_it_says_nothing_unless_asked(
        self, cast: Cast, subscriber: Subscriber, url: str, asked: str, title: str
    ) -> None:
        (event,) = events_of(subscriber.fetch(url + asked))
        assert str(event["SUMMARY"]) == title
        assert {"LOCATION", "DESCRIPTION"} & set(event) == set()
        assert event["DTSTART"].dt == cast.session.starts_at
        body = subscriber.ask(url + asked).data.decode()
        assert "circle" not in body
        assert str(cast.session.public_id) not in body

    def test_it_says_what_it_is_to_whoever_asks(self, subscriber: Subscriber, url: str) -> None:
        (event,) = events_of(subscriber.fetch(f"{url}?discretion=plain"))
        assert str(event["SUMMARY"]) == "Tuesday evening – Evening circle"
        assert "LOCATION" in event
        tags = {subscriber.ask(url + asked).headers["ETag"] for asked in ("", "?discretion=plain")}
        assert len(tags) == 2

    def test_it_takes_the_time_of_its_owner_and_stays_private(
        self, cast: Cast, subscriber: Subscriber, url: str
    ) -> None:
        (event,) = events_of(subscriber.fetch(url))
        assert (event["TRANSP"], event["CLASS"]) == ("OPAQUE", "PRIVATE")

    def test_members_learn_the_place_that_guests_do_not(
        self, cast: Cast, browser: Browser, url: str
    ) -> None:
        with transaction():
            cast.group.admission = Admission.REQUEST
        as_guest = browser.get(f"{url}?discretion=plain")
        browser.sign_in(cast.sam)
        as_member = browser.get(f"{url}?discretion=plain")
        assert b"LOCATION" not in as_guest.data
        assert b"LOCATION" in as_member.data
        assert as_guest.headers["ETag"] != as_member.headers["ETag"]

    def test_what_a_member_reads_is_kept_by_nobody_else(
        self, cast: Cast, browser: Browser, url: str
    ) -> None:
        assert browser.get(url).headers["Cache-Control"] == "public, max-age=300"
        browser.sign_in(cast.sam)
        assert browser.get(url).headers["Cache-Control"] == "private, no-cache"

    def test_a_private_group_gives_it_to_members(
        self, cast: Cast, browser: Browser, url: str
    ) -> None:
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        assert browser.get(url).status_code == 404
        browser.sign_in(cast.stan)
        assert browser.get(url).status_code == 404
        browser.sign_in(cast.sam)
        assert browser.get(url).status_code == 200


class TestWhoMayRead:
    """Calendar apps come without a person, so a feed is the same for everybody."""

    @pytest.mark.parametrize("who", ["nobody", "stan", "sam", "rosa"])
    @pytest.mark.parametrize(
        ("visibility", "status"),
        [(Visibility.LISTED, 200), (Visibility.UNLISTED, 200), (Visibility.PRIVATE, 404)],
    )
    def test_group_feed(
        self, cast: Cast, browser: Browser, who: str, visibility: Visibility, status: int
    ) -> None:
        with transaction():
            cast.group.visibility = visibility
        if who != "nobody":
            browser.sign_in(getattr(cast, who))
        assert browser.get(FEED).status_code == status

    def test_a_private_group_looks_like_a_missing_one(
        self, cast: Cast, subscriber: Subscriber
    ) -> None:
        missing = subscriber.ask("/groups/evening-circus/calendar.ics")
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        hidden = subscriber.ask(FEED)
        assert (hidden.status_code, hidden.data) == (404, missing.data)
        assert dict(hidden.headers) == dict(missing.headers)

    def test_a_missing_session_is_not_found(self, app: Flask, subscriber: Subscriber) -> None:
        assert subscriber.ask(f"/sessions/{uuid4()}.ics").status_code == 404
        assert subscriber.ask("/sessions/1.ics").status_code == 404


def test_a_feed_is_joined_from_the_bytes_of_its_events(cast: Cast, subscriber: Subscriber) -> None:
    body = subscriber.ask(FEED).data
    (event,) = events_of(lint(body))
    assert build_calendar([event.to_ical()], name="Evening circle") == body
