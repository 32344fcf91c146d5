"""What people fill in about coming, and organizers about how people come."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired

from supportgroups.forms import Form, choices_of
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import Series, WayIn
from supportgroups.sessions.services.ways_in import WayInDetails

#: What a person can say. The waiting list is where an answer ends up, not an answer.
ANSWER_WORDS = {
    RsvpStatus.ACCEPTED: _l("I’m coming"),
    RsvpStatus.TENTATIVE: _l("Maybe"),
    RsvpStatus.DECLINED: _l("Can’t come"),
}
WAY_IN_WORDS = {
    WayIn.DROP_IN: _l("Just turn up"),
    WayIn.RESERVE: _l("Reserve a place"),
}
#: So many minutes before the start the doors can open.
DOORS = (0, 10, 15, 30, 45, 60)


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


class MightComeForm(Form):
    """One button, for somebody who may just turn up."""

    #: Made for this page, so that a form that is sent twice counts once.
    key = HiddenField(validators=[DataRequired()])


class WayInForm(Form):
    """How people come to the sessions of a schedule."""

    admission = RadioField(
        _l("How do people come?"),
        choices=choices_of(WAY_IN_WORDS),
        validators=[DataRequired(_l("Choose how people come"))],
    )
    doors_minutes = SelectField(
        _l("When do the doors open?"),
        choices=[
            SelectChoice(
                minutes,
                _l("%(minutes)s minutes before the start", minutes=minutes)
                if minutes
                else _l("At the start"),
            )
            for minutes in DOORS
        ],
        coerce=int,
    )

    def details(self) -> WayInDetails:
        """Return what was filled in."""
        return WayInDetails(
            admission=WayIn(self.admission.data), doors_minutes=self.doors_minutes.data
        )

    @staticmethod
    def values_of(series: Series) -> dict[str, Any]:
        """Return how the form looks for a schedule."""
        return {"admission": series.admission.value, "doors_minutes": series.doors_minutes}
