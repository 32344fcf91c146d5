"""What was found in the calendar of another program: plain values that any file can be read into. Pure.

They go from the process that reads files to the one that shows and plans them, and rest in a draft
in between; so they can be written as JSON and read back.
"""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self

#: Longer words are cut, at these lengths in characters: the forms of the site allow no more.
MAX_TITLE, MAX_PLACE, MAX_LINK, MAX_WORDS = 80, 300, 500, 2000
#: A file that says when something starts, but not how long it takes.
USUAL_MINUTES = 90


class Trouble(StrEnum):
    """Why something in a file cannot become a schedule here."""

    #: There is no start in it, or none that can be read.
    NO_START = "no_start"
    NO_TIME = "no_time"
    BAD_LENGTH = "bad_length"
    ODD_RULE = "odd_rule"
    FAR_AWAY = "far_away"
    CALLED_OFF = "called_off"
    #: A meeting without a weekday: people arrange it.
    NO_DAY = "no_day"
    ON_CLOCK_CHANGE = "on_clock_change"
    NO_DATE_LEFT = "no_date_left"


@dataclass(frozen=True, kw_only=True)
class FoundChange:
    """One date of a repeating event that is not as its rule says."""

    #: The start by the rule, on the wall.
    slot: datetime
    starts: datetime
    minutes: int
    title: str
    description: str
    place: str


@dataclass(frozen=True, kw_only=True)
class FoundEvent:
    """One event, or one repeating event. No other person is in it."""

    #: What its own program knows it by.
    uid: str
    title: str = ""
    description: str = ""
    place: str = ""
    online_link: str = ""
    #: The name of a time zone; where it is none that we know, the words of the file.
    zone: str = ""
    #: The first start, on the wall of the zone; none where there is trouble.
    starts: datetime | None = None
    minutes: int = USUAL_MINUTES
    #: One of our own rules, as `recurrence.Rule.as_rrule` writes it.
    rrule: str | None = None
    #: Further starts of an event on listed dates.
    dates: tuple[datetime, ...] = ()
    skips: tuple[date, ...] = ()
    changes: tuple[FoundChange, ...] = ()
    trouble: Trouble | None = None
    #: The group that it belongs to, where the file names it.
    group: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it in plain values; what is as usual is left out."""
        usual = {field.name: field.default for field in fields(self)}
        found = {name: value for name, value in asdict(self).items() if value != usual.get(name)}
        return {name: _plain(value) for name, value in found.items()}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """Read back what `as_json` wrote."""
        moments = {
            "starts": datetime.fromisoformat(values["starts"]) if "starts" in values else None,
            "dates": tuple(map(datetime.fromisoformat, values.get("dates", ()))),
            "skips": tuple(map(date.fromisoformat, values.get("skips", ()))),
            "changes": tuple(map(_change, values.get("changes", ()))),
            "trouble": Trouble(values["trouble"]) if "trouble" in values else None,
        }
        return cls(**values | moments)


def _change(values: dict[str, Any]) -> FoundChange:
    moments = {name: datetime.fromisoformat(values[name]) for name in ("slot", "starts")}
    return FoundChange(**values | moments)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return value
