"""Hard text, long sentences and unwanted words are found."""

import pytest

from supportgroups.guides.library import our_library
from supportgroups.guides.reading import (
    grade,
    long_sentences,
    sentences,
    syllables,
    unwanted_words,
)
from tests.guides.graders import textstat_grade

EASY = "The dog ran to the door. It was cold. He had a ball and a bone."
HARD = (
    "Notwithstanding considerable methodological heterogeneity, contemporary epidemiological "
    "investigations consistently demonstrate statistically significant associations between "
    "longitudinal participation and psychological outcomes."
)


class TestGrade:
    def test_easy_text_has_a_low_grade_and_hard_text_a_high_one(self):
        assert grade(EASY) < 2
        assert grade(HARD) > 20

    @pytest.mark.parametrize("text", ["", "— …", "\n\n"])
    def test_a_text_without_words_is_no_trouble(self, text):
        assert grade(text) == 0

    @pytest.mark.parametrize(
        "text", [guide.text for guide in our_library()], ids=[one.slug for one in our_library()]
    )
    def test_it_agrees_with_the_library_that_others_use(self, text):
        assert grade(text) == pytest.approx(textstat_grade(text), abs=1)

    def test_both_find_the_same_text_hard(self):
        assert textstat_grade(HARD) > 20
        assert textstat_grade(EASY) < 2


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("tea", 1), ("the", 1), ("chair", 1), ("walked", 1), ("named", 1), ("people", 2)),
        *(("wanted", 2), ("nothing", 2), ("places", 2), ("together", 3), ("facilitator", 5)),
        *(("e", 1), ("shh", 1), ("made", 1), ("table", 2)),
    ],
)
def test_syllables(word, count):
    assert syllables(word) == count


def test_sentences_end_at_stops_colons_and_lines():
    text = 'Say this: "Come in." Then wait!\n\nA heading\nWhy? Because.'
    assert sentences(text) == [
        "Say this:",
        '"Come in.',
        "Then wait!",
        "A heading",
        "Why?",
        "Because.",
    ]


def test_a_long_sentence_is_found():
    assert long_sentences("one " * 25) == []
    assert len(long_sentences("Short. " + "one " * 26)) == 1


@pytest.mark.parametrize("text", ["A cure.", "They SUFFER from it.", "He committed suicide."])
def test_unwanted_words_are_found(text):
    assert len(unwanted_words(text)) == 1


@pytest.mark.parametrize("text", ["Secure the door.", "Curetted.", "She heals."[4:7]])
def test_words_that_only_look_like_them_are_not(text):
    assert unwanted_words(text) == []
