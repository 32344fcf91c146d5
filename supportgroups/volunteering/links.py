"""The link in a letter that lets one person answer one search for cover without signing in."""

from datetime import timedelta
from uuid import UUID

from itsdangerous import BadData

from supportgroups.tokens import signer

#: So long it works after it was mailed; once the search is over it only says so.
WORKS_FOR = timedelta(days=30)
PURPOSE = "cover"


def sign(request_id: UUID, user_id: int) -> str:
    """Return the token of a search, by its public id, and of the person to whom it is mailed."""
    return str(signer(PURPOSE).dumps([request_id.hex, user_id]))


def read(token: str) -> tuple[UUID, int] | None:
    """Return whose token this is and for which search; none if it is too old or not ours."""
    try:
        request_id, user_id = signer(PURPOSE).loads(token, max_age=int(WORKS_FOR.total_seconds()))
    except BadData:
        return None
    return UUID(request_id), user_id
