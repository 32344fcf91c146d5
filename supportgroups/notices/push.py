"""Pushing a note to a device: an empty message to the push service of its browser, signed by the site.

The message carries nothing at all (see docs/adr/0009-push.md); the browser shows fixed words.
Sources: RFC 8030 (the request), RFC 8292 (the signature).
"""

import base64
import ipaddress
import json
import socket
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from supportgroups.key_files import read_key_file
from supportgroups.notices.endpoints import HTTPS_PORT, Answer

#: In the data directory: the key by which push services know the site.
KEY_FILE = "push-key.pem"
#: A device that was off for so long is told nothing: what it was about is over, or came by letter.
LIVES_FOR = timedelta(hours=48)
#: A signature is good for so long; push services accept a day (RFC 8292, section 2).
SIGNED_FOR = timedelta(hours=12)
#: The longest wait for one step of the exchange, in seconds.
LIMIT = 5.0
#: Each number of a signature has so many bytes (RFC 7518, section 3.4).
HALF = 32
#: The endpoint takes no more messages (RFC 8030, section 7.3).
GONE = frozenset({404, 410})


class PushFailed(Exception):
    """The push service did not take it; a later try may do."""


def is_public(address: str) -> bool:
    """Tell whether a network address lies out in the internet, never inside ours."""
    found = ipaddress.ip_address(address)
    inner = getattr(found, "ipv4_mapped", None) or found
    return inner.is_global and not inner.is_multicast


@dataclass
class PushSender:
    """Signs and sends pushes of one site."""

    key: ec.EllipticCurvePrivateKey
    #: Whom a push service can write to when something is wrong: `mailto:…`.
    contact: str
    context: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    #: Keeps us from being sent to machines of our own network.
    may_reach: Callable[[str], bool] = is_public

    def send(self, endpoint: str, *, now: datetime) -> Answer:
        """Push an empty message.

        :raises PushFailed: it was not taken, and a later try may do
        """
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port or HTTPS_PORT
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            address = self._find_address(host, port)
            if address is None:
                return Answer.GONE
            # To the very address that was looked at: a second look-up could find another one.
            plain = socket.create_connection((address, port), timeout=LIMIT)
            with closing(HTTPConnection(host, port)) as connection:
                connection.sock = self.context.wrap_socket(plain, server_hostname=host)
                connection.request("POST", path, headers=self._headers(endpoint, now))
                status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise PushFailed(type(error).__name__) from error
        if status in GONE:
            return Answer.GONE
        if status // 100 != 2:  # noqa: PLR2004 (RFC 9110: every success)
            raise PushFailed(str(status))
        return Answer.TAKEN

    def _find_address(self, host: str, port: int) -> str | None:
        """Return where a host is; none unless all its addresses may be reached."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(entry[4][0]) for entry in found]
        return addresses[0] if all(map(self.may_reach, addresses)) else None

    def _headers(self, endpoint: str, now: datetime) -> dict[str, str]:
        return {
            "Authorization": f"vapid t={self._token(endpoint, now)}, k={public_key(self.key)}",
            "TTL": str(int(LIVES_FOR.total_seconds())),
            # A newer one takes the place of one that still waits (RFC 8030, section 5.4).
            "Topic": "update",
            "Content-Length": "0",
        }

    def _token(self, endpoint: str, now: datetime) -> str:
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((now + SIGNED_FOR).timestamp()),
            "sub": self.contact,
        }
        signed = ".".join(
            _encode(json.dumps(part, separators=(",", ":")).encode())
            for part in ({"typ": "JWT", "alg": "ES256"}, claims)
        )
        first, second = decode_dss_signature(
            self.key.sign(signed.encode(), ec.ECDSA(hashes.SHA256()))
        )
        return f"{signed}.{_encode(first.to_bytes(HALF) + second.to_bytes(HALF))}"


def load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Return the site's key, made at the first time: whoever loses it loses all its devices."""
    key = serialization.load_pem_private_key(read_key_file(path, _new_key), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} holds another kind of key")
    return key


def _new_key() -> bytes:
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_key(key: ec.EllipticCurvePrivateKey) -> str:
    """Return the public half, as browsers and push services want it."""
    return _encode(
        key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
    )


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
