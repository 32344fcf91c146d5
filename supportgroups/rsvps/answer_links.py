"""The link in a letter with which somebody changes their answer, without signing in."""

from itsdangerous import BadData

from supportgroups.tokens import signer

#: Letters that were sent long ago still lead to it.
PURPOSE = "notices.answer"


def answer_token(rsvp_id: int) -> str:
    """Return the signed name of an answer, for its address. Only the person's own letters hold it."""
    return str(signer(PURPOSE).dumps(rsvp_id))


def read_answer_token(token: str) -> int | None:
    """Return which answer a token names; none for one that was not made here."""
    try:
        return int(signer(PURPOSE).loads(token))
    except (BadData, ValueError, TypeError):
        return None
