"""Secrets for links, their hashes, public ids, and signed values."""

import base64
import hashlib
import hmac
import secrets
import time
from uuid import UUID

from itsdangerous import URLSafeTimedSerializer

from supportgroups.config import settings


def new_secret() -> str:
    """Return a fresh secret of 192 bits, safe inside an address. Store only its hash."""
    return secrets.token_urlsafe(24)


def derived_secret(purpose: str, text: str) -> str:
    """Return the secret that belongs to `text`: each time the same, and known to this site alone."""
    key = settings().secret_key.encode()
    digest = hmac.digest(key, f"{purpose}:{text}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:24]).decode()


def hash_secret(secret: str) -> str:
    """Return what may be stored of a secret: its SHA-256 as 64 hexadecimal digits.

    A plain hash is enough, because the secrets are random and long.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def uuid7() -> UUID:
    """Return a fresh UUID of version 7: 48 bits of Unix milliseconds, then randomness.

    Source: RFC 9562, section 5.7.
    """
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def signer(purpose: str) -> URLSafeTimedSerializer:
    """Return a signer for values that leave the site, such as a link in a letter.

    What was signed for one purpose is refused for every other.
    """
    return URLSafeTimedSerializer(settings().secret_key, salt=f"supportgroups:{purpose}")
