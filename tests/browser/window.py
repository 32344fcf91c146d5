"""One person's browser window: hands that use it, and an ear for every fault of any page."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Locator,
    Request,
    Response,
    WebError,
    expect,
)

#: More presses of the Tab key than any page has places to stop at.
MOST_TABS = 250
#: What a browser notes about a page that was asked for and refused; the status is checked apart.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+) ")
#: How often to look for a letter; the worker needs a second.
MOST_LOOKS = 600


class Way(StrEnum):
    """How somebody uses the site."""

    SCRIPTED = "with JavaScript"
    PLAIN = "without JavaScript"
    KEYBOARD = "by keyboard"


@dataclass
class Faults:
    """Everything that may not happen on any page: each line says what did, and where."""

    base_url: str
    outside: str | None = None
    #: Statuses of refusals that the test provokes.
    expected: set[int] = field(default_factory=set)
    found: list[str] = field(default_factory=list)

    def listen(self, context: BrowserContext) -> None:
        """Hear what the pages of a window say and ask for."""
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)
        context.on("request", self._on_request)
        context.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        refused = REFUSED.match(message.text)
        if refused and int(refused[1]) in self.expected:
            return
        # The browser confirms what the goodbye page asks for; nobody else may say anything.
        if message.text.startswith("Clear-Site-Data header on") and "Cleared" in message.text:
            return
        self.found.append(f"console: {message.text} at {message.location.get('url')}")

    def _on_error(self, error: WebError) -> None:
        self.found.append(f"script: {error.error}")

    def _on_request(self, request: Request) -> None:
        if request.url == self.outside:
            # The stand-in counts who really comes.
            return
        if not request.url.startswith(f"{self.base_url}/"):
            self.found.append(f"another origin: {request.url}")

    def _on_response(self, response: Response) -> None:
        if response.status >= 500 and response.status not in self.expected:
            self.found.append(f"{response.status} at {response.url}")


class Window:
    """A window that somebody sits at, with a mouse or with a keyboard alone."""

    def __init__(self, context: BrowserContext, faults: Faults, *, keyboard: bool) -> None:
        self.context = context
        self.faults = faults
        self.base_url = faults.base_url
        self.page = context.new_page()
        self.keyboard = keyboard
        #: How often something was pressed, followed, ticked or chosen, and how much was typed.
        self.presses = 0
        self.fields = 0
        self._read: set[str] = set()

    @property
    def path(self) -> str:
        """Where the window is."""
        return urlsplit(self.page.url).path

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.locator("main")

    @property
    def navigation(self) -> Locator:
        """What stands at the head of every page."""
        return self.page.get_by_role("navigation", name="Main")

    def visit(self, path: str) -> None:
        """Go to an address of the site."""
        self.page.goto(self.base_url + path)

    def press(self, name: str) -> None:
        """Press the button of this name and wait for the page that follows."""
        self.go(self.main.get_by_role("button", name=name, exact=True))

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Follow the link of this name."""
        self.go(self.main.get_by_role("link", name=name, exact=True))

    def follow_at_the_head(self, name: str) -> None:
        """Follow a link at the head of the page, where a phone folds the lesser ones away."""
        link = self.navigation.get_by_role("link", name=name, exact=True)
        if not link.is_visible():
            self.presses += 1
            self.navigation.get_by_text("Menu", exact=True).click()
        self.go(link)

    def go(self, target: Locator) -> None:
        """Press or follow something that leads to another page."""
        self.presses += 1
        if self.keyboard:
            self._reach(target)
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")
        else:
            with self.page.expect_navigation():
                target.click()

    def unfold(self, title: str) -> None:
        """Open what is folded away behind this title."""
        self.presses += 1
        target = self.main.locator("summary").filter(has_text=title)
        if self.keyboard:
            self._reach(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()
        expect(target.locator("xpath=..")).to_have_attribute("open", "")

    def write(self, label: str, words: str) -> None:
        """Fill in a field."""
        self.fields += 1
        target = self._field(label)
        if not self.keyboard:
            target.fill(words)
            return
        self._reach(target)
        kind = target.get_attribute("type")
        if kind == "date":
            year, month, day = words.split("-")
            words = f"{month}{day}{year}"
        if kind == "time":
            hour, minute = map(int, words.split(":"))
            words = f"{(hour - 1) % 12 + 1:02}{minute:02}{'PM' if hour >= 12 else 'AM'}"
        self.page.keyboard.type(words)
        expect(target).not_to_have_value("")

    def tick(self, label: str) -> None:
        """Tick a box, or choose one of several answers."""
        self.presses += 1
        target = self._field(label)
        if self.keyboard and target.get_attribute("type") == "radio":
            self._turn_to(target)
        elif self.keyboard:
            self._reach(target)
            self.page.keyboard.press("Space")
        else:
            # The whole row is the target.
            target.locator("xpath=..").click()
        expect(target).to_be_checked()

    def heads(self, words: str | re.Pattern[str]) -> None:
        """See that the page says this in its heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(words)

    def says(self, words: str | re.Pattern[str]) -> None:
        """See that the page says this."""
        expect(self.main).to_contain_text(words)

    def read_letter(self, to: str) -> str:
        """Wait for a letter that this window has not read yet, open it, and return its subject."""
        self.visit("/dev/mail")
        for _look in range(MOST_LOOKS):
            cards = self.main.locator("li").filter(has_text=re.compile(rf"\b{re.escape(to)}\b"))
            links = cards.get_by_role("link")
            unread = [link for link in links.all() if link.get_attribute("href") not in self._read]
            if unread:
                # The oldest of them: letters are read in the order in which they came.
                self._read.add(str(unread[-1].get_attribute("href")))
                subject = unread[-1].inner_text()
                self.go(unread[-1])
                return subject
            self.page.reload()
        raise AssertionError(f"no letter came to {to}")

    def follow_letter(self) -> None:
        """Follow the first link in a letter; a last one may be about letters of this sort."""
        self.go(self.main.locator(".card").get_by_role("link").first)

    def _field(self, label: str) -> Locator:
        return self.main.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\(optional\)\s*)?$"))

    def _turn_to(self, target: Locator) -> None:
        """Choose one of several answers: the Tab key stops at the chosen one, arrows go on."""
        group = self.main.locator(f"[name='{target.get_attribute('name')}']")
        self._reach(group.and_(self.page.locator(":checked")))
        for _press in range(group.count()):
            if target.is_checked():
                return
            self.page.keyboard.press("ArrowDown")

    def _reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus."""
        expect(target).to_be_visible()
        for _press in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"the keyboard cannot reach {target}")


#: Opens a window: `open_window(site, someone, way)`.
OpenWindow = Callable[..., Window]
