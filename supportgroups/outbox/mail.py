"""Letters: how they are written, and how one becomes a message that a mail server takes.

Letters are written outside any request, so they need to be told the reader's language and get
their links from configuration. See docs/adr/0005-outbox.md.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any, NamedTuple

from flask import current_app, render_template
from flask_babel import force_locale

from supportgroups.config import settings
from supportgroups.languages import LANGUAGES, page_language
from supportgroups.outbox.bounces import Undeliverable
from supportgroups.outbox.notice import Notice
from supportgroups.outbox.paragraphs import split_text

#: The mailbox of the site that takes what comes back.
BOUNCES = "bounces"


class _WholeLine(UnstructuredHeader, BaseHeader):
    """A header that stays on one line, however long its address is.

    Cut or encoded as words are, an address is none any more (RFC 2369 §2). A line of mail may have
    998 characters (RFC 5322 §2.1.1).
    """

    def fold(self, *, policy: Any) -> str:
        """Return the line as it leaves."""
        return f"{self.name}: {self}{policy.linesep}"


_headers = HeaderRegistry()
_headers.map_to_type("list-unsubscribe", _WholeLine)

#: 7bit makes every relay leave the words as they are, so that signatures made on the way hold.
POLICY = policy.SMTP.clone(cte_type="7bit", header_factory=_headers)


@dataclass(frozen=True, kw_only=True)
class CalendarPart:
    """A calendar entry that a letter brings along."""

    content: bytes
    #: What it asks of a calendar program, the same as the METHOD in it (RFC 6047 §2.4); none for
    #: a file that its reader opens or not.
    method: str | None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter to one person. Subject and first line never name a group, a topic or a member.

    A line such as `Sign in: https://…` becomes a button in the form that most mail programs show.
    """

    #: The bare address: a name beside it would say who is written to.
    to: str
    subject: str
    #: All its words, in paragraphs. Its second form is made from them.
    text: str
    #: Where its reader stops letters of this kind with one request, without signing in (RFC 8058).
    unsubscribe_address: str | None = None
    #: Where an answer goes. Without it, to the sender, whom nobody reads.
    reply_to: str | None = None
    #: The reader waits for it at this moment, so it never waits for others, and goes even to an
    #: address from which letters came back.
    is_asked_for: bool = False
    #: Lets its reader's choices decide when and how it comes; without it, it leaves at once.
    notice: Notice | None = None
    calendar: CalendarPart | None = None
    #: Who it is from, where answers to it shall come to an address of their own.
    sender: str | None = None
    #: That of `in_language` around the writer.
    language: str = field(default_factory=page_language)


class Verdict(NamedTuple):
    """What becomes of a notice, by the choices of its reader."""

    #: To be sent now, perhaps with more words than it came with; none to send nothing now.
    letter: Letter | None = None
    #: When to ask again; none if it is not to be sent at all.
    waits_until: datetime | None = None
    #: Why it is not sent, in words that name nobody.
    reason: str | None = None


@contextmanager
def in_language(language: str | None) -> Iterator[None]:
    """Write what is written inside in a person's own language, with its dates and numbers.

    Somebody who never chose one is written to in English.
    """
    with force_locale(LANGUAGES.get(language or "en", LANGUAGES["en"])):
        yield


def absolute(path: str) -> str:
    """Return the whole address of a path of this site, from configuration alone."""
    return settings().base_url + path


def address_of(endpoint: str, **values: Any) -> str:
    """Return the whole address of a view of this site, without needing a request.

    :raises werkzeug.routing.BuildError: no such view, or a value is missing
    """
    config = settings()
    scheme = "https" if config.is_https else "http"
    router = current_app.url_map.bind(config.host, url_scheme=scheme)
    return router.build(endpoint, values, force_external=True)


def message_id(key: str) -> str:
    """Return the Message-ID of the job with this key: the same for each try, in `<…>`.

    It is made with the secret key, because the keys of jobs could be guessed, and a reader must
    not learn from the headers which session or whose answer a letter is about.
    """
    config = settings()
    digest = hmac.digest(config.secret_key.encode(), f"message-id:{key}".encode(), "sha256")
    return f"<{digest.hex()[:32]}@{config.mail_domain}>"


def return_path(hashed: str) -> str:
    """Return where a letter comes back to that cannot be delivered: the sender of its envelope.

    :param hashed: `queries.address_hash` of its reader; part of the address where the site takes
        such mail (`flask outbox take-bounce`), so that it is known whose address fails
    """
    config = settings()
    if config.bounce_domain is None:
        return parseaddr(config.mail_from)[1]
    return f"{BOUNCES}+{hashed}@{config.bounce_domain}"


def compose(letter: Letter, *, key: str, now: datetime) -> EmailMessage:
    """Make the message of a letter, to exactly one person.

    :param key: the key of the job, which decides the Message-ID
    :param now: written as the date of the message
    :raises Undeliverable: no mail can be sent to such an address, or under such a subject
    """
    message = EmailMessage(POLICY)
    try:
        # Both refuse line breaks, so that nothing typed by a person becomes a header.
        message["To"] = _one_address(letter.to)
        message["Subject"] = letter.subject
        if letter.reply_to is not None:
            message["Reply-To"] = _one_address(letter.reply_to)
    except (MessageError, ValueError, IndexError) as error:
        raise Undeliverable("the address or the subject is not fit for a header") from error
    message["From"] = letter.sender or settings().mail_from
    message["Date"] = format_datetime(now)
    message["Message-ID"] = message_id(key)
    # Holiday replies and other machines shall not answer (RFC 3834, section 5).
    message["Auto-Submitted"] = "auto-generated"
    if letter.unsubscribe_address is not None:
        message["List-Unsubscribe"] = f"<{letter.unsubscribe_address}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.text)
    message.add_alternative(_second_form(letter), subtype="html")
    if letter.calendar is not None:
        _add_calendar(message, letter.calendar)
    return message


def _add_calendar(message: EmailMessage, calendar: CalendarPart) -> None:
    """Add the entry: as a third form of the letter where it asks for something, and as a file.

    Some programs look for the form, others for the file. Base64 keeps its lines as they are.
    """
    if calendar.method is not None:
        message.add_alternative(
            calendar.content.decode(),
            subtype="calendar",
            charset="utf-8",
            params={"method": calendar.method},
            cte="base64",
        )
    message.add_attachment(
        calendar.content, maintype="application", subtype="ics", filename="invite.ics"
    )


def _second_form(letter: Letter) -> str:
    """Return the words of a letter in HTML, with nothing to fetch from anywhere."""
    paragraphs = split_text(letter.text, base_url=settings().base_url)
    with in_language(letter.language):
        return render_template("emails/letter.html", letter=letter, paragraphs=paragraphs)


def _one_address(text: str) -> Address:
    """Return `text` as one bare address in letters that every mail server understands."""
    local, _, domain = text.rpartition("@")
    if not local.isascii():
        raise ValueError("few mail servers take letters beyond ASCII before the @")
    return Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
