"""What organizers fill in about a schedule: how often, when first, how long, what is left out."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from babel.units import format_unit
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    Field,
    FieldList,
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
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Optional,
    StopValidation,
    ValidationError,
)

from supportgroups.formatting import full_day, weekday_name
from supportgroups.forms import Form, choices_of, too_long
from supportgroups.sessions.forms.sessions import MAX_DESCRIPTION, MAX_REASON, is_sensible
from supportgroups.sessions.recurrence import (
    LAST_DAY,
    MAX_INTERVAL,
    MAX_LENGTH_MINUTES,
    SURE_DAYS,
    MonthDayRule,
    MonthlyWeekdayRule,
    Rule,
    WeeklyRule,
    fits,
    next_starts,
)
from supportgroups.text import clean_line, clean_text

#: So many days are offered for the first session.
FIRST_DAYS = 6
MAX_SESSIONS = 100
MAX_TOPIC = 120
USUAL_MINUTES = 90
#: Minutes that a session may run, as people say them.
LENGTHS = (30, 45, 60, 75, 90, 105, 120, 150, 180, 240, 300, 360, 480)
#: Rows that stand ready for dates, and for days that are left out; a button adds as many.
DATE_ROWS, SKIP_ROWS = 6, 3
MAX_ROWS = 60
OTHER_DAY = "other"


class Repeats(StrEnum):
    """The ways to repeat that the form offers."""

    WEEKLY = "weekly"
    WEEKS = "weeks"
    MONTHLY_WEEKDAY = "monthly-weekday"
    MONTHLY_DAY = "monthly-day"
    DATES = "dates"
    ONCE = "once"


class Ends(StrEnum):
    """When a schedule ends."""

    NEVER = "never"
    ON = "on"
    AFTER = "after"


REPEAT_WORDS = {
    Repeats.WEEKLY: _l("Every week"),
    Repeats.WEEKS: _l("Every few weeks"),
    Repeats.MONTHLY_WEEKDAY: _l("Every month on a weekday, such as the first Tuesday"),
    Repeats.MONTHLY_DAY: _l("Every month on a date, such as the 15th"),
    Repeats.DATES: _l("On dates that you choose one by one"),
    Repeats.ONCE: _l("Once"),
}
NTH_WORDS = {1: _l("First"), 2: _l("Second"), 3: _l("Third"), 4: _l("Fourth"), -1: _l("Last")}
SHORT_MONTH_WORDS = {
    "last": _l("We meet on its last day"),
    "skip": _l("We do not meet that month"),
}
END_WORDS = {
    Ends.NEVER: _l("Until we stop it"),
    Ends.ON: _l("Until a date"),
    Ends.AFTER: _l("For a number of sessions"),
}
CHOOSE_NUMBER = _l("Enter a number from 1 to %(most)s", most=MAX_SESSIONS)


class WhenFields(Form):
    """When a group meets. Which fields count depends on how often it does."""

    repeats = RadioField(
        _l("How often?"),
        choices=choices_of(REPEAT_WORDS),
        default=Repeats.WEEKLY.value,
        validators=[DataRequired(_l("Choose how often"))],
    )
    interval = SelectField(
        _l("Every how many weeks?"),
        choices=[SelectChoice(number, str(number)) for number in range(2, MAX_INTERVAL + 1)],
        coerce=int,
        default=2,
    )
    weekdays = SelectMultipleField(_l("On which days?"), coerce=int)
    nth = SelectField(_l("Which one?"), choices=choices_of(NTH_WORDS), coerce=int, default=1)
    weekday = SelectField(_l("Weekday"), coerce=int, default=0)
    month_day = SelectField(_l("Day of the month"), coerce=int, default=1)
    short_months = RadioField(
        _l("When a month is shorter"), choices=choices_of(SHORT_MONTH_WORDS), default="last"
    )
    months = SelectField(
        _l("Every how many months?"),
        choices=[SelectChoice(number, str(number)) for number in range(1, MAX_INTERVAL + 1)],
        coerce=int,
        default=1,
    )
    dates = FieldList(
        DateField(_l("Date"), validators=[Optional()]), _l("Dates"), min_entries=DATE_ROWS
    )
    starts = TimeField(_l("Starts at"), validators=[InputRequired(_l("Enter a starting time"))])
    minutes = SelectField(_l("How long does it run?"), coerce=int, default=USUAL_MINUTES)
    first = SelectField(_l("First session"), validate_choice=False)
    day = DateField(_l("Day"))
    ends = RadioField(
        _l("How long does it go on?"),
        choices=choices_of(END_WORDS),
        default=Ends.NEVER.value,
        validators=[DataRequired(_l("Choose how long it goes on"))],
    )
    until = DateField(_l("Last day"))
    count = IntegerField(_l("How many sessions?"))
    skips_holidays = BooleanField(_l("Leave out public holidays"))
    skip_days = FieldList(
        DateField(_l("Day to leave out"), validators=[Optional()]),
        _l("Days to leave out"),
        min_entries=SKIP_ROWS,
    )
    skip_reasons = FieldList(
        StringField(_l("Why"), filters=[clean_line], validators=[too_long(MAX_REASON)]),
        min_entries=SKIP_ROWS,
    )
    is_course = BooleanField(_l("It is a course, with a topic for each session"))
    topics = TextAreaField(
        _l("Topics"), filters=[clean_text], validators=[too_long(MAX_DESCRIPTION)]
    )
    late_join_until = IntegerField(_l("People may join until session"), validators=[Optional()])
    #: What the button that sent the form asks for.
    go = SubmitField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name weekdays and lengths in the language of the page."""
        super().__init__(*args, **kwargs)
        names = [SelectChoice(weekday, weekday_name(weekday)) for weekday in range(7)]
        self.weekdays.choices = self.weekday.choices = names
        self.month_day.choices = [
            *(SelectChoice(day, str(day)) for day in range(1, 32)),
            SelectChoice(LAST_DAY, _l("The last day")),
        ]
        # A schedule that is copied may run for a time that the list does not have.
        lengths = {*LENGTHS, self.minutes.data} - {None}
        self.minutes.choices = [
            SelectChoice(minutes, length_in_words(minutes))
            for minutes in sorted(lengths)
            if 0 < minutes <= MAX_LENGTH_MINUTES
        ]

    @property
    def is_repeating(self) -> bool:
        """Whether a rule gives the dates."""
        return self.repeats.data not in {None, "", Repeats.DATES, Repeats.ONCE}

    def rule(self) -> Rule | None:
        """Return the rule without its end; none for single dates, or while it is not complete."""
        match self.repeats.data:
            case Repeats.WEEKLY | Repeats.WEEKS if self.weekdays.data:
                interval = self.interval.data if self.repeats.data == Repeats.WEEKS else 1
                return WeeklyRule(weekdays=frozenset(self.weekdays.data), interval=interval or 2)
            case Repeats.MONTHLY_WEEKDAY:
                return MonthlyWeekdayRule(
                    nth=self.nth.data, weekday=self.weekday.data or 0, interval=self.months.data
                )
            case Repeats.MONTHLY_DAY:
                day = self.month_day.data
                ends_short = day > SURE_DAYS and self.short_months.data == "last"
                return MonthDayRule(
                    day=day, ends_short_months=ends_short, interval=self.months.data
                )
        return None

    def offer_first_days(self, local_now: datetime) -> None:
        """Offer the next days on which the schedule could begin, the soonest chosen already."""
        rule = self.rule()
        if rule is None:
            self.first.choices = []
            return
        earliest = datetime.combine(local_now.date(), self.starts.data or time.min)
        if earliest <= local_now:
            earliest += timedelta(days=1)
        days = [start.date() for start in next_starts(rule, earliest, count=FIRST_DAYS)]
        self.first.choices = [SelectChoice(day.isoformat(), full_day(day)) for day in days]
        self.first.choices.append(SelectChoice(OTHER_DAY, _l("Another day")))
        if not self.first.data:
            self.first.data = days[0].isoformat()

    def add_rows(self) -> None:
        """Let more dates, and more days to leave out, be filled in."""
        rows = (
            (self.dates, DATE_ROWS),
            (self.skip_days, SKIP_ROWS),
            (self.skip_reasons, SKIP_ROWS),
        )
        for field, number in rows:
            for _row in range(min(number, MAX_ROWS - len(field))):
                field.append_entry()

    def check_when(self) -> bool:
        """Check only what says when the group meets; tell whether that is complete."""
        self.validate()
        for field in self:
            if field.short_name not in WHEN_NAMES:
                field.errors = []
        return not self.errors

    @property
    def first_day(self) -> date | None:
        """The day of the first session; none while nobody can tell."""
        if self.repeats.data == Repeats.ONCE or self.first.data == OTHER_DAY:
            return self.day.data  # type: ignore[no-any-return]
        if self.repeats.data == Repeats.DATES:
            return min(self.listed_days, default=None)
        try:
            return date.fromisoformat(self.first.data or "")
        except ValueError:
            return None

    @property
    def listed_days(self) -> list[date]:
        """The dates that were chosen one by one, each once."""
        return sorted({field.data for field in self.dates if field.data})

    def validate_weekdays(self, field: Field) -> None:
        """A weekly schedule has a weekday."""
        if self.repeats.data in {Repeats.WEEKLY, Repeats.WEEKS} and not field.data:
            raise StopValidation(_l("Choose at least one weekday"))

    def validate_dates(self, field: Field) -> None:
        """A list has a date, and each lies within what anybody plans."""
        if self.repeats.data != Repeats.DATES:
            return
        if not self.listed_days:
            raise ValidationError(_("Enter at least one date"))
        if not all(is_sensible(day) for day in self.listed_days):
            raise ValidationError(_("Enter days within the next two years"))

    def validate_first(self, field: Field) -> None:
        """The first session is on a day that the rule gives."""
        rule = self.rule()
        if rule is None or not self.is_repeating or field.data == OTHER_DAY:
            return
        day = self.first_day
        if day is None or not is_sensible(day) or not fits(rule, datetime.combine(day, time.min)):
            raise ValidationError(_l("The days have changed. Choose the first session again"))

    def validate_day(self, field: Field) -> None:
        """A single session has a day; another first day is one that the rule gives."""
        is_asked = self.repeats.data == Repeats.ONCE or (
            self.is_repeating and self.first.data == OTHER_DAY
        )
        _ensure_typed(field, _l("Enter a day"), is_asked=is_asked)
        if not is_sensible(field.data):
            raise ValidationError(_l("Enter a day within the next two years"))
        rule = self.rule()
        if rule is not None and not fits(rule, datetime.combine(field.data, time.min)):
            raise ValidationError(_l("You do not meet on this day. Choose one that fits"))

    def validate_ends(self, field: Field) -> None:
        """A course ends."""
        if self.is_course.data and self.is_repeating and field.data == Ends.NEVER:
            raise ValidationError(_l("A course ends. Choose a last day or a number of sessions"))

    def validate_until(self, field: Field) -> None:
        """A schedule ends after it begins."""
        is_asked = self.is_repeating and self.ends.data == Ends.ON
        _ensure_typed(field, _l("Enter the last day"), is_asked=is_asked)
        if self.first_day and field.data < self.first_day:
            raise ValidationError(_l("The last day must not come before the first session"))
        if not is_sensible(field.data):
            raise ValidationError(_l("Enter a day within the next two years"))

    def validate_count(self, field: Field) -> None:
        """A number of sessions is one that somebody could hold."""
        is_asked = self.is_repeating and self.ends.data == Ends.AFTER
        _ensure_typed(field, CHOOSE_NUMBER, is_asked=is_asked)
        if not 1 <= field.data <= MAX_SESSIONS:
            raise ValidationError(CHOOSE_NUMBER)

    def validate_late_join_until(self, field: Field) -> None:
        """People may join up to a session that a course could have."""
        if self.is_course.data and field.data is not None and not 1 <= field.data <= MAX_SESSIONS:
            raise ValidationError(CHOOSE_NUMBER)

    def validate_topics(self, field: Field) -> None:
        """A topic is a line, not a page."""
        if any(len(line) > MAX_TOPIC for line in (field.data or "").splitlines()):
            raise ValidationError(
                _l("Use %(most)s characters or fewer for each topic", most=MAX_TOPIC)
            )


#: The fields that say when, as far as a page shows them.
WHEN_NAMES = frozenset(
    name for name in vars(WhenFields) if hasattr(getattr(WhenFields, name), "field_class")
)


def _ensure_typed(field: Field, words: Any, *, is_asked: bool) -> None:
    """Read a field only if an answer above it asks for it; then something has to stand there.

    :raises StopValidation: there is nothing more to check
    """
    is_empty = not any(str(typed).strip() for typed in field.raw_data or [])
    if not is_asked or is_empty:
        field.errors = []
        raise StopValidation(words if is_asked else None)
    if field.errors:
        raise StopValidation


def length_in_words(minutes: int) -> str:
    """Return how long something runs: 90 minutes, 3 hours."""
    if minutes > 60 and minutes % 60 == 0:  # noqa: PLR2004 (minutes of an hour)
        return str(format_unit(minutes // 60, "duration-hour", locale=get_locale()))
    return str(format_unit(minutes, "duration-minute", locale=get_locale()))
