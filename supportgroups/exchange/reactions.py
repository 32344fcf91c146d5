"""What imports do when schedules change."""

from typing import Any

from supportgroups.exchange import services


def follow_continued_series(_sender: Any, *, ended_id: int, goes_on_id: int) -> None:
    """Undoing an import takes out what goes on in the place of its schedules."""
    services.follow_continued_series(ended_id=ended_id, goes_on_id=goes_on_id)
