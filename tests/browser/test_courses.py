"""A course on an old phone: enrolling by name, missing a date, the next course (journeys J1b and J10)."""

from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from supportgroups.clock import utc_now
from supportgroups.sessions.models import Series
from tests import factories
from tests.browser.site import Site, Someone, find_group_of, group_of
from tests.browser.window import OpenWindow, Way, Window

PHONE = 320
A_DAY = timedelta(days=1)


@pytest.fixture
def slug(demo_site: Site, rosa: Someone) -> str:
    """Her group."""
    with demo_site.app.app_context():
        return group_of(rosa, name="Harbour circle")


def course_of(
    slug: str, *, began: timedelta, title: str = "Steady steps", capacity: int = 1
) -> str:
    """Make a course whose first date was so long ago, and return its page."""
    first = (utc_now() - began).replace(tzinfo=None, minute=0, second=0, microsecond=0)
    course: Series = factories.make_course(
        find_group_of(slug), weeks=4, capacity=capacity, title=title, wall_starts_at=first
    )
    return f"/groups/{slug}/courses/{course.public_id}"


def test_enrolling_once_and_missing_a_date(
    demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone, slug: str
) -> None:
    with demo_site.app.app_context():
        page = course_of(slug, began=-timedelta(days=7))
    mina = open_window(demo_site, way=way, width=PHONE)
    mina.visit(f"/groups/{slug}")
    mina.follow("Steady steps")
    mina.says("One place left. You enrol once, for all dates ahead.")
    mina.follow("Enrol")
    expect(mina.main.locator("[required]")).to_have_count(1)
    mina.write("Name to use here", "Mina")
    mina.press("Enrol")
    mina.says("You’re enrolled")
    mina.says("Keep your own link")
    assert (mina.presses, mina.fields) == (3, 1)
    mina.go(mina.main.locator("#dates-title + ol a").nth(1))
    mina.press("Can’t come this time")
    mina.visit(page)
    mina.says("You can’t come")
    mina.says("You’re enrolled")
    late = open_window(demo_site, way=way, width=PHONE)
    late.visit(page)
    late.says("The course is full.")
    organizer = open_window(demo_site, rosa, way)
    organizer.visit(page)
    organizer.follow("Add a date")
    organizer.press("Add it")
    organizer.says("Extra session")
    organizer.follow("Who is in it")
    organizer.says("Mina")


def test_a_week_moves_alone_unless_the_later_ones_are_meant_too(
    demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone, slug: str
) -> None:
    with demo_site.app.app_context():
        page = course_of(slug, began=-timedelta(days=7))
    organizer = open_window(demo_site, rosa, way)
    before = days_of(organizer, page)
    move_third_week(organizer, page, "This date and all later ones, by the same shift")
    assert days_of(organizer, page) == [*before[:2], before[2] + A_DAY, before[3] + A_DAY]
    move_third_week(organizer, page, "Only this date")
    assert days_of(organizer, page) == [*before[:2], before[2] + 2 * A_DAY, before[3] + A_DAY]
    # From where it stands now, the others come along by one day.
    move_third_week(organizer, page, "This date and all later ones, by the same shift")
    assert days_of(organizer, page) == [*before[:2], before[2] + 3 * A_DAY, before[3] + 2 * A_DAY]


def days_of(window: Window, page: str) -> list[date]:
    """Return the days of a course, as its page shows them."""
    window.visit(page)
    shown = window.main.locator("#dates-title + ol time")
    return [
        datetime.fromisoformat(str(one.get_attribute("datetime"))).date() for one in shown.all()
    ]


def move_third_week(window: Window, page: str, which: str) -> None:
    """Move the third date of a course by a day, alone or with those that follow."""
    window.visit(page)
    window.go(window.main.locator("#dates-title + ol a").nth(2))
    window.follow("Change or move")
    day = date.fromisoformat(window.main.get_by_label("Day").input_value()) + A_DAY
    window.tick(which)
    window.write("Day", day.isoformat())
    window.press("Save")
    window.says("One session changes." if which == "Only this date" else "2 sessions change.")
    window.says("Nobody has said yes or maybe so far, so nobody gets a message.")
    window.press("Do it")
    window.says("You can undo it until")


def test_after_the_last_date_it_says_how_many_came_to_most_of_it(
    demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone, slug: str
) -> None:
    with demo_site.app.app_context():
        page = course_of(slug, began=-timedelta(days=7), capacity=2)
    for name, missed in (("Mina", [1]), ("Lea", [1, 2])):
        guest = open_window(demo_site, way=way, width=PHONE)
        guest.visit(page)
        guest.follow("Enrol")
        guest.write("Name to use here", name)
        guest.press("Enrol")
        guest.says("You’re enrolled")
        dates = dates_of(guest)
        for number in missed:
            guest.visit(dates[number])
            guest.press("Can’t come this time")
    organizer = open_window(demo_site, rosa, way)
    organizer.visit(f"{page}/people")
    organizer.says("2 enrolled")
    expect(organizer.main).not_to_contain_text("said yes")
    demo_site.let_pass(dates, by=timedelta(weeks=5))
    organizer.visit(page)
    organizer.follow("Who is in it")
    organizer.says("2 people were enrolled.")
    organizer.says("One of them said yes to at least 3 of its dates.")


def dates_of(window: Window) -> list[str]:
    """Return the pages of the dates that the page of a course lists."""
    links = window.main.locator("#dates-title + ol a")
    return [str(link.get_attribute("href")) for link in links.all()]


def test_too_late_for_this_one_and_told_of_the_next(
    demo_site: Site, open_window: OpenWindow, way: Way, rosa: Someone, slug: str
) -> None:
    with demo_site.app.app_context():
        page = course_of(slug, began=timedelta(days=10))
    mina = open_window(demo_site, way=way, width=PHONE)
    mina.visit(page)
    mina.says("Nobody new joins any more.")
    mina.follow("Put me on the list")
    mina.write("Name to use here", "Mina")
    mina.press("Put me on the list")
    mina.says("You are on the list for the next course")
    with demo_site.app.app_context():
        course_of(slug, began=-timedelta(days=30), title="Steadier steps")
    organizer = open_window(demo_site, rosa, way)
    organizer.visit(f"{page}/people")
    organizer.press("Tell them it is planned")
    organizer.says("One person is being told.")
    mina.visit("/my")
    mina.says("The next course is planned")
    mina.follow("Steady steps")
    mina.follow("Look at it")
    mina.press("Enrol")
    mina.says("You’re enrolled")
    # It is the next course that she is in.
    assert mina.path != page
