"""The ways from a calendar address into an app."""

from itertools import groupby
from urllib.parse import quote, urlencode

import segno

#: Modules of quiet around a QR code that readers need (ISO/IEC 18004).
QUIET = 4


def webcal(address: str) -> str:
    """Return the address that opens the calendar app of a phone or computer."""
    return "webcal://" + address.partition("://")[2]


def google_link(address: str) -> str:
    """Return the page of Google Calendar that adds an address."""
    # Google reads an https address here as the name of one of its own calendars.
    return f"https://calendar.google.com/calendar/r?cid={quote(webcal(address), safe='')}"


def outlook_link(address: str, name: str) -> str:
    """Return the page of Outlook on the web that adds an address under `name`."""
    query = urlencode({"url": address, "name": name}, quote_via=quote)
    return f"https://outlook.live.com/calendar/0/addfromweb?{query}"


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
