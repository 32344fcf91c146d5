"""What the tests of imports share: a file, and Rosa's way with it."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from supportgroups.sessions.queries import list_series
from tests.browser_client import Browser
from tests.conftest import Cast


def ics(*events: str, head: str = "") -> str:
    """Return a calendar around these lines of events."""
    body = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{body}END:VCALENDAR\n".replace("\n", "\r\n")


WEEKLY = """
UID:weekly@elsewhere.example
DTSTART;TZID=Europe/London:20261201T190000
DTEND;TZID=Europe/London:20261201T203000
RRULE:FREQ=WEEKLY;BYDAY=TU;UNTIL=20270330T220000Z
EXDATE;TZID=Europe/London:20261222T190000
SUMMARY:Tea and talk
LOCATION:The old mill
DESCRIPTION:Bring <b>a cup</b>.
ORGANIZER;CN=Alex:mailto:alex@elsewhere.example
ATTENDEE;CN=Mira;PARTSTAT=ACCEPTED:mailto:mira@elsewhere.example
"""
MOVED = """
UID:weekly@elsewhere.example
RECURRENCE-ID;TZID=Europe/London:20261208T190000
DTSTART;TZID=Europe/London:20261209T180000
DTEND;TZID=Europe/London:20261209T193000
SUMMARY:Tea and talk\\, on a Wednesday
LOCATION:The old mill
"""


class Importer:
    """Rosa, at the pages of her group."""

    def __init__(self, browser: Browser, cast: Cast) -> None:
        self.browser = browser
        self.cast = cast
        self.url = f"/groups/{cast.group.slug}/imports"
        browser.sign_in(cast.rosa)

    def upload(self, content: str | bytes, name: str = "calendar.ics") -> TestResponse:
        """Send a file."""
        content = content.encode() if isinstance(content, str) else content
        file = FileStorage(io.BytesIO(content), name, content_type="text/plain")
        form = {"csrf_token": self.browser._token(), "file": file}
        # Written here: the test client would leave a large one open.
        boundary, body = encode_multipart(form)
        kind = f"multipart/form-data; boundary={boundary}"
        return self.browser.send("POST", self.url, data=body, content_type=kind)

    def review(self, content: str | bytes) -> tuple[str, str]:
        """Send a file; return the address and the words of the page that shows what is in it."""
        response = self.upload(content)
        assert response.status_code == 303
        return response.location, self.browser.get(response.location).text

    def chosen(self, url: str) -> list[str]:
        """Return the keys of what is chosen to begin with."""
        return re.findall(r'value="(\w{16})" checked', self.browser.get(url).text)

    def plan(self, url: str, **data: Any) -> TestResponse:
        """Plan everything that is chosen to begin with."""
        return self.browser.post(url, {"rows": self.chosen(url), "admission": "drop_in", **data})

    def bring(self, content: str | bytes) -> str:
        """Send a file and plan what is new in it; return the address of the import."""
        url, _page = self.review(content)
        response = self.plan(url)
        assert response.status_code == 303
        return url


@pytest.fixture
def importer(browser: Browser, cast: Cast) -> Importer:
    """Rosa, signed in."""
    return Importer(browser, cast)


@pytest.fixture
def schedules() -> Callable[..., list[Any]]:
    """Return the schedules of a group that came from elsewhere, in their order."""

    def listed(cast: Cast) -> list[Any]:
        return [one for one in list_series(cast.group) if one.id != cast.series.id]

    return listed
