"""The only way a view of this slice gets at a guide or the help lines."""

from flask import abort, current_app

from supportgroups.guides.help_lines import our_help_book
from supportgroups.guides.library import Library, our_library
from supportgroups.guides.models import Guide, HelpBook


def load_library() -> Library:
    """Return the guides of this site: ours, with the operator's own beside or before them."""
    library: Library = current_app.extensions.get("guide_library") or our_library()
    return library


def load_guide(slug: str, language: str) -> Guide:
    """Return the guide called `slug`, in `language` where it can be had, or answer 404."""
    library = load_library()
    guide = library.find(slug)
    if guide is None:
        abort(404)
    return library.in_language(guide, language)


def load_help_book() -> HelpBook:
    """Return the help lines of this site: the operator's own file where there is one."""
    book: HelpBook = current_app.extensions.get("help_book") or our_help_book()
    return book
