"""What a result shows of a text."""

from supportgroups.search.snippets import LENGTH, snippet

LONG = "The kettle sings. " * 30 + "Then somebody pours the tea for all. " + "And more. " * 60


def plain(pieces: list[tuple[str, bool]]) -> str:
    return "".join(piece for piece, _is_hit in pieces)


def test_a_short_text_is_shown_whole_with_what_was_looked_for_marked():
    assert snippet("We drink tea,\n\nand TEA again.", ("tea",)) == [
        ("We drink ", False),
        ("tea", True),
        (", and ", False),
        ("TEA", True),
        (" again.", False),
    ]


def test_a_heading_does_not_run_into_what_follows():
    text = "We drink tea.\nNames and feasts\nAsk what\nthey like."
    assert (
        plain(snippet(text, ("zebra",))) == "We drink tea. Names and feasts · Ask what they like."
    )


def test_accents_and_endings_make_no_difference():
    assert ("Cafés", True) in snippet("Cafés of the town", ("cafe",))


def test_a_long_text_is_cut_between_words_around_the_first_hit():
    pieces = snippet(LONG, ("tea",))
    shown = plain(pieces)
    assert ("tea", True) in pieces
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) <= LENGTH + 10
    assert shown.strip("… ") in LONG


def test_a_text_without_a_hit_gives_its_beginning():
    assert plain(snippet(LONG, ("zebra",))).startswith("The kettle sings.")
    assert snippet("", ("tea",)) == []


def test_a_text_without_spaces_is_cut_all_the_same():
    assert len(plain(snippet("ab" * 500, ("zebra",)))) <= LENGTH + 10
