"""The signed links in reminders. Whoever holds one is the person to whom the letter went."""

from itsdangerous import BadData

from supportgroups.tokens import signer

ANSWER = "notices.answer"
STOP = "notices.stop"


def answer_token(rsvp_id: int) -> str:
    """Return the signed name of an answer, for the address at which it is changed."""
    return str(signer(ANSWER).dumps(rsvp_id))


def read_answer_token(token: str) -> int | None:
    """Return which answer a token names; none for one that was not made here."""
    return _read(ANSWER, token)


def stop_token(user_id: int) -> str:
    """Return the signed name of a person, for the address that stops their reminders.

    It works for years: a letter may be found late (RFC 8058 §3.1).
    """
    return str(signer(STOP).dumps(user_id))


def read_stop_token(token: str) -> int | None:
    """Return whose reminders a token stops; none for one that was not made here."""
    return _read(STOP, token)


def _read(purpose: str, token: str) -> int | None:
    try:
        return int(signer(purpose).loads(token))
    except (BadData, ValueError, TypeError):
        return None
