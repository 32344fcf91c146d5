"""The calendar object of an invitation, from what a member chose and what holds now (RFC 5546)."""

from dataclasses import dataclass, replace
from email.utils import formataddr, parseaddr

from supportgroups.calendars.entries import Addresses, private_entry
from supportgroups.calendars.ical import (
    Entry,
    EntryStatus,
    Invited,
    Method,
    Participation,
    build_calendar,
    build_event,
)
from supportgroups.calendars.models import Discretion, Invitation, InvitationChoice
from supportgroups.outbox.mail import CalendarPart
from supportgroups.rsvps.models import Rsvp, RsvpStatus

#: What somebody answered → how their own calendar is to show it. The waiting list is no promise.
PARTICIPATIONS = {
    RsvpStatus.ACCEPTED: Participation.ACCEPTED,
    RsvpStatus.TENTATIVE: Participation.TENTATIVE,
    RsvpStatus.WAITLISTED: Participation.TENTATIVE,
    RsvpStatus.DECLINED: Participation.DECLINED,
}


@dataclass(frozen=True, kw_only=True)
class Organizer:
    """Who sends an invitation: this site, under an address made for one member and session."""

    address: str
    name: str

    @property
    def sender(self) -> str:
        """The same as a From header says it."""
        return formataddr((self.name, self.address))


def organizer_of(address: str | None, *, mail_from: str) -> Organizer | None:
    """Return who sends an invitation; none on a site that takes no replies.

    :param mail_from: whose name in front of its own address stands in front of this one too
    """
    return Organizer(address=address, name=parseaddr(mail_from)[0]) if address else None


def invitation_part(
    invitation: Invitation,
    choice: InvitationChoice,
    rsvp: Rsvp | None,
    *,
    organizer: Organizer | None,
    attendee: str,
    addresses: Addresses,
) -> CalendarPart:
    """Return what goes into the member's calendar, or out of it.

    Without an organizer it asks for nothing: it is a file that its reader opens or not.
    """
    entry = entry_of(invitation, choice, rsvp, addresses=addresses)
    if organizer is None:
        content = build_calendar([build_event(entry)], name=None)
        return CalendarPart(content=content, method=None)
    method = Method.REQUEST if invitation.is_standing else Method.CANCEL
    invited = Invited(
        organizer=organizer.address,
        organizer_name=organizer.name,
        attendee=attendee,
        participation=_participation(rsvp, invitation),
    )
    content = build_calendar([build_event(entry, invited=invited)], name=None, method=method)
    return CalendarPart(content=content, method=method.value)


def entry_of(
    invitation: Invitation,
    choice: InvitationChoice,
    rsvp: Rsvp | None,
    *,
    addresses: Addresses,
) -> Entry:
    """Return the entry as the member's own feed would show it, with the letter's own revision.

    Who no longer belongs to a group does not go on learning what it is called.
    """
    group_session = invitation.group_session
    entry = private_entry(
        group_session,
        discretion=choice.discretion if rsvp is not None else Discretion.NEUTRAL,
        word=choice.neutral_word,
        answer=rsvp.status if rsvp is not None else None,
        is_asked_again=rsvp is not None and not rsvp.is_about(group_session),
        revised_at=invitation.stamped_at,
        addresses=addresses,
    )
    entry = replace(entry, sequence=invitation.sequence)
    if invitation.is_standing:
        return entry
    return replace(entry, status=EntryStatus.CANCELLED, is_busy=False)


def _participation(rsvp: Rsvp | None, invitation: Invitation) -> Participation:
    if rsvp is None:
        return Participation.DECLINED
    if not rsvp.is_about(invitation.group_session) and invitation.is_standing:
        return Participation.NEEDS_ACTION
    return PARTICIPATIONS[rsvp.status]
