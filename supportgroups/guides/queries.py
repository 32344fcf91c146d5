"""The questions that other slices and pages ask about guides and help lines."""

from datetime import date

from supportgroups.guides.help_lines import our_help_book, standing
from supportgroups.guides.library import Library, our_library
from supportgroups.guides.models import Guide, HelpBook, HelpLine, HelpNow, Reader, Standing


def find_guide(slug: str, library: Library | None = None) -> Guide | None:
    """Return the guide called `slug`, if there is one."""
    guides = our_library() if library is None else library
    return next((guide for guide in guides if guide.slug == slug), None)


def list_guides(library: Library | None = None) -> list[Guide]:
    """Return every guide: by reader, then by order and title."""
    return list(our_library() if library is None else library)


def list_guides_by_reader(library: Library | None = None) -> list[tuple[Reader, list[Guide]]]:
    """Return the guides in groups, one for each reader for whom there is a guide."""
    groups: dict[Reader, list[Guide]] = {reader: [] for reader in Reader}
    for guide in list_guides(library):
        groups[guide.audience].append(guide)
    return [(reader, guides) for reader, guides in groups.items() if guides]


def help_now_lines(country: str, today: date, book: HelpBook | None = None) -> HelpNow:
    """Return the emergency number of `country` and the lines whose last check is not too old.

    A country that we do not know gets the directories alone. Needs no database and no request, so
    that an error page can show it.
    """
    book = our_help_book() if book is None else book
    return HelpNow(
        country=country,
        emergency=next((item for item in book.emergencies if item.country == country), None),
        lines=tuple(
            line
            for line in book.lines
            if line.country == country and standing(line, today) is not Standing.EXPIRED
        ),
        directories=book.directories,
    )


def list_lines_to_check(
    today: date, *, country: str | None = None, book: HelpBook | None = None
) -> list[tuple[HelpLine, Standing]]:
    """Return the lines that nobody has checked for more than six months, with their standing.

    The oldest check comes first. The people who run a site need those of its own country most.
    """
    book = our_help_book() if book is None else book
    aged = [(line, standing(line, today)) for line in book.lines if country in (None, line.country)]
    due = [(line, state) for line, state in aged if state is not Standing.CURRENT]
    return sorted(due, key=lambda entry: (entry[0].verified_on, entry[0].country, entry[0].name))
