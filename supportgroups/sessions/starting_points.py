"""What a new schedule can start from: the shapes that most groups take. Pure."""

from dataclasses import dataclass, field
from datetime import time
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

USUAL_PLACES = 12
EVENING = time(19)


@dataclass(frozen=True, kw_only=True)
class StartingPoint:
    """A usual shape, under the names of the fields that it fills in."""

    words: LazyString
    hint: LazyString
    when: dict[str, Any] = field(default_factory=dict)
    where: dict[str, Any] = field(default_factory=dict)


OWN = "own"
STARTING_POINTS = {
    "weekly": StartingPoint(
        words=_l("Weekly drop-in"),
        hint=_l("Every week at the same time. Nobody books."),
        when={"starts": EVENING},
        where={"way_in": "drop_in"},
    ),
    "monthly": StartingPoint(
        words=_l("Monthly evening"),
        hint=_l("One evening a month, for up to 12 people."),
        when={"repeats": "monthly-weekday", "weekday": 1, "starts": EVENING},
    ),
    "course": StartingPoint(
        words=_l("8-week course"),
        hint=_l("Eight sessions with a topic each, for the same people."),
        when={
            "starts": EVENING,
            "ends": "after",
            "count": 8,
            "is_course": True,
            "late_join_until": 2,
        },
        where={"way_in": "enrol"},
    ),
    "online": StartingPoint(
        words=_l("Online weekly"),
        hint=_l("A video call every week, for up to 12 people."),
        when={"starts": EVENING},
        where={"format": "online"},
    ),
    "walk": StartingPoint(
        words=_l("Walk and talk"),
        hint=_l("An hour outside every Saturday morning. Nobody books."),
        when={"weekdays": [5], "starts": time(10, 30), "minutes": 60},
        where={"way_in": "drop_in"},
    ),
    OWN: StartingPoint(
        words=_l("Something else"),
        hint=_l("Begin with every week, 90 minutes and 12 places."),
    ),
}


def starting_point(name: str | None) -> StartingPoint:
    """Return the shape of that name; the plainest one for any other."""
    return STARTING_POINTS.get(name or OWN, STARTING_POINTS[OWN])
