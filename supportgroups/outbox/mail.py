"""Letters: how they are written, and how one becomes a message that a mail server takes.

Letters are written outside any request, so they need to be told the reader's language and get
their links from configuration. See docs/adr/0005-outbox.md.
"""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parseaddr
from typing import Any, NamedTuple

from flask import current_app, render_template
from flask_babel import force_locale

from supportgroups.config import settings
from supportgroups.languages import LANGUAGES, page_language
from supportgroups.outbox import message
from supportgroups.outbox.bounces import Undeliverable
from supportgroups.outbox.message import Message, Part
from supportgroups.outbox.notice import Notice
from supportgroups.outbox.paragraphs import split_text

#: The mailbox of the site that takes what comes back.
BOUNCES = "bounces"


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


def compose(letter: Letter, *, key: str, now: datetime) -> Message:
    """Make the message of a letter, to exactly one person.

    :param key: the key of the job, which decides the Message-ID
    :param now: written as the date of the message
    :raises Undeliverable: no mail can be sent to such an address, or under such a subject
    """
    try:
        # Both refuse line breaks, so that nothing typed by a person becomes a header.
        recipient, subject = message.one_address(letter.to), message.subject(letter.subject)
        answers = [("Reply-To", message.one_address(letter.reply_to))] if letter.reply_to else []
    except ValueError as error:
        raise Undeliverable("the address or the subject is not fit for a header") from error
    headers = [
        ("To", recipient),
        ("Subject", subject),
        *answers,
        ("From", message.sender(letter.sender or settings().mail_from)),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id(key)),
        # Holiday replies and other machines shall not answer (RFC 3834, section 5).
        ("Auto-Submitted", "auto-generated"),
    ]
    if letter.unsubscribe_address is not None:
        # On one line, however long: cut or encoded, an address is none any more (RFC 2369 §2).
        headers.append(("List-Unsubscribe", f"<{letter.unsubscribe_address}>"))
        headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return Message(recipient, message.write(headers, _body(letter, key)))


def _body(letter: Letter, key: str) -> Part:
    """Return the words of a letter in both forms, and the calendar entry that it brings.

    The entry comes as a third form of the letter where it asks for something, and as a file: some
    programs look for the form, others for the file. Base64 keeps its lines as they are.
    """
    # Nobody can guess it, so nobody can write it into a letter.
    mark = f"=_{message_id(key)[1:33]}"
    forms = [message.words("plain", letter.text), message.words("html", _second_form(letter))]
    entry = letter.calendar
    if entry is None:
        return message.together("alternative", forms, mark=mark)
    if entry.method is not None:
        kind = f'text/calendar; charset="utf-8"; method="{entry.method}"'
        forms.append(message.coded(kind, entry.content))
    file = message.coded("application/ics", entry.content, filename="invite.ics")
    both = message.together("alternative", forms, mark=f"{mark}.1")
    return message.together("mixed", [both, file], mark=mark)


def _second_form(letter: Letter) -> str:
    """Return the words of a letter in HTML, with nothing to fetch from anywhere."""
    paragraphs = split_text(letter.text, base_url=settings().base_url)
    with in_language(letter.language):
        return render_template("emails/letter.html", letter=letter, paragraphs=paragraphs)
