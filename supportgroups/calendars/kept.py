"""Bytes that were made once and may be asked for again, kept in this process up to a size."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock

#: What a key and its place in the table cost beside the bytes themselves, roughly.
OVERHEAD = 400


class KeptBytes:
    """A table from keys to bytes that forgets what was not asked for the longest.

    A key names everything that enters its bytes, so nothing in it ever goes stale.
    """

    def __init__(self, most: int) -> None:
        """Keep at most `most` bytes, keys included."""
        self._most = most
        self._size = 0
        self._table: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def find(self, key: Hashable) -> bytes | None:
        """Return what was kept under `key`, if it still is."""
        return self.find_all([key])[0]

    def find_all(self, keys: Sequence[Hashable]) -> list[bytes | None]:
        """Return what was kept under each of the keys, and none where nothing is."""
        with self._lock:
            values = [self._table.get(key) for key in keys]
            for key, value in zip(keys, values, strict=True):
                if value is not None:
                    self._table.move_to_end(key)
        return values

    def keep(self, key: Hashable, value: bytes) -> bytes:
        """Keep `value` under `key`, forget what no longer fits, and return `value`."""
        with self._lock:
            self._forget(key)
            self._table[key] = value
            self._size += len(value) + OVERHEAD
            while self._size > self._most:
                self._forget(next(iter(self._table)))
        return value

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._table.clear()
            self._size = 0

    def _forget(self, key: Hashable) -> None:
        value = self._table.pop(key, None)
        if value is not None:
            self._size -= len(value) + OVERHEAD
