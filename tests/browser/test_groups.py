"""Joining, waiting, leaving and running a group, as people do it."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import expect

from supportgroups.groups.models import Admission, Role, Visibility
from tests import factories
from tests.browser.site import (
    Site,
    Someone,
    account_of,
    find_group_of,
    find_session_of,
    group_of,
    weekly_sessions_of,
)
from tests.browser.window import OpenWindow, Way

AGREE = "I have read the group agreement and I will keep to it"


class TestAskingToJoin:
    def test_the_organizer_lets_somebody_in(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone
    ) -> None:
        robin = demo_site.newcomer()
        with demo_site.app.app_context():
            slug = group_of(
                rosa,
                name="Small circle",
                visibility=Visibility.UNLISTED,
                admission=Admission.REQUEST,
            )
        asking = open_window(demo_site, robin, way)
        asking.visit(f"/groups/{slug}")
        asking.follow("Ask to join")
        asking.write("A few words to the organizers", "A friend told me about you.")
        asking.tick(AGREE)
        asking.press("Ask to join")
        asking.says("You have asked to join")

        deciding = open_window(demo_site, rosa, way)
        deciding.read_letter(rosa.email)
        deciding.follow_letter()
        deciding.says("A friend told me about you.")
        deciding.press("Let in Robin")
        deciding.says("Robin is a member now, and has been told.")

        asking.read_letter(robin.email)
        asking.follow_letter()
        asking.heads("Small circle")
        asking.says("You are here as Robin.")
        assert asking.path == f"/groups/{slug}"


class TestLeaving:
    def test_somebody_leaves_in_two_presses(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone
    ) -> None:
        robin = demo_site.newcomer()
        with demo_site.app.app_context():
            slug = group_of(rosa, robin, name="Small circle", visibility=Visibility.PRIVATE)
        window = open_window(demo_site, robin, way)
        window.visit(f"/groups/{slug}")
        window.follow("Leave the group")
        window.press("Leave the group")
        assert window.presses == 2
        assert window.path == "/my"
        window.says("You have left.")
        window.faults.expected.add(404)
        window.visit(f"/groups/{slug}")
        window.heads("We can’t find that page")


class TestLeavingOutADay:
    def test_it_is_offered_beside_the_schedule(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone
    ) -> None:
        with demo_site.app.app_context():
            slug = group_of(rosa, name="Small circle", visibility=Visibility.UNLISTED)
            session = weekly_sessions_of(slug, rosa)[1]
        window = open_window(demo_site, rosa, way)
        window.visit(f"/groups/{slug}")
        window.unfold("More")
        window.follow("Breaks")
        window.heads("Breaks")
        window.visit(session)
        shown = str(window.main.locator("time").first.get_attribute("datetime"))
        day = datetime.fromisoformat(shown).date()
        window.visit(f"/groups/{slug}")
        window.follow("Leave out days")
        window.says("That is the same as cancelling its session")
        window.write("First day of the break", day.isoformat())
        window.write("You meet again from", (day + timedelta(days=1)).isoformat())
        window.press("Take the break")
        window.heads("Before you save")
        window.press("Do it")
        window.heads("Breaks")
        window.visit(session)
        window.says("This session does not take place.")
        with demo_site.app.app_context():
            assert find_session_of(session).is_cancelled


#: Seconds that a practised hand needs (the keystroke-level model of Card, Moran and Newell): a key,
#: to point at something, to press it, to move between mouse and keys, to think what comes next.
KEY, POINT, PRESS, HOME, THINK = 0.28, 1.1, 0.2, 0.4, 1.35
TYPED = {
    "Name of the group": "Tuesday lanterns",
    "What it is for": "We meet to talk and to listen.",
    "Who it is for": "Anyone who has lost somebody",
    "Place": "The library, High Street",
    "Link to meet online": "https://meet.example/lanterns",
}


class TestStartingAGroup:
    def test_a_weekly_hybrid_group_is_published(
        self,
        demo_site: Site,
        open_window: OpenWindow,
        way: Way,
        rosa: Someone,
        record_property: Callable[[str, object], None],
    ) -> None:
        window = open_window(demo_site, rosa, way)
        window.visit("/my")
        window.follow("Start a group")
        window.tick("Weekly drop-in")
        for label in ("Name of the group", "What it is for", "Who it is for"):
            window.write(label, TYPED[label])
        window.press("Next: when you meet")

        # The evening at seven comes with the shape, so that only the day is asked for.
        window.tick("Tuesday")
        window.tick("Leave out public holidays")
        window.press("Next: where you meet")
        window.tick("In person and online")
        for label in ("Place", "Link to meet online"):
            window.write(label, TYPED[label])
        window.press("Next: read it once more")
        window.says("Every Tuesday, 19:00–20:30, London time, not on public holidays.")
        shown = window.main.locator("[data-part='dates'] time")
        # Six dates and, unless it is among them, the first one after the clocks change.
        assert shown.count() in {6, 7}
        window.says("The clocks have changed: still 19:00")
        window.press("Publish")
        window.says("Your group is published.")
        expect(window.main).not_to_contain_text(TYPED["Link to meet online"])
        days = window.main.locator("time")
        expect(days.first).to_contain_text("19:00–20:30")

        inputs = window.fields + 4
        seconds = (
            KEY * sum(len(words) for words in TYPED.values())
            + (POINT + PRESS) * (window.presses + window.fields)
            + HOME * 2 * window.fields
            + THINK * (inputs + 4)
        )
        print(f"{way}: {window.presses + window.fields} interactions, {seconds:.0f} s")  # noqa: T201
        record_property("presses", window.presses)
        record_property("fields", window.fields)
        record_property("seconds", round(seconds))
        assert window.presses + window.fields <= 14
        assert window.fields <= 6
        # A shape, a day, holidays, how they meet, and what is typed.
        assert inputs <= 12
        assert seconds <= 120

    def test_two_people_are_chosen_to_lead_what_is_planned(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone
    ) -> None:
        facilitators = [demo_site.newcomer(name) for name in ("Kofi", "Amina")]
        with demo_site.app.app_context():
            slug = group_of(rosa, name="Small circle", visibility=Visibility.UNLISTED)
            for one in facilitators:
                factories.make_membership(find_group_of(slug), account_of(one), Role.FACILITATOR)
        window = open_window(demo_site, rosa, way)
        window.visit(f"/groups/{slug}")
        window.follow("Plan sessions")
        window.tick("Tuesday")
        window.write("Starts at", "19:00")
        window.write("Place", TYPED["Place"])
        window.tick("Kofi")
        window.tick("Amina")
        window.press("Plan it")
        window.says("Your sessions are planned.")
        for number in (0, 1):
            window.visit(f"/groups/{slug}")
            window.go(window.main.locator(".dates__title a").nth(number))
            window.says(re.compile(r"Led by\s+Amina, Kofi"))
            with demo_site.app.app_context():
                leaders = {one.display_name for one in find_session_of(window.path).facilitators}
            assert leaders == {"Amina", "Kofi"}

    def test_dates_are_checked_before_they_are_planned(
        self, demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone
    ) -> None:
        window = open_window(demo_site, rosa, way)
        window.visit("/groups/new/when")
        window.tick("Monday")
        window.write("Starts at", "10:30")
        if way is Way.PLAIN:
            window.press("Check dates")
        # With a script the same words come by themselves.
        window.says("Every Monday, 10:30–12:00, London time.")
        expect(window.main.locator("[data-part='dates'] time").first).to_contain_text("Monday")
        window.press("Back")
        window.heads("What is your group for?")
        window.visit("/groups/new/when")
        expect(window.main.get_by_label("Starts at")).to_have_value("10:30")
