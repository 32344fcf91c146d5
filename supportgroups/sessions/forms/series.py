"""What organizers fill in to plan a schedule in a group that exists."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, StringField, SubmitField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, StopValidation, ValidationError

from supportgroups.forms import choices_of, too_long
from supportgroups.sessions.forms.planning import Planned, values_of
from supportgroups.sessions.forms.schedules import WhenFields
from supportgroups.sessions.forms.sessions import MAX_TITLE, PlaceFields
from supportgroups.sessions.models import Series, SeriesKind
from supportgroups.sessions.sentences import suggested_title
from supportgroups.sessions.services.series import SeriesDetails
from supportgroups.sessions.ways_in import WayIn
from supportgroups.text import clean_line

WAY_IN_WORDS = {
    WayIn.DROP_IN: _l("Just turn up"),
    WayIn.RESERVE: _l("Reserve a place"),
    WayIn.REQUEST: _l("Ask to join first"),
    WayIn.ENROL: _l("Enrol in the course"),
    WayIn.ENROL_REQUEST: _l("Ask first, then enrol"),
}


def ways_into(kind: SeriesKind) -> list[SelectChoice]:
    """Return the choices of a field that asks how people come to such a schedule."""
    is_course = kind is SeriesKind.COURSE
    return choices_of(
        {way: words for way, words in WAY_IN_WORDS.items() if is_course or not way.enrols}
    )


class WhereFields(PlaceFields):
    """Where people meet, and how they come."""

    way_in = RadioField(
        _l("How do people come?"),
        choices=choices_of(WAY_IN_WORDS),
        default=WayIn.RESERVE.value,
        validators=[DataRequired(_l("Choose how people come"))],
    )

    def offer_ways_into(self, kind: SeriesKind) -> None:
        """Let the ways be chosen that such a schedule has."""
        self.way_in.choices = ways_into(kind)

    def validate_capacity(self, field: Field) -> None:
        """Where nobody books, the number of places says nothing."""
        if self.way_in.data == WayIn.DROP_IN:
            field.errors = []
            raise StopValidation

    def series_details(self, planned: Planned, title: str | None) -> SeriesDetails:
        """Return the schedule that these fields and `planned` mean."""
        return SeriesDetails(
            title=title or suggested_title(planned.rhythm, planned.first.time()),
            description=self.description.data or "",
            capacity=self.capacity.data,
            place=self.place.data or "",
            online_link=self.online_link.data or "",
            admission=WayIn(self.way_in.data),
            facilitator_ids=frozenset(self.facilitators.data or []),
            **planned.values(),
        )


class SeriesForm(WhenFields, WhereFields):
    """A single session, or a schedule of them."""

    may_lead_alone = BooleanField(_l("One person may lead alone when the other cannot"))
    title = StringField(_l("Title"), filters=[clean_line], validators=[too_long(MAX_TITLE)])
    save = SubmitField(_l("Plan it"))

    def validate_way_in(self, field: Field) -> None:
        """People enrol in a course, and in nothing else."""
        if not self.is_course.data and field.data in {WayIn.ENROL, WayIn.ENROL_REQUEST}:
            raise ValidationError(
                _l("People enrol in a course. Say above that it is one, or choose another way")
            )

    def series_details(self, planned: Planned, title: str | None) -> SeriesDetails:
        """Return the schedule that these fields and `planned` mean."""
        details = super().series_details(planned, title)
        return replace(details, may_lead_alone=bool(self.may_lead_alone.data))

    @staticmethod
    def values_of(series: Series) -> dict[str, Any]:
        """Return how the form looks for another schedule like this one."""
        return values_of(series) | {
            "title": series.title,
            "place": series.place,
            "online_link": series.online_link,
            "capacity": series.capacity,
            "description": series.description,
            "way_in": series.admission.value,
            "may_lead_alone": series.may_lead_alone,
            "facilitators": [person.id for person in series.facilitators],
        }
