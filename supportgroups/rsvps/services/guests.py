"""Coming without an account: one name, one button, one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from supportgroups.accounts import queries as account_queries
from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.services import tries
from supportgroups.accounts.services.guests import make_guest
from supportgroups.accounts.services.sign_ins import NewDevice, open_device
from supportgroups.db import transaction
from supportgroups.errors import DomainError, TooManyTries
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.groups.queries import lock_group
from supportgroups.groups.services.members import join_group
from supportgroups.limits import spend
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.answers import AnswerDetails, respond
from supportgroups.rsvps.services.enrolments import enrol
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.tokens import derived_secret

#: What somebody comes to: a single date, or a course with all of its dates.
Goal: TypeAlias = GroupSession | Series

#: So many people can come to one session or course without an account in one hour.
GUESTS_PER_SESSION = 100
SESSION_WINDOW = timedelta(hours=1)


class NoBookingNeeded(DomainError):
    """People just turn up to this session, so nobody says that they come."""


@dataclass(frozen=True, kw_only=True)
class GuestDetails:
    """What somebody types to come without an account."""

    display_name: str
    #: Only for letters about their answers.
    email: str | None
    #: The version of the agreement that they saw.
    agreement_version: int
    is_first_time: bool = False
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Somebody who has just come, with all that their browser needs to come back."""

    device: NewDevice
    #: Of their own link; told only now.
    link_secret: str


def come_as_guest(
    goal: Goal,
    details: GuestDetails,
    *,
    form_key: str,
    device_name: str,
    caller: str,
    now: datetime,
) -> Arrival:
    """Make a light account, a member and an answer out of one name, all or nothing.

    The secret of their own link is made from the key of the form. So a form that is sent again,
    because the answer got lost on the way, finds the same person and shows the same link.

    Whether anybody else has the e-mail address changes nothing here.

    :param form_key: long and random, made when the form was shown
    :param caller: the network address, by `networks.caller_of`
    :raises PermissionDenied: not everybody may join this group
    :raises AgreementChanged: the agreement is not the one that they saw
    :raises NoBookingNeeded: people just turn up
    :raises SessionAlreadyStarted: the session has begun
    :raises SessionIsCancelled: it will not take place
    :raises ApprovalNeeded: people ask first to come to this schedule
    :raises NotEnrolled: they come to this session by a place in its course
    :raises NobodyEnrols: they come to the dates of this course one by one
    :raises TooManyTries: too many from there, or to this session or course
    """
    secret = derived_secret("guest", f"{goal.public_id}:{form_key}")
    is_link_mailed = False
    if account_queries.find_manage_link(secret) is None:
        tries.count_guest_from(caller, now=now)
        _count_guest_of(goal, now=now)
        is_link_mailed = details.email is not None and tries.may_write_to(details.email, now=now)
    return _arrive(
        goal,
        details,
        secret=secret,
        is_link_mailed=is_link_mailed,
        device_name=device_name,
        now=now,
    )


def _count_guest_of(goal: Goal, *, now: datetime) -> None:
    key = f"guests of {goal.public_id}"
    if not spend(key, limit=GUESTS_PER_SESSION, per=SESSION_WINDOW, now=now):
        raise TooManyTries


@transaction()
def _arrive(
    goal: Goal,
    details: GuestDetails,
    *,
    secret: str,
    is_link_mailed: bool,
    device_name: str,
    now: datetime,
) -> Arrival:
    # Of two that bring the same key the second finds whom the first one made.
    group = lock_group(goal.group_id)
    ensure(None, Permission.SESSION_COME, group)
    link = account_queries.find_manage_link(secret)
    if link is not None:
        guest = link.user
    else:
        guest = make_guest(
            display_name=details.display_name,
            contact_email=details.email,
            is_link_mailed=is_link_mailed,
            secret=secret,
            language=details.language,
            now=now,
        )
        _join_and_take_part(goal, details, guest=guest, now=now)
    device = open_device(guest, device_name=device_name, now=now)
    return Arrival(device=device, link_secret=secret)


def _join_and_take_part(
    goal: Goal, details: GuestDetails, *, guest: UserAccount, now: datetime
) -> None:
    name, version = details.display_name, details.agreement_version
    if isinstance(goal, Series):
        join_and_enrol(goal, actor=guest, display_name=name, agreement_version=version, now=now)
        return
    join_and_come(
        goal,
        actor=guest,
        display_name=name,
        agreement_version=version,
        is_first_time=details.is_first_time,
        now=now,
    )


@transaction()
def join_and_enrol(
    series: Series,
    *,
    actor: UserAccount,
    display_name: str,
    agreement_version: int,
    now: datetime,
) -> None:
    """Become a member of an open group and enrol in its course, or get on its list, in one step.

    :raises PermissionDenied: not everybody may join this group, or the actor was removed from it
    :raises AlreadyAMember: they belong to it
    :raises AgreementChanged: `agreement_version` is not the one in force
    :raises NobodyEnrols: people come to its dates one by one
    :raises ApprovalNeeded: an organizer lets people in first
    """
    ensure(actor, Permission.SESSION_COME, series.group)
    join_group(
        series.group,
        actor=actor,
        display_name=display_name,
        agreement_version=agreement_version,
        now=now,
    )
    enrol(series, actor=actor, now=now)


@transaction()
def join_and_come(
    group_session: GroupSession,
    *,
    actor: UserAccount,
    display_name: str,
    agreement_version: int,
    is_first_time: bool,
    now: datetime,
) -> None:
    """Become a member of an open group and say that one comes to a session, in one step.

    :raises PermissionDenied: not everybody may join this group, or the actor was removed from it
    :raises AlreadyAMember: they belong to it
    :raises AgreementChanged: `agreement_version` is not the one in force
    :raises NoBookingNeeded: people just turn up
    :raises SessionAlreadyStarted: the session has begun
    :raises SessionIsCancelled: it will not take place
    :raises ApprovalNeeded: people ask first to come to this schedule
    :raises NotEnrolled: people come by a place in the whole course
    """
    ensure(actor, Permission.SESSION_COME, group_session.group)
    if group_session.is_drop_in:
        raise NoBookingNeeded
    join_group(
        group_session.group,
        actor=actor,
        display_name=display_name,
        agreement_version=agreement_version,
        now=now,
    )
    details = AnswerDetails(is_first_time=is_first_time)
    respond(group_session, actor=actor, status=RsvpStatus.ACCEPTED, details=details, now=now)
