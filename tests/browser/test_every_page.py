"""Every page of the demo story, for a guest, a member and an organizer, in every width and light."""

import json
import os
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from tests.browser.crawl import HEAVY, ONLY_BY_JOURNEY, page_endpoints
from tests.browser.looks import (
    MOST_BYTES,
    MOST_REQUESTS,
    SCHEMES,
    faults_of_focus,
    faults_of_layout,
    weighed,
    weight_of,
)
from tests.browser.site import Site
from tests.browser.tour import GUEST, STARTS, tour
from tests.browser.window import OpenWindow, Window

AXE = "SUPPORTGROUPS_TEST_AXE"
#: What can differ between day and night, or between a phone and a desk, once all of the rules have
#: looked at the page on a phone by day.
RULES_OF_SIGHT = ["color-contrast", "target-size", "scrollable-region-focusable"]


def visit_as(open_window: OpenWindow, site: Site, visitor: str) -> Window:
    """Open a window on a phone for somebody of the demo story."""
    return open_window(site, None if visitor == GUEST else site.resident(visitor), width=390)


def test_every_page_fits_and_shows_where_the_focus_is(
    demo_site: Site, open_window: OpenWindow, record_property: Callable[[str, object], None]
) -> None:
    reached: set[str] = set()
    faults: list[str] = []
    known: dict[str, int] = {}
    heaviest, states = (0, ""), 0
    for visitor in STARTS:
        window = visit_as(open_window, demo_site, visitor)
        with weighed(window.page) as answers:
            for endpoint, name in tour(window, demo_site, visitor):
                states += 1
                what = f"{name} for {visitor}"
                window.page.wait_for_load_state("load")
                if endpoint is not None:
                    reached.add(endpoint)
                    # Where a link leads elsewhere first, that way is no part of the page.
                    parts = [answer for answer in answers if answer.status != 303]
                    weight = weight_of(parts, known)
                    is_too_much = weight > MOST_BYTES or len(parts) > MOST_REQUESTS
                    heaviest = max(heaviest, (weight, what))
                    if is_too_much and endpoint not in HEAVY:
                        faults.append(f"{what}: {weight} bytes in {len(parts)} requests")
                faults += [f"{what}: {fault}" for fault in faults_of_layout(window.page)]
                faults += [f"{what}: {fault}" for fault in faults_of_focus(window.page)]
                answers.clear()
    record_property("states", states)
    record_property("heaviest page", f"{heaviest[1]}: {heaviest[0]} bytes")
    assert not faults, "\n".join(faults)
    assert page_endpoints(demo_site.app) - reached == ONLY_BY_JOURNEY


@pytest.mark.parametrize("visitor", STARTS)
def test_axe_finds_nothing(
    demo_site: Site,
    open_window: OpenWindow,
    visitor: str,
    record_property: Callable[[str, object], None],
) -> None:
    if AXE not in os.environ:
        pytest.skip(f"set {AXE} to the path of axe.min.js (npm: axe-core) to let it look as well")
    axe = Path(os.environ[AXE]).read_text()
    window = visit_as(open_window, demo_site, visitor)
    found: list[str] = []
    runs = 0
    for _endpoint, name in tour(window, demo_site, visitor):
        window.page.evaluate(axe)
        for scheme, width in product(SCHEMES, (390, 1280, 320)):
            window.page.emulate_media(color_scheme=scheme)
            window.page.set_viewport_size({"width": width, "height": 900})
            rules = [] if (scheme, width) == ("light", 390) else RULES_OF_SIGHT
            found += [f"{name}, {scheme}, {width}: {line}" for line in findings(window, rules)]
            runs += 1
    record_property("axe runs", runs)
    assert not found, "\n".join(found)


def findings(window: Window, rules: list[str]) -> list[str]:
    """Return what axe calls wrong, and what it cannot decide; with `rules`, by these alone."""
    options = {
        "resultTypes": ["violations", "incomplete"],
        "rules": {"target-size": {"enabled": True}},
    }
    if rules:
        options["runOnly"] = rules
    result = window.page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return [
        f"{kind}: {finding['id']} at {', '.join(str(node['target']) for node in finding['nodes'][:3])}"
        for kind in ("violations", "incomplete")
        for finding in result[kind]
    ]
