"""What happens to announcements when somebody is erased."""

from datetime import datetime
from typing import Any

from supportgroups.announcements import services


def erase_words_of_erased_person(_sender: Any, *, user_id: int, **_facts: datetime) -> None:
    """Nobody reads on what somebody wrote who is erased."""
    services.erase_words_of(user_id)
