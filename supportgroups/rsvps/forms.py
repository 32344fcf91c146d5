"""The answer to "Are you coming?"."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import AnyOf, DataRequired

from supportgroups.forms import Form, choices_of
from supportgroups.rsvps.models import RsvpStatus

#: What a person can say. The waiting list is where an answer ends up, not an answer.
ANSWER_WORDS = {
    RsvpStatus.ACCEPTED: _l("I’m coming"),
    RsvpStatus.TENTATIVE: _l("Maybe"),
    RsvpStatus.DECLINED: _l("Can’t come"),
}


class RsvpForm(Form):
    """One of three answers, each a button of its own."""

    status = RadioField(
        _l("Are you coming?"),
        choices=choices_of(ANSWER_WORDS),
        validators=[
            DataRequired(_l("Choose one of the answers")),
            AnyOf([status.value for status in ANSWER_WORDS], _l("Choose one of the answers")),
        ],
    )
