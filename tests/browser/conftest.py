"""A real browser on a real site: Chromium, gunicorn, a worker, and a window for each person."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Playwright, sync_playwright

from supportgroups.accounts.services.sign_ins import request_sign_in_link
from supportgroups.app import create_app
from supportgroups.clock import utc_now
from supportgroups.db import db
from supportgroups.dev import demo
from tests.browser.pictures import folder_for_pictures
from tests.browser.site import Site, Someone, calendar_address_of, outside_world
from tests.browser.window import Faults, OpenWindow, Way, Window
from tests.conftest import make_config
from tests.outgoing import listen_to
from tests.server import serving, wait_for_a_letter, working

CHROMIUM = "SUPPORTGROUPS_TEST_CHROMIUM"
#: Chromium without the windows that nobody sees here: opening one costs more than the page in it.
QUICK_CHROMIUM = "SUPPORTGROUPS_TEST_HEADLESS_SHELL"
#: Nothing here draws on a graphics card, and the browser has nobody to call.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Dates and times are typed in the order of this language.
    "--lang=en-US",
]

#: Where calendar programs send what their owners answer there.
REPLIES = "reply.example"
#: Where the next window is opened.
PLACES = count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def drive() -> Iterator[Playwright]:
    """What drives browsers."""
    if not os.environ.get(CHROMIUM):
        pytest.skip(f"set {CHROMIUM} to the path of Chromium to look at pages in it")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(drive: Playwright) -> Iterator[Browser]:
    """One browser for nearly all tests: the quick one, if there is one."""
    yield from launched(drive, os.environ.get(QUICK_CHROMIUM) or os.environ[CHROMIUM])


@pytest.fixture(scope="session")
def whole_chromium(drive: Playwright) -> Iterator[Browser]:
    """A browser with all its parts, for the tests that are marked so."""
    yield from launched(drive, os.environ[CHROMIUM])


def launched(drive: Playwright, path: str) -> Iterator[Browser]:
    if not Path(path).exists():
        pytest.skip(f"{path}, which is named as Chromium, is not there")
    browser = drive.chromium.launch(
        executable_path=path,
        args=SWITCHES,
        # Here Chromium reads its language; its headless shell reads it among the switches.
        env={**os.environ, "LANGUAGE": "en_US"},
        # With it the way back shows nothing private even where it would for people.
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def demo_site(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo story on SQLite, served for the whole run; then what went out of it is looked over."""
    app = create_app(make_config(tmp_path_factory.mktemp("demo")))
    listen_to(app)
    with app.app_context():
        upgrade()
        demo.fill_with_demo_data(now=utc_now())
    visitors: list[dict[str, str]] = []
    with (
        outside_world(visitors) as outside,
        serving(
            app,
            workers=1,
            module="tests.browser.served:app",
            TEST_OUTSIDE=outside,
            # Each window says from where it comes: from one place, few people may come.
            TRUSTED_PROXIES="1",
            REPLY_DOMAIN=REPLIES,
        ) as server,
        working(app, base_url=server.base_url, REPLY_DOMAIN=REPLIES),
    ):
        site = Site(app, server.base_url, outside, visitors)
        with app.app_context():
            # The story leaves it to its people whether they want their calendar elsewhere.
            calendar_address_of(site.resident("Sam"))
            # At night the letters of the story wait for the morning, but this one never waits.
            request_sign_in_link(
                site.newcomer("Noor").email, next_path=None, caller="192.0.2.251", now=utc_now()
            )
            wait_for_a_letter(app)
        yield site
    with app.app_context():
        db.engine.dispose()
    assert app.extensions["ear"].look_over() == [], "what went out tells too much"


@pytest.fixture
def fresh_site(chromium: Browser, live_app: Flask) -> Iterator[Site]:
    """An empty site, on each kind of database."""
    with serving(live_app) as server, working(live_app, base_url=server.base_url):
        yield Site(live_app, server.base_url)


@pytest.fixture(params=list(Way), ids=lambda way: str(way).replace(" ", "-"))
def way(request: pytest.FixtureRequest) -> Way:
    """How the person of this test uses the site."""
    found: Way = request.param
    return found


@pytest.fixture
def rosa(demo_site: Site) -> Someone:
    """Somebody who runs groups that nobody else looks for."""
    return demo_site.newcomer("Rosalind")


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where pictures of pages are put."""
    return folder_for_pictures(tmp_path)


@pytest.fixture
def open_window(request: pytest.FixtureRequest) -> Iterator[OpenWindow]:
    """Open windows; when the test is over, no page in any of them may have had a fault."""
    is_whole = request.node.get_closest_marker("whole_browser") is not None
    browser: Browser = request.getfixturevalue("whole_chromium" if is_whole else "chromium")
    windows: list[Window] = []

    def open_one(
        site: Site,
        someone: Someone | None = None,
        way: Way = Way.SCRIPTED,
        width: int = 1280,
        locale: str = "en-GB",
    ) -> Window:
        context = browser.new_context(
            java_script_enabled=way is not Way.PLAIN,
            locale=locale,
            timezone_id="Europe/London",
            # Colours change at once, so that nobody looks at a page half-way between two.
            reduced_motion="reduce",
            viewport={"width": width, "height": 900},
            extra_http_headers={"X-Forwarded-For": f"192.0.2.{next(PLACES) % 250}"},
        )
        context.set_default_timeout(15_000)
        if someone is not None:
            context.add_cookies(
                [{"name": "session", "value": someone.cookie, "url": site.base_url}]
            )
        faults = Faults(site.base_url, site.outside)
        faults.listen(context)
        windows.append(Window(context, faults, keyboard=way is Way.KEYBOARD))
        return windows[-1]

    yield open_one
    for window in windows:
        window.context.close()
    assert [fault for window in windows for fault in window.faults.found] == []
