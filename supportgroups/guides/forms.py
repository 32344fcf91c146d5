"""What a reader says about a guide."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from supportgroups.forms import Form, choices_of


class Answer(StrEnum):
    """Whether a guide helped."""

    YES = "yes"
    NO = "no"


class HelpfulForm(Form):
    """Yes or no, and nothing else: what is not asked cannot be kept."""

    answer = RadioField(
        _l("Was this guide helpful?"),
        choices=choices_of({Answer.YES: _l("Yes"), Answer.NO: _l("No")}),
        validators=[InputRequired(_l("Choose yes or no"))],
    )
