from enum import StrEnum

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TimeField,
)

from supportgroups.forms import Form, all_known, choices_of, known, too_long

pytestmark = pytest.mark.usefixtures("request_context")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@pytest.mark.parametrize(
    ("value", "member"),
    [("red", Colour.RED), ("RED", None), ("green", None), ("", None), (None, None)],
)
def test_a_word_is_known_or_nothing(value, member):
    assert known(Colour, value) is member


def test_unknown_words_are_passed_over():
    assert all_known(Colour, ["red", "green", "red", ""]) == {Colour.RED}


@pytest.mark.parametrize(
    ("first", "choices"),
    [
        (None, [("red", "Red"), ("blue", "Blue")]),
        ("Any", [("", "Any"), ("red", "Red"), ("blue", "Blue")]),
    ],
)
def test_choices_come_from_a_table_of_words(first, choices):
    found = choices_of({Colour.RED: "Red", Colour.BLUE: "Blue"}, first=first)
    assert [(choice.value, choice.label) for choice in found] == choices


class ShortForm(Form):
    name = StringField("Name", validators=[too_long(3)])


@pytest.mark.parametrize(("name", "errors"), [("abc", []), ("abcd", ["Use 3 characters or fewer"])])
def test_a_long_text_is_told_how_much_is_allowed(name, errors):
    form = ShortForm(name=name, meta={"csrf": False})
    form.validate()
    assert [str(error) for error in form.name.errors] == errors


def test_a_refusal_stands_beside_its_field():
    form = ShortForm(name="abcd", meta={"csrf": False})
    form.validate()
    form.refuse("name", "Taken")
    assert [str(error) for error in form.name.errors] == ["Use 3 characters or fewer", "Taken"]
    assert "name" in form.errors


class LongForm(Form):
    radio = RadioField("Radio", choices=choices_of({Colour.RED: "Red"}))
    select = SelectField("Select", choices=choices_of({Colour.RED: "Red"}))
    number = SelectField("Number", choices=[1, 2], coerce=int)
    several = SelectMultipleField("Several", choices=choices_of({Colour.RED: "Red"}))
    day = DateField("Day")
    starts = TimeField("Starts")
    places = IntegerField("Places")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("radio", "Choose one of the answers"),
        ("select", "Choose one of the answers"),
        ("number", "Choose one of the answers"),
        ("several", "Look at this again"),
        ("day", "Enter a day that is in the calendar"),
        ("starts", "Enter a time of day, such as 19:00"),
        ("places", "Enter a whole number"),
    ],
)
def test_nonsense_is_answered_in_our_words(name, words):
    form = LongForm(
        MultiDict(dict.fromkeys(LongForm()._fields, "<nonsense>")), meta={"csrf": False}
    )
    form.validate()
    assert words in [str(error) for error in form[name].errors]
    assert all("nonsense" not in error for error in form[name].errors)
