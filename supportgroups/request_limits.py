"""A coarse limit on how much one network may ask for, counted beside the database.

It keeps a robot that reads everything from wearing a small machine out. What may be tried only so
often, such as signing in, is counted exactly (`limits.py`).
"""

import re
from ipaddress import ip_address

from flask import Flask, request
from flask_limiter import Limiter

from supportgroups.config import Config
from supportgroups.networks import caller_of
from supportgroups.tokens import hash_secret

#: A community centre has one address for everybody in it, and sixty people may answer at seven.
MOST_A_MINUTE = 600
#: Seconds after which Redis counts as silent: nobody waits longer for a page because of it.
SILENCE: dict[str, str | int] = {"socket_connect_timeout": 1, "socket_timeout": 1}
#: A calendar app that is refused once may never come back, and probes are to find out the truth.
NEVER_COUNTED = re.compile(r"\.ics$|^/(healthz|readyz)$")


def init_app(app: Flask, config: Config) -> None:
    """Count requests: in each process, or in Redis for all machines together, if there is one.

    Where Redis does not answer, each process counts by itself until it does.
    """
    limit = f"{MOST_A_MINUTE} per minute"
    limiter = Limiter(
        _place,
        app=app,
        application_limits=[limit],
        storage_uri=config.redis_url or "memory://",
        storage_options=SILENCE if config.redis_url else {},
        in_memory_fallback=[limit],
        strategy="fixed-window",
        key_prefix="supportgroups",
    )
    limiter.request_filter(_is_free)


def _place() -> str:
    """Return where a request comes from, in a form that tells nobody anything."""
    return hash_secret(caller_of(request.remote_addr))


def _is_free() -> bool:
    """Tell whether a request is not counted.

    What this machine itself asks for is not: behind a proxy that nobody told the site of, it would be all.
    """
    return NEVER_COUNTED.search(request.path) is not None or _is_own(request.remote_addr)


def _is_own(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
