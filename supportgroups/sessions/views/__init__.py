"""Pages on which organizers plan and change sessions. The session's own page is in `pages`."""

from supportgroups.sessions.views import (
    breaks,
    changes,
    courses,
    door,
    schedules,
    set_up,
    site_breaks,
)
from supportgroups.sessions.views.blueprint import bp

__all__ = ["bp", "breaks", "changes", "courses", "door", "schedules", "set_up", "site_breaks"]
