"""Pages about coming to sessions: answering, the online room, and the ways in."""

from supportgroups.rsvps.views import answers, offers, rooms, series_seats, ways_in
from supportgroups.rsvps.views.blueprint import bp

__all__ = ["answers", "bp", "offers", "rooms", "series_seats", "ways_in"]
