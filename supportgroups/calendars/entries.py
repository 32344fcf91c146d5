"""What a session's entry says: to everybody, and to its owner at each level of discretion."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from supportgroups.calendars.ical import Entry, EntryStatus
from supportgroups.calendars.models import Discretion
from supportgroups.formatting import full_day, when
from supportgroups.outbox.mail import address_of
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import GroupSession


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where an entry can lead, as absolute addresses."""

    #: The page of one session.
    session: Callable[[UUID], str]
    #: A page that tells nothing before somebody signs in.
    own: Callable[[], str]


#: Where the entries of this site lead.
ADDRESSES = Addresses(
    session=lambda public_id: address_of("pages.session", public_id=public_id),
    own=lambda: address_of("pages.my"),
)


def public_entry(group_session: GroupSession, *, shows_place: bool, addresses: Addresses) -> Entry:
    """Return what everybody may read.

    :param shows_place: whether the reader may know where people meet; the description often
        says how to find the door, so it is told or kept together with the place
    """
    address = addresses.session(group_session.public_id)
    return Entry(
        uid=group_session.uid,
        sequence=group_session.sequence,
        revised_at=group_session.revised_at,
        starts_at=group_session.starts_at,
        ends_at=group_session.ends_at,
        summary=_title(group_session, _full_title(group_session)),
        status=EntryStatus.CANCELLED if group_session.is_cancelled else EntryStatus.CONFIRMED,
        is_busy=False,
        is_private=False,
        location=group_session.place_shown if shows_place else "",
        description=_description(
            group_session, group_session.description_shown if shows_place else "", address
        ),
        url=address,
    )


def own_copy(
    group_session: GroupSession, *, discretion: Discretion, shows_place: bool, addresses: Addresses
) -> Entry:
    """Return what somebody reads who puts this one session into a calendar of their own.

    There it takes their time, and not everybody who shares that calendar should read it.
    """
    if discretion is not Discretion.PLAIN:
        return private_entry(
            group_session,
            discretion=discretion,
            word=_("Appointment"),
            answer=None,
            is_asked_again=False,
            revised_at=group_session.revised_at,
            addresses=addresses,
        )
    entry = public_entry(group_session, shows_place=shows_place, addresses=addresses)
    return replace(entry, is_busy=not group_session.is_cancelled, is_private=True)


def private_entry(
    group_session: GroupSession,
    *,
    discretion: Discretion,
    word: str,
    answer: RsvpStatus | None,
    is_asked_again: bool,
    revised_at: datetime,
    addresses: Addresses,
) -> Entry:
    """Return what the owner of a feed reads, and whoever looks over their shoulder.

    :param word: the owner's own word for every entry of a neutral feed
    :param answer: what the owner answered; none where they lead the session without one
    :param is_asked_again: that was for another time, so it is no more than tentative now
    """
    summary, location, description, url = "", "", "", ""
    match discretion:
        case Discretion.PLAIN:
            summary = _full_title(group_session)
            if answer is RsvpStatus.WAITLISTED and not group_session.is_cancelled:
                summary = _("Waiting list: %(title)s", title=summary)
            location = group_session.place_shown
            url = addresses.session(group_session.public_id)
            description = _description(
                group_session,
                group_session.description_shown,
                url,
                answer=answer,
                is_asked_again=is_asked_again,
            )
        case Discretion.NEUTRAL:
            summary = word
            url = addresses.own()
        case Discretion.BUSY:
            summary = _("Busy")
    return Entry(
        uid=group_session.uid,
        sequence=group_session.sequence,
        revised_at=revised_at,
        starts_at=group_session.starts_at,
        ends_at=group_session.ends_at,
        summary=_title(group_session, summary),
        status=_status(group_session, answer, is_asked_again=is_asked_again),
        is_busy=not group_session.is_cancelled,
        is_private=True,
        location=location,
        description=description,
        url=url,
    )


def _status(
    group_session: GroupSession, answer: RsvpStatus | None, *, is_asked_again: bool
) -> EntryStatus:
    if group_session.is_cancelled:
        return EntryStatus.CANCELLED
    if is_asked_again or answer in (RsvpStatus.TENTATIVE, RsvpStatus.WAITLISTED):
        return EntryStatus.TENTATIVE
    return EntryStatus.CONFIRMED


def _full_title(group_session: GroupSession) -> str:
    """Return the session's title, with its group's name where that says something more."""
    title, name = group_session.title_shown, group_session.group.name
    if name.casefold() in title.casefold():
        return title
    if title.casefold() in name.casefold():
        return name
    return str(_("%(title)s – %(group)s", title=title, group=name))


def _title(group_session: GroupSession, title: str) -> str:
    # Not every app shows STATUS:CANCELLED, but every app shows the title.
    if group_session.is_cancelled:
        return str(_("Cancelled: %(title)s", title=title))
    return title


def _cancelled_words(group_session: GroupSession) -> str:
    pause = group_session.pause
    if pause is None:
        return str(_("This session is cancelled."))
    return str(_("On a break until %(day)s.", day=full_day(pause.returns_on)))


def _description(
    group_session: GroupSession,
    words: str,
    address: str,
    *,
    answer: RsvpStatus | None = None,
    is_asked_again: bool = False,
) -> str:
    """Return when it is on the wall of the group, its topic, what to know, where to read more.

    The time stands in words because an app shows the entry on the clock of its own zone, and the
    address because many apps never show the URL of an entry.
    """
    first = [when(group_session)]
    if group_session.is_cancelled:
        first.append(_cancelled_words(group_session))
    elif is_asked_again:
        first.append(_("It has a new time. Does this still work for you?"))
    elif answer is RsvpStatus.WAITLISTED:
        first.append(_("You are on the waiting list."))
    elif answer is RsvpStatus.TENTATIVE:
        first.append(_("You said maybe."))
    parts = ["\n".join(first), group_session.topic, words, _("More: %(address)s", address=address)]
    return "\n\n".join(part for part in parts if part)
