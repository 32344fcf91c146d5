"""A tour of the site for one visitor: pages by links, forms sent empty, and refusals."""

import re
from collections.abc import Iterator

from playwright.sync_api import expect

from supportgroups.accounts.services.tries import SIGN_INS_PER_ACCOUNT, count_sign_in_to
from supportgroups.calendars.models import Discretion
from supportgroups.calendars.services import create_feed_link, revoke_feed_link
from supportgroups.clock import utc_now
from tests.browser.crawl import walk
from tests.browser.site import Site, Someone, account_of
from tests.browser.window import Window

GUEST = "a guest"
#: Who looks, and what they open besides what links lead to.
STARTS = {
    GUEST: ("/", "/check-mail", "/goodbye", "/dev/mail", "/dev/components", "/groups?q=zzz"),
    "Sam": ("/my", "/"),
    "Rosa": ("/my", "/"),
}
#: What to press on a form that was not filled in, so that it says what is missing.
UNFILLED = {
    "accounts.email": "Mail me a link",
    "accounts.password": "Save the password",
    "accounts.sign_in": "Sign in",
    "accounts.sign_up": "Sign up",
    "calendars.create_link": "Make the address",
    "groups.create": "Start the group",
    "groups.join": "Join the group",
    "groups.members": "Make a link",
    "sessions.create_series": "Plan it",
}
#: Addresses that are refused, and how.
REFUSED = {
    "/nothing-here": 404,
    "/account/devices/end-others": 405,
    "/sign-in/used-long-ago": 410,
    "/fails": 500,
    "/busy": 503,
}


def tour(window: Window, site: Site, visitor: str) -> Iterator[tuple[str | None, str]]:
    """Show page after page; yield the view and a name for what is shown, while it is open."""
    for endpoint, path in walk(window, site.app, *STARTS[visitor]):
        yield endpoint, path
        button = UNFILLED.get(endpoint)
        target = window.main.get_by_role("button", name=button or "-", exact=True)
        if button is not None and target.count():
            target.click()
            expect(window.page.locator(".error-summary")).to_be_focused()
            expect(window.page).to_have_title(re.compile("^Error: "))
            yield None, f"{path} with errors"
    if visitor == GUEST:
        yield from refusals(window, site)


def refusals(window: Window, site: Site) -> Iterator[tuple[str | None, str]]:
    """Show every page that says no, or that something is broken."""
    window.faults.expected |= {400, 403, 429, *REFUSED.values()}
    for path, status in REFUSED.items():
        window.visit(path)
        yield None, f"{status}"
    window.visit(feed_that_was_switched_off(site))
    yield None, "410 for a calendar"

    window.visit("/sign-in")
    window.page.locator("input[name=csrf_token]").evaluate_all(
        "all => all.forEach(i => i.remove())"
    )
    window.press("Sign in")
    window.heads("That did not work")
    yield None, "400"

    nobody = site.newcomer("Nobody").email
    with site.app.app_context():
        for _try in range(SIGN_INS_PER_ACCOUNT):
            count_sign_in_to(nobody, now=utc_now())
    window.visit("/sign-in")
    window.write("E-mail address", nobody)
    window.write("Password", "not this one")
    window.press("Sign in")
    window.heads("Let's take a short break")
    yield None, "429"


def feed_that_was_switched_off(site: Site) -> str:
    """Return the path of a calendar that somebody does not want to be read any more."""
    someone: Someone = site.newcomer()
    with site.app.app_context():
        link, secret = create_feed_link(
            actor=account_of(someone),
            name="phone",
            group=None,
            discretion=Discretion.NEUTRAL,
            neutral_word="Appointment",
            now=utc_now(),
        )
        revoke_feed_link(link, actor=account_of(someone), now=utc_now())
    return f"/calendar/{secret}.ics"
