"""What the living page of components shows: a form before and after a failed try, some sessions."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from supportgroups.calendars.addresses import Ways
from supportgroups.config import settings
from supportgroups.forms import choices_of

SHAPES = {"person": _l("In person"), "online": _l("Online"), "phone": _l("By phone")}
ADMISSIONS = {"drop-in": _l("Just turn up"), "reserve": _l("Reserve a place")}
FACTS = {"step-free": _l("Step-free way in"), "captions": _l("Captions")}


SAMPLE_ID = UUID("01890000-0000-7000-8000-000000000000")


class SampleForm(Form):
    """One field of each kind."""

    name = StringField(_l("Name to use here"), validators=[InputRequired(_l("Enter any name"))])
    email = EmailField(_l("E-mail"), validators=[Optional()])
    password = PasswordField(_l("Password"), validators=[InputRequired(_l("Enter a password"))])
    heads = IntegerField(_l("How many people came?"), validators=[Optional()])
    about = TextAreaField(_l("A first visit"), validators=[Optional(), Length(max=400)])
    shape = SelectField(
        _l("How you meet"),
        choices=choices_of(SHAPES),
        validators=[InputRequired(_l("Choose how you meet"))],
    )
    day = DateField(_l("Day"), validators=[InputRequired(_l("Enter a day"))])
    starts = TimeField(_l("Starts at"), validators=[InputRequired(_l("Enter a starting time"))])
    admission = RadioField(
        _l("How people join"),
        choices=choices_of(ADMISSIONS),
        validators=[InputRequired(_l("Choose how people join"))],
    )
    access = SelectMultipleField(_l("Access"), choices=choices_of(FACTS))
    agree = BooleanField(
        _l("I have read the group agreement and I will keep to it"),
        validators=[InputRequired(_l("Tick the box to say that you agree"))],
    )


@dataclass(frozen=True)
class SampleSession:
    """As much of a session as the components look at."""

    status: str = "scheduled"
    is_moved: bool = False
    pause_id: int | None = None
    public_id: UUID = SAMPLE_ID
    starts_at: datetime = datetime(2026, 12, 1, 19, tzinfo=UTC)
    ends_at: datetime = datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
    time_zone: str = "Europe/London"


def samples() -> dict[str, Any]:
    """Return the variables of the page."""
    failed = SampleForm(MultiDict({"failed-name": ""}), prefix="failed-")
    failed.validate()
    return {
        "calm_form": SampleForm(MultiDict({"shape": "person", "admission": "reserve"})),
        "failed_form": failed,
        "filter_form": SampleForm(MultiDict({"filter-shape": "online"}), prefix="filter-"),
        "planned": SampleSession(),
        "moved": SampleSession(is_moved=True),
        "cancelled": SampleSession(status="cancelled"),
        "ways": Ways(f"{settings().base_url}/calendar/sample.ics", "Appointment"),
    }
