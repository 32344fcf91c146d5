"""What readers do about guides, and asking those who run the site to check help lines."""

from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from supportgroups.accounts.queries import list_site_admins
from supportgroups.db import db, transaction
from supportgroups.errors import TooManyTries
from supportgroups.guides.models import GuideVote
from supportgroups.limits import spend
from supportgroups.outbox.services.jobs import enqueue

ANSWER_WINDOW = timedelta(hours=1)
ANSWERS_PER_CALLER = 20


@transaction()
def count_answer(guide: str, *, is_helpful: bool, caller: str, now: datetime) -> None:
    """Add one to the readers who found the guide of this slug helpful, or who did not.

    :param caller: the network address that limits count by; it is not kept with the answer
    :raises TooManyTries: too many answers came from there
    """
    if not spend(
        f"guide answer from {caller}", limit=ANSWERS_PER_CALLER, per=ANSWER_WINDOW, now=now
    ):
        raise TooManyTries
    # One statement, so that two answers at once count twice.
    insert = postgresql_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
    more = {"helpful": int(is_helpful), "unhelpful": int(not is_helpful)}
    db.session.execute(
        insert(GuideVote)
        .values(guide=guide, month=now.date().replace(day=1), **more)
        .on_conflict_do_update(
            index_elements=[GuideVote.guide, GuideVote.month],
            set_={
                "helpful": GuideVote.helpful + more["helpful"],
                "unhelpful": GuideVote.unhelpful + more["unhelpful"],
            },
        )
    )


@transaction()
def ask_to_check_lines(*, now: datetime) -> None:
    """Write to those who run the site, once a month; the letter stays away where all is checked."""
    for admin in list_site_admins():
        enqueue(
            "guides.lines_to_check",
            {"user_id": admin.id},
            key=f"guides.lines_to_check:{now:%Y-%m}:{admin.id}",
            now=now,
        )
