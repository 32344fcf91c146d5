"""What every page has to get right for eyes and fingers, whatever it is about."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product

from playwright.sync_api import Page, Response

#: The narrowest window anybody has (a wide one at 400 % zoom), a phone, and a desk.
WIDTHS = (320, 390, 1280)
SCHEMES = ("light", "dark")
MOST_BYTES = 50_000
MOST_REQUESTS = 8

#: Names everything that sticks out of the window. The page clips what does, so that its own scroll
#: width would not tell.
OUTSIDE = """() => {
    const width = document.documentElement.clientWidth;
    const mayStickOut = "table, .table-scroll *, .visually-hidden, .skip";
    const found = [...document.body.querySelectorAll("*")].filter((element) => {
        const box = element.getBoundingClientRect();
        const isShown = box.width > 1 && box.height > 1;
        return isShown && (box.right > width + 1 || box.left < -1) && !element.closest(mayStickOut);
    });
    if (document.documentElement.scrollWidth > innerWidth) found.unshift(document.body);
    return found.slice(0, 3).map((element) => element.outerHTML.slice(0, 120));
}"""
#: Names everything that can have the focus and does not show it. One Tab has been pressed before,
#: so the browser takes the reader for somebody with a keyboard.
UNSEEN_FOCUS = """() => {
    const places = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
    const isSeen = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    const unseen = [];
    for (const element of document.querySelectorAll(places)) {
        element.focus();
        if (document.activeElement !== element) continue;
        // A card whose title is a link shows the focus around itself.
        if (isSeen(getComputedStyle(element)) || isSeen(getComputedStyle(element, "::after"))) continue;
        unseen.push(element.outerHTML.slice(0, 120));
    }
    return unseen;
}"""
#: Names everything to press that is smaller than a fingertip and stands alone (WCAG 2.5.8).
SMALL = """() => [...document.querySelectorAll("button, .button, summary, input, select")]
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([element, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
    .map(([element]) => element.outerHTML.slice(0, 120))"""


@contextmanager
def weighed(page: Page) -> Iterator[list[Response]]:
    """Collect every answer that a page needs, as somebody's first visit would."""
    session = page.context.new_cdp_session(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    answers: list[Response] = []

    def take(answer: Response) -> None:
        answers.append(answer)

    page.on("response", take)
    yield answers
    page.remove_listener("response", take)
    session.detach()


def weight_of(answers: list[Response], known: dict[str, int]) -> int:
    """Return how many bytes travel, packed as a proxy packs them; `known` saves doing it twice."""
    for answer in answers:
        if answer.url not in known or answer.request.is_navigation_request():
            known[answer.url] = len(gzip.compress(answer.body())) if answer.ok else 0
    return sum(known[answer.url] for answer in answers)


def faults_of_layout(page: Page) -> Iterator[str]:
    """Tell what does not fit, in every width and by day and night."""
    for scheme, width in product(SCHEMES, WIDTHS):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        for part in page.evaluate(OUTSIDE):
            yield f"sticks out at {width} px, {scheme}: {part}"
    for part in page.evaluate(SMALL):
        yield f"too small for a finger: {part}"


def faults_of_focus(page: Page) -> Iterator[str]:
    """Tell what hides that it has the focus."""
    page.keyboard.press("Tab")
    for part in page.evaluate(UNSEEN_FOCUS):
        yield f"focus cannot be seen: {part}"
