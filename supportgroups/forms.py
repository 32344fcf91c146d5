"""What every form shares: tidy text, plain choices, words in the visitor's language."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

Kind = TypeVar("Kind", bound=StrEnum)


#: What WTForms says by itself → what we say: what to enter, and never what was typed.
OUR_WORDS = {
    "Invalid Choice: could not coerce.": _l("Choose one of the answers"),
    "Not a valid choice.": _l("Choose one of the answers"),
    "Not a valid date value.": _l("Enter a day that is in the calendar"),
    "Not a valid time value.": _l("Enter a time of day, such as 19:00"),
    "Not a valid integer value.": _l("Enter a whole number"),
}
#: For everything else, such as several choices of which one is unknown.
LOOK_AGAIN = _l("Look at this again")


class OurWords:
    """Stands where WTForms looks for translations of its own words."""

    def gettext(self, words: str) -> str:
        """Return what we say instead."""
        return str(OUR_WORDS.get(words, LOOK_AGAIN))

    def ngettext(self, singular: str, _plural: str, _count: int) -> str:
        """Return what we say instead, of one thing or several."""
        return self.gettext(singular)


class Form(FlaskForm):
    """The base of every form."""

    class Meta(FlaskForm.Meta):
        """How WTForms builds it."""

        def get_translations(self, _form: object) -> OurWords:
            """Let no message of WTForms through: they are English only, and some repeat input."""
            return OurWords()

    def refuse(self, field_name: str, words: Any) -> None:
        """Put a message beside a field after the rules of the product refused what it holds."""
        field = self[field_name]
        field.errors = [*field.errors, words]


def too_long(most: int) -> Length:
    """Return a check of a text's length that says how much is allowed."""
    return Length(max=most, message=_l("Use %(most)s characters or fewer", most=most))


def choices_of(words: Mapping[Any, Any], *, first: str | None = None) -> list[SelectChoice]:
    """Return the choices of a field from a table value → words, after an empty `first` one."""
    empty = [] if first is None else [SelectChoice("", first)]
    return empty + [SelectChoice(str(value), label) for value, label in words.items()]


def known(kind: type[Kind], value: str | None) -> Kind | None:
    """Return the member of `kind` that `value` names; none for an unknown or missing one."""
    return kind(value) if value in {member.value for member in kind} else None


def all_known(kind: type[Kind], values: Iterable[str]) -> frozenset[Kind]:
    """Return the members of `kind` that `values` name."""
    return frozenset(kind(value) for value in values if known(kind, value) is not None)
