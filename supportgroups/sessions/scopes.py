"""How far an act on a session reaches. Pure."""

from enum import StrEnum


class Scope(StrEnum):
    """Which sessions of a schedule an act is about; what is over is never among them."""

    THIS = "this"
    #: This one and those that its rule gives later.
    LATER = "later"
    #: All that have not begun.
    ALL = "all"
