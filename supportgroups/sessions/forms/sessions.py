"""What organizers fill in about one session."""

from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from supportgroups.clock import utc_now
from supportgroups.formatting import calendar_day
from supportgroups.forms import Form, choices_of, too_long
from supportgroups.groups.models import Membership
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, Series
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.series import StartsOnClockChange
from supportgroups.text import clean_line, clean_text

MAX_TITLE = 80
MAX_PLACE = 300
MAX_LINK = 500
MAX_DESCRIPTION = 2000
MAX_REASON = 200
MAX_PLACES = 500
#: Nobody plans further ahead than this; a year typed wrongly does.
FURTHEST_AHEAD = timedelta(days=2 * 365)


def opens_a_page(_form: Form, field: Field) -> None:
    """Refuse a link that would open a program instead of a page or a call."""
    if field.data and not field.data.startswith(("https://", "http://", "tel:")):
        raise ValidationError(_l("Enter an address that begins with https://"))


class PlaceFields(Form):
    """Where people meet, how many can come, and who leads."""

    place = StringField(_l("Place"), filters=[clean_line], validators=[too_long(MAX_PLACE)])
    online_link = StringField(
        _l("Link to meet online"), filters=[clean_line], validators=[too_long(MAX_LINK)]
    )
    capacity = IntegerField(
        _l("Places"),
        validators=[
            Optional(),
            NumberRange(1, MAX_PLACES, _l("Enter a number from 1 to %(most)s", most=MAX_PLACES)),
        ],
    )
    description = TextAreaField(
        _l("Good to know"), filters=[clean_text], validators=[too_long(MAX_DESCRIPTION)]
    )
    facilitators = SelectMultipleField(_l("Who leads it"), coerce=int)

    def offer_leaders(self, leaders: list[Membership]) -> None:
        """Let these people be chosen as facilitators."""
        self.facilitators.choices = [
            SelectChoice(member.user_id, member.display_name) for member in leaders
        ]

    def validate_online_link(self, field: Field) -> None:
        """A link opens a page, not a program."""
        opens_a_page(self, field)


class SessionForm(PlaceFields):
    """One session: when, where, for how many."""

    title = StringField(
        _l("Title"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter a title")), too_long(MAX_TITLE)],
    )
    day = DateField(_l("Day"), validators=[InputRequired(_l("Enter a day"))])
    starts = TimeField(_l("Starts at"), validators=[InputRequired(_l("Enter a starting time"))])
    ends = TimeField(_l("Ends at"), validators=[InputRequired(_l("Enter an ending time"))])
    save = SubmitField(_l("Save"))

    def validate_ends(self, field: Field) -> None:
        """A session ends after it starts, on the same day."""
        if self.starts.data and field.data and field.data <= self.starts.data:
            raise ValidationError(_l("The session must end after it starts"))

    def validate_day(self, field: Field) -> None:
        """A day lies within what anybody plans."""
        if field.data and not is_sensible(field.data):
            raise ValidationError(_l("Enter a day within the next two years"))

    @property
    def wall_starts_at(self) -> datetime:
        """The start, on the wall."""
        return datetime.combine(self.day.data, self.starts.data)

    @property
    def length_minutes(self) -> int:
        """How long it runs, in minutes."""
        return _minutes(self.ends.data) - _minutes(self.starts.data)

    def details(self) -> SessionDetails:
        """Return what was filled in."""
        return SessionDetails(
            title=self.title.data,
            description=self.description.data or "",
            wall_starts_at=self.wall_starts_at,
            length_minutes=self.length_minutes,
            capacity=self.capacity.data if "capacity" in self else None,
            place=self.place.data or "",
            online_link=self.online_link.data or "",
            facilitator_ids=frozenset(self.facilitators.data or []),
        )

    @staticmethod
    def values_of(group_session: GroupSession) -> dict[str, Any]:
        """Return how the form looks for a session that exists."""
        wall = group_session.wall_starts_at
        return {
            "title": group_session.title_shown,
            "day": wall.date(),
            "starts": wall.time(),
            "ends": (wall + timedelta(minutes=group_session.length_minutes)).time(),
            "place": group_session.place_shown,
            "online_link": group_session.online_link_shown,
            "capacity": group_session.capacity_shown,
            "description": group_session.description_shown,
            "facilitators": [person.id for person in group_session.facilitators],
        }


SCOPE_WORDS = {
    Scope.THIS: _l("Only this one"),
    Scope.LATER: _l("This one and all later ones"),
    Scope.ALL: _l("All that are still to come"),
}


LISTED_SCOPE_WORDS = {
    Scope.THIS: _l("Only this date"),
    Scope.LATER: _l("This date and all later ones, by the same shift"),
}


class ScopeForm(Form):
    """Whatever reaches one session of a schedule, or several."""

    scope = RadioField(
        _l("Which sessions?"),
        choices=choices_of(SCOPE_WORDS),
        default=Scope.THIS.value,
        validators=[DataRequired(_l("Choose which sessions"))],
    )

    def offer_scopes(self, series: Series) -> None:
        """Ask how far it reaches, if the session belongs to a schedule or a list of dates."""
        if series.rrule is None and len(series.dates) < 2:  # noqa: PLR2004 (a choice takes two)
            del self.scope
        elif series.rrule is None:
            self.scope.choices = choices_of(LISTED_SCOPE_WORDS)

    @property
    def chosen_scope(self) -> Scope:
        """How far it reaches."""
        return Scope(self.scope.data) if "scope" in self else Scope.THIS


class EditForm(ScopeForm, SessionForm):
    """Change one session, or it and others."""


class CancelForm(ScopeForm):
    """Call sessions off."""

    reason = StringField(
        _l("Why, in a few words"), filters=[clean_line], validators=[too_long(MAX_REASON)]
    )
    save = SubmitField(_l("Cancel the session"))


class RestoreForm(ScopeForm):
    """Let cancelled sessions take place after all."""


class SiteBreakForm(Form):
    """A break, whoever has it."""

    starts_on = DateField(
        _l("First day of the break"), validators=[InputRequired(_l("Enter a day"))]
    )
    returns_on = DateField(_l("You meet again from"), validators=[InputRequired(_l("Enter a day"))])
    reason = StringField(
        _l("Why, in a few words"), filters=[clean_line], validators=[too_long(MAX_REASON)]
    )

    def validate_returns_on(self, field: Field) -> None:
        """A break lasts a day at least, and nobody plans one for years."""
        if field.data and not is_sensible(field.data):
            raise ValidationError(_l("Enter a day within the next two years"))
        if self.starts_on.data and field.data and field.data <= self.starts_on.data:
            raise ValidationError(_l("You meet again after the break has begun"))


class BreakForm(SiteBreakForm):
    """A break of a group, or of one of its schedules."""

    series = SelectField(_l("What has the break?"), default="")

    def offer_series(self, schedules: list[Series], *, is_all: bool) -> None:
        """Let one of the schedules be chosen, unless it is all that the group has."""
        if is_all or not schedules:
            del self.series
            return
        self.series.choices = [
            SelectChoice("", _l("The whole group")),
            *(SelectChoice(str(series.public_id), series.title) for series in schedules),
        ]


def explain_clock_change(form: SessionForm, error: StartsOnClockChange) -> None:
    """Say beside the time that the clocks change then."""
    form.refuse(
        "starts",
        _(
            "On %(day)s the clocks change at this hour. Choose another time",
            day=calendar_day(error.wall_starts_at.date()),
        ),
    )


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def is_sensible(day: date) -> bool:
    """Tell whether a day lies within what anybody plans."""
    today = utc_now().date()
    return today - timedelta(days=1) <= day <= today + FURTHEST_AHEAD
