"""The ways from a calendar address into an app."""

from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote, urlencode

import segno

#: Modules of quiet around a QR code that readers need (ISO/IEC 18004).
QUIET = 4


@dataclass(frozen=True)
class Ways:
    """The ways from one calendar address into an app."""

    address: str
    #: What an app calls the calendar.
    name: str

    @property
    def webcal(self) -> str:
        """The address that opens the calendar app of a phone or computer."""
        return "webcal://" + self.address.partition("://")[2]

    @property
    def google(self) -> str:
        """The page of Google Calendar that adds the address."""
        # Google reads an https address here as the name of one of its own calendars.
        return f"https://calendar.google.com/calendar/r?cid={quote(self.webcal, safe='')}"

    @property
    def outlook(self) -> str:
        """The page of Outlook on the web that adds the address under its name."""
        query = urlencode({"url": self.address, "name": self.name}, quote_via=quote)
        return f"https://outlook.live.com/calendar/0/addfromweb?{query}"

    @property
    def qr(self) -> "QrCode":
        """The address as a picture for the camera of a phone."""
        return QrCode(self.address)


class QrCode:
    """A QR code as one path of an SVG picture, in units of one module."""

    def __init__(self, text: str) -> None:
        """Draw `text`."""
        rows = [bytes(row) for row in segno.make_qr(text).matrix_iter(border=QUIET)]
        #: Height and width.
        self.size = len(rows)
        #: Each run of dark modules is a stroke one module high, from left to right.
        self.path = "".join(
            f"M{start} {y}.5h{length}" for y, row in enumerate(rows) for start, length in _runs(row)
        )


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Return where each run of dark modules begins and how long it is."""
    runs = []
    for is_dark, modules in groupby(enumerate(row), key=lambda module: module[1]):
        places = [place for place, _dark in modules]
        if is_dark:
            runs.append((places[0], len(places)))
    return runs
