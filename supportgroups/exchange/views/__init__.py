"""What programs of others fetch, and how organizers bring in what such a program holds."""

from supportgroups.exchange.views import imports, programs
from supportgroups.exchange.views.blueprint import bp

__all__ = ["bp", "imports", "programs"]
