import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supportgroups.text import clean_line, clean_text

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("  Evening   circle ", "Evening circle"),
        ("Evening\r\ncircle\tnow", "Evening circle now"),
        ("Evening\x00 \x07circle\x9f", "Evening circle"),
        ("\u202egnirevE\u202c", "gnirevE"),
        ("a\u2066b\u2069c", "abc"),
        ("Cafe\u0301", "Café"),
        # A control character must not keep a letter and its accent apart.
        ("Cafe\x00\u0301", "Café"),
        ("مجموعة  الدعم", "مجموعة الدعم"),
        ("\u00a0 \u3000", ""),
        ("", ""),
        (None, None),
    ],
)
def test_a_line_is_tidied(typed, line):
    assert clean_line(typed) == line


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("One\r\ntwo\rthree\nfour", "One\ntwo\nthree\nfour"),
        ("\n\n  One  \n\n  two \n\n", "One\n\n  two"),
        ("One\x0btwo\x1b[31m", "Onetwo[31m"),
        ("One\u2028two", "Onetwo"),
        ("Cafe\x00\u0301", "Café"),
        ("One\ttwo", "One\ttwo"),
        (None, None),
    ],
)
def test_a_text_keeps_its_paragraphs(typed, text):
    assert clean_text(typed) == text


@pytest.mark.parametrize("clean", [clean_line, clean_text])
@given(typed=st.text())
def test_what_is_tidy_stays_as_it_is(clean, typed):
    tidy = clean(typed)
    assert clean(tidy) == tidy
    assert not FORBIDDEN.search(tidy)
    assert unicodedata.is_normalized("NFC", tidy)


@given(typed=st.text())
def test_a_line_is_one_line(typed):
    assert not re.search(r"[\r\n\t]|  ", clean_line(typed))
