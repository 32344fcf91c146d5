"""Every word that a person reads can be spoken in another language."""

import re
from calendar import day_abbr, day_name, month_abbr, month_name

import pytest
from babel import Locale

from supportgroups.groups.topics import LANGUAGE_NAMES
from supportgroups.guides.help_lines import our_help_book
from supportgroups.guides.library import our_library
from tests.house.pseudo import WordsOfOurs, bare, pseudo, pseudo_language
from tests.house.town import Town
from tests.house.walk import walk

#: What the reader's own calendar, clock and atlas say.
FROM_THE_LOCALE = frozenset([*day_name, *day_abbr, *month_name, *month_abbr, "minutes", "hours"])
#: Names of things, which are the same in every language, or have a language of their own.
NAMES = frozenset(
    [
        *Locale("en", "GB").territories.values(),
        *LANGUAGE_NAMES.values(),
        *(guide.title for guide in our_library()),
        *(line.name for line in our_help_book().lines),
        *(directory.name for directory in our_help_book().directories),
        *("England", "Northern Ireland", "Scotland", "Wales"),
        *("UTC", "Gatherings", "Meetings Feed"),
        # What the people of the town wrote.
        *("Brought here", "Elsewhere", "In the past", "Open door", "Tablet of"),
    ]
)
#: What somebody typed, an address, an e-mail address, a time zone.
NOT_OURS = re.compile(r"\bzq\w+(@\S+)?|https?://\S+|\b[A-Z]\w+(/[\w -]+)+")


def untranslated(html: str) -> list[str]:
    """Return the lines of a page that no catalogue could change."""
    found = []
    for line in bare(WordsOfOurs(html).text).splitlines():
        left = NOT_OURS.sub(" ", line).strip(" ,·")
        words = set(re.findall(r"[^\W\d_]+", left)) - FROM_THE_LOCALE
        if words and left not in NAMES:
            found.append(left)
    return found


@pytest.mark.parametrize("html", ["<p>Hello</p>", '<img alt="Hello">', "<p>⟦Hi⟧ you</p>"])
def test_a_bare_word_would_be_found(html: str):
    assert untranslated(html) != []


@pytest.mark.parametrize(
    "html",
    [
        f"<p>{pseudo('Hello %(name)s').replace('%(name)s', '<bdi>Sam</bdi>')}</p>",
        '<p dir="auto">Hello</p>',
        "<p>Tuesday 1 December 2026</p>",
    ],
)
def test_what_can_be_translated_would_not(html: str):
    assert untranslated(html) == []


@pytest.mark.one_database
def test_no_page_says_a_word_that_cannot_be_translated(town: Town):
    with pseudo_language():
        # What was seen in English says nothing here, and what is seen here nothing to other tests.
        town.seen = {}
        found: dict[str, str] = {}
        for visit in walk(town):
            if visit.answer.is_page:
                for words in untranslated(visit.answer.text):
                    found.setdefault(words, str(visit))
    assert found == {}
