"""Looks for what has grown old, broken or hard to read in guides and help lines."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from supportgroups.guides.library import MAIN_LANGUAGE, Library
from supportgroups.guides.models import Guide, HelpBook, Standing
from supportgroups.guides.queries import list_lines_to_check
from supportgroups.guides.reading import (
    HARDEST_GRADE,
    LONGEST_SENTENCE,
    grade,
    long_sentences,
    unwanted_words,
)

#: How long before a review is due the people who run a site hear of it.
SOON = timedelta(days=60)
#: A claim with fewer sources rests on one person's word.
FEWEST_SOURCES = 2

_LINK = re.compile(r'href="(/[^"]*)"')


def find_faults(
    library: Library, book: HelpBook, *, today: date, is_page: Callable[[str], bool]
) -> list[str]:
    """Return one sentence for everything that somebody should look at.

    :param is_page: tells whether a path of this site leads to a page
    """
    guides = [*library.guides, *library.translations.values()]
    found = [
        f"{_name(guide)}: {fault}"
        for guide in guides
        for fault in _faults_of(guide, library, today, is_page)
    ]
    for line, state in list_lines_to_check(today, book=book):
        what = "is hidden" if state is Standing.EXPIRED else "should be checked soon"
        found.append(
            f"help line {line.country} {line.name}: was last checked on {line.verified_on}, so it {what}"
        )
    return found


def _faults_of(
    guide: Guide, library: Library, today: date, is_page: Callable[[str], bool]
) -> Iterator[str]:
    if guide.is_due_for_review(today):
        yield f"was due for a review on {guide.review_by}"
    elif guide.is_due_for_review(today + SOON):
        yield f"is due for a review on {guide.review_by}"
    if library.is_behind(guide):
        original = library.find(guide.slug)
        yield (
            "is a translation of older words; read it again, then write "
            f'translates = "{original.digest if original else ""}"'
        )
    if len(guide.sources) < FEWEST_SOURCES:
        yield "names only one source"
    for path in dict.fromkeys(_LINK.findall(guide.body)):
        if not is_page(path):
            yield f"leads to {path}, where there is no page"
    yield from _hard_parts(guide)


def _hard_parts(guide: Guide) -> Iterator[str]:
    """The formulas and the words are those of English."""
    if guide.language != MAIN_LANGUAGE:
        return
    found = grade(guide.text)
    if found > HARDEST_GRADE:
        yield f"is hard to read: school year {found:.1f}, and {HARDEST_GRADE:.0f} is the most"
    for sentence in long_sentences(guide.text):
        start = " ".join(sentence.split()[:6])
        yield f'has a sentence of more than {LONGEST_SENTENCE} words: "{start} …"'
    for words in unwanted_words(guide.text):
        yield f'says "{words}", which promises too much or hurts somebody'


def _name(guide: Guide) -> str:
    return (
        f"{guide.slug}.md"
        if guide.language == MAIN_LANGUAGE
        else f"{guide.language}/{guide.slug}.md"
    )
