"""Making, changing and revoking private calendar addresses."""

from datetime import datetime, timedelta

from sqlalchemy import update

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import queries
from supportgroups.calendars.clients import ClientFamily
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.window import Reach
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError, PermissionDenied
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.revisions import rising
from supportgroups.tokens import hash_secret, new_secret

#: More than anybody has devices; a runaway program stops here.
MOST_LINKS = 20
#: An address that no app fetches for so long carries nothing more.
KEPT_UNUSED = timedelta(days=90)
#: A poll is read-only, but for one in so long.
FETCH_NOTED_EVERY = timedelta(hours=1)


class TooManyFeedLinks(DomainError):
    """The person has as many calendar addresses as anyone can have."""


@transaction()
def create_feed_link(
    *,
    actor: UserAccount,
    name: str,
    group: Group | None,
    is_for_duties: bool = False,
    discretion: Discretion,
    neutral_word: str,
    reach: Reach = Reach.YEAR,
    has_past: bool = True,
    now: datetime,
) -> tuple[FeedLink, str]:
    """Make an address for one of the actor's own apps; return it with its secret.

    The secret is stored as a hash alone and cannot be told again.

    :param group: the one group whose sessions it carries; none for all of the actor's groups
    :param is_for_duties: it carries the sessions that the actor leads, and no others
    :param reach: how far it looks ahead
    :param has_past: what is over stays in it for some weeks
    :raises PermissionDenied: the actor is not a member of the group
    :raises TooManyFeedLinks: the actor has 20 of them
    """
    if group is not None:
        ensure(actor, Permission.SESSION_RSVP, group)
    # Two requests at once must not both take the last place.
    queries.lock_owner(actor)
    if queries.count_links(actor) >= MOST_LINKS:
        raise TooManyFeedLinks
    secret = new_secret()
    link = FeedLink(
        user_id=actor.id,
        name=name,
        secret_hash=hash_secret(secret),
        group=group,
        is_for_duties=is_for_duties,
        discretion=discretion,
        neutral_word=neutral_word,
        reach=reach,
        has_past=has_past,
        created_at=now,
        revised_at=now.replace(microsecond=0),
        expires_at=now + KEPT_UNUSED,
    )
    db.session.add(link)
    db.session.flush()
    return link, secret


@transaction()
def change_feed_link(
    link: FeedLink,
    *,
    actor: UserAccount,
    name: str,
    discretion: Discretion,
    neutral_word: str,
    reach: Reach = Reach.YEAR,
    has_past: bool = True,
    now: datetime,
) -> None:
    """Change what a link is called, how much its entries tell and which days it covers. Its address stays.

    :raises PermissionDenied: it is not the actor's own, or it was revoked
    """
    _ensure_own(link, actor)
    link.name = name
    before = (link.discretion, link.neutral_word, link.reach, link.has_past)
    if before != (discretion, neutral_word, reach, has_past):
        link.discretion = discretion
        link.neutral_word = neutral_word
        link.reach = reach
        link.has_past = has_past
        link.revised_at = rising(link.revised_at, now)


@transaction()
def revoke_feed_link(link: FeedLink, *, actor: UserAccount, now: datetime) -> None:
    """Make an address useless for good. What it was about is forgotten, its hash is not.

    :raises PermissionDenied: it is not the actor's own, or it was revoked before
    """
    _ensure_own(link, actor)
    link.revoked_at = now
    link.name = ""
    link.neutral_word = ""
    link.group = None
    link.last_fetched_at = None
    link.client = None


@transaction()
def note_fetched(link_id: int, *, client: ClientFamily, now: datetime) -> None:
    """Remember that an app came, to the hour: finer, it would be a diary of the owner's devices."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    db.session.execute(
        update(FeedLink)
        .where(FeedLink.id == link_id, FeedLink.revoked_at.is_(None))
        .values(last_fetched_at=hour, client=client, expires_at=hour + KEPT_UNUSED)
    )


def is_worth_noting(last_fetched_at: datetime | None, now: datetime) -> bool:
    """Tell whether the last visit that we know of is long enough ago."""
    return last_fetched_at is None or now - last_fetched_at >= FETCH_NOTED_EVERY


def _ensure_own(link: FeedLink, actor: UserAccount) -> None:
    if link.user_id != actor.id or link.revoked_at is not None:
        raise PermissionDenied
