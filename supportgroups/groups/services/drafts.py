"""What somebody has typed on the way to a group of their own, kept so that nothing gets lost."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.groups import queries
from supportgroups.groups.models import GroupDraft

#: A draft that nobody touches for so long is thrown away.
KEPT_FOR = timedelta(days=30)

#: Name of a field → what was typed into it, as the browser sent it.
Answers = Mapping[str, list[str]]


@transaction()
def keep_draft(page: str, answers: Answers, *, actor: UserAccount, now: datetime) -> None:
    """Remember what somebody typed on one page of the set-up."""
    draft = queries.lock_draft(actor)
    if draft is None:
        draft = GroupDraft(user_id=actor.id, answers={})
        db.session.add(draft)
    draft.answers = {**draft.answers, page: {name: list(answers[name]) for name in answers}}
    draft.changed_at = now


@transaction()
def forget_draft(*, actor: UserAccount) -> None:
    """Throw somebody's draft away."""
    db.session.execute(delete(GroupDraft).where(GroupDraft.user_id == actor.id))


@transaction()
def forget_old_drafts(*, now: datetime) -> None:
    """Throw away the drafts that nobody has touched for long."""
    db.session.execute(delete(GroupDraft).where(GroupDraft.changed_at < now - KEPT_FOR))
