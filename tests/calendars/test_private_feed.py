"""A person's own feed: which sessions are in it, and what each says about the owner's answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Event

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.models import Discretion
from supportgroups.db import db, transaction
from supportgroups.groups.models import Admission, Group, Membership
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import GroupSession, Series, SessionStatus
from tests.calendars.conftest import Subscriber
from tests.conftest import NOW, Cast
from tests.factories import make_membership, make_rsvp
from tests.ical_lint import by_uid, events_of, moment

MakeLink = Callable[..., tuple[Any, str]]


@pytest.fixture
def show(cast: Cast, subscriber: Subscriber, make_link: MakeLink) -> Callable[..., Event | None]:
    """Return the cast's session as it stands in Sam's calendar."""

    def fetch(**link: Any) -> Event | None:
        _, url = make_link(cast.sam, **link)
        return by_uid(subscriber.fetch(url)).get(cast.session.uid)

    return fetch


class TestAnswers:
    def test_yes_takes_the_time(self, cast: Cast, show: Callable[..., Event]) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        event = show()
        assert (event["STATUS"], event["TRANSP"], event["CLASS"]) == (
            "CONFIRMED",
            "OPAQUE",
            "PRIVATE",
        )
        assert str(event["SUMMARY"]) == "Tuesday evening – Evening circle"

    def test_maybe_is_tentative(self, cast: Cast, show: Callable[..., Event]) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.TENTATIVE)
        event = show()
        assert event["STATUS"] == "TENTATIVE"
        assert "You said maybe." in str(event["DESCRIPTION"])

    def test_waiting_is_tentative_and_says_so(self, cast: Cast, show: Callable[..., Event]) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.WAITLISTED)
        event = show()
        assert event["STATUS"] == "TENTATIVE"
        assert str(event["SUMMARY"]) == "Waiting list: Tuesday evening – Evening circle"
        assert "You are on the waiting list." in str(event["DESCRIPTION"])

    def test_no_is_left_out(self, cast: Cast, show: Callable[..., Event | None]) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.DECLINED)
        assert show() is None

    def test_no_answer_is_left_out(self, cast: Cast, show: Callable[..., Event | None]) -> None:
        assert show() is None

    def test_the_answers_of_others_do_not_count(
        self, cast: Cast, show: Callable[..., Event | None]
    ) -> None:
        make_rsvp(cast.session, cast.rosa, RsvpStatus.ACCEPTED)
        assert show() is None

    @pytest.mark.parametrize(
        "status", [RsvpStatus.ACCEPTED, RsvpStatus.TENTATIVE, RsvpStatus.WAITLISTED]
    )
    def test_a_cancelled_session_is_cancelled_for_everyone(
        self, cast: Cast, show: Callable[..., Event], status: RsvpStatus
    ) -> None:
        make_rsvp(cast.session, cast.sam, status)
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
        event = show()
        assert (event["STATUS"], event["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
        assert str(event["SUMMARY"]) == "Cancelled: Tuesday evening – Evening circle"

    def test_a_member_learns_the_place(self, cast: Cast, show: Callable[..., Event]) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        with transaction():
            cast.group.admission = Admission.REQUEST
        assert str(show()["LOCATION"]) == "The library, High Street"

    def test_the_online_link_never_leaves(self, cast: Cast, show: Callable[..., Event]) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        with transaction():
            cast.series.online_link = "https://meet.example/room"
        assert b"meet.example" not in show().to_ical()


class TestLeading:
    @pytest.fixture(autouse=True)
    def _sam_leads(self, cast: Cast) -> None:
        with transaction():
            cast.session.facilitators = [cast.sam]

    def test_a_session_one_leads_is_there_without_an_answer(
        self, show: Callable[..., Event]
    ) -> None:
        assert (show()["STATUS"], show()["TRANSP"]) == ("CONFIRMED", "OPAQUE")

    def test_what_others_lead_is_left_out(
        self, cast: Cast, show: Callable[..., Event | None]
    ) -> None:
        with transaction():
            cast.session.facilitators = [cast.kofi]
        assert show() is None

    def test_ones_own_answer_counts_more(
        self, cast: Cast, show: Callable[..., Event | None]
    ) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.DECLINED)
        assert show() is None

    def test_who_leads_and_comes_has_it_once(
        self, cast: Cast, subscriber: Subscriber, make_link: MakeLink
    ) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        with transaction():
            cast.session.facilitators = [cast.sam, cast.kofi]
        _, url = make_link(cast.sam)
        assert len(events_of(subscriber.fetch(url))) == 1


class TestGroups:
    @pytest.fixture
    def other(
        self,
        cast: Cast,
        make_group: Callable[..., Group],
        make_series: Callable[..., Series],
        make_session: Callable[..., GroupSession],
    ) -> GroupSession:
        group = make_group("Morning walk", visibility="private", admission="invitation")
        make_membership(group, cast.sam)
        session = make_session(make_series(group, title="Walk"))
        make_rsvp(session, cast.sam, RsvpStatus.ACCEPTED)
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        return session

    def test_one_link_can_carry_all_groups(
        self, cast: Cast, other: GroupSession, subscriber: Subscriber, make_link: MakeLink
    ) -> None:
        _, url = make_link(cast.sam)
        calendar = subscriber.fetch(url)
        assert set(by_uid(calendar)) == {cast.session.uid, other.uid}
        assert str(calendar["NAME"]) == "Gatherings"

    def test_or_one_group(
        self, cast: Cast, other: GroupSession, subscriber: Subscriber, make_link: MakeLink
    ) -> None:
        _, url = make_link(cast.sam, group=other.group)
        calendar = subscriber.fetch(url)
        assert set(by_uid(calendar)) == {other.uid}
        assert str(calendar["NAME"]) == "Morning walk"

    @pytest.mark.parametrize("how", ["left", "removed"])
    def test_a_former_member_reads_nothing_of_the_group(
        self,
        cast: Cast,
        other: GroupSession,
        subscriber: Subscriber,
        make_link: MakeLink,
        how: str,
    ) -> None:
        _, url = make_link(cast.sam, group=other.group)
        membership = db.session.get_one(Membership, (other.group_id, cast.sam.id))
        with transaction():
            if how == "left":
                db.session.delete(membership)
            else:
                membership.removed_at = NOW
        calendar = subscriber.fetch(url)
        assert events_of(calendar) == []
        assert "Morning walk" not in str(calendar.to_ical())


class TestWhenAnEntryChanged:
    """LAST-MODIFIED and DTSTAMP are the newest of session, answer and link."""

    @pytest.mark.parametrize("newest", ["session", "answer", "link"])
    def test_it_is_the_newest_of_three(
        self, cast: Cast, show: Callable[..., Event], newest: str
    ) -> None:
        long_ago = NOW - timedelta(days=9)
        lately = NOW - timedelta(days=1, microseconds=1)
        moments = dict.fromkeys(("session", "answer", "link"), long_ago) | {newest: lately}
        answered_at = moments["answer"]
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED, responded_at=answered_at)
        with transaction():
            cast.session.revised_at = moments["session"].replace(microsecond=0)
        event = show(now=moments["link"])
        assert moment(event, "DTSTAMP") == lately.replace(microsecond=0)
        assert moment(event, "LAST-MODIFIED") == lately.replace(microsecond=0)

    def test_the_sequence_is_that_of_the_session(
        self, cast: Cast, show: Callable[..., Event]
    ) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        with transaction():
            cast.session.sequence = 4
        assert show()["SEQUENCE"] == 4


class TestOwnersOfOneFeed:
    def test_each_link_is_its_owners(
        self, cast: Cast, subscriber: Subscriber, make_link: MakeLink
    ) -> None:
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        _, of_rosa = make_link(cast.rosa)
        assert events_of(subscriber.fetch(of_rosa)) == []

    @pytest.mark.parametrize(
        ("answer", "shown"),
        [(RsvpStatus.TENTATIVE, "TENTATIVE"), (RsvpStatus.ACCEPTED, "CONFIRMED")],
    )
    def test_kept_entries_are_not_mixed_up(
        self,
        cast: Cast,
        subscriber: Subscriber,
        make_link: MakeLink,
        answer: RsvpStatus,
        shown: str,
    ) -> None:
        """Two people answered for the same session in the same second."""
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED, responded_at=NOW)
        make_rsvp(cast.session, cast.rosa, answer, responded_at=NOW)
        for discretion in Discretion:
            statuses = []
            for person in (cast.sam, cast.rosa):
                _, url = make_link(person, discretion=discretion, neutral_word=person.display_name)
                (event,) = events_of(subscriber.fetch(url))
                statuses.append(str(event["STATUS"]))
                other = {cast.sam: cast.rosa, cast.rosa: cast.sam}[person].display_name
                assert other not in event.to_ical().decode()
            assert statuses == ["CONFIRMED", shown]

    def test_a_person_without_groups_has_an_empty_calendar(
        self, cast: Cast, subscriber: Subscriber, make_link: MakeLink
    ) -> None:
        _, url = make_link(cast.stan)
        assert events_of(subscriber.fetch(url)) == []

    def test_the_language_is_the_owners(
        self, cast: Cast, subscriber: Subscriber, make_link: MakeLink
    ) -> None:
        # A calendar app asks in the language of its maker, which tells nothing about the owner.
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        _, url = make_link(cast.sam)
        plain = subscriber.ask(url).data
        assert subscriber.ask(url, Accept_Language="fr, de;q=0.5").data == plain


def erased(user: UserAccount) -> None:
    with transaction():
        db.session.delete(user)


def test_the_feed_of_an_erased_person_was_never_there(
    cast: Cast, subscriber: Subscriber, make_link: MakeLink
) -> None:
    _, url = make_link(cast.stan)
    missing = subscriber.ask("/calendar/unknown.ics")
    erased(cast.stan)
    response = subscriber.ask(url)
    assert (response.status_code, response.data) == (404, missing.data)
