"""The sheet for the door, and where people find another group instead."""

from datetime import timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups.models import Visibility
from supportgroups.groups.topics import Format, Topic
from supportgroups.sessions.models import SessionStatus
from supportgroups.sessions.services.pauses import take_break
from supportgroups.sessions.services.sessions import cancel_session
from tests import factories
from tests.browser_client import visible_text
from tests.house.pages import title_of

WEEK = timedelta(weeks=1)


@pytest.fixture
def url(cast):
    return f"/sessions/{cast.session.public_id}/door-notice"


@pytest.fixture
def cancelled(cast, now):
    factories.make_session(cast.series, cast.session.wall_starts_at + WEEK)
    cancel_session(cast.session, actor=cast.rosa, reason="The hall is flooded", now=now)
    return cast.session


class TestDoorNotice:
    def test_it_says_what_people_at_the_door_need(self, browser, cast, cancelled, url):
        browser.sign_in(cast.kofi)
        page = browser.get(url).text
        assert "Today’s session does not take place" in page
        assert "Tuesday 1 December 2026, 19:00" in visible_text(page)
        assert "The hall is flooded" in page
        assert "The next date is Tuesday 8 December" in visible_text(page)
        assert title_of(page) == "Notice for the door"

    def test_what_is_printed_names_no_group_and_nobody(self, browser, cast, cancelled, url):
        browser.sign_in(cast.rosa)
        page = browser.get(url).text
        sheet = page.partition('<section class="door"')[2].partition("</section>")[0]
        assert "The hall is flooded" in sheet
        for word in (cast.group.name, cast.series.title, "Rosa", "Kofi", cast.series.place):
            assert word not in sheet

    def test_a_session_that_was_moved(self, browser, cast, url):
        with transaction():
            db.session.add(cast.session)
            cast.session.wall_starts_at += timedelta(days=1)
            cast.session.starts_at += timedelta(days=1)
            cast.session.ends_at += timedelta(days=1)
        browser.sign_in(cast.rosa)
        page = visible_text(browser.get(url).text)
        assert "The session is at another time" in page
        assert "It is now on Wednesday 2 December" in page
        assert "Where:" not in page

    def test_a_session_elsewhere_leaves_a_line_for_the_place(self, browser, cast, url):
        with transaction():
            db.session.add(cast.session)
            cast.session.place = "The town hall"
        browser.sign_in(cast.rosa)
        page = browser.get(url).text
        assert "The session is somewhere else" in page
        assert "door__line" in page
        assert "The town hall" not in page

    def test_a_break_says_why(self, browser, cast, url, now):
        first = cast.session.wall_starts_at.date()
        take_break(
            cast.group,
            starts_on=first,
            returns_on=first + WEEK,
            reason="Holidays",
            actor=cast.rosa,
            now=now,
        )
        browser.sign_in(cast.rosa)
        assert "Holidays" in browser.get(url).text

    def test_there_is_none_for_what_takes_place_as_planned(self, browser, cast, url):
        browser.sign_in(cast.rosa)
        page = browser.get(url, follow_redirects=True).text
        assert "the door needs no notice" in page

    @pytest.mark.parametrize(
        ("name", "is_linked"), [("rosa", True), ("kofi", True), ("sam", False), ("stan", False)]
    )
    def test_those_who_lead_are_led_there(self, browser, cast, cancelled, url, name, is_linked):
        browser.sign_in(getattr(cast, name))
        page = browser.get(f"/sessions/{cancelled.public_id}").text
        assert (url in page) is is_linked


class TestOtherGroups:
    @pytest.fixture
    def other(self, cast):
        """Make another group that meets so many days later than the cancelled session."""

        def other(name, days=1, **values):
            group = factories.make_group(name, **values)
            series = factories.make_series(group, title=f"Session of {name}")
            wall = cast.session.wall_starts_at + timedelta(days=days)
            return factories.make_session(series, wall)

        return other

    def shown(self, browser, cast):
        page = browser.get(f"/sessions/{cast.session.public_id}").text
        return [
            line.partition("<")[0]
            for line in page.partition('id="similar-title"')[2]
            .partition("</section>")[0]
            .split("<bdi>Session of ")[1:]
        ]

    def test_the_most_similar_come_first(self, browser, cast, cancelled, other):
        topics = [cast.group.topics[0]]
        online = Format.ONLINE
        other("Alike", days=3, topics=[Topic.CARERS])
        other("Both", days=5, topics=topics)
        other("Topic", days=1, topics=topics, format=online)
        other("Neither", days=1, topics=[Topic.CARERS], format=online)
        other("Private", topics=topics, visibility=Visibility.PRIVATE)
        other("Spanish", topics=topics, language="es")
        other("Late", days=15, topics=topics)
        assert self.shown(browser, cast) == ["Both", "Topic", "Alike"]

    def test_each_group_stands_there_once_with_what_takes_place(
        self, browser, cast, cancelled, other
    ):
        first = other("Other", days=1)
        second = factories.make_session(first.series, first.wall_starts_at + WEEK)
        with transaction():
            db.session.add(first)
            first.status = SessionStatus.CANCELLED
        assert self.shown(browser, cast) == ["Other"]
        assert str(second.public_id) in browser.get(f"/sessions/{cast.session.public_id}").text

    def test_none_stand_at_a_session_that_takes_place(self, browser, cast, other):
        other("Other")
        assert self.shown(browser, cast) == []
