"""Sending announcements, taking them back, and erasing their words."""

from datetime import datetime, timedelta

from sqlalchemy import update

from supportgroups.accounts.models import UserAccount
from supportgroups.announcements import queries
from supportgroups.announcements.models import Announcement
from supportgroups.audit import record
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.form_keys import use_form_key
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission, ensure
from supportgroups.limits import spend
from supportgroups.outbox.services.jobs import enqueue_many
from supportgroups.sessions.models import GroupSession

#: So long it can be taken back, and nobody sees it.
UNDO = timedelta(minutes=10)
#: So many a group may send in a day (UTC), because each is a letter to everybody.
A_DAY = 3
#: So long members read it on their pages; one about a session at least until the session is over.
SHOWN_FOR = timedelta(days=7)


class EnoughForToday(DomainError):
    """The group has sent as many announcements today as it may."""


class AlreadyLeft(DomainError):
    """It was sent, and a letter cannot be called back."""


@transaction()
def announce(
    group: Group,
    words: str,
    *,
    group_session: GroupSession | None = None,
    actor: UserAccount,
    form_key: str | None = None,
    now: datetime,
) -> None:
    """Write to all members, or to those who answered for one session; letters leave a little later.

    The same form sent twice counts once.

    :param form_key: `form_keys.new_form_key` of the page
    :raises PermissionDenied: the actor does not organize the group
    :raises EnoughForToday: the group has sent enough today
    """
    ensure(actor, Permission.GROUP_ANNOUNCE, group)
    if not use_form_key(form_key, by=actor.id, now=now):
        return
    if not spend(f"announcements:{group.id}", limit=A_DAY, per=timedelta(days=1), now=now):
        raise EnoughForToday
    readers = [r for r in queries.list_readers(group, group_session) if r.gets_a_letter]
    leaves_at = now + UNDO
    shown_until = leaves_at + SHOWN_FOR
    if group_session is not None:
        shown_until = max(shown_until, group_session.ends_at)
    announcement = Announcement(
        group_id=group.id,
        group_session_id=group_session.id if group_session is not None else None,
        author_id=actor.id,
        words=words,
        written_at=now,
        leaves_at=leaves_at,
        shown_until=shown_until,
        letters=len(readers),
    )
    db.session.add(announcement)
    db.session.flush()
    enqueue_many(
        "announcements.announcement",
        (
            (
                f"announcement:{announcement.id}:{reader.user_id}",
                {
                    "announcement_id": announcement.id,
                    "user_id": reader.user_id,
                    "group_id": group.id,
                },
            )
            for reader in readers
        ),
        now=now,
        due_at=leaves_at,
    )
    _note("announcement.sent", announcement, actor, now=now)


@transaction()
def take_back(announcement: Announcement, *, actor: UserAccount, now: datetime) -> None:
    """Let an announcement never leave. Its words are erased at once. Doing it twice is harmless.

    :raises PermissionDenied: the actor does not organize the group
    :raises AlreadyLeft: it has been sent
    """
    announcement = queries.lock_announcement(announcement.id)
    ensure(actor, Permission.GROUP_ANNOUNCE, announcement.group)
    if announcement.taken_back_at is not None:
        return
    if not announcement.can_be_taken_back(now):
        raise AlreadyLeft
    announcement.taken_back_at = now
    announcement.words = None
    _note("announcement.taken_back", announcement, actor, now=now)


@transaction()
def erase_old_words(*, now: datetime) -> None:
    """Erase the words of announcements that members no longer see."""
    db.session.execute(
        update(Announcement)
        .where(Announcement.shown_until <= now, Announcement.words.is_not(None))
        .values(words=None)
    )


@transaction()
def erase_words_of(user_id: int) -> None:
    """Erase what somebody wrote who is erased."""
    db.session.execute(
        update(Announcement).where(Announcement.author_id == user_id).values(words=None)
    )


def _note(act: str, announcement: Announcement, actor: UserAccount, *, now: datetime) -> None:
    record(
        act,
        actor_id=actor.id,
        group_id=announcement.group_id,
        subject=str(announcement.public_id),
        now=now,
    )
