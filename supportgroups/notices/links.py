"""The signed link with which somebody stops their reminders: whoever holds it is that person."""

from itsdangerous import BadData

from supportgroups.tokens import signer

PURPOSE = "notices.stop"


def stop_token(user_id: int) -> str:
    """Return the signed name of a person, for the address that stops their reminders.

    It works for years: a letter may be found late (RFC 8058 §3.1).
    """
    return str(signer(PURPOSE).dumps(user_id))


def read_stop_token(token: str) -> int | None:
    """Return whose reminders a token stops; none for one that was not made here."""
    try:
        return int(signer(PURPOSE).loads(token))
    except (BadData, ValueError, TypeError):
        return None
