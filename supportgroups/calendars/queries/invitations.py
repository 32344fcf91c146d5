"""Questions about invitations: whose calendar differs from what is so, and who is answered for."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.models import Invitation, InvitationChoice
from supportgroups.calendars.queries.feeds import SHOWN_ANSWERS
from supportgroups.db import db
from supportgroups.rsvps.models import Rsvp, RsvpStatus, SeriesRsvp
from supportgroups.sessions.models import GroupSession, SessionStatus
from supportgroups.tokens import hash_secret

#: Who holds a seat in a schedule is invited to its dates as they come near, not to half a year of
#: them in one hour. Who answers one date is invited to it at once.
AHEAD = timedelta(days=28)


class ToInvite(NamedTuple):
    """A session that somebody's calendar does not show, or not as it is."""

    group_session: GroupSession
    rsvp: Rsvp
    #: None before the first letter about it.
    invitation: Invitation | None


def find_choice(user: UserAccount) -> InvitationChoice | None:
    """Return how somebody wants to be invited; none if they do not."""
    return db.session.get(InvitationChoice, user.id)


def list_people_out_of_step(*, now: datetime) -> list[int]:
    """Return the ids of those whose calendar does not show all their sessions as they are."""
    found = set(db.session.execute(_to_invite(now).with_only_columns(Rsvp.user_id)).scalars())
    found.update(
        db.session.execute(_to_withdraw(now).with_only_columns(Invitation.user_id)).scalars()
    )
    return sorted(found)


def list_to_invite(user_id: int, *, now: datetime) -> list[ToInvite]:
    """Return what somebody comes to, might come to or waits for, unless their calendar has it."""
    rows = db.session.execute(
        _to_invite(now)
        .where(Rsvp.user_id == user_id)
        .order_by(GroupSession.starts_at, GroupSession.id)
    )
    return [ToInvite(*row) for row in rows]


def list_to_withdraw(user_id: int, *, now: datetime) -> list[Invitation]:
    """Return what stands in somebody's calendar and is cancelled, or no longer theirs."""
    return list(
        db.session.execute(
            _to_withdraw(now).where(Invitation.user_id == user_id).order_by(Invitation.id)
        ).scalars()
    )


def find_invitation(invitation_id: int) -> Invitation | None:
    """Return an invitation with its person and session."""
    return db.session.execute(_whole().where(Invitation.id == invitation_id)).scalar_one_or_none()


def find_invitation_of(token: str) -> Invitation | None:
    """Return the invitation that answers to the address with this token are about."""
    return db.session.execute(
        _whole().where(Invitation.token_hash == hash_secret(token))
    ).scalar_one_or_none()


def _whole() -> Select[*tuple[Invitation]]:
    return select(Invitation).options(
        joinedload(Invitation.user), joinedload(Invitation.group_session)
    )


def _to_invite(now: datetime) -> Select[*tuple[Any, ...]]:
    has_seat = exists().where(
        SeriesRsvp.series_id == GroupSession.series_id, SeriesRsvp.user_id == Rsvp.user_id
    )
    return (
        select(GroupSession, Rsvp, Invitation)
        .select_from(InvitationChoice)
        .join(UserAccount, UserAccount.id == InvitationChoice.user_id)
        .join(Rsvp, Rsvp.user_id == InvitationChoice.user_id)
        .join(GroupSession, GroupSession.id == Rsvp.group_session_id)
        .outerjoin(
            Invitation,
            and_(
                Invitation.user_id == Rsvp.user_id,
                Invitation.group_session_id == Rsvp.group_session_id,
            ),
        )
        .where(
            UserAccount.email.is_not(None),
            UserAccount.is_email_verified,
            Rsvp.status.in_(SHOWN_ANSWERS),
            GroupSession.status == SessionStatus.SCHEDULED,
            GroupSession.starts_at > now,
            or_(
                Invitation.session_sequence != GroupSession.sequence,
                Invitation.is_standing.is_(False),
                Invitation.is_waiting != (Rsvp.status == RsvpStatus.WAITLISTED),
                and_(
                    Invitation.id.is_(None),
                    or_(GroupSession.starts_at <= now + AHEAD, ~has_seat),
                ),
            ),
        )
    )


def _to_withdraw(now: datetime) -> Select[*tuple[Any, ...]]:
    return (
        select(Invitation)
        .select_from(InvitationChoice)
        .join(Invitation, Invitation.user_id == InvitationChoice.user_id)
        .join(GroupSession, GroupSession.id == Invitation.group_session_id)
        .outerjoin(
            Rsvp,
            and_(
                Rsvp.user_id == Invitation.user_id,
                Rsvp.group_session_id == Invitation.group_session_id,
            ),
        )
        .where(
            Invitation.is_standing,
            GroupSession.starts_at > now,
            or_(
                GroupSession.status == SessionStatus.CANCELLED,
                Rsvp.id.is_(None),
                Rsvp.status == RsvpStatus.DECLINED,
            ),
        )
    )
