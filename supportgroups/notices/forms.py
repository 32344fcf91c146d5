"""What the reader of a reminder can answer."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import DataRequired

from supportgroups.forms import Form, choices_of
from supportgroups.rsvps.forms import ANSWER_WORDS


class AnswerForm(Form):
    """One of three answers, each a button of its own; what was said besides stays as it was."""

    status = RadioField(
        _l("Are you coming?"),
        choices=choices_of(ANSWER_WORDS),
        validators=[DataRequired(_l("Choose one of the answers"))],
    )
