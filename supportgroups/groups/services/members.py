"""Joining, leaving, and who does what in a group."""

from datetime import datetime
from uuid import UUID

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.groups import queries
from supportgroups.groups.models import (
    Admission,
    Group,
    InvitationLink,
    JoinRequest,
    Membership,
    Role,
)
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.outbox.services.jobs import enqueue


class AgreementChanged(DomainError):
    """The agreement was changed while the person read it; they have to see the new one."""


class AlreadyAMember(DomainError):
    """The person belongs to the group already."""


class LastOrganizer(DomainError):
    """A group needs somebody who organizes it."""


class NoLongerAMember(DomainError):
    """The person does not belong to the group any more."""


class RequestAlreadyAnswered(DomainError):
    """Another organizer answered the request first, or it was withdrawn."""


class InvitationUnusable(DomainError):
    """The invitation link ran out, was revoked, or is not for somebody the organizers removed."""


@transaction()
def join_group(
    group: Group,
    *,
    actor: UserAccount,
    display_name: str,
    agreement_version: int,
    message: str = "",
    now: datetime,
) -> Membership | JoinRequest:
    """Become a member of an open group; in a group that wants to be asked, ask.

    :raises PermissionDenied: the group is by invitation, or they were removed from it
    :raises AlreadyAMember: they belong to it
    :raises AgreementChanged: `agreement_version` is not the one in force
    """
    group = queries.lock_group(group.id)
    if queries.find_membership(group, actor) is not None:
        raise AlreadyAMember
    ensure(actor, Permission.GROUP_JOIN, group)
    _ensure_agreed(group, agreement_version)
    if group.admission_now is Admission.OPEN:
        return _admit(group, actor, display_name, agreement_version, approved_at=None, now=now)
    return _ask(group, actor, display_name, agreement_version, message, now=now)


def _ask(
    group: Group,
    actor: UserAccount,
    display_name: str,
    agreement_version: int,
    message: str,
    *,
    now: datetime,
) -> JoinRequest:
    request = queries.find_join_request(group, actor)
    if request is None:
        request = JoinRequest(group_id=group.id, user_id=actor.id, asked_at=now)
        db.session.add(request)
    request.display_name = display_name
    request.message = message
    request.agreement_version = agreement_version
    db.session.flush()
    for organizer in queries.list_members(group, roles=[Role.ORGANIZER]):
        enqueue(
            "groups.join_requested",
            {"join_request_id": request.id, "user_id": organizer.user_id},
            key=f"join-requested:{request.public_id}:{organizer.user_id}",
            now=now,
        )
    return request


def _admit(
    group: Group,
    user: UserAccount,
    display_name: str,
    agreement_version: int,
    *,
    approved_at: datetime | None,
    now: datetime,
) -> Membership:
    membership = queries.find_past_or_present_membership(group, user)
    if membership is None:
        membership = Membership(group_id=group.id, user_id=user.id)
        db.session.add(membership)
    membership.approved_at = approved_at
    membership.role = Role.MEMBER
    membership.display_name = display_name
    membership.joined_at = now
    membership.agreement_version = agreement_version
    membership.agreed_at = now
    membership.removed_at = None
    request = queries.find_join_request(group, user)
    if request is not None:
        db.session.delete(request)
    user.touch_calendar(now)
    return membership


def _ensure_agreed(group: Group, agreement_version: int) -> None:
    if agreement_version != group.agreement_version:
        raise AgreementChanged


@transaction()
def withdraw_join_request(group: Group, *, actor: UserAccount) -> None:
    """Take back one's own request to join; nothing happens if there is none."""
    request = queries.find_join_request(group, actor)
    if request is not None:
        db.session.delete(request)


@transaction()
def decide_join_request(
    group: Group, request_id: UUID, *, actor: UserAccount, approve: bool, now: datetime
) -> None:
    """Let somebody in, or not. They are told either way; the request itself is deleted.

    :raises PermissionDenied: the actor does not organize the group
    :raises RequestAlreadyAnswered: it is no longer waiting
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_MEMBERS, group)
    request = queries.find_join_request_by_id(group, request_id)
    if request is None:
        raise RequestAlreadyAnswered
    subject = str(request_id)
    membership = queries.find_membership(group, request.user)
    if approve and membership is not None:
        membership.approved_at = now
        db.session.delete(request)
    elif approve:
        _admit(
            group,
            request.user,
            request.display_name,
            request.agreement_version,
            approved_at=now,
            now=now,
        )
    else:
        db.session.delete(request)
    outcome = "approved" if approve else "declined"
    record(
        f"join_request.{outcome}", actor_id=actor.id, group_id=group.id, subject=subject, now=now
    )
    enqueue(
        f"groups.join_request_{outcome}",
        {"group_id": group.id, "user_id": request.user_id},
        key=f"join-request-{outcome}:{subject}",
        now=now,
    )


@transaction()
def join_by_invitation(
    link: InvitationLink,
    *,
    actor: UserAccount,
    display_name: str,
    agreement_version: int,
    now: datetime,
) -> Membership:
    """Become a member through an invitation link, whatever the group's admission.

    :raises InvitationUnusable: it ran out or was revoked, or the organizers removed this person
    :raises AlreadyAMember: they belong to the group
    :raises AgreementChanged: `agreement_version` is not the one in force
    """
    group = queries.lock_group(link.group_id)
    past = queries.find_past_or_present_membership(group, actor)
    if past is not None and past.is_active:
        raise AlreadyAMember
    if past is not None or not link.is_usable(now):
        raise InvitationUnusable
    _ensure_agreed(group, agreement_version)
    link.uses = InvitationLink.uses + 1
    return _admit(group, actor, display_name, agreement_version, approved_at=now, now=now)


@transaction()
def ask_for_approval(group: Group, *, actor: UserAccount, now: datetime) -> None:
    """Ask the organizers to let one in where joining freely was not enough.

    Nothing happens if they have done so already.

    :raises PermissionDenied: the actor is not a member
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_LEAVE, group)
    membership = queries.get_membership(group, actor)
    if not membership.is_approved:
        _ask(group, actor, membership.display_name, membership.agreement_version, "", now=now)


@transaction()
def accept_agreement(
    group: Group, *, actor: UserAccount, agreement_version: int, now: datetime
) -> None:
    """Accept the agreement as it reads now.

    :raises PermissionDenied: the actor is not a member
    :raises AgreementChanged: `agreement_version` is not the one in force
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_LEAVE, group)
    _ensure_agreed(group, agreement_version)
    membership = queries.get_membership(group, actor)
    membership.agreement_version = agreement_version
    membership.agreed_at = now


@transaction()
def leave_group(group: Group, *, actor: UserAccount, now: datetime) -> None:
    """Stop being a member. Nobody is asked why, and coming back is as easy as coming was.

    :raises PermissionDenied: the actor is not a member
    :raises LastOrganizer: nobody else organizes the group
    """
    group = queries.lock_group(group.id)
    ensure(actor, Permission.GROUP_LEAVE, group)
    membership = queries.get_membership(group, actor)
    _ensure_another_organizer(group, membership)
    db.session.delete(membership)
    _announce_end(group, actor, now=now)


@transaction()
def remove_member(membership: Membership, *, actor: UserAccount, now: datetime) -> None:
    """End somebody's membership. They cannot walk in again; organizers can undo it.

    Nothing happens if it has ended already.

    :raises PermissionDenied: the actor does not organize the group
    :raises LastOrganizer: nobody else organizes the group
    """
    group = _lock(membership, actor)
    if not membership.is_active:
        return
    _ensure_another_organizer(group, membership)
    membership.removed_at = now
    record(
        "membership.removed",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(membership.public_id),
        now=now,
    )
    _announce_end(group, membership.user, now=now)
    events.member_removed.send(group_id=group.id, now=now)


@transaction()
def readmit_member(membership: Membership, *, actor: UserAccount, now: datetime) -> None:
    """Let somebody back in whom the organizers removed, as a member.

    Nothing happens to somebody who belongs to the group.

    :raises PermissionDenied: the actor does not organize the group
    """
    group = _lock(membership, actor)
    if membership.is_active:
        return
    membership.removed_at = None
    membership.approved_at = now
    membership.role = Role.MEMBER
    membership.user.touch_calendar(now)
    record(
        "membership.readmitted",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(membership.public_id),
        now=now,
    )


@transaction()
def change_role(membership: Membership, role: Role, *, actor: UserAccount, now: datetime) -> None:
    """Change what somebody does in the group.

    :raises PermissionDenied: the actor does not organize the group
    :raises NoLongerAMember: the membership has ended
    :raises LastOrganizer: nobody else organizes the group
    """
    group = _lock(membership, actor)
    if not membership.is_active:
        raise NoLongerAMember
    if role is not Role.ORGANIZER:
        _ensure_another_organizer(group, membership)
    stops_leading = membership.role is not Role.MEMBER and role is Role.MEMBER
    membership.role = role
    record(
        f"membership.made_{role}",
        actor_id=actor.id,
        group_id=group.id,
        subject=str(membership.public_id),
        now=now,
    )
    if stops_leading:
        membership.user.touch_calendar(now)
        events.lead_ended.send(group_id=group.id, user_id=membership.user_id, now=now)


def _lock(membership: Membership, actor: UserAccount) -> Group:
    """Return the group of a membership, and read the membership again now that nobody writes."""
    group = queries.lock_group(membership.group_id)
    ensure(actor, Permission.GROUP_MEMBERS, group)
    db.session.refresh(membership)
    return group


def _ensure_another_organizer(group: Group, membership: Membership) -> None:
    if membership.role is Role.ORGANIZER and queries.count_organizers(group) == 1:
        raise LastOrganizer


def _announce_end(group: Group, user: UserAccount, *, now: datetime) -> None:
    user.touch_calendar(now)
    db.session.flush()
    events.membership_ended.send(group_id=group.id, user_id=user.id, now=now)
