"""What the product is for, from a stranger's first visit to a session that moved in their calendar.

A newcomer signs up, joins, answers and takes their sessions into their own calendar; Rosa sees how
many come, moves one session and cancels another; calendar, pages and letters follow.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from supportgroups.clock import to_utc
from tests.browser.site import Site, Someone, group_of, weekly_sessions_of
from tests.browser.window import OpenWindow, Way, Window
from tests.subscriber import CalendarProgram, needs_subscriber

GROUP = "Lantern Street evening circle"
EMAIL = "robin@example.org"

pytestmark = [pytest.mark.subscriber, needs_subscriber]


@pytest.fixture
def rosa(fresh_site: Site) -> Someone:
    """Somebody who organizes a listed group."""
    return fresh_site.newcomer("Rosa")


@pytest.fixture
def sessions(fresh_site: Site, rosa: Someone) -> list[str]:
    """The addresses of the sessions of Rosa's group."""
    with fresh_site.app.app_context():
        return weekly_sessions_of(group_of(rosa, name=GROUP), rosa)


@pytest.mark.parametrize(
    "way", [Way.SCRIPTED, Way.PLAIN], ids=["with-JavaScript", "without-JavaScript"]
)
def test_from_the_first_visit_to_a_calendar_that_follows(
    fresh_site: Site,
    open_window: OpenWindow,
    way: Way,
    rosa: Someone,
    sessions: list[str],
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """One long test: each part stands on the one before, and each server takes seconds to start."""
    member = open_window(fresh_site, way=way, width=390)
    organizer = open_window(fresh_site, rosa, way)
    moved, cancelled, untouched = sessions[1], sessions[4], sessions[6]

    sign_up(member)
    join(member)
    record_property("presses until a member", member.presses)
    record_property("fields until a member", member.fields)
    answer(member, moved, "I’m coming", "You’re expected")
    calendar = CalendarProgram(tmp_path / "home", make_calendar_address(member, way))
    record_property("presses until the calendar", member.presses)
    record_property("fields until the calendar", member.fields)

    organizer.visit(moved)
    organizer.says("1 coming")

    calendar.sync()
    old = start_of(organizer, moved)
    assert [row.title for row in calendar.shown().values()] == ["Appointment"]
    assert set(calendar.shown()) == {old}

    answer(member, cancelled, "I’m coming", "You’re expected")
    answer(member, untouched, "Maybe", "You said maybe")
    calendar.sync()
    before = calendar.items()
    kept = start_of(organizer, untouched)
    assert set(before) == {old, start_of(organizer, cancelled), kept}

    new = move_by_a_week(organizer, moved)
    off = cancel(organizer, cancelled)
    calendar.sync()
    after = calendar.items()
    assert set(after) == {new, off, kept}
    assert after[kept] == before[kept]
    shown = calendar.shown()
    assert [shown[start].title for start in (new, off, kept)] == [
        "Appointment",
        "Cancelled: Appointment",
        "Appointment",
    ]

    the_page_of_the_member_says_so(member, moved, cancelled)
    fresh_site.hurry_letters()
    the_letter_says_so(member)


def sign_up(window: Window) -> None:
    """Come as a stranger, and go on from the letter in the same browser."""
    window.visit("/")
    window.follow_at_the_head("Sign up")
    window.write("Name to use here", "Robin")
    window.write("E-mail address", EMAIL)
    window.press("Sign up")
    window.heads("Check your mail")
    window.follow("Open the mailbox")
    window.read_letter(EMAIL)
    window.follow_letter()
    window.press("Make my account")
    assert window.path == "/my"


def join(window: Window) -> None:
    """Find the group and join it."""
    window.follow_at_the_head("Find a group")
    window.follow(GROUP)
    window.follow("Join the group")
    window.tick("I have read the group agreement and I will keep to it")
    window.press("Join the group")
    window.heads(GROUP)
    window.says("You are here as Robin.")


def answer(window: Window, session: str, button: str, heading: str) -> None:
    """Answer on the page of a session."""
    window.visit(session)
    window.press(button)
    window.heads(heading)


def make_calendar_address(window: Window, way: Way) -> str:
    """Go on from an answer to a calendar address, and copy it as a person would."""
    window.follow("Follow all my sessions")
    window.follow("Make an address")
    window.write("Name", "phone")
    window.press("Make the address")
    field = window.main.get_by_label("Or copy the address")
    if way is Way.PLAIN:
        expect(window.main.get_by_role("button", name="Copy")).to_have_count(0)
        return field.input_value()
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.main.get_by_role("button", name="Copy").click()
    expect(window.main.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    copied: str = window.page.evaluate("navigator.clipboard.readText()")
    assert copied == field.input_value()
    return copied


def start_of(window: Window, session: str) -> datetime:
    """Return when a session starts, as its page says."""
    window.visit(session)
    moment = window.main.locator(".page-head time").first.get_attribute("datetime")
    return datetime.fromisoformat(str(moment))


def move_by_a_week(window: Window, session: str) -> datetime:
    """Move a session, and return when it now starts."""
    window.visit(session)
    window.follow("Change or move")
    day = date.fromisoformat(window.main.get_by_label("Day").input_value()) + timedelta(weeks=1)
    window.write("Day", day.isoformat())
    window.press("Save")
    window.heads("Before you save")
    window.press("Do it and tell them")
    window.says("This session was moved")
    new = start_of(window, session)
    assert new == to_utc(
        datetime.combine(day, datetime.min.time()).replace(hour=19), "Europe/London"
    )
    return new


def cancel(window: Window, session: str) -> datetime:
    """Cancel a session, and return when it would have started."""
    window.visit(session)
    window.follow("Cancel it")
    window.write("Why, in a few words", "The hall is flooded")
    window.press("Cancel the session")
    window.says("This session is cancelled")
    return start_of(window, session)


def the_page_of_the_member_says_so(window: Window, moved: str, cancelled: str) -> None:
    """See both changes among one's own sessions, and on their pages."""
    window.visit("/my")
    for session, words in ((moved, "Moved"), (cancelled, "Cancelled")):
        entry = window.main.locator("li").filter(has=window.page.locator(f'a[href="{session}"]'))
        expect(entry).to_contain_text(words)
    window.visit(moved)
    window.says("Does this still work for you?")
    window.visit(cancelled)
    window.says("The hall is flooded")


def the_letter_says_so(window: Window) -> None:
    """Read the one letter about both changes, with nothing in its subject."""
    subject = window.read_letter(EMAIL)
    assert not re.search("lantern|tea", subject, re.IGNORECASE)
    window.says("Some sessions of yours have changed.")
    window.says(re.compile(r"A new time\s+It was: "))
    window.says(re.compile(r"Cancelled\s+\w+day \d+ "))
