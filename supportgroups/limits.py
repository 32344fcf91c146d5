"""Exact limits on how often something may be tried, counted in the database.

One statement counts and decides, because limits that read first and write later let every
racing try pass (safety.md, trap 8).
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from supportgroups.db import Model, UTCDateTime, db, transaction
from supportgroups.tokens import hash_secret


class TriesCounter(Model):
    """How many tries of one kind were made in one window of time."""

    __tablename__ = "tries_counter"

    #: A hash: it is built from addresses of people, which do not belong here.
    key: Mapped[str] = mapped_column(primary_key=True)
    window_starts_at: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    used: Mapped[int]


@transaction()
def spend(key: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one try of `key`, and tell whether it was within `limit` tries `per` window.

    Windows begin at whole multiples of `per` since 1970. The count is committed even when the
    caller fails afterwards, unless the caller wraps it in a transaction of its own.
    """
    seconds = int(per.total_seconds())
    start = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    counted = db.session.execute(_count_a_try(hash_secret(key), start, limit)).first()
    return counted is not None


def _count_a_try(key: str, window: datetime, limit: int) -> ReturningInsert[tuple[int]]:
    # The two dialects share the clause, but SQLAlchemy has it once for each.
    insert = postgresql_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
    return (
        insert(TriesCounter)
        .values(key=key, window_starts_at=window, used=1)
        .on_conflict_do_update(
            index_elements=[TriesCounter.key, TriesCounter.window_starts_at],
            set_={"used": TriesCounter.used + 1},
            where=TriesCounter.used < limit,
        )
        .returning(TriesCounter.used)
    )


@transaction()
def forget_old_tries(*, now: datetime, older_than: timedelta = timedelta(days=2)) -> int:
    """Delete counters that no longer matter; return how many."""
    old = TriesCounter.window_starts_at < now - older_than
    return len(
        db.session.execute(delete(TriesCounter).where(old).returning(TriesCounter.key)).all()
    )
