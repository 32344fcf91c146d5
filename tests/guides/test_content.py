"""The guides that come with the program keep the promises that they make to their readers."""

import re

import pytest

from supportgroups.guides.library import our_library
from supportgroups.guides.models import Guide

GUIDES = our_library().guides
FEWEST_WORDS, MOST_WORDS = 600, 1000
LONGEST_SENTENCE = 25

each_guide = pytest.mark.parametrize("guide", GUIDES, ids=[guide.slug for guide in GUIDES])


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; the end of a line ends a sentence as well."""
    return [
        sentence
        for line in text.splitlines()
        for sentence in re.split(r"(?<=[.!?:])[\"”]?\s+", line)
        if sentence
    ]


def test_the_first_guides_are_there():
    assert {guide.slug for guide in GUIDES} >= {
        "your-first-session",
        "volunteering-and-your-wellbeing",
        "building-connection",
    }


@each_guide
def test_it_can_be_read_in_a_few_minutes(guide: Guide):
    assert FEWEST_WORDS <= guide.word_count <= MOST_WORDS


@each_guide
def test_no_sentence_is_long(guide: Guide):
    long = [
        sentence
        for sentence in [*sentences(guide.text), *sentences(guide.summary)]
        if len(sentence.split()) > LONGEST_SENTENCE
    ]
    assert long == []


@each_guide
def test_it_names_three_sources_or_more_and_none_twice(guide: Guide):
    addresses = [source.url for source in guide.sources]
    assert len(set(addresses)) == len(addresses) >= 3


@each_guide
def test_it_is_reviewed_again_within_a_year_and_a_half(guide: Guide):
    assert guide.reviewed < guide.review_by
    assert (guide.review_by - guide.reviewed).days <= 550


@each_guide
def test_it_promises_no_cure(guide: Guide):
    assert (
        re.search(r"\b(cure|cures|heal|heals|guarantee\w*|proven)\b", guide.text, re.IGNORECASE)
        is None
    )


@each_guide
def test_it_has_a_contents_list(guide: Guide):
    assert len(guide.headings) >= 3
    for heading in guide.headings:
        assert f'<h2 id="{heading.anchor}">' in guide.body


@each_guide
def test_its_links_lead_somewhere(guide: Guide):
    pages = {"/help-now", "/guides", *(f"/guides/{other.slug}" for other in GUIDES)}
    for address in re.findall(r'href="([^"]*)"', guide.body):
        assert address in pages or address.startswith(("https://", "mailto:", "tel:"))


@each_guide
def test_it_says_where_to_find_help_now(guide: Guide):
    assert 'href="/help-now"' in guide.body


def test_minutes_follow_the_number_of_words():
    for guide in GUIDES:
        assert guide.minutes == round(guide.word_count / 200)
