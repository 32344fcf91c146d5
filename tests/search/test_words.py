"""Words are compared without accents, and a slip of one letter is found."""

import pytest

from supportgroups.search.words import MOST_WORDS, all_of, fold, near, nearly_all_of, words_asked


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Élan Vital", "elan vital"),
        ("Straße", "strasse"),
        ("  tea,\tand-talk! ", "tea and talk"),
        ("carers' morning", "carers morning"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("İstanbul", "istanbul"),
        ("悲しみ", "悲 し み"),
        ("السَّلام", "السلام"),
        ("snake_case", "snake case"),
        ("", ""),
        ("…", ""),
        ("a" * 50, "a" * 40),
    ],
)
def test_fold(text, folded):
    assert fold(text) == folded
    assert fold(folded) == folded


def test_each_word_is_asked_for_once_and_not_too_many():
    assert words_asked("Tea and TEA") == ("tea", "and")
    assert len(words_asked(" ".join(f"w{number}" for number in range(30)))) == MOST_WORDS


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("lantren", "lantern"),
        ("lanterm", "lantern"),
        ("lanten", "lantern"),
        ("lanntern", "lantern"),
        ("antern", "lantern"),
        ("bantern", "lantern"),
        ("lantern", "lantern"),
    ],
)
def test_a_slip_meets_what_was_meant(typed, meant):
    assert near(typed) & near(meant)


@pytest.mark.parametrize(("one", "other"), [("grief", "relief"), ("tea", "sea"), ("walk", "talks")])
def test_other_words_do_not_meet(one, other):
    assert not near(one) & near(other)


def test_short_words_are_not_guessed():
    assert near("tea") == {"tea"}


def test_questions_say_how_they_are_meant():
    assert all_of(("tea", "talk")).sets == (frozenset({"tea"}), frozenset({"talk"}))
    assert all_of(("tea",)).is_prefix
    assert not nearly_all_of(("tea",)).is_prefix
