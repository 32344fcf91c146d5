"""Which days somebody's own feed covers, as they chose."""

from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest

from supportgroups.calendars import queries
from supportgroups.calendars.models import FeedLink
from supportgroups.calendars.window import Reach
from supportgroups.db import db
from supportgroups.rsvps.models import RsvpStatus
from tests.browser_client import Browser
from tests.calendars.conftest import Subscriber
from tests.conftest import NOW, Cast
from tests.factories import make_rsvp, make_session
from tests.form_reader import filled_in
from tests.ical_lint import by_uid

MakeLink = Callable[..., tuple[FeedLink, str]]
FORM = {"name": "phone", "scope": "*", "discretion": "neutral", "neutral_word": ""}
#: Sessions by the weeks from now in which they are; the cast's is next week.
WEEKS = (-8, -2, 1, 10, 20, 50)


@pytest.fixture
def uids(cast: Cast) -> dict[str, int]:
    """The weeks of Sam's sessions, by their uid."""
    found = {}
    for week in WEEKS:
        start = cast.series.wall_starts_at + timedelta(weeks=week - 1)
        one = cast.session if week == 1 else make_session(cast.series, start)
        make_rsvp(one, cast.sam, RsvpStatus.ACCEPTED)
        found[one.uid] = week
    return found


@pytest.mark.parametrize(
    ("reach", "has_past", "weeks"),
    [
        (Reach.YEAR, True, [-8, -2, 1, 10, 20, 50]),
        (Reach.YEAR, False, [1, 10, 20, 50]),
        (Reach.HALF_YEAR, True, [-8, -2, 1, 10, 20]),
        (Reach.QUARTER, True, [-8, -2, 1, 10]),
        (Reach.QUARTER, False, [1, 10]),
    ],
)
def test_it_holds_what_was_chosen(
    cast: Cast,
    make_link: MakeLink,
    subscriber: Subscriber,
    uids: dict[str, int],
    reach: Reach,
    has_past: bool,
    weeks: list[int],
) -> None:
    _link, url = make_link(cast.sam, reach=reach, has_past=has_past)
    assert sorted(uids[uid] for uid in by_uid(subscriber.fetch(url))) == weeks


@pytest.mark.parametrize("choice", [{"reach": "quarter", "has_past": "y"}, {"reach": "year"}])
def test_another_choice_is_another_feed(
    cast: Cast,
    browser: Browser,
    make_link: MakeLink,
    subscriber: Subscriber,
    uids: dict[str, int],
    choice: dict[str, str],
) -> None:
    link, url = make_link(cast.sam)
    before = subscriber.ask(url)
    browser.sign_in(cast.sam)
    page = f"/my/calendars/{link.public_id}/edit"
    form = {"name": "phone", "discretion": "plain", "neutral_word": "Appointment"}
    assert browser.post(page, form | choice).status_code == 303
    tag, date = before.headers["ETag"], before.headers["Last-Modified"]
    after = subscriber.ask(url, If_None_Match=tag)
    assert after.status_code == 200
    assert parsedate_to_datetime(after.headers["Last-Modified"]) > parsedate_to_datetime(date)
    assert set(by_uid(subscriber.fetch(url))) < set(uids)


class TestPages:
    def test_a_new_address_covers_the_most(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        page = browser.get("/my/calendars/new").text
        found = filled_in(page, with_field="reach")
        assert (found["reach"], found["has_past"]) == ("year", ["y"])

    def test_they_keep_the_choice(self, cast: Cast, browser: Browser) -> None:
        browser.sign_in(cast.sam)
        browser.post("/my/calendars/new", FORM | {"reach": "half-year"})
        (link,) = queries.list_links(cast.sam)
        assert (link.reach, link.has_past) == (Reach.HALF_YEAR, False)
        text = browser.get("/my/calendars").text
        assert "Half a year ahead" in text
        assert "leave on the Monday after" in text
        page = browser.get(f"/my/calendars/{link.public_id}/edit").text
        found = filled_in(page, with_field="reach")
        assert (found["reach"], found["has_past"]) == ("half-year", [])

    @pytest.mark.parametrize("wrong", [{"reach": "century"}, {"reach": ""}])
    def test_an_unknown_choice_is_explained(
        self, cast: Cast, browser: Browser, wrong: dict[str, str]
    ) -> None:
        browser.sign_in(cast.sam)
        response = browser.post("/my/calendars/new", FORM | wrong)
        assert response.status_code == 200
        assert "Choose how far ahead it looks" in response.text
        assert queries.list_links(cast.sam) == []


def test_a_link_covers_the_most_unless_told(cast: Cast, make_link: MakeLink) -> None:
    link, _url = make_link(cast.sam)
    db.session.refresh(link)
    assert (link.reach, link.has_past, link.created_at < NOW) == (Reach.YEAR, True, False)
