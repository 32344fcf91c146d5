"""Every page of the demo story, for everybody in it, by day and night, on a phone and at a desk."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.browser.checkers import faults_of_html, needs_checkers
from tests.browser.crawl import APART, SAMPLES, Found, Seen, crawl
from tests.browser.inspection import (
    Inspector,
    faults_of_refusal,
    forms_to_send_empty,
    send_empty,
)
from tests.browser.looks import PHONE
from tests.browser.refusals import refusals
from tests.browser.site import Site, Someone
from tests.browser.window import OpenWindow, Window
from tests.house.pages import faults

GUEST = "guest"
#: Who looks at the pages, and who of the demo story that is.
VISITORS = {
    GUEST: None,
    "newcomer": "Stan",
    "member": "Sam",
    "facilitator": "Kofi",
    "organizer": "Rosa",
    "site admin": "Ola",
}
#: These views need a letter, an address that is shown once, or a change; journeys go there.
ONLY_BY_JOURNEY = frozenset(
    {
        "accounts.come_back",
        "accounts.confirm_email",
        "accounts.confirm_sign_up",
        "accounts.use_sign_in_link",
        "calendars.show_address",
        "exchange.review_import",
        "exchange.undo_import",
        "calendars.stop_invitations",
        "groups.accept_agreement",
        "groups.accept_invitation",
        "guides.offline",
        "insight.count_by_link",
        "notices.answer",
        "notices.stop",
        "rsvps.answer_offer",
        # The course of the demo site belongs to a group that is not listed.
        "rsvps.come_to_course",
        "rsvps.might_come",
        "sessions.lift_site_break",
        "volunteering.answer_by_link",
        "volunteering.pass_on_by_link",
    }
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What was looked at in this run, in whichever process."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "seen"
    folder.mkdir(exist_ok=True)
    return Seen(folder)


def somebody(site: Site, visitor: str) -> Someone | None:
    """Return who of the demo story this visitor is."""
    name = VISITORS[visitor]
    return None if name is None else site.resident(name)


def test_every_view_is_found_and_every_link_leads_somewhere(demo_site: Site) -> None:
    reached: set[str] = set()
    wrong: list[str] = []
    for visitor in VISITORS:
        for found in crawl(demo_site.app, somebody(demo_site, visitor)):
            reached.add(found.endpoint)
            if found.status >= 400 and found.came_from is not None:
                wrong.append(f"{found.came_from} leads {visitor} to {found.status}: {found.path}")
            wrong += [
                f"{found.path} for {visitor}: {fault}"
                for fault in faults(found.page, own_address="http://localhost")
            ]
    assert not wrong, "\n".join(wrong)
    views = {
        rule.endpoint
        for rule in demo_site.app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
    }
    missed = sorted(views - APART - reached - ONLY_BY_JOURNEY)
    assert not missed, f"no link leads to these views: {', '.join(missed)}"


@needs_checkers
@pytest.mark.parametrize("visitor", VISITORS)
def test_every_page_is_right(
    demo_site: Site,
    open_window: OpenWindow,
    visitor: str,
    seen: Seen,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    someone = somebody(demo_site, visitor)
    window = open_window(demo_site, someone, width=PHONE)
    inspector = Inspector(window.page, demo_site.base_url, is_guest=someone is None)
    wrong: list[str] = []
    again = 0
    with inspector.scales.beside(window.page):
        for found in crawl(demo_site.app, someone):
            if not found.is_page or not found.is_new:
                continue
            if not seen.note("pages", [found.mark]):
                # Another visitor got the same bytes, so the same would be found.
                again += 1
                continue
            is_known = not seen.note(found.endpoint, found.shape)
            wrong += faults_of_page(window, inspector, found, is_known=is_known)
        if someone is None:
            for name, answer in refusals(window, demo_site, inspector):
                wrong += inspector.look(name, answer)
    wrong += faults_of_html(inspector.html, tmp_path)
    record_property("pages", inspector.looks)
    record_property("pages that another visitor got byte for byte", again)
    record_property("heaviest page", f"{inspector.heaviest[1]}: {inspector.heaviest[0]} bytes")
    assert not wrong, "\n".join([f"{len(wrong)} faults of pages for a {visitor}:", *wrong])


def faults_of_page(
    window: Window, inspector: Inspector, found: Found, *, is_known: bool
) -> Iterator[str]:
    """Open a page, look at it, then send each of its forms without what it needs.

    :param is_known: whether pages of other visitors held all that it is made of
    """
    window.faults.expected |= {400, 422}
    name = f"{found.path} ({found.endpoint})"
    answer = inspector.open(found.path)
    is_sample = found.endpoint == SAMPLES
    forms = 0 if is_sample else len(forms_to_send_empty(window.page))
    yield from inspector.look(name, answer, is_heavy=is_sample, is_known=is_known)
    for number in range(forms):
        name_when_empty = f"{name} with nothing in form {number + 1}"
        inspector.open(found.path)
        inspector.scales.clear()
        answer = send_empty(window.page, forms_to_send_empty(window.page)[number])
        yield from (f"{name_when_empty}: {fault}" for fault in faults_of_refusal(window.page))
        yield from inspector.look(name_when_empty, answer, is_known=is_known)
