"""Where a device takes its pushes, and what may come of one. What sends them is in `push.py`."""

from enum import StrEnum
from urllib.parse import urlsplit

MAX_ENDPOINT = 1000
HTTPS_PORT = 443


class Answer(StrEnum):
    """What came of a push."""

    TAKEN = "taken"
    #: Nobody listens there any more, or nobody may be reached there.
    GONE = "gone"


def is_endpoint(address: str) -> bool:
    """Tell whether a browser could have been given this address: HTTPS, by name, no odd port."""
    if len(address) > MAX_ENDPOINT or not address.isascii() or not address.isprintable():
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    is_plain = parts.scheme == "https" and "@" not in parts.netloc and not parts.fragment
    return is_plain and bool(parts.hostname) and port in {None, HTTPS_PORT} and " " not in address
