"""The only way a view of this slice gets at a guide or the help lines."""

from flask import abort, current_app

from supportgroups.guides import queries
from supportgroups.guides.help_lines import our_help_book
from supportgroups.guides.models import Guide, HelpBook


def load_guide(slug: str) -> Guide:
    """Return the guide called `slug`, or answer 404."""
    guide = queries.find_guide(slug)
    if guide is None:
        abort(404)
    return guide


def load_help_book() -> HelpBook:
    """Return the help lines of this site: the operator's own file where there is one."""
    book: HelpBook = current_app.extensions.get("help_book") or our_help_book()
    return book
