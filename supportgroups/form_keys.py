"""Forms that count once, however often a browser sends them.

A page gives each form a key of its own when it is shown. The act that the form asks for writes
the key down in its own transaction; when the same form arrives again, because a phone lost the
connection or a finger pressed twice, it finds the key and does nothing more.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from supportgroups.db import Model, UTCDateTime, db, is_in_transaction, transaction
from supportgroups.tokens import hash_secret, new_secret

#: A page that was left open longer than this is shown anew before its form is sent.
KEEP = timedelta(days=2)


class UsedFormKey(Model):
    """The key of a form whose act is done."""

    __tablename__ = "used_form_key"

    #: A hash: whoever reads it cannot make a form count as sent.
    key: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


def new_form_key() -> str:
    """Return the key for a form that is about to be shown."""
    return new_secret()


def use_form_key(key: str | None, *, by: int | str, now: datetime) -> bool:
    """Write a key down with the act around it; return False where that act was done before.

    A form without a key, as another program may send it, always counts.

    :param by: who acts, so that nobody uses up the key of somebody else
    """
    if not is_in_transaction():
        raise RuntimeError("a key is used by an act: use_form_key() needs a transaction around it")
    if not key:
        return True
    # The two dialects share the clause, but SQLAlchemy has it once for each.
    insert = postgresql_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
    used = db.session.execute(
        insert(UsedFormKey)
        .values(key=hash_secret(f"{by}:{key}"), used_at=now)
        .on_conflict_do_nothing(index_elements=[UsedFormKey.key])
        .returning(UsedFormKey.key)
    ).first()
    return used is not None


@transaction()
def forget_used_keys(*, now: datetime) -> int:
    """Delete the keys of forms that nobody sends again; return how many."""
    old = UsedFormKey.used_at < now - KEEP
    return len(db.session.execute(delete(UsedFormKey).where(old).returning(UsedFormKey.key)).all())
