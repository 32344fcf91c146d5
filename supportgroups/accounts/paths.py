"""Where a person may be sent after signing in: nowhere but to this site."""

import re

MAX_PATH = 500

#: One slash, then visible ASCII. Browsers drop tabs and line ends from addresses, read "\\" as
#: "/", and read "//" as the start of another host (WHATWG URL Standard, section 4.4).
_OWN_PATH = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)


def own_path(value: str | None) -> str | None:
    """Return `value` if it is a path of this site, otherwise none."""
    if not value or len(value) > MAX_PATH or not _OWN_PATH.fullmatch(value):
        return None
    path = re.split(r"[?#]", value, maxsplit=1)[0]
    return None if "//" in path else value
