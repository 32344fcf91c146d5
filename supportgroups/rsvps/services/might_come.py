"""Saying that one might just turn up, which tells a number and nothing else."""

from datetime import datetime, timedelta

from supportgroups.db import db, transaction
from supportgroups.errors import DomainError, TooManyTries
from supportgroups.limits import spend
from supportgroups.rsvps.services.answers import SessionAlreadyStarted, SessionIsCancelled
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.queries import lock_group_session

#: So many people behind one address of the network may say so for one session, in one day.
PER_CALLER = 5
WINDOW = timedelta(days=1)


class BookingNeeded(DomainError):
    """Nobody just turns up to this session: people reserve a place."""


@transaction()
def say_might_come(
    group_session: GroupSession, *, form_key: str, caller: str, now: datetime
) -> None:
    """Count one more person who might come. No name and no contact is asked for or kept.

    :param form_key: the key of the form that was sent, which counts once
    :param caller: the network address, by `networks.caller_of`
    :raises BookingNeeded: people reserve a place for this session
    :raises SessionAlreadyStarted: the session has begun
    :raises SessionIsCancelled: it will not take place
    :raises TooManyTries: too many from there
    """
    group_session = lock_group_session(group_session.id)
    if not group_session.is_drop_in:
        raise BookingNeeded
    if group_session.has_started(now):
        raise SessionAlreadyStarted
    if group_session.is_cancelled:
        raise SessionIsCancelled
    if not spend(f"might come {form_key}", limit=1, per=WINDOW, now=now):
        return
    where = f"might come to {group_session.public_id} from {caller}"
    if not spend(where, limit=PER_CALLER, per=WINDOW, now=now):
        raise TooManyTries
    group_session.might_come += 1
    db.session.flush()
