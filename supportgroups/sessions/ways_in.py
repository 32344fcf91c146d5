"""The ways in to the sessions of a schedule. Pure."""

from enum import StrEnum


class WayIn(StrEnum):
    """How people come to the sessions of a schedule."""

    #: No booking: whoever stands at the door is welcome.
    DROP_IN = "drop_in"
    RESERVE = "reserve"
    #: As above, for people whom an organizer has let in.
    REQUEST = "request"
    #: One place in the whole course, for all its dates.
    ENROL = "enrol"
    #: As above, for people whom an organizer has let in.
    ENROL_REQUEST = "enrol_request"

    @property
    def asks_first(self) -> bool:
        """Whether an organizer lets people in before they come."""
        return self in {WayIn.REQUEST, WayIn.ENROL_REQUEST}

    @property
    def enrols(self) -> bool:
        """Whether people come by a place in the whole course."""
        return self in {WayIn.ENROL, WayIn.ENROL_REQUEST}
