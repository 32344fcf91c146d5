"""Guides are found by their words, those with the word in their title first."""

import pytest

from supportgroups.guides.library import our_library
from supportgroups.search.guides import find_guides
from supportgroups.search.words import all_of, nearly_all_of, words_asked

GUIDES = our_library().guides


def found(text: str, ask=all_of) -> list[str]:
    return [guide.slug for guide in find_guides(GUIDES, ask(words_asked(text)))]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("mindfulness", "mindfulness-without-the-hype"),
        ("grat", "gratitude-alone-or-with-others"),
        ("first session", "your-first-session"),
        ("forum moderators", "online-groups-safely"),
        ("suicide", "when-someone-is-in-crisis"),
        ("RAMADAN", "accessible-and-welcoming"),
    ],
)
def test_the_right_one_comes_first(text, first):
    assert found(text)[0] == first


def test_all_words_have_to_be_there():
    assert found("mindfulness zebra") == []


def test_a_slip_in_a_title_is_forgiven():
    assert found("mindfullness") == []
    assert found("mindfullness", nearly_all_of) == ["mindfulness-without-the-hype"]


def test_each_guide_is_there_once():
    slugs = found("group")
    assert len(set(slugs)) == len(slugs) > 10
