"""The link in an invitation with which its reader stops them all, without signing in."""

from itsdangerous import BadData

from supportgroups.tokens import signer

PURPOSE = "calendars.stop_invitations"


def stop_token(user_id: int) -> str:
    """Return the signed name of a person, for the address that stops their invitations.

    It works for years: a letter may be found late (RFC 8058 §3.1).
    """
    return str(signer(PURPOSE).dumps(user_id))


def read_stop_token(token: str) -> int | None:
    """Return whose invitations a token stops; none for one that was not made here."""
    try:
        return int(signer(PURPOSE).loads(token))
    except (BadData, ValueError, TypeError):
        return None
