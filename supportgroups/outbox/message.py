"""A letter as the bytes that a mail server takes. Pure.

Written by hand, because the standard library's EmailMessage parses and folds each header anew,
which costs more than all the rest of a letter. Sources: RFC 5322 (headers), RFC 2045 to 2047 (parts
and words beyond ASCII).
"""

import binascii
import re
from collections.abc import Iterable
from email.errors import MessageError
from email.header import Header
from email.headerregistry import Address
from email.utils import formataddr, parseaddr
from typing import NamedTuple

END = b"\r\n"
#: A line of mail may have 998 bytes (RFC 5322 §2.1.1).
LONGEST_LINE = 998
#: A subject so long fits on one line of 78 characters, as programs like them (RFC 5322 §2.1.1).
SHORT_SUBJECT = 60
#: What ends a line somewhere. It would let what somebody typed become a header.
LINE_END = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


class Message(NamedTuple):
    """A message to one person, ready to leave."""

    recipient: str
    content: bytes


class Part(NamedTuple):
    """One form of a letter, or a file, or several of them."""

    #: `text/plain; charset="utf-8"`.
    kind: str
    #: Further headers, then the body, as they leave.
    headers: tuple[tuple[str, str], ...]
    body: bytes


def words(subtype: str, text: str) -> Part:
    """Return text in lines that no mail server on the way needs to change, so that signatures hold."""
    ended = text if text.endswith("\n") else f"{text}\n"
    lines = ended.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    kind = f'text/{subtype}; charset="utf-8"'
    if lines.isascii() and max(map(len, lines.split(END))) <= LONGEST_LINE:
        return Part(kind, (("Content-Transfer-Encoding", "7bit"),), lines)
    quoted = binascii.b2a_qp(lines, istext=True)
    coded = _base64(lines)
    # What is mostly beyond ASCII is shorter so.
    if len(coded) < len(quoted):
        return Part(kind, (("Content-Transfer-Encoding", "base64"),), coded)
    return Part(kind, (("Content-Transfer-Encoding", "quoted-printable"),), quoted)


def coded(kind: str, content: bytes, *, filename: str | None = None) -> Part:
    """Return bytes that arrive as they are: as another form of a letter, or as a file."""
    headers = [("Content-Transfer-Encoding", "base64")]
    if filename is not None:
        headers.append(("Content-Disposition", f'attachment; filename="{filename}"'))
    return Part(kind, tuple(headers), _base64(content))


def together(subtype: str, parts: Iterable[Part], *, mark: str) -> Part:
    """Return parts as one: `alternative` forms of the same, or `mixed` with files.

    :param mark: what stands between them, and nowhere in them
    """
    boundary = b"--" + mark.encode()
    body = b"".join(boundary + END + _with_body(part) + END for part in parts)
    return Part(f'multipart/{subtype}; boundary="{mark}"', (), body + boundary + b"--" + END)


def write(headers: Iterable[tuple[str, str]], part: Part) -> bytes:
    """Return the whole message. Values of headers are ASCII, each on a line of its own."""
    first = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{first}MIME-Version: 1.0\r\n".encode("ascii") + _with_body(part)


def _with_body(part: Part) -> bytes:
    headers = (("Content-Type", part.kind), *part.headers)
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return lines.encode("ascii") + END + part.body


def _base64(content: bytes) -> bytes:
    # 57 bytes make a line of 76 characters (RFC 2045 §6.8).
    lines = (content[at : at + 57] for at in range(0, len(content), 57))
    return b"".join(binascii.b2a_base64(line, newline=False) + END for line in lines)


def one_address(text: str) -> str:
    """Return `text` as one bare address in letters that every mail server understands.

    :raises ValueError: it is none, or more than one
    """
    local, _, domain = text.rpartition("@")
    if not local.isascii():
        raise ValueError("few mail servers take letters beyond ASCII before the @")
    try:
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode()}").addr_spec
    except (MessageError, IndexError) as error:
        raise ValueError("not an address") from error


def sender(text: str) -> str:
    """Return `Name <address>` with a name in any letters, for a header."""
    return formataddr(parseaddr(text))


def subject(text: str) -> str:
    """Return a subject in any letters, for a header; a long one on several lines.

    :raises ValueError: it has an end of line in it
    """
    if LINE_END.search(text):
        raise ValueError("a subject is one line")
    if text.isascii() and len(text) <= SHORT_SUBJECT:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")
