"""A session that moves by a week, and one that snow cancels two hours before (journeys J4 and J5)."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.site import Site, Someone, group_of, weekly_sessions_of
from tests.browser.window import OpenWindow, Way, Window

DATES = [Way.SCRIPTED, Way.PLAIN]


@pytest.fixture
def rosa(fresh_site: Site) -> Someone:
    """Somebody who organizes a group."""
    return fresh_site.newcomer("Rosa")


@pytest.fixture
def sam(fresh_site: Site) -> Someone:
    """A member of it."""
    return fresh_site.newcomer("Sam")


@pytest.fixture
def tess(fresh_site: Site) -> Someone:
    """Another one, who has to wait."""
    return fresh_site.newcomer("Tess")


@pytest.fixture
def noor(fresh_site: Site) -> Someone:
    """One more, who is not sure."""
    return fresh_site.newcomer("Noor")


@pytest.fixture
def sessions(
    fresh_site: Site, rosa: Someone, sam: Someone, tess: Someone, noor: Someone
) -> list[str]:
    """The addresses of its sessions, which have one place each."""
    with fresh_site.app.app_context():
        slug = group_of(rosa, sam, tess, noor, name="Lantern circle")
        return weekly_sessions_of(slug, rosa, capacity=1)


@pytest.mark.parametrize("way", DATES, ids=["with-JavaScript", "without-JavaScript"])
def test_moved_by_a_week_and_cancelled(
    fresh_site: Site,
    open_window: OpenWindow,
    way: Way,
    rosa: Someone,
    sam: Someone,
    tess: Someone,
    noor: Someone,
    sessions: list[str],
    pictures: Path,
) -> None:
    """One test for both, because each server takes seconds to start."""
    organizer = open_window(fresh_site, rosa, way)
    member = open_window(fresh_site, sam, way, width=390)
    moved, other, cancelled = sessions[1], sessions[2], sessions[3]
    for session in (moved, other, cancelled):
        member.visit(session)
        member.press("I’m coming")
        member.heads("You’re expected")

    move_one_date_alone(organizer, moved)
    member.visit(moved)
    member.says("You answered for")
    member.says("Your place is kept until you answer.")
    member.page.screenshot(path=pictures / f"asked-again-{way}.png")
    member.press("I’m coming")
    member.heads("You’re expected")
    member.visit(other)
    member.says("You’re expected")

    undo_it(organizer, moved)
    member.visit(moved)
    member.says("Are you still coming?")

    waiting = open_window(fresh_site, tess, way)
    waiting.visit(cancelled)
    waiting.press("Join the waiting list")
    unsure = open_window(fresh_site, noor, way)
    unsure.visit(cancelled)
    unsure.press("Maybe")
    unsure.says("You said maybe")
    snow_cancels(organizer, cancelled)
    organizer.page.screenshot(path=pictures / f"door-notice-{way}.png")
    fresh_site.hurry_letters()
    assert member.read_letter(sam.email) == "Cancelled"
    member.says("This session is cancelled. It does not take place:")
    assert waiting.read_letter(tess.email) == "Cancelled"
    assert unsure.read_letter(noor.email) == "Cancelled"
    member.visit(cancelled)
    member.says("Snow")
    member.says(re.compile("The next date is"))
    member.follow("Lantern circle")
    row = member.main.locator(f'li:has(a[href="{cancelled}"])')
    expect(row).to_contain_text("Cancelled")

    fresh_site.let_pass([cancelled], by=timedelta(weeks=5))
    the_numbers_say_so(organizer, cancelled)


def snow_cancels(window: Window, session: str) -> None:
    """Cancel a session, and go on to the notice for the door."""
    window.visit(session)
    window.follow("Cancel it")
    window.write("Why, in a few words", "Snow")
    window.press("Cancel the session")
    window.says("This session is cancelled")
    window.follow("Notice for the door")
    window.heads("Today’s session does not take place")
    window.says("Snow")


def move_one_date_alone(window: Window, session: str) -> None:
    """Move one date by a week, and read first what members will read."""
    window.visit(session)
    window.follow("Change or move")
    day = date.fromisoformat(window.main.get_by_label("Day").input_value()) + timedelta(weeks=1)
    window.tick("Only this one")
    window.write("Day", day.isoformat())
    window.press("Save")
    window.heads("Before you save")
    window.says("One session changes.")
    window.says("A session of yours has a new time.")
    window.press("Do it and tell them")
    window.says("You can undo it until")


def undo_it(window: Window, session: str) -> None:
    """Take the move back."""
    window.visit(session)
    window.press("Undo")
    window.says("Undone. All is as it was before.")


def the_numbers_say_so(window: Window, session: str) -> None:
    """Read among the numbers of the group that its only session so far did not take place."""
    window.visit(session)
    window.follow("Lantern circle")
    window.unfold("More")
    window.follow("Numbers")
    window.says("The last session did not take place.")
    expect(window.main.get_by_role("table")).to_contain_text("Cancelled: Snow")
