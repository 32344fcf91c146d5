"""A session with one place that several people want: the list, its order, and what is offered from it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from supportgroups.clock import to_zone, utc_now
from supportgroups.db import db, transaction
from supportgroups.groups.models import Visibility
from supportgroups.outbox.models import JobState, OutboxJob
from supportgroups.rsvps.models import Rsvp, RsvpStatus, WaitingListOffer
from supportgroups.rsvps.offers import LONGEST_OFFER
from supportgroups.rsvps.services.waiting_list import pass_on_places
from tests.browser.site import (
    Site,
    Someone,
    account_of,
    find_session_of,
    group_of,
    weekly_sessions_of,
)
from tests.browser.window import OpenWindow, Way, Window


@dataclass
class Scene:
    """A session with one place, and three people who want it: Kim, Robin and Ash."""

    session: str
    people: tuple[Someone, ...]
    windows: tuple[Window, ...]


@pytest.fixture
def one_chair(demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone) -> Scene:
    """The session is the day after tomorrow; nobody has answered."""
    return three_at_one_chair(demo_site, open_window, way, rosa)


def three_at_one_chair(
    site: Site, open_window: OpenWindow, way: Way, rosa: Someone, **details: Any
) -> Scene:
    people = tuple(site.newcomer(name) for name in ("Kim", "Robin", "Ash"))
    with site.app.app_context():
        slug = group_of(rosa, *people, name="One chair", visibility=Visibility.UNLISTED)
        session = weekly_sessions_of(slug, rosa, capacity=1, **details)[0]
    return Scene(session, people, tuple(open_window(site, who, way) for who in people))


def standings(site: Site, session: str) -> dict[str, RsvpStatus]:
    """Return what each person's answer came to."""
    with site.app.app_context():
        answers = select(Rsvp).where(Rsvp.group_session_id == find_session_of(session).id)
        return {rsvp.user.display_name: rsvp.status for rsvp in db.session.scalars(answers)}


class TestWaitingList:
    def test_a_place_that_comes_free_goes_to_who_waits(
        self, demo_site: Site, one_chair: Scene
    ) -> None:
        session, (first, second, third) = one_chair.session, one_chair.windows
        for window in (first, second, third):
            window.visit(session)
        first.press("I’m coming")
        first.heads("You’re expected")

        second.visit(session)
        second.says("Full.")
        second.press("Join the waiting list")
        second.says("You are number 1.")
        third.visit(session)
        third.says("One person is waiting.")
        third.press("Join the waiting list")
        third.says("You are number 2.")

        first.press("Can’t come")
        first.heads("You said that you can’t come")
        second.read_letter(one_chair.people[1].email)
        second.says("A place is free, and it is yours.")
        second.follow_letter()
        second.says("You’re expected")
        third.visit(session)
        third.says("You are number 1.")
        assert standings(demo_site, session) == {
            "Kim": RsvpStatus.DECLINED,
            "Robin": RsvpStatus.ACCEPTED,
            "Ash": RsvpStatus.WAITLISTED,
        }

    def test_an_organizer_may_change_the_order_and_anybody_may_leave_it(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone, one_chair: Scene
    ) -> None:
        session, (first, second, third) = one_chair.session, one_chair.windows
        first.visit(session)
        first.press("I’m coming")
        for window in (second, third):
            window.visit(session)
            window.press("Join the waiting list")
        third.says("You are number 2.")
        # Nobody sees who else is on it.
        expect(third.main).not_to_contain_text("Robin")

        organizer = open_window(demo_site, rosa, way)
        organizer.visit(session)
        organizer.follow("Who is coming")
        organizer.press("Move up Ash")
        third.visit(session)
        third.says("You are number 1.")
        third.press("Leave the list")
        second.visit(session)
        second.says("You are number 1.")
        assert standings(demo_site, session)["Robin"] is RsvpStatus.WAITLISTED


class TestOffers:
    def test_on_the_last_day_a_free_place_is_offered(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone
    ) -> None:
        scene = three_at_one_chair(demo_site, open_window, way, rosa, first=in_hours(18), rule=None)
        session, (first, second, third) = scene.session, scene.windows
        first.visit(session)
        first.press("I’m coming")
        second.visit(session)
        second.press("Join the waiting list")
        second.says("You are number 1.")
        third.visit(session)
        third.press("Join the waiting list")
        first.visit(session)
        first.press("Can’t come")
        second.visit(session)
        second.says("A place is free for you")
        second.says("It is kept for you until:")

        # Nobody takes it in time, so it passes on.
        with demo_site.app.app_context(), transaction():
            db.session.execute(
                update(WaitingListOffer)
                .where(WaitingListOffer.outcome.is_(None))
                .values(expires_at=utc_now())
            )
        second.visit(session)
        second.says("then went to whoever was next")
        with demo_site.app.app_context():
            pass_on_places(now=utc_now())
        third.visit(session)
        third.says("A place is free for you")
        assert standings(demo_site, session)["Ash"] is RsvpStatus.WAITLISTED
        third.press("Yes, I’m coming")
        third.heads("You’re expected")

    def test_one_that_comes_free_at_night_waits_for_the_morning(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone
    ) -> None:
        scene = three_at_one_chair(demo_site, open_window, way, rosa, first=in_hours(20), rule=None)
        session, (first, second, _third) = scene.session, scene.windows
        robin = scene.people[1]
        first.visit(session)
        first.press("I’m coming")
        second.visit(session)
        second.press("Join the waiting list")
        morning = fall_asleep(demo_site, robin)
        first.visit(session)
        first.press("Can’t come")
        first.heads("You said that you can’t come")
        # Who is awake all the same reads it at once, and has all the time from the morning on.
        second.visit(session)
        second.says("A place is free for you")
        kept = str(second.main.locator("strong time").get_attribute("datetime"))
        assert datetime.fromisoformat(kept) == morning + LONGEST_OFFER
        with demo_site.app.app_context(), transaction():
            letter = db.session.execute(
                select(OutboxJob)
                .where(OutboxJob.kind == "rsvps.place_offered")
                .order_by(OutboxJob.id.desc())
                .limit(1)
            ).scalar_one()
            assert (letter.state, letter.due_at) == (JobState.WAITING, morning)

            # It dawns.
            account = account_of(robin)
            account.quiet_from = account.quiet_until
            letter.due_at = utc_now()
        assert second.read_letter(robin.email) == "A place is kept for you for a while"
        second.follow_letter()
        second.press("Yes, I’m coming")
        second.heads("You’re expected")


def in_hours(hours: int) -> datetime:
    """Return what a clock in London shows so many hours from now."""
    later = to_zone(utc_now() + timedelta(hours=hours), "Europe/London")
    return later.replace(tzinfo=None, microsecond=0)


def fall_asleep(site: Site, someone: Someone) -> datetime:
    """Let it be night for somebody by their own choice; return when their morning comes."""
    with site.app.app_context(), transaction():
        account = account_of(someone)
        account.quiet_from = to_zone(utc_now(), account.time_zone).hour
        account.quiet_until = (account.quiet_from + 2) % 24
        return account.quiet_hours.over(utc_now())
