"""The link in a letter that lets one person count the heads of one session without signing in."""

from datetime import timedelta
from uuid import UUID

from itsdangerous import BadData

from supportgroups.tokens import signer

#: So long it works after it was mailed.
WORKS_FOR = timedelta(days=7)
PURPOSE = "head-count"


def sign(session_id: UUID, user_id: int) -> str:
    """Return the token of a session, by its public id, and of the person to whom it is mailed."""
    return str(signer(PURPOSE).dumps([session_id.hex, user_id]))


def read(token: str) -> tuple[UUID, int] | None:
    """Return whose token this is and for which session; none if it is too old or not ours."""
    try:
        session_id, user_id = signer(PURPOSE).loads(token, max_age=int(WORKS_FOR.total_seconds()))
    except BadData:
        return None
    return UUID(session_id), user_id
