"""What groups do when a person below them is erased."""

from datetime import datetime
from typing import Any

from supportgroups.groups.services import erasure


def end_everything_of_erased_person(_sender: Any, *, user_id: int, now: datetime) -> None:
    """Who is erased belongs to no group and asks to join none."""
    erasure.end_everything_of(user_id, now=now)
