"""Inviting members by mail to the sessions they go to, so that their calendar programs hold them.

An answer can change in many ways: by its person, by a place that became free, by a seat in a
schedule, by leaving a group. So nobody announces it. Once a minute what calendars were told is
compared with what is so, and whoever was told something else is written to.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import queries
from supportgroups.calendars.models import Discretion, Invitation, InvitationChoice
from supportgroups.calendars.reply_addresses import reply_token
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.revisions import rising
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.queries import find_rsvp
from supportgroups.sessions.models import GroupSession
from supportgroups.tokens import hash_secret, uuid7


class NoVerifiedAddress(DomainError):
    """Nobody has shown that an address is theirs to which the invitations could go."""


@dataclass(frozen=True, kw_only=True)
class News:
    """What a letter about an invitation tells, as it is just before the letter leaves."""

    invitation: Invitation
    choice: InvitationChoice
    #: None of somebody who no longer belongs to the group.
    rsvp: Rsvp | None


def can_be_invited(person: UserAccount) -> bool:
    """Tell whether somebody has an address that is known to be theirs."""
    return person.email is not None and person.is_email_verified


def stands(rsvp: Rsvp | None, group_session: GroupSession) -> bool:
    """Tell whether a session belongs into the calendar of the person who gave this answer."""
    return (
        rsvp is not None and rsvp.status in queries.SHOWN_ANSWERS and not group_session.is_cancelled
    )


def waits(rsvp: Rsvp | None) -> bool:
    """Tell whether an entry has to say that its reader waits for a place."""
    return rsvp is not None and rsvp.status is RsvpStatus.WAITLISTED


@transaction()
def choose_invitations(
    *, actor: UserAccount, discretion: Discretion, neutral_word: str
) -> InvitationChoice:
    """Invite the actor by mail from now on. What was sent already stays as it is.

    :raises NoVerifiedAddress: the actor has none
    """
    if not can_be_invited(actor):
        raise NoVerifiedAddress
    queries.lock_owner(actor)
    choice = queries.find_choice(actor)
    if choice is None:
        choice = InvitationChoice(user_id=actor.id)
        db.session.add(choice)
    choice.discretion = discretion
    choice.neutral_word = neutral_word
    db.session.flush()
    return choice


@transaction()
def stop_invitations(user: UserAccount) -> None:
    """Invite somebody no more; nothing happens if they were not invited anyway."""
    db.session.execute(delete(InvitationChoice).where(InvitationChoice.user_id == user.id))


def bring_calendars_into_step(*, now: datetime) -> int:
    """Queue a letter for each session that a calendar does not show as it is; return how many.

    One transaction for each person, so that one failure does not undo the rest.
    """
    people = queries.list_people_out_of_step(now=now)
    return sum(_bring_into_step(user_id, now=now) for user_id in people)


@transaction()
def _bring_into_step(user_id: int, *, now: datetime) -> int:
    queries.lock_owner_id(user_id)
    found = queries.list_to_invite(user_id, now=now)
    for group_session, rsvp, invitation in found:
        if invitation is None:
            _invite(group_session, rsvp, now=now)
        else:
            write_again(invitation, rsvp, now=now)
    withdrawn = queries.list_to_withdraw(user_id, now=now)
    for invitation in withdrawn:
        write_again(invitation, find_rsvp(invitation.group_session, invitation.user), now=now)
    return len(found) + len(withdrawn)


def _invite(group_session: GroupSession, rsvp: Rsvp, *, now: datetime) -> None:
    public_id = uuid7()
    invitation = Invitation(
        public_id=public_id,
        user_id=rsvp.user_id,
        group_session_id=group_session.id,
        token_hash=hash_secret(reply_token(public_id)),
        sequence=group_session.sequence,
        stamped_at=now.replace(microsecond=0),
        session_sequence=group_session.sequence,
        starts_at=group_session.starts_at,
        time_sequence=group_session.sequence,
        is_standing=True,
        is_waiting=waits(rsvp),
    )
    db.session.add(invitation)
    db.session.flush()
    _queue_letter(invitation, now=now)


@transaction()
def write_again(invitation: Invitation, rsvp: Rsvp | None, *, now: datetime) -> None:
    """Queue a letter that tells the member's calendar what holds now; needs the owner's lock."""
    group_session = invitation.group_session
    invitation.sequence = max(invitation.sequence + 1, group_session.sequence)
    invitation.session_sequence = group_session.sequence
    invitation.stamped_at = rising(invitation.stamped_at, now)
    if invitation.starts_at != group_session.starts_at:
        invitation.starts_at = group_session.starts_at
        invitation.time_sequence = invitation.sequence
    invitation.is_standing = stands(rsvp, group_session)
    invitation.is_waiting = waits(rsvp)
    # After a change of the secret key the address is another one.
    invitation.token_hash = hash_secret(reply_token(invitation.public_id))
    db.session.flush()
    _queue_letter(invitation, now=now)


def _queue_letter(invitation: Invitation, *, now: datetime) -> None:
    enqueue(
        "calendars.invitation",
        {"invitation_id": invitation.id, "sequence": invitation.sequence},
        key=f"calendars.invitation:{invitation.public_id}:{invitation.sequence}",
        now=now,
    )


@transaction()
def issue_letter(invitation_id: int, *, sequence: int, now: datetime) -> News | None:
    """Return what a letter tells that is about to leave; none when its reason is gone.

    It is gone when a later letter was asked for, or is about to be: then what is so has changed
    since. A calendar that was never told of a session need not be told to drop it.
    """
    invitation = queries.find_invitation(invitation_id)
    if invitation is None or invitation.sequence != sequence:
        return None
    person, group_session = invitation.user, invitation.group_session
    choice = queries.find_choice(person)
    if choice is None or not can_be_invited(person) or group_session.has_started(now):
        return None
    rsvp = find_rsvp(group_session, person)
    told = (invitation.is_standing, invitation.is_waiting, invitation.session_sequence)
    if told != (stands(rsvp, group_session), waits(rsvp), group_session.sequence):
        return None
    if not invitation.is_standing and invitation.sent_sequence is None:
        return None
    invitation.sent_sequence = sequence
    return News(invitation=invitation, choice=choice, rsvp=rsvp)


@transaction()
def forget_past_invitations(*, now: datetime) -> int:
    """Erase who was invited to what, once it is over; return how many rows that were."""
    over = select(GroupSession.id).where(GroupSession.ends_at <= now)
    erased = db.session.execute(
        delete(Invitation).where(Invitation.group_session_id.in_(over)).returning(Invitation.id)
    )
    return len(erased.all())
