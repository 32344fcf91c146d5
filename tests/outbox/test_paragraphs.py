"""The words of a letter, taken apart."""

import pytest

from supportgroups.outbox.paragraphs import Line, Piece, split_text


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("http://localhost", ["http://localhost"]),
        ("See http://localhost/my, please.", ["http://localhost/my"]),
        ("(http://localhost/my)", ["http://localhost/my"]),
        ("http://localhost.evil.example/", []),
        ("http://localhost:99/", []),
        ("http://localhost@evil.example/", []),
        ("https://localhost/", []),
        ("javascript:alert(1)", []),
    ],
)
def test_only_addresses_of_this_site_become_links(text, links):
    ((line,),) = split_text(text, base_url="http://localhost")
    assert [piece.words for piece in line.pieces if piece.is_link] == links
    assert "".join(piece.words for piece in line.pieces) == text


def test_a_letter_is_split_into_paragraphs_and_lines():
    assert split_text("One\ntwo\n\n\nthree\n", base_url="http://localhost") == [
        [Line([Piece("One", is_link=False)]), Line([Piece("two", is_link=False)])],
        [Line([Piece("three", is_link=False)])],
    ]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("Sign in: http://localhost/my", "Sign in"),
        ("Ouvrir : http://localhost/my", "Ouvrir"),
        ("打开：http://localhost/my", "打开"),
        ("http://localhost/my", None),
        ("See http://localhost/my", None),
        ("Look: http://localhost/my, please", None),
        ("Sign in: http://evil.example/", None),
        ("It is now: Tuesday", None),
    ],
)
def test_words_before_an_address_say_what_it_is_for(text, action):
    ((line,),) = split_text(text, base_url="http://localhost")
    assert line.action == action
