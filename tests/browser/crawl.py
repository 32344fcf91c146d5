"""Finds the pages of the demo site by itself: from each address that needs no name, link by link.

Nothing here lists pages. A new view is found when it has an address without a name in it or when a
page leads to it; what else it takes is an exception that says why.
"""

import fcntl
import re
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tests.browser.site import Someone
from tests.house.pages import Element, Page
from tests.house.route_table import CHANGES_BY_LOOKING

#: How many addresses of one view are fetched, and how many with a question in them: months go on
#: for ever, and so do the ways to look for a group.
MOST_ADDRESSES = 16
MOST_QUESTIONS = 6
#: What no address without a name and no link shows, or only after a search for something.
STARTS = ("/groups?q=zzz", "/guides?q=zzz", "/search?q=tea")
#: Shows every part in every state to developers; the links of its samples lead nowhere.
SAMPLES = "dev.components"
#: What is no page to come to: it changes something, is a part of pages, or is a letter, which programs
#: for mail show and which is held to other rules.
APART = CHANGES_BY_LOOKING.keys() | {"static", "dev.letter_html"}


@dataclass(frozen=True)
class Seen:
    """What the pages of all visitors held so far, in all processes of a run."""

    folder: Path

    def note(self, about: str, parts: Iterable[str]) -> bool:
        """Note parts of something; tell whether any of them is new."""
        found = {sha256(part.encode()).hexdigest() for part in parts}
        with (self.folder / sha256(about.encode()).hexdigest()).open("a+") as lines:
            fcntl.flock(lines, fcntl.LOCK_EX)
            lines.seek(0)
            new = found.difference(lines.read().split())
            lines.writelines(f"{line}\n" for line in new)
        return bool(new)


@dataclass(frozen=True)
class Found:
    """What one visitor gets at one address."""

    endpoint: str
    path: str
    #: The page that led here; None for an address that needs nobody to lead there.
    came_from: str | None
    status: int
    #: Empty where it is a file, or leads elsewhere.
    page: Page
    #: The same for two pages of the same bytes, but for the tokens of their forms.
    mark: str
    #: What it is made of.
    shape: frozenset[str]
    #: Whether some of that was on no page of this view before it.
    is_new: bool

    @property
    def is_page(self) -> bool:
        """Whether a person reads it in the browser, rather than a refusal or a file."""
        return self.status == HTTPStatus.OK and bool(self.page.elements)


def crawl(app: Flask, someone: Someone | None) -> Iterator[Found]:
    """Go to every address that somebody can come to, or a guest for None."""
    client = app.test_client()
    if someone is not None:
        client.set_cookie("session", someone.cookie)
    starts = [*addresses_without_names(app), *STARTS]
    waiting: deque[tuple[str, str | None]] = deque((path, None) for path in starts)
    known = set(starts)
    visits, shapes = Counter[str](), defaultdict[str, set[str]](set)
    while waiting:
        path, came_from = waiting.popleft()
        endpoint = endpoint_of(app, path)
        if endpoint is None or endpoint in APART:
            continue
        kind = f"{endpoint}?" if "?" in path else endpoint
        visits[kind] += 1
        if visits[kind] > (MOST_QUESTIONS if "?" in path else MOST_ADDRESSES):
            continue
        answer = look(client, path)
        is_html = answer.mimetype == "text/html" and answer.location is None
        page = Page(answer.text if is_html else "")
        shape = shape_of(page)
        is_new = bool(shape - shapes[endpoint])
        shapes[endpoint] |= shape
        mark = mark_of(answer.data)
        yield Found(endpoint, path, came_from, answer.status_code, page, mark, shape, is_new)
        for link in links_of(page) if endpoint != SAMPLES else []:
            target = own_address(path, link)
            if target is not None and target not in known:
                known.add(target)
                waiting.append((target, path))


def look(client: FlaskClient, path: str) -> TestResponse:
    """Fetch an address as a browser would."""
    return client.get(path, headers={"Accept": "text/html", "Accept-Language": "en-GB"})


def addresses_without_names(app: Flask) -> list[str]:
    """Return the address of every view that needs nothing filled in."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    )


def endpoint_of(app: Flask, path: str) -> str | None:
    """Return the view that a path leads to."""
    try:
        endpoint, _values = app.url_map.bind("localhost").match(urlsplit(path).path)
    except HTTPException:
        return None
    return str(endpoint)


def links_of(page: Page) -> list[str]:
    """Return where a page leads: its links, its feeds, and what a form shows once it was sent."""
    links = [link.attributes.get("href", "") for link in page.all("a")]
    links += [
        link.attributes.get("href", "")
        for link in page.all("link")
        if link.attributes.get("rel") == "alternate"
    ]
    return links + [form.attributes.get("action", "") for form in page.all("form")]


def own_address(path: str, link: str) -> str | None:
    """Return where a link leads, or None where it leaves the site."""
    found = urlsplit(urljoin(f"http://localhost{path}", link))
    if found.scheme != "http" or found.netloc != "localhost":
        return None
    return found._replace(scheme="", netloc="", fragment="").geturl()


def mark_of(body: bytes) -> str:
    """Return a hash of a page without the tokens of its forms, which differ each time."""
    return sha256(re.sub(rb'name="csrf_token"[^>]*', b"", body)).hexdigest()


def shape_of(page: Page) -> frozenset[str]:
    """Return what a page is made of: each kind of element in each place, whatever stands in it."""
    return frozenset(
        " ".join(_kind(part) for part in _with_those_around(element)) for element in page.elements
    )


def _with_those_around(element: Element) -> Iterator[Element]:
    found: Element | None = element
    for _step in range(3):
        if found is not None:
            yield found
            found = found.parent


def _kind(element: Element) -> str:
    names = ("class", "type", "role", "open", "disabled", "aria-invalid")
    return f"{element.tag} {[element.attributes.get(name) for name in names]}"
