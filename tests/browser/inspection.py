"""One look at one page, with everything that is checked on every page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from playwright.sync_api import Locator, Page, Response

from supportgroups.languages import LANGUAGES, RIGHT_TO_LEFT
from tests.browser.checkers import EVERYTHING, SIGHT, Axe
from tests.browser.load import Scales, faults_of_cookies, faults_of_opening
from tests.browser.looks import (
    DESK,
    HALF,
    NARROWEST,
    PHONE,
    faults_of_focus,
    faults_of_order,
    faults_of_size,
    misfits,
    misfits_in_large_letters,
    misfits_with_space,
    turn,
)
from tests.house.pages import Page as Elements
from tests.house.pages import faults

#: What somebody has to type.
MUST_BE_TYPED = ":is(input:not([type=checkbox], [type=radio], [type=hidden]), textarea):required"


@dataclass
class Inspector:
    """Looks at the pages of one window, and keeps their HTML for what looks at that later."""

    page: Page
    base_url: str
    is_guest: bool
    scales: Scales = field(default_factory=Scales)
    html: dict[str, str] = field(default_factory=dict)
    heaviest: tuple[int, str] = (0, "")
    looks: int = 0

    def __post_init__(self) -> None:
        self.axe = Axe(self.page)

    def open(self, path: str) -> Response:
        """Open a page on a phone by day, as somebody who has never been here."""
        turn(self.page, PHONE)
        if self.is_guest:
            self.page.context.clear_cookies()
        self.scales.clear()
        answer = self.page.goto(self.base_url + path)
        assert answer is not None
        return answer

    def look(
        self, name: str, answer: Response, *, is_heavy: bool = False, is_known: bool = False
    ) -> Iterator[str]:
        """Tell everything that is wrong with the page that has just opened on a phone by day.

        :param answer: what came from the server
        :param is_heavy: whether it may weigh as much as it likes
        :param is_known: whether all that it is made of was looked at, so that a shorter look will do
        """
        self.looks += 1
        self.html[name] = answer.text()
        checks = (
            faults_of_opening(self.page),
            self._faults_of_cookies(answer),
            [] if is_heavy else self._faults_of_weight(name),
            faults(Elements(self.html[name]), own_address=self.base_url),
            faults_of_head(self.page),
            self._faults_in_two_windows() if is_known else self._faults_in_every_window(),
            [] if is_known else faults_of_focus(self.page),
        )
        yield from (f"{name}: {fault}" for fault in chain.from_iterable(checks))

    def _faults_of_cookies(self, answer: Response) -> Iterator[str]:
        # Whoever has sent a form has had its cookie before.
        if self.is_guest and answer.request.method == "GET":
            yield from faults_of_cookies(self.page)

    def _faults_of_weight(self, name: str) -> Iterator[str]:
        yield from self.scales.faults()
        self.heaviest = max(self.heaviest, (self.scales.total, name))

    def _faults_in_every_window(self) -> Iterator[str]:
        """Try every width; on a phone and at a desk let axe look, by day and by night.

        All of its rules look once each way, those about what is seen look each time.
        """
        yield from misfits(self.page, f"at {PHONE} px")
        yield from faults_of_size(self.page)
        yield from self._axe(PHONE, "light", EVERYTHING)
        yield from self._axe(PHONE, "dark", SIGHT)
        turn(self.page, NARROWEST)
        yield from misfits(self.page, f"at {NARROWEST} px")
        yield from misfits_with_space(self.page, f"at {NARROWEST} px")
        turn(self.page, HALF)
        yield from misfits(self.page, f"at {HALF} px")
        yield from self._axe(DESK, "light", SIGHT)
        yield from self._axe(DESK, "dark", EVERYTHING)
        yield from faults_of_order(self.page)
        yield from misfits(self.page, f"at {DESK} px")
        yield from misfits_in_large_letters(self.page, f"at {DESK} px")

    def _faults_in_two_windows(self) -> Iterator[str]:
        """Let all rules of axe look once each way, and see whether these words fit as well."""
        yield from self._axe(PHONE, "light", EVERYTHING)
        turn(self.page, NARROWEST)
        yield from misfits(self.page, f"at {NARROWEST} px")
        yield from self._axe(DESK, "dark", EVERYTHING)
        yield from misfits(self.page, f"at {DESK} px")

    def _axe(self, width: int, scheme: str, rules: Mapping[str, Any]) -> Iterator[str]:
        turn(self.page, width, scheme)
        for fault in self.axe.faults(rules):
            yield f"{fault} ({scheme}, {width} px)"


def faults_of_head(page: Page) -> Iterator[str]:
    """Tell what is wrong with the heading, the language and the direction of a page."""
    if page.locator("h1").count() != 1:
        yield f"has {page.locator('h1').count()} headings of the first level"
    language, way = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
    if language not in LANGUAGES:
        yield f"says that its language is {language!r}"
    if way != ("rtl" if language in RIGHT_TO_LEFT else "ltr"):
        yield f"is written {way!r} in {language!r}"


def forms_to_send_empty(page: Page) -> list[Locator]:
    """Return the forms that refuse to be sent without something typed."""
    return page.locator(f"form[method=post][novalidate]:has({MUST_BE_TYPED}:visible)").all()


def send_empty(page: Page, form: Locator) -> Response:
    """Send a form without what it needs, and return what comes of it."""
    for place in form.locator(f"{MUST_BE_TYPED}:visible").all():
        place.fill("")
    buttons = form.locator("button[type=submit]:visible")
    first_choice = buttons.and_(page.locator(":not(.button--secondary, .button--quiet)"))
    with page.expect_navigation() as navigation:
        (first_choice if first_choice.count() else buttons).first.click()
    return navigation.value


def faults_of_refusal(page: Page) -> Iterator[str]:
    """Tell what a page that came of such a form does not say, or not at once."""
    if not page.title().startswith("Error: "):
        yield "the title does not begin with what is wrong"
    if not page.locator(".error-summary:focus").count():
        yield "the list of what is wrong does not have the focus"
