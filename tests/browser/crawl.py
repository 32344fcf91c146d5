"""Every page that somebody can come to by links, and some that are reached in other ways."""

from collections import Counter, deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.exceptions import HTTPException

from tests.browser.window import Window

#: How many addresses of a view are looked at; one, where nothing is said.
SEVERAL = {
    "pages.session": 9,
    "pages.group": 6,
    "rsvps.respond": 4,
    "guides.show": 2,
    "dev.letter": 2,
}
#: These send a file, go elsewhere or say one word: they have no page of their own.
PAGELESS = frozenset(
    {
        "static",
        "accounts.clear_cache",
        "accounts.leave",
        "accounts.request_sign_in_link",
        "calendars.group_feed",
        "calendars.private_feed",
        "calendars.session_file",
        "calendars.site_feed",
        "operations.healthz",
        "operations.readyz",
        "operations.robots",
        "fail",
        "be_busy",
    }
)
#: Shown to developers alone, so it may be heavy.
HEAVY = frozenset({"dev.components"})
#: These need a letter, an address that is shown once, or a change: journeys go there.
ONLY_BY_JOURNEY = frozenset(
    {
        "accounts.confirm_email",
        "accounts.confirm_sign_up",
        "accounts.use_sign_in_link",
        "calendars.edit_link",
        "calendars.revoke_link",
        "calendars.show_address",
        "groups.accept_agreement",
        "groups.accept_invitation",
    }
)


def endpoint_of(app: Flask, path: str) -> str | None:
    """Return the view that a path leads to."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(urlsplit(path).path)
    except HTTPException:
        return None
    return str(endpoint)


def page_endpoints(app: Flask) -> set[str]:
    """Return every view that shows a page."""
    rules = app.url_map.iter_rules()
    return {rule.endpoint for rule in rules if "GET" in (rule.methods or ())} - PAGELESS


def walk(window: Window, app: Flask, *starts: str) -> Iterator[tuple[str, str]]:
    """Open page after page by links; yield the view and the path of each while it is open."""
    waiting, seen, visits = deque(starts), set(starts), Counter[str]()
    while waiting:
        path = waiting.popleft()
        endpoint = endpoint_of(app, path)
        if endpoint is None or endpoint in PAGELESS:
            continue
        if visits[endpoint] >= SEVERAL.get(endpoint, 1):
            continue
        visits[endpoint] += 1
        window.visit(path)
        links = window.page.locator("a[href]").evaluate_all(
            "links => links.map((link) => link.getAttribute('href'))"
        )
        yield endpoint, path
        for link in links:
            found = urlsplit(urljoin(window.base_url + path, link))
            target = found._replace(scheme="", netloc="", fragment="").geturl()
            if f"{found.scheme}://{found.netloc}" == window.base_url and target not in seen:
                seen.add(target)
                waiting.append(target)
