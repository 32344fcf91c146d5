"""Questions that feeds and their links ask.

A feed first reads counters, then, only if they changed, which sessions it shows, and then, only
for those whose bytes are not kept, the sessions themselves. It never asks the other way round:
what is read later may be newer than the counters, and the next poll finds that out.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Case,
    Engine,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import joinedload

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.window import Reach, Window
from supportgroups.db import UTCDateTime, db
from supportgroups.groups.models import Group, Membership
from supportgroups.prepared import Prepared
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.sessions.models import GroupSession, SessionFacilitator, SessionStatus
from supportgroups.tokens import hash_secret

#: The answers with which a session stands in its owner's calendar.
SHOWN_ANSWERS = (RsvpStatus.ACCEPTED, RsvpStatus.TENTATIVE, RsvpStatus.WAITLISTED)


class SiteCounters(NamedTuple):
    """What tells that the calendars of all listed groups are as they were."""

    groups: int
    #: Differs when one group leaves the list and another one comes.
    ids: int
    revisions: int
    revised_at: datetime | None


class KnownLink(NamedTuple):
    """A private link: whether it works, and what tells that its feed is as it was."""

    id: int
    expires_at: datetime
    revoked_at: datetime | None
    last_fetched_at: datetime | None
    #: `LinkCounters` as the driver gives them: most often they are only compared.
    counters: tuple[Any, ...]


class LinkCounters(NamedTuple):
    """What the feed of a private link is made from, but for the sessions."""

    public_id: UUID
    user_id: int
    group_id: int | None
    #: Whether it carries what the owner leads, and nothing else.
    is_for_duties: bool
    discretion: Discretion
    neutral_word: str
    reach: Reach
    has_past: bool
    revised_at: datetime
    language: str | None
    #: Rises with the owner's answers and memberships.
    owner_revision: int
    owner_revised_at: datetime
    #: The groups of this feed in which the owner is a member now.
    groups: int
    revisions: int
    groups_revised_at: datetime | None
    #: The name of the one group of this feed, unless it is for all or the owner left.
    group_name: str | None


class PublicRow(NamedTuple):
    """What is needed of a session to find the kept bytes of its public entry."""

    id: int
    uid: str
    revision: int
    group_id: int


class PrivateRow(NamedTuple):
    """What is needed of a session to find the kept bytes of an owner's entry.

    Its values are as the driver gives them, until `read_private_row`: most rows are only compared.
    """

    id: int
    uid: str
    revision: int
    group_name: str
    answer: RsvpStatus | None
    #: The answer was for another time, and nobody counts on it before it is given again.
    is_asked_again: bool | None
    #: The last change of the session, of the answer or of the link.
    revised_at: datetime


class Found(NamedTuple):
    """The rows of a window: those before its Monday, latest first, and the rest, soonest first."""

    past: Sequence[Any]
    coming: Sequence[Any]


# Over plain tables, and written down once: see `Prepared`.
_link, _owner, _membership, _group, _session, _leader, _rsvp = (
    model.__table__
    for model in (
        FeedLink, UserAccount, Membership, Group, GroupSession, SessionFacilitator, Rsvp,
    )
)  # fmt: skip

_SITE_COUNTERS = select(
    func.count(_group.c.id),
    func.coalesce(func.sum(_group.c.id), 0),
    func.coalesce(func.sum(_group.c.calendar_revision), 0),
    func.max(_group.c.calendar_revised_at),
).where(Group.is_listed)

#: Of the columns of a link, the first that stands in its counters.
_FIRST_COUNTER = 4
_LINK = Prepared(
    select(
        _link.c.id,
        _link.c.expires_at,
        _link.c.revoked_at,
        _link.c.last_fetched_at,
        _link.c.public_id,
        _link.c.user_id,
        _link.c.group_id,
        _link.c.is_for_duties,
        _link.c.discretion,
        _link.c.neutral_word,
        _link.c.reach,
        _link.c.has_past,
        _link.c.revised_at,
        _owner.c.language,
        _owner.c.calendar_revision,
        _owner.c.calendar_revised_at,
        func.count(_group.c.id),
        func.coalesce(func.sum(_group.c.calendar_revision), 0),
        func.max(_group.c.calendar_revised_at),
        case((_link.c.group_id.is_not(None), func.max(_group.c.name))),
    )
    .join_from(_link, _owner, _owner.c.id == _link.c.user_id)
    .outerjoin(
        _membership,
        and_(
            _membership.c.user_id == _link.c.user_id,
            _membership.c.removed_at.is_(None),
            or_(_link.c.group_id.is_(None), _membership.c.group_id == _link.c.group_id),
        ),
    )
    .outerjoin(_group, _group.c.id == _membership.c.group_id)
    .where(_link.c.secret_hash == bindparam("secret_hash"))
    .group_by(_link.c.id, _owner.c.id)
)


_most = bindparam("most", type_=Integer)


class _InWindow(NamedTuple):
    """One question about the sessions of a window, asked of its past and of what is to come."""

    past: Prepared
    coming: Prepared

    @classmethod
    def of(cls, question: Select[*tuple[Any, ...]]) -> "_InWindow":
        starts_at = _session.c.starts_at
        past = question.where(
            starts_at >= bindparam("starts_at"),
            starts_at < bindparam("opened_at"),
            or_(
                _session.c.status != SessionStatus.CANCELLED,
                starts_at >= bindparam("cancelled_since"),
            ),
        )
        coming = question.where(
            starts_at >= bindparam("opened_at"), starts_at < bindparam("ends_at")
        )
        return cls(
            Prepared(past.order_by(starts_at.desc(), _session.c.id.desc()).limit(_most)),
            Prepared(coming.order_by(starts_at, _session.c.id).limit(_most)),
        )

    def ask(self, window: Window, most: int, **values: Any) -> Found:
        """Ask of both; return at most `most` rows of each."""
        past = self.past.ask(
            db.engine,
            starts_at=window.starts_at,
            opened_at=window.opened_at,
            cancelled_since=window.cancelled_since,
            most=most,
            **values,
        )
        coming = self.coming.ask(
            db.engine, opened_at=window.opened_at, ends_at=window.ends_at, most=most, **values
        )
        return Found(past, coming)


_public = select(_session.c.id, _session.c.uid, _session.c.revision, _session.c.group_id)
# Not a join: sessions are then read in the order of time until there are enough, instead of all
# the sessions of every listed group.
_is_listed = select(Group.is_listed).where(Group.id == _session.c.group_id).scalar_subquery()
_PUBLIC_OF_LISTED = _InWindow.of(_public.where(_is_listed))
_PUBLIC_OF_ONE = _InWindow.of(_public.where(_session.c.group_id == bindparam("group_id")))


def _later(moment: Any, other: Any) -> Case[datetime]:
    """Return the later of two; `moment` may be none."""
    return case((moment > other, moment), else_=other)


_private = (
    select(
        _session.c.id,
        _session.c.uid,
        _session.c.revision,
        _group.c.name,
        _rsvp.c.status,
        _rsvp.c.answered_for != _session.c.wall_starts_at,
        _later(
            bindparam("link_revised_at", type_=UTCDateTime()),
            _later(_rsvp.c.responded_at, _session.c.revised_at),
        ),
    )
    .join_from(_session, _group, _group.c.id == _session.c.group_id)
    .join(
        _membership,
        and_(
            _membership.c.group_id == _session.c.group_id,
            _membership.c.user_id == bindparam("user_id"),
            _membership.c.removed_at.is_(None),
        ),
    )
    .outerjoin(
        _rsvp,
        and_(
            _rsvp.c.group_session_id == _session.c.id,
            _rsvp.c.user_id == bindparam("user_id"),
        ),
    )
)
_is_led = exists().where(
    _leader.c.group_session_id == _session.c.id, _leader.c.user_id == bindparam("user_id")
)
_is_answered = or_(*(_rsvp.c.status == answer for answer in SHOWN_ANSWERS))
_is_shown = or_(_is_answered, and_(_rsvp.c.id.is_(None), _is_led))
_in_group = _session.c.group_id == bindparam("group_id")
#: By what a link is for, and whether it is for one group.
_PRIVATE = {
    (False, False): _InWindow.of(_private.where(_is_shown)),
    (False, True): _InWindow.of(_private.where(_is_shown, _in_group)),
    (True, False): _InWindow.of(_private.where(_is_led)),
    (True, True): _InWindow.of(_private.where(_is_led, _in_group)),
}


_SESSIONS = (
    select(GroupSession)
    .where(GroupSession.id.in_(bindparam("ids", expanding=True)))
    .options(
        joinedload(GroupSession.series),
        joinedload(GroupSession.listed),
        joinedload(GroupSession.pause),
        joinedload(GroupSession.group),
    )
)


def find_feed_group(slug: str) -> Group | None:
    """Return the group at this address in one query, without its topics."""
    return db.session.execute(select(Group).where(Group.slug == slug)).scalar_one_or_none()


def count_listed() -> SiteCounters:
    """Return the counters of the calendar of all listed groups."""
    return SiteCounters(*db.session.execute(_SITE_COUNTERS).one())


def find_known_link(engine: Engine, secret: str) -> KnownLink | None:
    """Return the private link of this secret, a revoked one too. It needs no context."""
    rows = _LINK.ask(engine, secret_hash=hash_secret(secret))
    if not rows:
        return None
    state, counters = rows[0][:_FIRST_COUNTER], rows[0][_FIRST_COUNTER:]
    id_, expires_at, revoked_at, last_fetched_at = _LINK.read(engine, state)
    return KnownLink(id_, expires_at, revoked_at, last_fetched_at, counters)


def read_counters(link: KnownLink) -> LinkCounters:
    """Return the counters of a link as the models know them."""
    return LinkCounters(*_LINK.read(db.engine, link.counters, first=_FIRST_COUNTER))


def find_public_rows(window: Window, *, group: Group | None, most: int) -> Found:
    """Return the sessions of one group, or of all listed groups, in the window."""
    found = (
        _PUBLIC_OF_LISTED.ask(window, most)
        if group is None
        else _PUBLIC_OF_ONE.ask(window, most, group_id=group.id)
    )
    return Found(*([PublicRow(*row) for row in rows] for rows in found))


def find_private_rows(window: Window, *, link: LinkCounters, most: int) -> Found:
    """Return the sessions in the window that the owner of the link comes to or leads.

    That is: answered with yes, maybe or the waiting list, or not answered but led by the owner;
    always in groups to which the owner belongs now. A link for duties carries what the owner leads
    and nothing else, whatever the owner answered.
    """
    values: dict[str, Any] = {"user_id": link.user_id, "link_revised_at": link.revised_at}
    if link.group_id is not None:
        values["group_id"] = link.group_id
    question = _PRIVATE[link.is_for_duties, link.group_id is not None]
    found = question.ask(window, most, **values)
    return Found(*([PrivateRow(*row) for row in rows] for rows in found))


def read_private_row(row: PrivateRow) -> PrivateRow:
    """Return a row with its values as the models know them, and its moment in whole seconds."""
    # All the questions for private rows ask for the same columns.
    read = PrivateRow(*_PRIVATE[False, False].coming.read(db.engine, row))
    return read._replace(revised_at=read.revised_at.replace(microsecond=0))


def list_feed_sessions(ids: Iterable[int]) -> list[GroupSession]:
    """Return these sessions with their series and group, in no order, in one query."""
    return list(db.session.execute(_SESSIONS, {"ids": list(ids)}).scalars())


def list_feed_groups(ids: Iterable[int]) -> list[Group]:
    """Return these groups, in no order, in one query."""
    return list(db.session.execute(select(Group).where(Group.id.in_(list(ids)))).scalars())
