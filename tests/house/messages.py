"""What organizers of the world have written to their members."""

from datetime import timedelta
from uuid import UUID

from supportgroups.accounts.models import UserAccount
from supportgroups.announcements.models import Announcement
from supportgroups.outbox.models import JobState, OutboxJob
from supportgroups.sessions.models import GroupSession
from tests.conftest import NOW
from tests.factories import LONG_AGO
from tests.house.world_keys import add


def write_messages(group_session: GroupSession, author: UserAccount, words: list[str]) -> UUID:
    """Write three messages: to all members, to those of a session, and one that has not left.

    One letter of before was given up.

    Returns the last one, which can be taken back.
    """
    public_id = UUID(int=0)
    for text, session_id, ago in zip(
        words, (None, group_session.id, None), (60, 50, 0), strict=True
    ):
        leaves_at = NOW - timedelta(minutes=ago - 10)
        public_id = add(
            Announcement(
                group_id=group_session.group_id,
                group_session_id=session_id,
                author_id=author.id,
                words=text,
                written_at=NOW - timedelta(minutes=ago),
                leaves_at=leaves_at,
                shown_until=leaves_at + timedelta(days=7),
                letters=3,
            )
        ).public_id
    add(
        OutboxJob(
            key=f"given up {group_session.public_id}",
            kind="announcements.announcement",
            payload={},
            group_id=group_session.group_id,
            state=JobState.DEAD,
            created_at=LONG_AGO,
            due_at=LONG_AGO,
            finished_at=NOW,
            last_error="AddressFails 550",
        )
    )
    return public_id
