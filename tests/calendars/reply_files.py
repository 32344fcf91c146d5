"""The raw messages in `replies/`: what calendar programs send, and what others do.

A file holds marks in place of what differs from test to test, such as `{{uid}}`. Between
`[[base64` and `]]`, or `[[quoted-printable` and `]]`, it is written in clear and encoded here, so that
a reader of the file sees what it says.
"""

import base64
import quopri
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "replies"
PROGRAMS = sorted(path.stem for path in (FOLDER / "programs").glob("*.eml"))
ODD = sorted(path.stem for path in (FOLDER / "odd").glob("*.eml"))

_BLOCK = re.compile(r"\[\[(base64|quoted-printable)\n(.*?)\n\]\]", re.DOTALL)
_MARK = re.compile(r"{{(\w+)}}")


def reply_file(name: str, **facts: object) -> bytes:
    """Return the message `programs/gmail` or `odd/stranger` with these facts in place of its marks."""
    text = (FOLDER / f"{name}.eml").read_text()
    text = _MARK.sub(lambda found: str(facts[found[1]]), text)
    text = _BLOCK.sub(lambda found: _encoded(found[1], found[2]), text)
    return text.replace("\n", "\r\n").encode()


def _encoded(how: str, words: str) -> str:
    content = words.replace("\n", "\r\n").encode() + b"\r\n"
    if how == "base64":
        return base64.encodebytes(content).decode().rstrip("\n")
    # Its lines end as those around it do.
    return quopri.encodestring(content.replace(b"\r\n", b"\n")).decode().rstrip("\n")
