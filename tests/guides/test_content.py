"""The guides that come with the program keep the promises that they make to their readers."""

import re
from itertools import chain

import pytest

from supportgroups.clock import utc_now
from supportgroups.guides.library import our_library
from supportgroups.guides.models import Guide, Reader
from supportgroups.guides.reading import HARDEST_GRADE, long_sentences, unwanted_words
from tests.guides.graders import textstat_grade

LIBRARY = our_library()
ORIGINALS = LIBRARY.guides
GUIDES = (*ORIGINALS, *LIBRARY.translations.values())
FEWEST_WORDS, MOST_WORDS = 600, 1000
#: A paragraph of fewer words may stand twice: "One voice at a time."
SHORT_PARAGRAPH = 8

each_guide = pytest.mark.parametrize(
    "guide", GUIDES, ids=[f"{guide.slug}-{guide.language}" for guide in GUIDES]
)
each_original = pytest.mark.parametrize("guide", ORIGINALS, ids=[guide.slug for guide in ORIGINALS])


def test_there_are_twenty_guides_for_three_kinds_of_readers():
    assert len(ORIGINALS) == 20
    assert {guide.audience for guide in ORIGINALS} == set(Reader)


@each_original
def test_it_can_be_read_in_a_few_minutes(guide: Guide):
    assert FEWEST_WORDS <= guide.word_count <= MOST_WORDS


@each_guide
def test_no_sentence_is_long(guide: Guide):
    assert long_sentences(f"{guide.text}\n{guide.summary}\n{guide.note}") == []


@each_original
def test_a_tired_person_can_read_it(guide: Guide):
    assert textstat_grade(guide.text) <= HARDEST_GRADE


@each_guide
def test_it_names_three_sources_or_more_and_none_twice(guide: Guide):
    addresses = [source.url for source in guide.sources]
    assert len(set(addresses)) == len(addresses) >= 3


@each_guide
def test_it_is_within_its_review_date(guide: Guide):
    """This one looks at the real clock, since that is what readers live by."""
    assert not guide.is_due_for_review(utc_now().date())


@each_guide
def test_it_is_reviewed_again_within_a_year_and_a_half(guide: Guide):
    assert guide.reviewed < guide.review_by
    assert (guide.review_by - guide.reviewed).days <= 550


@each_guide
def test_it_promises_nothing_and_hurts_nobody(guide: Guide):
    assert unwanted_words(f"{guide.title}\n{guide.summary}\n{guide.text}") == []


@each_guide
def test_it_has_a_contents_list(guide: Guide):
    assert len(guide.headings) >= 3
    for heading in guide.headings:
        assert f'<h2 id="{heading.anchor}">' in guide.body


@each_guide
def test_it_says_where_to_find_help_now(guide: Guide):
    assert 'href="/help-now"' in guide.body


@each_guide
def test_its_links_lead_somewhere(guide: Guide, browser):
    for address in re.findall(r'href="([^"]*)"', guide.body):
        if address.startswith("/"):
            assert browser.get(address).status_code == 200, address
        else:
            assert address.startswith(("https://", "mailto:", "tel:"))


@each_original
def test_somebody_who_liked_it_finds_the_next_one(guide: Guide):
    assert len(set(guide.related)) == len(guide.related) == 3


def test_the_ten_guides_that_members_need_most_are_there_in_spanish():
    found = {slug for slug, language in LIBRARY.translations if language == "es"}
    assert len(found) == 10
    assert found <= {guide.slug for guide in ORIGINALS if guide.audience is not Reader.ORGANIZER}


@pytest.mark.parametrize("guide", LIBRARY.translations.values(), ids=lambda guide: guide.slug)
def test_no_translation_is_behind(guide: Guide):
    assert not LIBRARY.is_behind(guide)
    assert len(guide.headings) == len(LIBRARY.find(guide.slug).headings)
    assert bool(guide.note) is bool(LIBRARY.find(guide.slug).note)


def test_no_two_guides_share_a_paragraph():
    for language in {guide.language for guide in GUIDES}:
        lines = chain.from_iterable(
            set(guide.text.splitlines()) for guide in GUIDES if guide.language == language
        )
        paragraphs = [line for line in lines if len(line.split()) >= SHORT_PARAGRAPH]
        assert len(set(paragraphs)) == len(paragraphs)


def test_no_two_guides_begin_alike():
    openings = [" ".join(guide.text.split()[:4]) for guide in GUIDES]
    assert len(set(openings)) == len(openings)


def test_minutes_follow_the_number_of_words():
    for guide in GUIDES:
        assert guide.minutes == round(guide.word_count / 200)
