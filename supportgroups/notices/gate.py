"""Where each notice passes before it leaves: its reader's choices decide what becomes of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask_babel import gettext as _

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import Group
from supportgroups.notices.decisions import NOTE_LIMIT, Choices, Way, decide
from supportgroups.notices.links import stop_token
from supportgroups.notices.queries import find_reader, stopped_topics
from supportgroups.notices.services import pushing
from supportgroups.outbox.mail import Letter, Verdict, address_of, in_language
from supportgroups.outbox.models import JobState
from supportgroups.outbox.notice import Notice, Topic

#: What ends a letter that its reader can do without. Each word is looked up when it is written.
LAST_WORDS: dict[Topic, Callable[[str], str]] = {
    Topic.REMINDERS: lambda address: _("No more reminders: %(address)s", address=address),
    Topic.DUTIES: lambda address: _(
        "No more letters about what you lead: %(address)s", address=address
    ),
    Topic.ANNOUNCEMENTS: lambda address: _(
        "No more messages like this one: %(address)s", address=address
    ),
    Topic.DIGEST: lambda address: _("No more weekly letters: %(address)s", address=address),
}


def pass_notice(letter: Letter, *, key: str, now: datetime) -> Verdict:
    """Let a notice go now, later or not at all, with the words that its reader wants in it.

    With what goes now, each device of theirs that wants so gets a note; or that note comes alone.
    """
    notice = letter.notice
    found = find_reader(notice.reader_id, notice.group_id) if notice is not None else None
    if notice is None or found is None:
        return Verdict(reason="nobody reads it")
    reader, is_muted = found
    devices = pushing.list_devices(reader.id, now=now)
    choices = choices_of(reader, is_muted=is_muted, has_device=bool(devices))
    decision = decide(notice, choices, now=now)
    if decision.way is Way.NOT_AT_ALL:
        return Verdict(reason="not wanted")
    if decision.way is Way.DIGEST:
        return Verdict(reason="in the weekly letter")
    if decision.due_at > now:
        return Verdict(waits_until=decision.due_at)
    if decision.way is Way.NOTE and (verdict := _by_note(devices, key=key, now=now)) is not None:
        return verdict
    if decision.way is Way.BOTH:
        pushing.queue_notes(devices, key=key, now=now)
    return Verdict(_in_wanted_words(letter, notice, reader))


def _by_note(devices: list[int], *, key: str, now: datetime) -> Verdict | None:
    """Return what becomes of a letter in whose place a note comes; none when it has to go after all."""
    states = pushing.list_states_of_notes(devices, key=key)
    if JobState.DONE in states:
        return Verdict(reason="told by a note")
    if states:
        # It was tried, and no device has taken it.
        return None
    pushing.queue_notes(devices, key=key, now=now)
    return Verdict(waits_until=now + NOTE_LIMIT)


def choices_of(reader: UserAccount, *, is_muted: bool, has_device: bool) -> Choices:
    """Return what somebody has chosen that decides about a piece of news."""
    return Choices(
        quiet=reader.quiet_hours,
        # Whether somebody is reminded depends on the group too, and the letter has looked.
        stopped=stopped_topics(reader) - {Topic.REMINDERS},
        is_muted=is_muted,
        wants_digest=reader.wants_digest,
        has_device=has_device,
        reminders_by=reader.reminders_by,
        changes_by=reader.changes_by,
        other_news_by=reader.other_news_by,
    )


def _name_for(reader: UserAccount, group_id: int | None) -> str | None:
    # Most want no name, and then nobody has to look it up.
    is_wanted = reader.shows_group_names and group_id is not None
    return name_for(reader, db.session.get(Group, group_id)) if is_wanted else None


def name_for(reader: UserAccount, group: Group | None) -> str | None:
    """Return how a letter names a group; none where its reader does not want that.

    What organizers called it stays on one line and never becomes a link.
    """
    if group is None or not reader.shows_group_names:
        return None
    return " ".join(group.name.replace("://", ": //").split())


def _in_wanted_words(letter: Letter, notice: Notice, reader: UserAccount) -> Letter:
    """Return a letter with the group's name, if it is wanted, and with the way to stop such letters."""
    first_line, _break, rest = letter.text.strip().partition("\n\n")
    with in_language(letter.language):
        name = _name_for(reader, notice.group_id)
        if name is not None:
            rest = _("It is about: %(group)s", group=name) + "\n\n" + rest
        if notice.topic is None:
            return replace(letter, text=f"{first_line}\n\n{rest}\n")
        address = address_of("notices.stop", token=stop_token(reader.id, notice.topic))
        rest = f"{rest}\n\n{LAST_WORDS[notice.topic](address)}"
    return replace(letter, text=f"{first_line}\n\n{rest}\n", unsubscribe_address=address)
