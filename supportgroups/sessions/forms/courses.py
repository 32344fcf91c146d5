"""What organizers fill in about a course that is planned, and about one date more."""

from datetime import datetime, time, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    FieldList,
    IntegerField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from supportgroups.formatting import day
from supportgroups.forms import Form, too_long
from supportgroups.sessions.courses import CourseDates
from supportgroups.sessions.forms.schedules import LENGTHS, MAX_TOPIC, length_in_words
from supportgroups.sessions.forms.sessions import MAX_PLACES, is_sensible
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.services.courses import CourseDetails, MakeUpDetails
from supportgroups.text import clean_line

#: For "any of them".
ANY = ""


class CourseForm(Form):
    """What each date is about, until when people can join, and for how many it is."""

    topics = FieldList(
        StringField(_l("Topic"), filters=[clean_line], validators=[too_long(MAX_TOPIC)])
    )
    late_join_until = SelectField(_l("Until when may people join?"))
    capacity = IntegerField(
        _l("Places in the course"),
        validators=[
            Optional(),
            NumberRange(1, MAX_PLACES, _l("Enter a number from 1 to %(most)s", most=MAX_PLACES)),
        ],
    )

    @classmethod
    def of(cls, dates: CourseDates, *, now: datetime) -> "CourseForm":
        """Return the form as a course stands; a topic for each date that is not over."""
        series, weeks = dates.series, len(dates.weeks)
        until = series.late_join_until
        form = cls(
            data={
                "late_join_until": str(until) if until and until < weeks else ANY,
                "capacity": series.capacity,
                "topics": [one.topic for one in dates.sessions],
            }
        )
        form.late_join_until.choices = [
            SelectChoice(str(number), _l("Until session %(number)s begins", number=number))
            for number in range(1, weeks)
        ] + [SelectChoice(ANY, _l("Until the last one begins"))]
        written = [(field, _date_of(field, dates)) for field in form.topics]
        # A date that ended while somebody wrote takes no topic from the one behind it.
        form.topics.entries = [field for field, one in written if one and not one.is_over(now)]
        for field, one in written:
            if one is not None:
                field.label.text = day(one.starts_at, one.time_zone)
        if not series.enrols:
            del form.capacity
            del form.late_join_until
        return form

    def details(self, dates: CourseDates) -> CourseDetails:
        """Return what was filled in."""
        series = dates.series
        written = ((_date_of(field, dates), field.data or "") for field in self.topics)
        return CourseDetails(
            topics={one.recurrence_id: topic for one, topic in written if one is not None},
            late_join_until=int(self.late_join_until.data or 0) or None
            if series.enrols
            else series.late_join_until,
            capacity=self.capacity.data if series.enrols else series.capacity,
        )


def _date_of(field: Field, dates: CourseDates) -> GroupSession | None:
    """Return the date that a field is about: it bears the number of the date in the course."""
    number = int(field.name.rpartition("-")[2])
    return dates.sessions[number] if number < len(dates.sessions) else None


class MakeUpForm(Form):
    """One date more."""

    day = DateField(_l("Day"), validators=[InputRequired(_l("Enter a day"))])
    starts = TimeField(_l("Starts at"), validators=[InputRequired(_l("Enter a starting time"))])
    minutes = SelectField(_l("How long does it run?"), coerce=int)
    topic = StringField(_l("Topic"), filters=[clean_line], validators=[too_long(MAX_TOPIC)])

    @classmethod
    def of(cls, dates: CourseDates) -> "MakeUpForm":
        """Return the form with the first day after the last date, at the usual time."""
        series = dates.series
        last = max(one.wall_starts_at for one in dates.sessions)
        form = cls(
            data={
                "day": (last + timedelta(weeks=1)).date(),
                "starts": time(series.wall_starts_at.hour, series.wall_starts_at.minute),
                "minutes": series.length_minutes,
            }
        )
        form.minutes.choices = [
            SelectChoice(minutes, length_in_words(minutes))
            for minutes in sorted({*LENGTHS, series.length_minutes})
        ]
        return form

    def validate_day(self, field: Field) -> None:
        """A day lies within what anybody plans."""
        if field.data and not is_sensible(field.data):
            raise ValidationError(_l("Enter a day within the next two years"))

    def details(self) -> MakeUpDetails:
        """Return what was filled in."""
        return MakeUpDetails(
            wall_starts_at=datetime.combine(self.day.data, self.starts.data),
            length_minutes=self.minutes.data,
            topic=self.topic.data or "",
        )
