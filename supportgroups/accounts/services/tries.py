"""How often things about accounts may be tried (safety.md, Settings)."""

from datetime import datetime, timedelta

from supportgroups.accounts.models import UserAccount
from supportgroups.errors import TooManyTries
from supportgroups.limits import spend

SIGN_IN_WINDOW = timedelta(minutes=15)
SIGN_INS_PER_ACCOUNT = 10
SIGN_INS_PER_CALLER = 20

SIGN_UP_WINDOW = timedelta(hours=1)
SIGN_UPS_PER_CALLER = 5

GUEST_WINDOW = timedelta(hours=1)
GUESTS_PER_CALLER = 10

LETTER_WINDOW = timedelta(hours=1)
LETTERS_PER_RECIPIENT = 5


def count_sign_in_from(caller: str, *, now: datetime) -> None:
    """Count one try to sign in, or to be mailed a link, from this address of the network.

    :raises TooManyTries: there were too many
    """
    _count(f"sign-in from {caller}", SIGN_INS_PER_CALLER, SIGN_IN_WINDOW, now)


def count_sign_in_to(email: str, *, now: datetime) -> None:
    """Count one try to sign in under an e-mail address, whether or not anybody has it.

    :raises TooManyTries: there were too many
    """
    _count(f"sign-in to {email}", SIGN_INS_PER_ACCOUNT, SIGN_IN_WINDOW, now)


def count_password_try(user: UserAccount, *, now: datetime) -> None:
    """Count one try to say the present password of somebody who is signed in.

    :raises TooManyTries: there were too many
    """
    count_sign_in_to(user.email or str(user.public_id), now=now)


def count_sign_up_from(caller: str, *, now: datetime) -> None:
    """Count one try to sign up from this address of the network.

    :raises TooManyTries: there were too many
    """
    _count(f"sign-up from {caller}", SIGN_UPS_PER_CALLER, SIGN_UP_WINDOW, now)


def count_guest_from(caller: str, *, now: datetime) -> None:
    """Count one person who comes without an account from this address of the network.

    :raises TooManyTries: there were too many
    """
    _count(f"guest from {caller}", GUESTS_PER_CALLER, GUEST_WINDOW, now)


def may_write_to(email: str, *, now: datetime) -> bool:
    """Count one letter that a guest asks us to send, and tell whether we send it.

    Nobody else's mailbox can be flooded through this site.
    """
    key = f"letter to {email}"
    return spend(key, limit=LETTERS_PER_RECIPIENT, per=LETTER_WINDOW, now=now)


def _count(key: str, limit: int, per: timedelta, now: datetime) -> None:
    if not spend(key, limit=limit, per=per, now=now):
        raise TooManyTries
