"""Questions about groups and who belongs to them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ColumnExpressionArgument,
    and_,
    func,
    not_,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.models import (
    AccessFact,
    Admission,
    Group,
    GroupDraft,
    GroupTopic,
    HiddenBecause,
    InvitationLink,
    JoinRequest,
    Membership,
    ProblemKind,
    ProblemReport,
    Role,
    Visibility,
)
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Format, Topic
from supportgroups.tokens import hash_secret


def list_all_groups() -> list[Group]:
    """Return every group of the site, for whoever runs it; pages never show this list."""
    return list(db.session.execute(select(Group).order_by(Group.id)).scalars())


def find_group(slug: str) -> Group | None:
    """Return the group at this address."""
    return db.session.execute(select(Group).where(Group.slug == slug)).scalar_one_or_none()


def find_past_or_present_membership(group: Group, user: UserAccount) -> Membership | None:
    """Return the person's membership, also one that the organizers ended."""
    return db.session.get(Membership, (group.id, user.id))


def find_membership(group: Group, user: UserAccount | None) -> Membership | None:
    """Return the membership of somebody who belongs to the group now."""
    if user is None:
        return None
    membership = find_past_or_present_membership(group, user)
    return membership if membership is not None and membership.is_active else None


def get_membership(group: Group, user: UserAccount) -> Membership:
    """Return the membership of somebody who belongs to the group.

    :raises LookupError: they do not
    """
    membership = find_membership(group, user)
    if membership is None:
        raise LookupError(f"user {user.id} does not belong to group {group.id}")
    return membership


def find_membership_by_id(group: Group, public_id: UUID) -> Membership | None:
    """Return the membership of this public id in this group, also an ended one."""
    return db.session.execute(
        select(Membership)
        .where(Membership.public_id == public_id, Membership.group_id == group.id)
        .options(joinedload(Membership.user))
    ).scalar_one_or_none()


def lock_group(group_id: int) -> Group:
    """Return one group as it is now, locked until the transaction ends."""
    return db.session.execute(
        select(Group)
        .where(Group.id == group_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def list_members(group: Group, *, roles: Iterable[Role] = tuple(Role)) -> list[Membership]:
    """Return who belongs to the group in one of these roles, by the name used there."""
    return list(
        db.session.execute(
            select(Membership)
            .where(
                Membership.group_id == group.id,
                Membership.removed_at.is_(None),
                Membership.role.in_(list(roles)),
            )
            .options(joinedload(Membership.user))
            .order_by(Membership.display_name, Membership.user_id)
        ).scalars()
    )


def list_removed_members(group: Group) -> list[Membership]:
    """Return those whose membership the organizers ended, last first."""
    return list(
        db.session.execute(
            select(Membership)
            .where(Membership.group_id == group.id, Membership.removed_at.is_not(None))
            .order_by(Membership.removed_at.desc(), Membership.user_id)
        ).scalars()
    )


def count_organizers(group: Group) -> int:
    """Return how many people organize the group."""
    return _count_members(group, Role.ORGANIZER)


def count_members(group: Group) -> int:
    """Return how many people belong to the group. Show it as a range: `size_range`."""
    return _count_members(group, *Role)


def _count_members(group: Group, *roles: Role) -> int:
    return db.session.execute(
        select(func.count())
        .select_from(Membership)
        .where(
            Membership.group_id == group.id,
            Membership.removed_at.is_(None),
            Membership.role.in_(roles),
        )
    ).scalar_one()


def list_memberships(user: UserAccount) -> list[Membership]:
    """Return the groups that a person belongs to, by name, with the person's role in each."""
    return list(
        db.session.execute(
            select(Membership)
            .join(Membership.group)
            .where(Membership.user_id == user.id, Membership.removed_at.is_(None))
            .options(contains_eager(Membership.group))
            .order_by(Group.name, Group.id)
        ).scalars()
    )


def list_groups_to_hand_over(person: UserAccount) -> list[Membership]:
    """Return the memberships that have to be handed over before the person can be erased."""
    return [
        membership
        for membership in list_memberships(person)
        if membership.role is Role.ORGANIZER
        and count_organizers(membership.group) == 1
        and count_members(membership.group) > 1
    ]


def find_join_request(group: Group, user: UserAccount | None) -> JoinRequest | None:
    """Return the person's own waiting request to join."""
    if user is None:
        return None
    return db.session.execute(
        select(JoinRequest).where(JoinRequest.group_id == group.id, JoinRequest.user_id == user.id)
    ).scalar_one_or_none()


def find_join_request_by_id(group: Group, public_id: UUID) -> JoinRequest | None:
    """Return one waiting request of a group."""
    return db.session.execute(
        select(JoinRequest)
        .where(JoinRequest.group_id == group.id, JoinRequest.public_id == public_id)
        .options(joinedload(JoinRequest.user))
    ).scalar_one_or_none()


def list_join_requests(group: Group) -> list[JoinRequest]:
    """Return who waits to be let in, longest first."""
    return list(
        db.session.execute(
            select(JoinRequest)
            .where(JoinRequest.group_id == group.id)
            .order_by(JoinRequest.asked_at, JoinRequest.id)
        ).scalars()
    )


def list_invitations(group: Group, *, now: datetime) -> list[InvitationLink]:
    """Return the invitation links that still let people in, newest first."""
    return list(
        db.session.execute(
            select(InvitationLink)
            .where(
                InvitationLink.group_id == group.id,
                InvitationLink.revoked_at.is_(None),
                InvitationLink.expires_at > now,
            )
            .order_by(InvitationLink.created_at.desc(), InvitationLink.id.desc())
        ).scalars()
    )


def find_invitation_by_id(group: Group, public_id: UUID) -> InvitationLink | None:
    """Return one invitation link of a group."""
    return db.session.execute(
        select(InvitationLink)
        .where(InvitationLink.group_id == group.id, InvitationLink.public_id == public_id)
        .options(joinedload(InvitationLink.group))
    ).scalar_one_or_none()


def find_usable_invitation(secret: str, *, now: datetime) -> InvitationLink | None:
    """Return the invitation link of this secret if it still lets people in."""
    link = db.session.execute(
        select(InvitationLink)
        .where(InvitationLink.secret_hash == hash_secret(secret))
        .options(joinedload(InvitationLink.group))
    ).scalar_one_or_none()
    return link if link is not None and link.is_usable(now) else None


@dataclass(frozen=True, kw_only=True)
class DirectoryFilters:
    """What a visitor looks for. Each empty field asks for nothing."""

    words: str = ""
    topic: Topic | None = None
    format: Format | None = None
    language: str | None = None
    access: frozenset[AccessFeature] = frozenset()
    #: Means the groups of which nobody knows whether they have all of `access`, instead of those
    #: that are known to have it.
    is_access_unsure: bool = False
    admission: Admission | None = None


def list_directory(
    filters: DirectoryFilters,
    *,
    also: Iterable[ColumnElement[bool]] = (),
    after: tuple[str, int] | None = None,
    limit: int,
) -> list[Group]:
    """Return listed groups that fit every filter, by name.

    :param also: conditions of higher slices, such as a weekday of the sessions
    :param after: name and id of the last group of the page before
    """
    query = (
        select(Group)
        .where(*_directory_conditions(filters), *also)
        .options(selectinload(Group.topic_tags))
    )
    if after is not None:
        query = query.where(tuple_(Group.name, Group.id) > after)
    return list(db.session.execute(query.order_by(Group.name, Group.id).limit(limit)).scalars())


def count_directory(filters: DirectoryFilters, *, also: Iterable[ColumnElement[bool]] = ()) -> int:
    """Return how many listed groups fit every filter."""
    query = select(func.count(Group.id)).where(*_directory_conditions(filters), *also)
    return db.session.execute(query).scalar_one()


def _directory_conditions(filters: DirectoryFilters) -> list[ColumnExpressionArgument[bool]]:
    found: list[ColumnExpressionArgument[bool]] = [Group.is_listed]
    found += [
        or_(*(column.icontains(word, autoescape=True) for column in _SEARCHED))
        for word in filters.words.split()
    ]
    if filters.topic is not None:
        found.append(Group.topic_tags.any(GroupTopic.topic == filters.topic))
    if filters.format is not None:
        # Who looks for an online group can join a hybrid one, and so can who wants a room.
        kinds = {filters.format}
        if filters.format in {Format.ONLINE, Format.IN_PERSON}:
            kinds.add(Format.HYBRID)
        found.append(Group.format.in_(sorted(kinds)))
    if filters.language is not None:
        found.append(Group.language == filters.language)
    if filters.access:
        has_all = and_(*(_says(feature, AccessAnswer.YES) for feature in sorted(filters.access)))
        lacks_one = or_(*(_says(feature, AccessAnswer.NO) for feature in sorted(filters.access)))
        found.append(not_(or_(has_all, lacks_one)) if filters.is_access_unsure else has_all)
    if filters.admission is not None:
        found.append(Group.admission == filters.admission)
    return found


def _says(feature: AccessFeature, answer: AccessAnswer) -> ColumnElement[bool]:
    return Group.access_facts.any(and_(AccessFact.feature == feature, AccessFact.answer == answer))


_SEARCHED = (Group.name, Group.purpose, Group.audience)


def list_open_reports(group: Group) -> list[ProblemReport]:
    """Return the reports about a group that nobody has answered, oldest first."""
    return list(
        db.session.scalars(
            select(ProblemReport)
            .where(ProblemReport.group_id == group.id, ProblemReport.settled_at.is_(None))
            .order_by(ProblemReport.id)
        )
    )


def list_reports_about_facts(group_ids: Collection[int]) -> list[ProblemReport]:
    """Return the unanswered reports about these groups that their organizers can mend, oldest first."""
    return list(
        db.session.scalars(
            select(ProblemReport)
            .where(
                ProblemReport.group_id.in_(group_ids),
                ProblemReport.settled_at.is_(None),
                ProblemReport.kind.in_([kind for kind in ProblemKind if kind.is_about_facts]),
            )
            .order_by(ProblemReport.id)
        )
    )


def list_all_open_reports() -> list[ProblemReport]:
    """Return the reports that nobody has answered, those about one group together, oldest first.

    A private group is a matter of its members: a report from before it was so is left out.
    """
    return list(
        db.session.scalars(
            select(ProblemReport)
            .join(ProblemReport.group)
            .where(ProblemReport.settled_at.is_(None), Group.visibility != Visibility.PRIVATE)
            .options(contains_eager(ProblemReport.group))
            .order_by(ProblemReport.group_id, ProblemReport.id)
        )
    )


def find_report(group: Group, reporter: str) -> ProblemReport | None:
    """Return what this reporter said about a group, answered or not."""
    return db.session.scalars(
        select(ProblemReport).filter_by(group_id=group.id, reporter=reporter)
    ).one_or_none()


def list_hidden_groups() -> list[Group]:
    """Return the groups that reports, or those who run the site, took out of the lists, by name."""
    return list(
        db.session.scalars(
            select(Group)
            .where(
                Group.hidden_because.in_((HiddenBecause.REPORTED, HiddenBecause.SITE_ADMIN)),
                Group.visibility != Visibility.PRIVATE,
            )
            .order_by(Group.name, Group.id)
        )
    )


def lock_listed_groups(*, confirmed_before: datetime) -> list[Group]:
    """Return the groups in the lists that nobody has confirmed since, locked, in a fixed order."""
    return list(
        db.session.scalars(
            select(Group)
            .where(Group.is_listed, Group.confirmed_at <= confirmed_before)
            .order_by(Group.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def find_draft(user: UserAccount) -> GroupDraft | None:
    """Return what somebody has typed on the way to a group of their own."""
    return db.session.get(GroupDraft, user.id)


def lock_draft(user: UserAccount) -> GroupDraft | None:
    """Return somebody's draft as it is now, locked until the transaction ends."""
    return db.session.execute(
        select(GroupDraft)
        .where(GroupDraft.user_id == user.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
