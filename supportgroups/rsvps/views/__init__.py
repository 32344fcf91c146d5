"""Pages about coming to sessions: answering, coming as a guest, the online room, and the ways in."""

from supportgroups.rsvps.views import answers, courses, guests, offers, rooms, series_seats, ways_in
from supportgroups.rsvps.views.blueprint import bp

__all__ = ["answers", "bp", "courses", "guests", "offers", "rooms", "series_seats", "ways_in"]
