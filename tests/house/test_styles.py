"""Style sheets that hold in every language: they name the sides of a line, never left and right."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "static"
SHEETS = sorted(STATIC.glob("css/*.css"))
#: Sides of the window instead of sides of the text. A picture's own geometry has no direction.
OF_THE_WINDOW = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)"
    r"|(?:left|right)\s*:|border-(?:top|bottom)-(?:left|right)-radius"
    r"|(?:text-align|float|clear)\s*:\s*(?:left|right))"
)


def sides_of_the_window(css: str) -> list[str]:
    """Return what of a style sheet would be on the wrong side where people write from the right."""
    return OF_THE_WINDOW.findall(re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_it_holds_from_the_right_as_well(sheet: Path):
    assert sides_of_the_window(sheet.read_text()) == []


@pytest.mark.parametrize(
    "css", ["a { margin-left: 1px }", "a{left:0}", "a { float: right }", "a { text-align: left }"]
)
def test_a_side_of_the_window_would_be_found(css: str):
    assert sides_of_the_window(css) != []


@pytest.mark.parametrize(
    "css", ["a { inset-inline-start: 0 }", "a { background: url(x) left }", "/* left: 0 */"]
)
def test_what_has_no_side_would_not(css: str):
    assert sides_of_the_window(css) == []
