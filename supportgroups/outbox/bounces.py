"""Letters that are refused for good, and what a mail server means by it. Pure."""

import re
from email.message import Message
from email.parser import BytesParser

#: The enhanced code at the beginning of an answer: class, subject, detail (RFC 3463, section 2).
ENHANCED_CODE = re.compile(r"\s*5\.(\d{1,3})\.\d{1,3}\b")
#: Its subject says that the address, or the mailbox behind it, is the trouble (RFC 3463, 3.2, 3.3).
#: Another one blames the sender, the network or the words.
ABOUT_ADDRESS = frozenset({"1", "2"})
#: Without an enhanced code: no such mailbox, not here, no room, no such name (RFC 5321, 4.2.3).
PLAIN_CODES = frozenset({550, 551, 552, 553})


class Undeliverable(Exception):
    """This letter will never arrive, however often it is tried."""

    def __init__(self, reason: str, code: int | None = None) -> None:
        super().__init__(reason)
        #: The answer of the mail server, where one gave it.
        self.smtp_code = code


class AddressFails(Undeliverable):
    """No letter to this address arrives, whatever is in it."""


def blames_address(code: int, words: str) -> bool:
    """Tell whether a refused recipient is refused because of the address itself.

    A server that does not like the site, its network or the letter says so with other codes;
    that must not count against a person.

    :param code: the three digits of the answer
    :param words: what follows them, without the digits
    """
    if ENHANCED_CODE.match(words):
        return code // 100 == 5 and _names_address(words)  # noqa: PLR2004 (for good)
    return code in PLAIN_CODES


def _names_address(words: str) -> bool:
    enhanced = ENHANCED_CODE.match(words)
    return enhanced is not None and enhanced[1] in ABOUT_ADDRESS


def tells_of_failure(content: bytes) -> bool:
    """Tell whether a message says that a letter will never reach its address.

    Such a message has a part for programs (RFC 3464): after a block about itself, one block for
    each recipient, with what was done (`Action`) and why (`Status`).

    :param content: the whole message as it came
    """
    report = BytesParser().parsebytes(content)
    return any(
        str(block["Action"]).strip().casefold() == "failed" and _names_address(str(block["Status"]))
        for part in report.walk()
        if part.get_content_type() == "message/delivery-status"
        for block in _blocks(part)
    )


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    return [block for block in blocks if isinstance(block, Message)]
