"""What reminders do when a session below them changed."""

from datetime import datetime
from typing import Any

from supportgroups.notices.services import letters
from supportgroups.sessions.models import GroupSession


def remind_of_new_time(_sender: Any, *, group_session: GroupSession, **_facts: datetime) -> None:
    """Who was reminded of the old time is reminded of the new one too."""
    letters.remind_again(group_session)
