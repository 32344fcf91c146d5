"""The links in letters with which one person answers without signing in.

One answers one search for cover, the other says that its reader cannot lead one session.
"""

from datetime import timedelta
from uuid import UUID

from itsdangerous import BadData

from supportgroups.tokens import signer

#: So long it works after it was mailed; once the search is over it only says so.
WORKS_FOR = timedelta(days=30)
COVER = "cover"
DUTY = "duty"


def sign(request_id: UUID, user_id: int) -> str:
    """Return the token of a search, by its public id, and of the person to whom it is mailed."""
    return _sign(COVER, request_id, user_id)


def read(token: str) -> tuple[UUID, int] | None:
    """Return whose token this is and for which search; none if it is too old or not ours."""
    return _read(COVER, token)


def sign_duty(session_id: UUID, user_id: int) -> str:
    """Return the token of a session, by its public id, and of somebody who leads it."""
    return _sign(DUTY, session_id, user_id)


def read_duty(token: str) -> tuple[UUID, int] | None:
    """Return whose token this is and for which session; none if it is too old or not ours."""
    return _read(DUTY, token)


def _sign(purpose: str, public_id: UUID, user_id: int) -> str:
    return str(signer(purpose).dumps([public_id.hex, user_id]))


def _read(purpose: str, token: str) -> tuple[UUID, int] | None:
    try:
        public_id, user_id = signer(purpose).loads(token, max_age=int(WORKS_FOR.total_seconds()))
    except BadData:
        return None
    return UUID(public_id), user_id
