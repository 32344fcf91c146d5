"""How feeds answer over HTTP (RFC 9110): conditions, encodings, methods, refusals."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import time_machine
from sqlalchemy.exc import OperationalError
from werkzeug.http import http_date

from supportgroups.calendars import feeds
from supportgroups.calendars.models import FeedLink
from supportgroups.calendars.services import links as services
from supportgroups.calendars.services.links import revoke_feed_link
from supportgroups.db import Busy, db
from supportgroups.rsvps.models import RsvpStatus
from tests.browser_client import Browser
from tests.calendars.conftest import Subscriber
from tests.conftest import NOW, Cast
from tests.factories import make_group, make_rsvp, make_series, make_session
from tests.ical_lint import lint

MakeLink = Callable[..., tuple[FeedLink, str]]
FEEDS = ["site", "group", "session", "private"]


@pytest.fixture
def urls(cast: Cast, make_link: MakeLink) -> dict[str, str]:
    """One address of each kind."""
    make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
    return {
        "site": "/calendar.ics",
        "group": "/groups/evening-circle/calendar.ics",
        "session": f"/sessions/{cast.session.public_id}.ics",
        "private": make_link(cast.sam)[1],
    }


@pytest.mark.parametrize("kind", FEEDS)
class TestEveryFeed:
    def test_two_renders_give_equal_bytes(
        self, urls: dict[str, str], subscriber: Subscriber, kind: str
    ) -> None:
        for encoding in ("identity", "gzip"):
            first = subscriber.ask(urls[kind], Accept_Encoding=encoding)
            feeds.kept_events.clear()
            feeds.kept_bodies.clear()
            with time_machine.travel(NOW + timedelta(days=2, hours=3), tick=False):
                second = subscriber.ask(urls[kind], Accept_Encoding=encoding)
            assert first.data == second.data
            for name in ("ETag", "Last-Modified"):
                assert first.headers[name] == second.headers[name]

    def test_its_headers(self, urls: dict[str, str], subscriber: Subscriber, kind: str) -> None:
        response = subscriber.ask(urls[kind])
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert response.headers["Cache-Control"] == (
            "private, no-cache" if kind == "private" else "public, max-age=300"
        )
        assert response.headers["Content-Disposition"] == (
            'attachment; filename="session.ics"'
            if kind == "session"
            else 'inline; filename="calendar.ics"'
        )
        assert "Accept-Encoding" in response.headers["Vary"]
        assert response.headers["ETag"].startswith('"')
        lint(response.data)

    @pytest.mark.parametrize(
        "dress",
        [
            "{tag}",
            "W/{tag}",
            '"{bare}-gzip"',
            'W/"{bare}-gzip"',
            '"other", {tag}',
            "*",
            "{bare}",
        ],
    )
    def test_an_app_that_has_it_gets_304(
        self, urls: dict[str, str], subscriber: Subscriber, kind: str, dress: str
    ) -> None:
        tag = subscriber.ask(urls[kind]).headers["ETag"]
        asked = dress.format(tag=tag, bare=tag.strip('"'))
        response = subscriber.ask(urls[kind], If_None_Match=asked)
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == tag
        assert "Content-Type" not in response.headers

    @pytest.mark.parametrize("asked", ['"other"', 'W/"other-gzip"', '""', "nonsense"])
    def test_an_app_that_has_another_gets_this_one(
        self, urls: dict[str, str], subscriber: Subscriber, kind: str, asked: str
    ) -> None:
        assert subscriber.ask(urls[kind], If_None_Match=asked).status_code == 200

    def test_a_date_will_do(self, urls: dict[str, str], subscriber: Subscriber, kind: str) -> None:
        date = subscriber.ask(urls[kind]).headers["Last-Modified"]
        assert subscriber.ask(urls[kind], If_Modified_Since=date).status_code == 304
        earlier = http_date(parsedate_to_datetime(date) - timedelta(seconds=1))
        assert subscriber.ask(urls[kind], If_Modified_Since=earlier).status_code == 200
        assert subscriber.ask(urls[kind], If_Modified_Since="yesterday").status_code == 200

    def test_a_tag_counts_more_than_a_date(
        self, urls: dict[str, str], subscriber: Subscriber, kind: str
    ) -> None:
        date = subscriber.ask(urls[kind]).headers["Last-Modified"]
        response = subscriber.ask(urls[kind], If_None_Match='"other"', If_Modified_Since=date)
        assert response.status_code == 200

    def test_head_is_get_without_a_body(
        self, urls: dict[str, str], subscriber: Subscriber, kind: str
    ) -> None:
        got = subscriber.ask(urls[kind])
        head = subscriber.ask(urls[kind], "HEAD")
        assert (head.status_code, head.data) == (200, b"")
        assert dict(head.headers) == dict(got.headers)
        tag = got.headers["ETag"]
        assert subscriber.ask(urls[kind], "HEAD", If_None_Match=tag).status_code == 304

    @pytest.mark.parametrize("method", ["OPTIONS", "PROPFIND", "REPORT", "PUT", "DELETE"])
    def test_every_other_method_is_refused_without_a_query(
        self,
        urls: dict[str, str],
        subscriber: Subscriber,
        statements: Any,
        kind: str,
        method: str,
    ) -> None:
        with statements() as asked:
            response = subscriber.ask(urls[kind], method)
        assert response.status_code == 405
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}
        assert asked == []

    def test_gzip_where_it_is_welcome(
        self, urls: dict[str, str], subscriber: Subscriber, kind: str
    ) -> None:
        plain = subscriber.ask(urls[kind])
        zipped = subscriber.ask(urls[kind], Accept_Encoding="br, gzip")
        assert "Content-Encoding" not in plain.headers
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.data) == plain.data
        assert zipped.headers["ETag"] == plain.headers["ETag"].removesuffix('"') + '-gzip"'
        again = subscriber.ask(urls[kind], Accept_Encoding="gzip")
        assert again.data == zipped.data

    @pytest.mark.parametrize("accepts", ["", "identity", "br", "gzip;q=0"])
    def test_no_gzip_where_it_is_not(
        self, urls: dict[str, str], subscriber: Subscriber, kind: str, accepts: str
    ) -> None:
        response = subscriber.ask(urls[kind], Accept_Encoding=accepts)
        assert "Content-Encoding" not in response.headers

    def test_a_tag_of_one_encoding_is_good_for_the_other(
        self, urls: dict[str, str], subscriber: Subscriber, kind: str
    ) -> None:
        tag = subscriber.ask(urls[kind]).headers["ETag"]
        response = subscriber.ask(urls[kind], If_None_Match=tag, Accept_Encoding="gzip")
        assert response.status_code == 304

    def test_no_cookie_is_set_for_somebody_signed_in(
        self, cast: Cast, urls: dict[str, str], browser: Browser, kind: str
    ) -> None:
        browser.sign_in(cast.sam)
        response = browser.get(urls[kind])
        assert response.status_code == 200
        assert "Set-Cookie" not in response.headers


class TestRefusals:
    def test_an_unknown_address_is_not_found(self, cast: Cast, subscriber: Subscriber) -> None:
        answers = [
            subscriber.ask(f"/calendar/{secret}.ics")
            for secret in ("unknown", "x" * 500, "..", "%00", "a'b", "ü")
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert {answer.data for answer in answers} == {b"There is no calendar at this address.\n"}
        assert {answer.headers["Content-Type"] for answer in answers} == {
            "text/plain; charset=utf-8"
        }

    def test_a_revoked_address_is_gone(
        self, cast: Cast, subscriber: Subscriber, make_link: MakeLink, now: Any
    ) -> None:
        link, url = make_link(cast.sam)
        tag = subscriber.ask(url).headers["ETag"]
        revoke_feed_link(link, actor=cast.sam, now=now)
        answers = [
            subscriber.ask(url),
            subscriber.ask(url, If_None_Match=tag),
            subscriber.ask(url, If_None_Match="*"),
        ]
        assert {(answer.status_code, answer.data) for answer in answers} == {
            (410, b"This calendar address was switched off.\n")
        }
        assert subscriber.ask(url, "HEAD").status_code == 410
        assert "ETag" not in answers[0].headers

    def test_two_revoked_addresses_look_the_same(
        self, cast: Cast, subscriber: Subscriber, make_link: MakeLink, now: Any
    ) -> None:
        answers = []
        for person in (cast.sam, cast.rosa):
            link, url = make_link(person)
            revoke_feed_link(link, actor=person, now=now)
            answers.append(subscriber.ask(url))
        assert answers[0].data == answers[1].data
        assert dict(answers[0].headers) == dict(answers[1].headers)


class TestQueries:
    """An unchanged feed costs its counters, a changed one a few queries more, at any length."""

    @pytest.fixture
    def many(self, cast: Cast) -> None:
        for day in range(1, 41):
            wall = cast.series.wall_starts_at + timedelta(days=day)
            make_rsvp(make_session(cast.series, wall), cast.sam, RsvpStatus.ACCEPTED)

    @pytest.mark.usefixtures("many")
    @pytest.mark.parametrize("kind", ["site", "group", "private"])
    def test_304_touches_no_session(
        self,
        urls: dict[str, str],
        subscriber: Subscriber,
        statements: Any,
        kind: str,
    ) -> None:
        tag = subscriber.ask(urls[kind]).headers["ETag"]
        with statements() as asked:
            assert subscriber.ask(urls[kind], If_None_Match=tag).status_code == 304
        assert len(asked) == 1
        assert "group_session" not in asked[0]

    @pytest.mark.usefixtures("many")
    @pytest.mark.parametrize(("kind", "warm"), [("site", 4), ("group", 3), ("private", 3)])
    def test_a_changed_feed(
        self,
        urls: dict[str, str],
        subscriber: Subscriber,
        statements: Any,
        kind: str,
        warm: int,
    ) -> None:
        subscriber.ask(urls["private"])  # The visit is noted, and not again within the hour.
        feeds.kept_bodies.clear()
        feeds.kept_events.clear()
        with statements() as asked:
            subscriber.ask(urls[kind])
        assert len(asked) == warm + 1
        feeds.kept_bodies.clear()
        with statements() as asked:
            subscriber.ask(urls[kind])
        assert len(asked) == warm
        with statements() as asked:
            subscriber.ask(urls[kind])
        assert len(asked) == 1

    def test_a_feed_of_many_groups_asks_no_more(
        self, cast: Cast, subscriber: Subscriber, statements: Any
    ) -> None:
        for _ in range(5):
            make_session(make_series(make_group()))
        with statements() as asked:
            subscriber.ask("/calendar.ics")
        assert len(asked) == 5


class TestLastFetched:
    @pytest.fixture
    def link(self, cast: Cast, make_link: MakeLink) -> tuple[FeedLink, str]:
        return make_link(cast.sam)

    def read(self, link: FeedLink) -> Any:
        db.session.refresh(link)
        return link.last_fetched_at

    def test_the_first_visit_is_noted(
        self, link: tuple[FeedLink, str], subscriber: Subscriber
    ) -> None:
        assert link[0].last_fetched_at is None
        subscriber.ask(link[1])
        assert self.read(link[0]) == NOW

    def test_it_is_noted_to_the_hour(
        self, link: tuple[FeedLink, str], subscriber: Subscriber
    ) -> None:
        with time_machine.travel(NOW + timedelta(minutes=25, seconds=3), tick=False):
            subscriber.ask(link[1])
        assert self.read(link[0]) == NOW

    def test_a_visit_within_the_hour_is_not(
        self, link: tuple[FeedLink, str], subscriber: Subscriber, statements: Any
    ) -> None:
        subscriber.ask(link[1])
        with (
            time_machine.travel(NOW + timedelta(minutes=59), tick=False),
            statements() as asked,
        ):
            subscriber.ask(link[1])
        assert not any(statement.startswith("UPDATE") for statement in asked)
        assert self.read(link[0]) == NOW

    def test_a_visit_an_hour_later_is(
        self, link: tuple[FeedLink, str], subscriber: Subscriber
    ) -> None:
        tag = subscriber.ask(link[1]).headers["ETag"]
        later = NOW + timedelta(minutes=60)
        with time_machine.travel(later, tick=False):
            assert subscriber.ask(link[1], If_None_Match=tag).status_code == 304
        assert self.read(link[0]) == later

    def test_the_note_changes_nothing_that_an_app_sees(
        self, link: tuple[FeedLink, str], subscriber: Subscriber
    ) -> None:
        tag = subscriber.ask(link[1]).headers["ETag"]
        assert subscriber.ask(link[1]).headers["ETag"] == tag

    @pytest.mark.parametrize("trouble", [Busy(), OperationalError("", None, ValueError())])
    def test_a_busy_database_fails_no_feed(
        self,
        link: tuple[FeedLink, str],
        subscriber: Subscriber,
        monkeypatch: pytest.MonkeyPatch,
        trouble: Exception,
    ) -> None:
        def is_busy(*_: Any, **__: Any) -> None:
            raise trouble

        monkeypatch.setattr(services, "note_fetched", is_busy)
        assert subscriber.ask(link[1]).status_code == 200

    def test_a_stranger_with_a_revoked_address_leaves_no_trace(
        self, cast: Cast, link: tuple[FeedLink, str], subscriber: Subscriber, now: Any
    ) -> None:
        revoke_feed_link(link[0], actor=cast.sam, now=now)
        subscriber.ask(link[1])
        assert self.read(link[0]) is None
