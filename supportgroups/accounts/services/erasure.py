"""Erasing a person: at once, for good, and without asking why."""

from datetime import datetime

from sqlalchemy import delete, select

from supportgroups import events
from supportgroups.accounts import queries
from supportgroups.accounts.models import (
    EmailChange,
    ManageLink,
    SignInLink,
    SignUp,
    UserAccount,
)
from supportgroups.db import after_commit, db, empty_log, transaction
from supportgroups.outbox.services.addresses import trust
from supportgroups.outbox.services.jobs import forget_jobs

#: The word in the job of a letter → the rows that it names by their numbers.
_NAMED_IN_LETTERS: dict[str, type[SignInLink | EmailChange | ManageLink]] = {
    "sign_in_link_id": SignInLink,
    "email_change_id": EmailChange,
    "manage_link_id": ManageLink,
}


@transaction()
def erase_person(actor: UserAccount, *, now: datetime) -> None:
    """Erase all that is known about the actor. Numbers stay, without a name beside them.

    Places go to those who wait. On SQLite the erased bytes are overwritten in the file, and its
    log is emptied, before this comes back.

    :raises DomainError: something that others need depends on the actor; whoever hears the fact
        says what
    """
    if queries.lock_user(actor.id) is None:
        # Done a moment ago, in another window.
        return
    events.person_erased.send(user_id=actor.id, now=now)
    db.session.flush()
    for word, kind in _NAMED_IN_LETTERS.items():
        rows = db.session.execute(select(kind.id).where(kind.user_id == actor.id)).scalars()
        forget_jobs(word, list(rows))
    forget_jobs("user_id", [actor.id])
    addresses = [address for address in (actor.email, actor.contact_email) if address is not None]
    for address in addresses:
        trust(address)
    unfinished = db.session.execute(
        delete(SignUp).where(SignUp.email.in_(addresses)).returning(SignUp.id)
    ).scalars()
    forget_jobs("sign_up_id", list(unfinished))
    # Every row that belongs to the person goes with this one; the audit trail forgets the number.
    db.session.execute(delete(UserAccount).where(UserAccount.id == actor.id))
    after_commit(empty_log)
