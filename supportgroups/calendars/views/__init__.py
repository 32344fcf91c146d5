"""The addresses that calendar apps fetch, and the pages on which people look after them."""

from supportgroups.calendars.views import feeds, following, invitations, links
from supportgroups.calendars.views.blueprint import bp

__all__ = ["bp", "feeds", "following", "invitations", "links"]
