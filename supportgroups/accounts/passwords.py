"""What counts as a password here, and how one is kept.

Length decides, not a mixture of kinds of characters; words that everybody tries first and the
person's own words do not count as length (NIST SP 800-63B, section 3.1.1.2). Kept is an argon2id
hash of 19 MiB and two passes (OWASP Password Storage Cheat Sheet).
"""

import os
import re
import secrets
import string
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from supportgroups.errors import DomainError

MIN_LENGTH = 10
MAX_LENGTH = 128
#: What has to be left of a password when the person's own words are taken away.
MIN_OWN_REST = 6
#: An own word of fewer letters stands inside too many others.
MIN_OWN_WORD = 3
#: A short piece said again and again is as easy to guess as the piece.
MAX_REPEATED = 4
#: Fewer neighbours in a row happen by chance.
MIN_WALK = 4

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
#: A burst of sign-ins must not take all memory and all processors at once.
_turn = BoundedSemaphore(os.cpu_count() or 1)
_making_dummy = Lock()

_ENDS = string.digits + string.punctuation + " "
#: The digits and signs that stand for letters; "1" and "!" stand for two of them.
_LEET = str.maketrans("0345789@$+", "oeastbgast")
_AMBIGUOUS = (str.maketrans("1!|", "iii"), str.maketrans("1!|", "lll"))
_WALKS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "a1b2c3d4e5f6g7h8i9j0",
    "!@#$%^&*()_+",
)


class Weakness(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    #: One of those that everybody tries first, or one character after the other.
    COMMON = "common"
    #: The person's name, address or this site's name, with little else.
    PERSONAL = "personal"


class WeakPassword(DomainError):
    """The password is too easy to guess; `weakness` says why."""

    def __init__(self, weakness: Weakness) -> None:
        """Remember why."""
        super().__init__(weakness)
        self.weakness = weakness


def find_weakness(password: str, *, own_words: Iterable[str] = ()) -> Weakness | None:
    """Return why this cannot be somebody's password, or none when it can.

    :param own_words: what an acquaintance would try: name, e-mail address, name of the site
    """
    if len(password) < MIN_LENGTH:
        return Weakness.TOO_SHORT
    if len(password) > MAX_LENGTH:
        return Weakness.TOO_LONG
    readings = _readings(password)
    if any(_is_common(reading) for reading in readings):
        return Weakness.COMMON
    words = {word for text in own_words for word in _words(text) if len(word) >= MIN_OWN_WORD}
    if any(_is_made_of(reading, words) for reading in readings):
        return Weakness.PERSONAL
    return None


def hash_new_password(password: str, *, own_words: Iterable[str] = ()) -> str:
    """Return what is kept of a new password. Takes about 30 ms; call it outside transactions.

    :raises WeakPassword: it is too easy to guess
    """
    weakness = find_weakness(password, own_words=own_words)
    if weakness is not None:
        raise WeakPassword(weakness)
    return hash_password(password)


def hash_password(password: str) -> str:
    """Return what is kept of a password, whether or not it would be allowed."""
    with _turn:
        return _hasher.hash(_bytes(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Tell whether `password` is the one behind `password_hash`.

    Takes as long for somebody unknown or without a password (None) as for everybody else.
    """
    # Asked for in any case, so that making it the first time tells nothing either.
    dummy = _dummy_hash()
    with _turn:
        try:
            _hasher.verify(password_hash or dummy, _bytes(password[: MAX_LENGTH + 1]))
        except (Argon2Error, InvalidHashError):
            return False
    return password_hash is not None


def renewed_hash(password_hash: str | None, password: str) -> str | None:
    """Return the hash to keep after a sign-in: a new one if ours have become stronger since."""
    if password_hash is None or not _hasher.check_needs_rehash(password_hash):
        return password_hash
    return hash_password(password)


def _bytes(password: str) -> bytes:
    # One person's two keyboards may write the same letter in two ways.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _dummy_hash() -> str:
    with _making_dummy:
        return _make_dummy_hash()


@cache
def _make_dummy_hash() -> str:
    return hash_password(secrets.token_urlsafe())


def _readings(password: str) -> set[str]:
    """Return the password in the ways somebody who guesses would read it."""
    plain = unicodedata.normalize("NFKC", password).casefold()
    found = {plain}
    for ambiguous in _AMBIGUOUS:
        found.add(plain.translate(ambiguous).translate(_LEET))
        # "Passw0rd123!": what stands at the ends is decoration, what stands inside is a letter.
        found.add(plain.strip(_ENDS).translate(ambiguous).translate(_LEET))
    found.add(plain.strip(_ENDS))
    return found | {re.sub(r"[\W_]", "", reading) for reading in found}


def _is_common(reading: str) -> bool:
    piece = _repeated_piece(reading)
    if piece != reading and len(piece) <= MAX_REPEATED:
        return True
    core = piece.strip(_ENDS)
    return piece in _common_words() or core in _common_words() or _is_walk(piece) or _is_walk(core)


def _repeated_piece(text: str) -> str:
    """Return the shortest piece that gives `text` when it is said again and again.

    The last time it may break off: "123412341".
    """
    for length in range(1, len(text) // 2 + 1):
        if text.startswith(text[length:]):
            return text[:length]
    return text


def _is_walk(text: str) -> bool:
    """Tell whether `text` is one character after the other, in the alphabet or on a keyboard."""
    if len(text) < MIN_WALK:
        return False
    return any(text in walk * 2 or text[::-1] in walk * 2 for walk in _WALKS)


def _is_made_of(reading: str, words: set[str]) -> bool:
    rest = reading
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != reading and len(rest.strip(_ENDS)) < MIN_OWN_REST


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", text).casefold())


@cache
def _common_words() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
