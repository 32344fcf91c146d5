"""How letters are doing, in numbers and plain words: never to whom they go, or what they say. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from supportgroups.outbox.models import ADDRESS_STOPPED, JobState
from supportgroups.outbox.queries import LetterCount

#: The slice that writes a letter, which its kind begins with → what such letters are called.
SLICE_WORDS = {
    "accounts": _l("Links to sign in, and about accounts"),
    "announcements": _l("Messages to members"),
    "calendars": _l("Invitations for calendar apps"),
    "groups": _l("Joining, and the page of a group"),
    "guides": _l("Guides and help lines"),
    "insight": _l("“How many came?”"),
    "notices": _l("Reminders and weekly letters"),
    "rsvps": _l("Places, and changes of sessions"),
    "volunteering": _l("Finding somebody to lead"),
}
OTHER_KIND = _l("Other letters")

#: How the reason of a failure begins → what it means to somebody who runs a group.
REASON_WORDS = {
    ADDRESS_STOPPED: _l(
        "Letters to the address came back, so we stopped. The person reads so here."
    ),
    "AddressFails": _l("Nobody has this address. Trying again helps only if it was a mistake."),
    "Undeliverable": _l("The mail server refuses the letter for good."),
    "SMTPAuthenticationError": _l("The mail server does not let this site in."),
    "SMTP": _l("The mail server did not take it."),
    "ConnectionRefusedError": _l("The mail server could not be reached."),
    "TimeoutError": _l("The mail server took too long."),
    "gaierror": _l("The mail server could not be found."),
    "SSL": _l("The mail server’s certificate is not in order."),
    "UnknownJob": _l("This version of the program does not know such letters."),
}
OTHER_REASON = _l("Something went wrong here. Whoever runs this site finds more in the log.")


class Trouble(NamedTuple):
    """Letters of one kind that did not leave, for one reason."""

    words: LazyString
    reason: LazyString
    how_many: int


@dataclass(frozen=True)
class Letters:
    """How letters are doing."""

    waiting: int = 0
    #: Waiting after a try that failed.
    trying: int = 0
    sent: int = 0
    given_up: list[Trouble] = field(default_factory=list)
    #: To addresses from which letters come back.
    stopped: int = 0
    #: What was sent, by kind, most first.
    by_kind: list[tuple[LazyString, int]] = field(default_factory=list)


def look_over(counts: Iterable[LetterCount]) -> Letters:
    """Put numbers from the outbox into words. What was withdrawn for its reader's sake is left out."""
    counts = list(counts)

    def number(state: JobState, *, after_failure: bool = False) -> int:
        found = (c for c in counts if c.state is state and (c.reason or not after_failure))
        return sum(count.how_many for count in found)

    sent: Counter[LazyString] = Counter()
    given_up: Counter[tuple[LazyString, LazyString]] = Counter()
    for count in counts:
        if count.state is JobState.DONE:
            sent[kind_words(count.kind)] += count.how_many
        if count.state is JobState.DEAD:
            given_up[kind_words(count.kind), reason_words(count.reason)] += count.how_many
    return Letters(
        waiting=number(JobState.WAITING),
        trying=number(JobState.WAITING, after_failure=True),
        sent=number(JobState.DONE),
        given_up=[Trouble(*words, how_many) for words, how_many in given_up.items()],
        stopped=sum(c.how_many for c in counts if c.reason == ADDRESS_STOPPED),
        by_kind=sent.most_common(),
    )


def kind_words(kind: str) -> LazyString:
    """Return what letters of a kind are called."""
    return SLICE_WORDS.get(kind.partition(".")[0], OTHER_KIND)


def reason_words(reason: str) -> LazyString:
    """Return what the reason of a failure means."""
    return next(
        (words for start, words in REASON_WORDS.items() if reason.startswith(start)), OTHER_REASON
    )
