"""Keys that the site makes for itself at its first start, and keeps in the data directory."""

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def read_key_file(path: Path, make: Callable[[], bytes]) -> bytes:
    """Return what a key file holds; one that is missing is made first, for the owner alone.

    Of several processes that start at once, one gives its key the name, and all find it written out.
    """
    if not path.exists():
        fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with open(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(make())
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_bytes()
