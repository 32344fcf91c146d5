"""What goes out while a test runs is looked over when it ends; here that would be noticed."""

from collections.abc import Callable, Iterator, Sized
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import feeds
from supportgroups.calendars.models import Discretion
from supportgroups.calendars.services.invitations import (
    bring_calendars_into_step,
    choose_invitations,
)
from supportgroups.calendars.services.links import create_feed_link
from supportgroups.clock import to_zone, utc_now
from supportgroups.db import transaction
from supportgroups.outbox.mail import Letter
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.outbox.worker import Registry
from supportgroups.rsvps.models import RsvpStatus
from tests.browser_client import Browser
from tests.conftest import NOW, Cast
from tests.factories import make_cast, make_rsvp, make_session
from tests.outbox.mail_server import MailServer
from tests.outbox_runner import OutboxRunner
from tests.server import free_port, kill, request, start_server, wait_until_ready


@pytest.fixture
def told(application: Flask) -> Callable[[], list[str]]:
    """Say what went out so far and told too much, each thing once."""

    def told() -> list[str]:
        found = application.extensions["ear"].look_over()
        for letter in application.config["SETTINGS"].mail_folder.glob("*.eml"):
            letter.unlink()
        return [sentence.rpartition(" holds ")[2] for sentence in found]

    return told


def feed_of(person: UserAccount, discretion: Discretion, now: datetime = NOW) -> str:
    """Return the path of a new feed of somebody."""
    _link, secret = create_feed_link(
        actor=person,
        name="phone",
        group=None,
        discretion=discretion,
        neutral_word="Appointment",
        now=now,
    )
    return f"/calendar/{secret}.ics"


@pytest.fixture
def coming(cast: Cast) -> None:
    """Sam comes to the session."""
    make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)


LEAKS = [
    ({"description": "Kofi leads it"}, ["person 'Kofi'"]),
    ({"summary": "With stan@example.org"}, ["address 'stan@example.org'"]),
    ({"location": "The library, High Street"}, ["group 'The library, High Street'"]),
    ({"url": "http://localhost/groups/evening-circle"}, ["group 'evening-circle'"]),
    ({"summary": "Tuesday evening"}, ["group 'Tuesday evening'"]),
]


@pytest.mark.usefixtures("coming")
class TestFeeds:
    @pytest.mark.parametrize("discretion", list(Discretion))
    def test_they_tell_what_their_owner_chose(self, cast, browser, told, discretion):
        path = feed_of(cast.sam, discretion)
        for encoding in ("identity", "gzip"):
            # The second answer comes from the door before the application.
            answer = browser.get(path, headers={"Accept-Encoding": encoding})
            assert answer.status_code == 200
        assert told() == []

    @pytest.mark.parametrize(("words", "expected"), LEAKS)
    def test_a_leak_is_noticed(
        self,
        cast: Cast,
        browser: Browser,
        told: Callable[[], list[str]],
        monkeypatch: pytest.MonkeyPatch,
        words: dict[str, str],
        expected: list[str],
    ) -> None:
        as_ever = feeds.private_entry

        def careless(*arguments: Any, **names: Any) -> Any:
            return replace(as_ever(*arguments, **names), **words)

        monkeypatch.setattr(feeds, "private_entry", careless)
        feeds.kept_events.clear()
        path = feed_of(cast.sam, Discretion.NEUTRAL)
        browser.get(path)
        assert told() == expected
        browser.get(path, headers={"Accept-Encoding": "gzip"})
        assert told() == expected
        feeds.kept_events.clear()

    def test_a_group_s_words_are_none_in_a_file_that_was_asked_for_so(self, cast, browser, told):
        path = f"/sessions/{cast.session.public_id}.ics"
        assert b"Appointment" in browser.get(path).data
        assert b"Evening circle" in browser.get(f"{path}?discretion=plain").data
        assert told() == []


def test_a_leak_of_a_server_that_was_killed_is_noticed(
    live_app: Flask, told: Callable[[], list[str]]
) -> None:
    cast = Cast(**make_cast(now=utc_now()))
    tomorrow = to_zone(utc_now(), "Europe/London").replace(tzinfo=None) + timedelta(days=1)
    make_rsvp(make_session(cast.series, tomorrow), cast.sam, RsvpStatus.ACCEPTED)
    path = feed_of(cast.sam, Discretion.NEUTRAL, utc_now())
    server = start_server(
        live_app, free_port(), workers=2, threads=2, module="tests.house.careless:app"
    )
    try:
        wait_until_ready(server)
        # The second answer comes from the door before the application.
        assert [request(server, "GET", path).status for _ in range(2)] == [200, 200]
    finally:
        kill(server.process)
    assert told() == ["person 'Kofi'"] * 2
    assert told() == []


@pytest.fixture(params=["mailbox", "mail server"])
def way_out(
    request: pytest.FixtureRequest, app: Flask, outbox: OutboxRunner, monkeypatch: Any
) -> Iterator[Callable[[], Sized]]:
    """Let letters go to the mailbox or to a mail server; say which ones arrived there."""
    if request.param == "mailbox":
        yield lambda: outbox.letters
        return
    with MailServer() as server:
        config = replace(app.config["SETTINGS"], smtp_url=server.url, development=False)
        monkeypatch.setitem(app.config, "SETTINGS", config)
        yield lambda: server.deliveries


class TestLetters:
    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ({}, []),
            ({"text": "You have an update.\n\nKofi has answered.\n"}, ["person 'Kofi'"]),
            ({"text": "Write to stan@example.org\n"}, ["address 'stan@example.org'"]),
            ({"text": "Evening circle\n\nIt is moved.\n"}, ["group 'Evening circle'"]),
            ({"subject": "Tuesday evening"}, ["group 'Tuesday evening'"]),
            ({"sender": "Evening circle <x@gatherings.example>"}, ["group 'Evening circle'"]),
            ({"unsubscribe_address": "http://localhost/?stan@example.org"}, ["address 'stan@"]),
        ],
    )
    def test_a_leak_is_noticed(
        self,
        app: Flask,
        cast: Cast,
        outbox: OutboxRunner,
        way_out: Callable[[], Sized],
        told: Callable[[], list[str]],
        monkeypatch: pytest.MonkeyPatch,
        words: dict[str, str],
        expected: list[str],
    ) -> None:
        def write(_payload: dict[str, Any], *, now: Any) -> Letter:
            usual = {"subject": "An update", "text": "You have an update.\n\nEvening circle\n"}
            return Letter(to="sam@example.org", **usual | words)

        registry = Registry({"tests.letter": write}, {}, reports=())
        monkeypatch.setitem(app.extensions, "outbox", registry)
        with transaction():
            enqueue("tests.letter", {}, key="tests.letter", now=NOW)
        outbox.run()
        assert len(way_out()) == 1
        found = told()
        assert len(found) == len(expected)
        assert all(map(str.startswith, found, expected))

    @pytest.mark.usefixtures("coming")
    def test_an_invitation_may_be_plain_to_whoever_chose_that(self, app, cast, outbox, told):
        chosen = {"actor": cast.sam, "neutral_word": "Appointment"}
        choose_invitations(discretion=Discretion.PLAIN, **chosen)
        bring_calendars_into_step(now=NOW)
        outbox.run()
        assert "Evening circle" in outbox.letters[0]["Subject"]
        assert app.extensions["ear"].look_over() == []
        choose_invitations(discretion=Discretion.NEUTRAL, **chosen)
        assert "group 'Evening circle'" in told()
