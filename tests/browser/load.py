"""What a page costs who opens it: bytes, requests, jumps, and what it leaves behind."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Response

#: pages.md, The bar. Bytes travel packed, as a proxy packs them.
MOST_BYTES = 50_000
MOST_REQUESTS = 8
MOST_BYTES_OF = {"stylesheet": 15_000, "script": 8_000, "font": 0}

#: How far parts of the page jumped while it opened.
SHIFTS = """() => new Promise((resolve) => {
    const shifts = [];
    const observer = new PerformanceObserver((list) => shifts.push(...list.getEntries()));
    observer.observe({ type: "layout-shift", buffered: true });
    requestAnimationFrame(() => setTimeout(() => {
        shifts.push(...observer.takeRecords());
        resolve(shifts.reduce((sum, shift) => sum + shift.value, 0));
    }));
})"""
#: What of the reader's visit stays in the browser.
STORED = """async () => [
    ...Object.keys(localStorage), ...Object.keys(sessionStorage),
    ...(await indexedDB.databases()).map((found) => found.name),
    ...(isSecureContext ? await caches.keys() : []),
    ...(await navigator.serviceWorker?.getRegistrations() ?? []).map((found) => found.scope),
]"""


class Scales:
    """Weighs every page of a window, as on somebody's first visit."""

    def __init__(self) -> None:
        self.answers: list[Response] = []
        #: What the last page weighed.
        self.total = 0
        # What was weighed before, because packing takes time.
        self._known: dict[str, int] = {}

    @contextmanager
    def beside(self, page: Page) -> Iterator[None]:
        """Take in every answer that the page gets."""
        session = page.context.new_cdp_session(page)
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        page.on("response", self._take)
        yield
        page.remove_listener("response", self._take)
        session.detach()

    def clear(self) -> None:
        """Forget what has come so far, before another page opens."""
        self.answers.clear()

    def faults(self) -> Iterator[str]:
        """Tell what is too heavy of the page that has opened."""
        # Where a link leads elsewhere first, that way is no part of the page.
        parts = [answer for answer in self.answers if answer.status != 303]
        # What came before the page itself was asked for by typing on the page before it.
        pages = [n for n, answer in enumerate(parts) if answer.request.is_navigation_request()]
        parts = parts[max(pages, default=0) :]
        weights = [(part.request.resource_type, self._weight(part)) for part in parts]
        self.total = sum(weight for _kind, weight in weights)
        if self.total > MOST_BYTES or len(parts) > MOST_REQUESTS:
            yield f"{self.total} bytes in {len(parts)} requests"
        for kind, most in MOST_BYTES_OF.items():
            found = [weight for of, weight in weights if of == kind]
            if found and (sum(found) > most or not most):
                yield f"{sum(found)} bytes of {kind}"

    def _take(self, answer: Response) -> None:
        self.answers.append(answer)

    def _weight(self, answer: Response) -> int:
        if answer.request.is_navigation_request():
            return len(gzip.compress(answer.body()))
        if answer.url not in self._known:
            self._known[answer.url] = _packed(answer)
        return self._known[answer.url]


def _packed(answer: Response) -> int:
    """Return how many bytes an answer has when it travels packed."""
    if answer.request.resource_type == "other":
        # Nobody gets to see the little picture of the tab but the browser itself.
        return answer.request.sizes()["responseBodySize"]
    return len(gzip.compress(answer.body())) if answer.ok else 0


def faults_of_opening(page: Page) -> Iterator[str]:
    """Tell what jumped as the page opened, and what it left in the browser."""
    shift = page.evaluate(SHIFTS)
    if shift:
        yield f"parts of the page jump as it opens, by {shift:.4f}"
    for name in page.evaluate(STORED):
        yield f"keeps {name} in the browser"


def faults_of_cookies(page: Page) -> Iterator[str]:
    """Tell which cookies a guest got without a form, whose token needs a home."""
    if not page.locator("form[method=post]").count():
        for cookie in page.context.cookies():
            yield f"sets a cookie before there is a form: {cookie['name']}"
