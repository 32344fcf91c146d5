"""What organizers fill in to bring dates from another calendar."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    RadioField,
    SelectField,
    SelectMultipleField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional

from supportgroups.calendars.found import Trouble
from supportgroups.clock import is_zone, zone_names
from supportgroups.exchange.plans import Row, Verdict
from supportgroups.exchange.tables import Column, DayOrder, Layout
from supportgroups.forms import Form, choices_of
from supportgroups.sessions.forms.series import WAY_IN_WORDS
from supportgroups.sessions.models import WayIn

VERDICT_WORDS = {
    Verdict.NEW: _l("New"),
    Verdict.HERE: _l("Already here"),
    Verdict.PAST: _l("In the past"),
    Verdict.ASK: _l("One question first"),
    Verdict.IMPOSSIBLE: _l("Not possible"),
}
TROUBLE_WORDS = {
    Trouble.NO_START: _l("We cannot read when it starts."),
    Trouble.NO_TIME: _l("It has a day but no time of day. Plan it here with a time."),
    Trouble.BAD_LENGTH: _l("It lasts longer than a day, or ends before it starts."),
    Trouble.ODD_RULE: _l(
        "It repeats in a way that we do not offer. Plan it here, or as a list of dates."
    ),
    Trouble.FAR_AWAY: _l("It is too far away: we plan up to two years ahead."),
    Trouble.CALLED_OFF: _l("It was cancelled in the other calendar."),
    Trouble.NO_DAY: _l("It has no weekday: people arrange when they meet."),
    Trouble.ON_CLOCK_CHANGE: _l("On one of its days the clocks change at that hour."),
    Trouble.NO_DATE_LEFT: _l("All of its dates are left out."),
}
COLUMN_WORDS = {
    Column.TITLE: _l("Title"),
    Column.DAY: _l("Day"),
    Column.STARTS: _l("Starts at"),
    Column.ENDS: _l("Ends at"),
    Column.MINUTES: _l("Length in minutes"),
    Column.PLACE: _l("Place"),
    Column.DESCRIPTION: _l("Good to know"),
}
ORDER_WORDS = {
    DayOrder.DAY_FIRST: _l("Day first: 3/12 is in December"),
    DayOrder.MONTH_FIRST: _l("Month first: 3/12 is in March"),
}


class FileForm(Form):
    """The file of another program, or its content."""

    file = FileField(_l("File"))
    pasted = TextAreaField(_l("Or paste what is in it"))
    save = SubmitField(_l("Show me what is in it"))

    @property
    def content(self) -> bytes:
        """What was sent; empty for nothing."""
        if self.file.data:
            found: bytes = self.file.data.read()
            return found
        return (self.pasted.data or "").strip().encode()


class RowsForm(Form):
    """Which of the new schedules to plan, and how people come to them."""

    rows = SelectMultipleField(_l("Plan these"), validate_choice=False)
    admission = RadioField(
        _l("How do people come?"),
        choices=choices_of(WAY_IN_WORDS),
        default=WayIn.RESERVE.value,
        validators=[DataRequired(_l("Choose how people come"))],
    )
    save = SubmitField(_l("Plan them"))

    def offer(self, rows: Iterable[Row]) -> None:
        """Offer the rows that can be planned."""
        self.offered = {row.key for row in rows if row.verdict is Verdict.NEW}

    @property
    def chosen(self) -> set[str]:
        """The keys of the rows that were chosen."""
        return self.offered & set(self.rows.data or ())


class LayoutForm(Form):
    """Which column of a table says what."""

    order = RadioField(
        _l("How are days written?"),
        choices=choices_of(ORDER_WORDS),
        validators=[DataRequired(_l("Choose how days are written"))],
    )
    save = SubmitField(_l("Show the dates"))

    @staticmethod
    def of(headings: list[str]) -> type["LayoutForm"]:
        """Return the form for a table with these headings."""
        numbered = {
            str(index): heading or _("Column %(num)s", num=index + 1)
            for index, heading in enumerate(headings)
        }
        needed = {Column.TITLE, Column.DAY}
        fields = {
            column.value: SelectField(
                words,
                choices=choices_of(numbered, first=_("In no column")),
                validators=[DataRequired(_("Choose a column"))]
                if column in needed
                else [Optional()],
            )
            for column, words in COLUMN_WORDS.items()
        }
        return type("LayoutForm", (LayoutForm,), fields)

    @staticmethod
    def values_of(layout: Layout) -> dict[str, Any]:
        """Return how the form looks for what we guess."""
        columns = {column.value: str(index) for column, index in layout.columns.items()}
        return {**columns, "order": layout.order}

    @property
    def layout(self) -> Layout:
        """What was chosen."""
        columns = {column: int(self[column].data) for column in Column if self[column].data}
        return Layout(columns, DayOrder(self.order.data))


class ZonesForm(Form):
    """What the unknown time zones of a file are."""

    save = SubmitField(_l("Show the dates"))

    @staticmethod
    def of(names: list[str]) -> type["ZonesForm"]:
        """Return the form for these names."""
        known = {name: name.replace("_", " ") for name in sorted(zone_names())}
        fields = {
            f"zone_{number}": SelectField(
                _("What the file calls “%(name)s”", name=name),
                choices=choices_of(known, first=_("Choose a time zone")),
                validators=[DataRequired(_("Choose a time zone"))],
            )
            for number, name in enumerate(names)
        }
        return type("ZonesForm", (ZonesForm,), fields)

    def zones(self, names: list[str]) -> Mapping[str, str]:
        """Return what each name means."""
        found = {name: self[f"zone_{number}"].data for number, name in enumerate(names)}
        return {name: zone for name, zone in found.items() if is_zone(zone)}
