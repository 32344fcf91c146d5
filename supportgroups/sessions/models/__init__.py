"""The tables of schedules: series and their sessions, breaks, and what was changed."""

from supportgroups.sessions.models.breaks import (
    Pause,
    SiteBreak,
)
from supportgroups.sessions.models.changes import (
    ChangeKind,
    ScheduleChange,
    ZoneData,
)
from supportgroups.sessions.models.series import (
    GroupSession,
    LinkPolicy,
    Series,
    SeriesDate,
    SeriesFacilitator,
    SeriesKind,
    SeriesSkip,
    SessionFacilitator,
    SessionStatus,
)
from supportgroups.sessions.ways_in import WayIn

__all__ = [
    "ChangeKind",
    "GroupSession",
    "LinkPolicy",
    "Pause",
    "ScheduleChange",
    "Series",
    "SeriesDate",
    "SeriesFacilitator",
    "SeriesKind",
    "SeriesSkip",
    "SessionFacilitator",
    "SessionStatus",
    "SiteBreak",
    "WayIn",
    "ZoneData",
]
