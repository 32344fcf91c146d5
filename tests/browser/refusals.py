"""Every page that says no, or that something is broken."""

from collections.abc import Iterator

from playwright.sync_api import Response

from supportgroups.accounts.services.tries import SIGN_INS_PER_ACCOUNT, count_sign_in_to
from supportgroups.clock import utc_now
from tests.browser.inspection import Inspector
from tests.browser.site import Site
from tests.browser.window import Window

#: Addresses that are refused, and how.
REFUSED = {
    "/nothing-here": 404,
    "/account/devices/end-others": 405,
    "/sign-in/used-long-ago": 410,
    "/fails": 500,
    "/busy": 503,
}


def refusals(window: Window, site: Site, inspector: Inspector) -> Iterator[tuple[str, Response]]:
    """Show one page after the other; yield a name for it and the answer, while it is open."""
    window.faults.expected |= {400, 403, 429, *REFUSED.values()}
    for path, status in REFUSED.items():
        yield str(status), inspector.open(path)

    inspector.open("/sign-in")
    window.page.locator("input[name=csrf_token]").evaluate_all(
        "all => all.forEach(i => i.remove())"
    )
    yield "400", sign_in(window, inspector)
    window.heads("That did not work")

    nobody = site.newcomer("Sunniva").email
    with site.app.app_context():
        for _try in range(SIGN_INS_PER_ACCOUNT):
            count_sign_in_to(nobody, now=utc_now())
    inspector.open("/sign-in")
    window.write("E-mail address", nobody)
    window.write("Password", "not this one")
    yield "429", sign_in(window, inspector)
    window.heads("Let’s take a short break")


def sign_in(window: Window, inspector: Inspector) -> Response:
    """Press the button, and return what comes of it."""
    inspector.scales.clear()
    with window.page.expect_navigation() as navigation:
        window.main.get_by_role("button", name="Sign in", exact=True).click()
    return navigation.value
