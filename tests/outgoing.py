"""What goes out of a site while a test runs, looked over when it ends: calendar objects and letters.

They name nobody but their reader, and where the reader did not ask for plain words they hold no
word of a group: its name, its address, and the titles, topics and places of its sessions. The
database of the site, as it is at the end, says which words these are.

Calendars are heard where a site hands them out, in the process of the test (`listen_to`) and in
every server that it starts (`tests/overheard.py`), and noted beside the data of the site. Letters
are read in the mailbox of the site, and those that went to a mail server of the tests are `posted`.
The demo site is looked over once, when the run ends. Not heard is what a test asks of a part of
the site, such as the door of the feeds, and a site that it makes for itself beside these two.
"""

import gzip
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import Any, NamedTuple
from urllib.parse import parse_qs
from uuid import uuid4

from flask import Flask
from sqlalchemy import Engine, create_engine, literal, select, union
from sqlalchemy.pool import NullPool

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.models import Discretion, FeedLink, InvitationChoice
from supportgroups.config import Config
from supportgroups.groups.models import Group, JoinRequest, Membership
from supportgroups.sessions.models import GroupSession, Series, SeriesDate
from supportgroups.tokens import hash_secret
from tests.outbox_runner import read_letter

#: Shorter names and words stand in other words and in random addresses too.
SHORTEST = 4
PERSON, ADDRESS, GROUP, PLAIN = "person", "address", "group", "plain"
PRIVATE_FEED = re.compile(r"^/calendar/([^/]+)\.ics$")
#: Tokens in addresses may hold any letters by chance.
WEB_ADDRESS = re.compile(r"https?://\S+")
#: Letters that a mail server of this process took since the last look, to whom, and from whom.
posted: list[tuple[bytes, str, str]] = []


@dataclass(frozen=True, kw_only=True)
class Object:
    """A calendar object or a letter, in words as long as they were before they were coded."""

    #: What it is, for whoever has to find it.
    kind: str
    #: All its words.
    words: str
    #: What whoever looks over the reader's shoulder sees; nothing if it is plain.
    seen: str
    #: It may be plain after all, to somebody who chose such invitations.
    is_invitation: bool = False
    #: Whose it is: an address, or the number of an account; neither if everybody may read it.
    address: str | None = None
    reader: int | None = None


class Word(NamedTuple):
    """A word that the database holds."""

    kind: str
    #: Of a person's word the number of the account.
    owner: int
    word: str


class Ear:
    """A WSGI application around a site's own that notes the calendar objects it hands out.

    The notes are files beside the data of the site, so that all its processes can leave some and
    one that is killed takes none along.
    """

    def __init__(self, behind: Callable[..., Iterable[bytes]], config: Config) -> None:
        """Stand before what `behind` answers."""
        self.behind = behind
        self.mail_folder = config.mail_folder
        self.notes = config.data_dir / "heard"
        self.notes.mkdir(exist_ok=True)
        # One of its own, so that a test that counts questions does not hear these.
        self.engine = create_engine(config.database_url, poolclass=NullPool)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer as the site does."""
        kinds: dict[str, str] = {}

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kinds.update({name.lower(): value for name, value in headers})
            return start_response(status, headers, *rest)

        answer = self.behind(environ, start)
        if not kinds.get("content-type", "").startswith("text/calendar"):
            return answer
        parts = list(answer)
        if hasattr(answer, "close"):
            answer.close()
        if body := b"".join(parts):
            is_zipped = kinds.get("content-encoding") == "gzip"
            self._note(self._heard(environ, gzip.decompress(body) if is_zipped else body))
        return parts

    def _heard(self, environ: dict[str, Any], body: bytes) -> Object:
        path = environ["PATH_INFO"]
        words = unfolded(body)
        if private := PRIVATE_FEED.match(path):
            reader, discretion = self._owner_of(private[1])
        else:
            reader = None
            # A whole calendar of a group is public; a file of single dates is discreet unless asked.
            asked = parse_qs(environ.get("QUERY_STRING", "")).get("discretion", [""])[0]
            is_file = path.startswith("/sessions/") or "/courses/" in path
            discretion = Discretion.NEUTRAL if is_file and asked != "plain" else Discretion.PLAIN
        seen = "" if discretion is Discretion.PLAIN else words
        return Object(kind=path, words=words, seen=seen, reader=reader)

    def _owner_of(self, secret: str) -> tuple[int, Discretion]:
        """Return whose address it is, and what it tells at this moment."""
        question = select(FeedLink.user_id, FeedLink.discretion).where(
            FeedLink.secret_hash == hash_secret(secret)
        )
        with self.engine.connect() as connection:
            user_id, discretion = connection.execute(question).one()
        return user_id, discretion

    def _note(self, one: Object) -> None:
        """Write it down in one step: whoever writes may be killed, and somebody may read."""
        unfinished = self.notes / f"{uuid4()}.unfinished"
        unfinished.write_text(json.dumps(asdict(one)))
        unfinished.rename(unfinished.with_suffix(".json"))

    def look_over(self) -> list[str]:
        """Return a sentence for each thing that went out and tells too much, and begin anew."""
        went_out = [
            *(Object(**json.loads(note.read_text())) for note in self.notes.glob("*.json")),
            *(letter(path.read_bytes()) for path in sorted(self.mail_folder.glob("*.eml"))),
            *(letter(*one) for one in posted),
        ]
        self.forget()
        return told_too_much(went_out, words_of(self.engine)) if went_out else []

    def forget(self) -> None:
        """Begin anew."""
        for note in self.notes.iterdir():
            note.unlink()
        posted.clear()


def listen_to(app: Flask) -> None:
    """Put an ear, which stands among the extensions then, before all that a site answers."""
    ear = Ear(app.wsgi_app, app.config["SETTINGS"])
    app.wsgi_app = ear  # type: ignore[method-assign]
    app.extensions["ear"] = ear


def unfolded(calendar: bytes) -> str:
    """Return a calendar object with each of its lines in one piece (RFC 5545 §3.1)."""
    text = calendar.replace(b"\r\n ", b"").decode()
    return text.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")


def letter(content: bytes, recipient: str | None = None, sender: str = "") -> Object:
    """Return a letter.

    :param recipient: whom the envelope names; whom the letter names if there was none
    :param sender: whom the envelope names
    """
    found = read_letter(content)
    address = recipient or found["To"]
    # Where answers go is written by the organizers, for their members to see.
    headers = [
        str(value)
        for name, value in found.items()
        if name != "Reply-To" and (name, value) != ("To", address)
    ]
    words = found.get_content()
    second_form = found.get_body(("html",))
    if second_form is not None:
        headers.append(second_form.get_content())
    calendars = calendars_in(found)
    first = words.strip().partition("\n")[0]
    return Object(
        kind=f"letter {found['Subject']!r}",
        words="\n".join([sender, *headers, words, *calendars]),
        seen="\n".join([found.get("Subject", ""), found.get("From", ""), first, *calendars]),
        is_invitation=bool(calendars),
        address=address,
    )


def calendars_in(message: EmailMessage) -> list[str]:
    """Return the calendar objects that a letter brings along."""
    kinds = {"text/calendar", "application/ics"}
    parts = [part for part in message.walk() if part.get_content_type() in kinds]
    return [unfolded(part.get_payload(decode=True)) for part in parts]


def words_of(engine: Engine) -> list[Word]:
    """Return the names and addresses of people and the words of groups, in one question."""
    questions = [
        select(literal(PERSON), UserAccount.id, UserAccount.display_name),
        select(literal(PERSON), Membership.user_id, Membership.display_name),
        select(literal(PERSON), JoinRequest.user_id, JoinRequest.display_name),
        select(literal(ADDRESS), UserAccount.id, UserAccount.email),
        select(literal(ADDRESS), UserAccount.id, UserAccount.contact_email),
        select(literal(PLAIN), InvitationChoice.user_id, InvitationChoice.discretion),
        select(literal(GROUP), Group.id, Group.name),
        select(literal(GROUP), Group.id, Group.slug),
        select(literal(GROUP), Series.group_id, Series.title),
        select(literal(GROUP), Series.group_id, Series.place),
        select(literal(GROUP), SeriesDate.series_id, SeriesDate.topic),
        select(literal(GROUP), GroupSession.group_id, GroupSession.title),
        select(literal(GROUP), GroupSession.group_id, GroupSession.place),
    ]
    with engine.connect() as connection:
        rows = connection.execute(union(*questions)).all()
    return [Word(*row) for row in rows if row[2]]


def told_too_much(went_out: Iterable[Object], words: Iterable[Word]) -> list[str]:
    """Return a sentence for each thing that names somebody else, or tells more than was chosen."""
    by_kind: dict[str, list[Word]] = {PERSON: [], ADDRESS: [], GROUP: [], PLAIN: []}
    for word in words:
        by_kind[word.kind].append(word)
    plain = {word.owner for word in by_kind[PLAIN] if word.word == Discretion.PLAIN}
    return [
        f"{one.kind} to {one.address or one.reader or 'everybody'} holds {word.kind} {word.word!r}"
        for one in went_out
        for word in _found_in(one, by_kind, plain)
    ]


def _found_in(one: Object, by_kind: dict[str, list[Word]], plain: set[int]) -> Iterable[Word]:
    readers = {word.owner for word in by_kind[ADDRESS] if word.word == one.address}
    if one.reader is not None:
        readers.add(one.reader)
    own = {word.word for word in by_kind[PERSON] if word.owner in readers}
    text = WEB_ADDRESS.sub("", one.words)
    for word in by_kind[PERSON]:
        # A group that is called after somebody may be called by its name.
        if word.word not in own and stands(word.word, text) and not _is_public(word, by_kind):
            yield word
    for word in by_kind[ADDRESS]:
        if word.owner not in readers and word.word in one.words:
            yield word
    if not (one.is_invitation and readers & plain):
        yield from (word for word in by_kind[GROUP] if stands(word.word, one.seen))


def _is_public(name: Word, by_kind: dict[str, list[Word]]) -> bool:
    return any(stands(name.word, word.word) for word in by_kind[GROUP])


def stands(word: str, text: str) -> bool:
    """Tell whether a word that is long enough stands in a text by itself."""
    # The first look is a hundred times as fast as the second.
    return (
        len(word) >= SHORTEST
        and word in text
        and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None
    )
