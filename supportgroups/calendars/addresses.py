"""The ways from a calendar address into an app."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from supportgroups.qr_codes import QrCode


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
    def qr(self) -> QrCode:
        """The address as a picture for the camera of a phone."""
        return QrCode(self.address)
