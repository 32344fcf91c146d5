"""Taking what calendar programs answer to invitations: never more than the member could click."""

from datetime import datetime

import structlog

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import queries
from supportgroups.calendars.models import Invitation
from supportgroups.calendars.replies import (
    MAX_BYTES,
    NotAReply,
    Reply,
    Verdict,
    read_reply,
)
from supportgroups.calendars.reply_addresses import read_reply_token
from supportgroups.calendars.services.invitations import stands, write_again
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.queries import find_rsvp
from supportgroups.rsvps.services.answers import (
    ApprovalNeeded,
    NoRoomForCompanions,
    SessionAlreadyStarted,
    SessionIsCancelled,
    respond,
)
from supportgroups.sessions.queries import lock_group_session

log = structlog.get_logger()

#: PARTSTAT of a reply (RFC 5545 §3.2.12) → the button that says the same.
ANSWERS = {
    "ACCEPTED": RsvpStatus.ACCEPTED,
    "TENTATIVE": RsvpStatus.TENTATIVE,
    "DECLINED": RsvpStatus.DECLINED,
}
#: Of so many replies the names are kept. A copy comes soon, if it comes.
KEEP_TAKEN = 20


def take_reply(message: bytes, *, recipient: str, now: datetime) -> Verdict:
    """Take a message that a mail server has for one of our reply addresses.

    It is the one way in, for the command and for the listener, and decides in this order: size,
    address, machine, calendar object, session, person, answer, age. Whatever is refused is
    dropped without a word to its sender, who may be anybody.

    :param recipient: from the envelope; the headers of a message are anybody's
    :raises Busy: the database could not give us our turn
    """
    verdict = _take_message(message, recipient, now=now)
    log.info("calendars.reply", verdict=verdict.value)
    return verdict


def _take_message(message: bytes, recipient: str, *, now: datetime) -> Verdict:
    if len(message) > MAX_BYTES:
        return Verdict.TOO_LARGE
    token = read_reply_token(recipient)
    invitation = queries.find_invitation_of(token) if token is not None else None
    if invitation is None:
        return Verdict.UNKNOWN_ADDRESS
    try:
        reply = read_reply(message)
    except NotAReply as refusal:
        return refusal.verdict
    return _take(invitation, reply, now=now)


@transaction()
def _take(invitation: Invitation, reply: Reply, *, now: datetime) -> Verdict:
    group_session = lock_group_session(invitation.group_session_id)
    # One reply after the other, and none while a letter is being asked for.
    queries.lock_owner(invitation.user)
    # What was read before the lock may be over by now.
    db.session.refresh(invitation)
    if group_session.has_started(now):
        return Verdict.TOO_LATE
    if reply.uid != group_session.uid:
        return Verdict.OTHER_SESSION
    if not _is_from(invitation.user, reply):
        _ask_member(invitation, now=now)
        return Verdict.OTHER_PERSON
    status = ANSWERS.get(reply.participation)
    if status is None:
        return Verdict.OTHER_ANSWER
    return _answer(invitation, status, reply, now=now)


def _answer(invitation: Invitation, status: RsvpStatus, reply: Reply, *, now: datetime) -> Verdict:
    if not _note(invitation, reply, now=now):
        return Verdict.REPEATED
    is_stale = reply.sequence < (invitation.sent_sequence or 0)
    holds = _is_about_present_time(invitation, reply)
    if holds:
        try:
            holds = _respond(invitation, status, now=now)
        except (PermissionDenied, SessionAlreadyStarted):
            return Verdict.TOO_LATE
    if holds and not is_stale:
        # The program that sent the reply shows it already.
        rsvp = find_rsvp(invitation.group_session, invitation.user)
        invitation.is_standing = stands(rsvp, invitation.group_session)
        invitation.is_waiting = False
        return Verdict.TAKEN
    _tell_what_holds(invitation, status, reply, now=now)
    return Verdict.OUT_OF_DATE if is_stale else Verdict.DIFFERS


def _respond(invitation: Invitation, status: RsvpStatus, *, now: datetime) -> bool:
    """Do what a click on the page of the session would do; return whether that is what holds now.

    :raises PermissionDenied: the member has left the group
    :raises SessionAlreadyStarted: it has begun
    """
    try:
        # What is refused half-way leaves nothing behind.
        with db.session.begin_nested():
            rsvp = respond(invitation.group_session, actor=invitation.user, status=status, now=now)
    except (SessionIsCancelled, ApprovalNeeded, NoRoomForCompanions):
        return False
    return rsvp.status is status


def _is_from(person: UserAccount, reply: Reply) -> bool:
    """Tell whether the member answers, and nobody besides.

    Somebody who reads one mailbox under several addresses sends a reply of which only the sender,
    or only the attendee, is the address that we know. Nobody whom the letter was passed on to does.
    """
    return len(reply.attendees) == 1 and person.email in {reply.sender, *reply.attendees}


def _note(invitation: Invitation, reply: Reply, *, now: datetime) -> bool:
    """Write down that a reply came; return False for one that came before, or was overtaken.

    Of two answers the one that was given later holds, whichever arrives first (RFC 5546 §2.1.5).
    """
    if reply.key in invitation.taken_replies:
        return False
    invitation.taken_replies = [*invitation.taken_replies, reply.key][-KEEP_TAKEN:]
    # A clock that is fast must not keep out what comes later.
    answered_at = min(reply.stamped_at or now, now)
    if invitation.answered_at is not None and answered_at < invitation.answered_at:
        return False
    invitation.answered_at = answered_at
    return True


def _is_about_present_time(invitation: Invitation, reply: Reply) -> bool:
    return (
        reply.sequence >= invitation.time_sequence
        and invitation.starts_at == invitation.group_session.starts_at
    )


def _tell_what_holds(
    invitation: Invitation, status: RsvpStatus, reply: Reply, *, now: datetime
) -> None:
    """Say by mail that something else holds than what was clicked."""
    rsvp = find_rsvp(invitation.group_session, invitation.user)
    is_invited = queries.find_choice(invitation.user) is not None
    if is_invited and stands(rsvp, invitation.group_session):
        # The invitation itself says how things stand, and mends the calendar as well.
        write_again(invitation, rsvp, now=now)
        return
    enqueue(
        "calendars.answer_differs",
        {"invitation_id": invitation.id, "status": status.value},
        key=f"calendars.answer_differs:{invitation.public_id}:{reply.key}",
        now=now,
    )


def _ask_member(invitation: Invitation, *, now: datetime) -> None:
    """Ask the member whether it was them: once for each invitation, however many replies come."""
    enqueue(
        "calendars.answer_unsure",
        {"invitation_id": invitation.id},
        key=f"calendars.answer_unsure:{invitation.public_id}:{invitation.sequence}",
        now=now,
    )
