"""What somebody reads who looks over the owner's shoulder, at each level of discretion."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from icalendar import Event

from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.groups.models import Group, Role
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import GroupSession, Series, SessionStatus
from tests.calendars.conftest import Subscriber
from tests.conftest import Cast
from tests.factories import make_membership, make_rsvp, make_user
from tests.ical_lint import events_of

#: Words that stand in every private field around a session, and nowhere else.
CANARIES = {
    "group": "CanaryGroup",
    "purpose": "CanaryPurpose",
    "audience": "CanaryAudience",
    "title": "CanaryTitle",
    "description": "CanaryDescription",
    "place": "CanaryPlace",
    "online link": "canarylink",
    "cancel reason": "CanaryReason",
    "member": "CanaryMember",
    "slug": "canary-slug",
    "link": "CanaryPhone",
    "topic": "bereavement",
}


@pytest.fixture
def circle(
    cast: Cast,
    make_group: Callable[..., Group],
    make_series: Callable[..., Series],
    make_session: Callable[..., GroupSession],
) -> Group:
    """A group that is full of canaries, with a yes, a maybe, a turn and a cancelled session."""
    group = make_group(
        CANARIES["group"],
        slug=CANARIES["slug"],
        purpose=CANARIES["purpose"],
        audience=CANARIES["audience"],
    )
    make_membership(group, cast.sam, display_name=CANARIES["member"])
    leader = make_user(CANARIES["member"])
    make_membership(group, leader, Role.ORGANIZER)
    series = make_series(
        group,
        title=CANARIES["title"],
        description=CANARIES["description"],
        place=CANARIES["place"],
        online_link=f"https://{CANARIES['online link']}.example",
    )
    statuses = [RsvpStatus.ACCEPTED, RsvpStatus.TENTATIVE, RsvpStatus.WAITLISTED]
    for day, status in enumerate([*statuses, RsvpStatus.ACCEPTED], start=1):
        session = make_session(
            series,
            datetime(2026, 12, day, 19, 0),  # noqa: DTZ001 (a wall time)
            facilitators=[leader],
            status=SessionStatus.CANCELLED if day == 4 else SessionStatus.SCHEDULED,
            cancel_reason=CANARIES["cancel reason"] if day == 4 else "",
        )
        make_rsvp(session, cast.sam, status)
    return group


Show = Callable[..., tuple[Any, list[Event], str]]


@pytest.fixture
def show(
    cast: Cast,
    circle: Group,
    subscriber: Subscriber,
    make_link: Callable[..., tuple[FeedLink, str]],
) -> Show:
    """Return the calendar, its events, and all that the answer said: headers and text."""

    def fetch(discretion: Discretion, **overrides: Any) -> tuple[Any, list[Event], str]:
        values = {"name": CANARIES["link"], **overrides}
        _, url = make_link(cast.sam, discretion=discretion, **values)
        calendar = subscriber.fetch(url)
        response = subscriber.ask(url)
        unfolded = response.data.replace(b"\r\n ", b"").decode()
        return calendar, events_of(calendar), f"{response.headers}\n{unfolded}"

    return fetch


@pytest.mark.parametrize("one_group", [False, True])
@pytest.mark.parametrize("discretion", [Discretion.NEUTRAL, Discretion.BUSY])
class TestNothingIsTold:
    def test_no_canary_gets_out(
        self, show: Show, circle: Group, discretion: Discretion, one_group: bool
    ) -> None:
        _, events, told = show(discretion, group=circle if one_group else None)
        assert len(events) == 4
        found = [name for name, word in CANARIES.items() if word.casefold() in told.casefold()]
        assert found == []

    def test_it_has_neither_place_nor_description(
        self, show: Show, circle: Group, discretion: Discretion, one_group: bool
    ) -> None:
        _, events, _ = show(discretion, group=circle if one_group else None)
        for event in events:
            assert not {"LOCATION", "DESCRIPTION", "CATEGORIES", "COMMENT", "GEO"} & set(event)

    def test_the_uid_names_no_site(
        self, show: Show, circle: Group, discretion: Discretion, one_group: bool
    ) -> None:
        _, events, _ = show(discretion, group=circle if one_group else None)
        assert {str(event["UID"]).partition("@")[2] for event in events} == {"calendar.invalid"}


class TestNeutral:
    def test_every_entry_is_the_owners_word(self, show: Show) -> None:
        calendar, events, _ = show(Discretion.NEUTRAL, neutral_word="Dentist")
        assert str(calendar["NAME"]) == str(calendar["X-WR-CALNAME"]) == "Dentist"
        assert [str(event["SUMMARY"]) for event in events] == [
            "Dentist",
            "Dentist",
            "Dentist",
            "Cancelled: Dentist",
        ]

    def test_the_link_leads_to_a_page_that_asks_to_sign_in(
        self, show: Show, subscriber: Subscriber
    ) -> None:
        _, events, _ = show(Discretion.NEUTRAL)
        assert {str(event["URL"]) for event in events} == {"http://localhost/my"}
        response = subscriber.ask("/my")
        assert response.status_code == 303
        assert response.headers["Location"].startswith("/sign-in")

    def test_the_answer_shows_in_the_status_alone(self, show: Show) -> None:
        _, events, _ = show(Discretion.NEUTRAL)
        assert [str(event["STATUS"]) for event in events] == [
            "CONFIRMED",
            "TENTATIVE",
            "TENTATIVE",
            "CANCELLED",
        ]


class TestBusy:
    def test_every_entry_says_busy(self, show: Show) -> None:
        calendar, events, _ = show(Discretion.BUSY, neutral_word="Dentist")
        assert str(calendar["NAME"]) == "Busy"
        assert [str(event["SUMMARY"]) for event in events] == [
            "Busy",
            "Busy",
            "Busy",
            "Cancelled: Busy",
        ]

    def test_it_leads_nowhere(self, show: Show) -> None:
        _, events, told = show(Discretion.BUSY, neutral_word="Dentist")
        assert not any("URL" in event for event in events)
        assert "Dentist" not in told


class TestPlain:
    def test_it_tells_what_the_owner_wants_to_know(self, show: Show) -> None:
        _, events, _told = show(Discretion.PLAIN)
        assert str(events[0]["SUMMARY"]) == "CanaryTitle – CanaryGroup"
        assert str(events[0]["LOCATION"]) == "CanaryPlace"
        assert "CanaryDescription" in str(events[0]["DESCRIPTION"])

    @pytest.mark.parametrize("one_group", [False, True])
    def test_but_no_person_and_no_online_link(
        self, show: Show, circle: Group, one_group: bool
    ) -> None:
        _, _, told = show(Discretion.PLAIN, group=circle if one_group else None)
        for name in ("member", "online link", "cancel reason", "link"):
            assert CANARIES[name] not in told


def test_every_entry_of_every_level_is_private(show: Show) -> None:
    for discretion in Discretion:
        _, events, _ = show(discretion)
        assert {str(event["CLASS"]) for event in events} == {"PRIVATE"}


def test_neutral_is_what_a_link_is_made_with() -> None:
    assert FeedLink.__table__.c.discretion.default.arg is Discretion.NEUTRAL
