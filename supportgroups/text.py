"""What every text that a person types goes through before anything else sees it."""

import re
import unicodedata

#: Control characters that calendars, mail and databases choke on (calendar.md, Bytes), and the
#: invisible ones that turn the direction of a line around.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
_SPACES = re.compile(r"\s+")


def clean_line(value: str | None) -> str | None:
    """Return the text as one tidy line: no control characters, single spaces, trimmed."""
    if value is None:
        return None
    return _SPACES.sub(" ", unicodedata.normalize("NFC", _CONTROLS.sub("", value))).strip()


def clean_text(value: str | None) -> str | None:
    """Return the text with its paragraphs kept: no control characters, plain line ends, trimmed."""
    if value is None:
        return None
    plain = _CONTROLS.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    lines = unicodedata.normalize("NFC", plain).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def guard_cell(value: str) -> str:
    """Return a cell of a table that no spreadsheet takes for a formula (safety.md, Settings)."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
