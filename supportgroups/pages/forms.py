"""The filters of the directory: a GET form, so that a search is an address."""

from collections.abc import Collection
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField, SelectMultipleField, StringField

from supportgroups.forms import all_known, choices_of, known
from supportgroups.groups.forms import ADMISSION_WORDS
from supportgroups.groups.models import Admission
from supportgroups.groups.queries import DirectoryFilters
from supportgroups.groups.topics import (
    ACCESS_WORDS,
    FORMAT_WORDS,
    LANGUAGE_NAMES,
    TOPIC_WORDS,
    AccessFeature,
    Format,
    Topic,
)
from supportgroups.pages.queries import DayPart, DirectorySearch
from supportgroups.text import clean_line

#: Nobody types more than this to find a group.
MAX_WORDS = 100
WEEKDAY_WORDS = {
    "mon": _l("Monday"),
    "tue": _l("Tuesday"),
    "wed": _l("Wednesday"),
    "thu": _l("Thursday"),
    "fri": _l("Friday"),
    "sat": _l("Saturday"),
    "sun": _l("Sunday"),
}


WEEKEND = "weekend"
DAY_WORDS = {**WEEKDAY_WORDS, WEEKEND: _l("At the weekend")}
PART_WORDS = {
    DayPart.MORNING: _l("In the morning"),
    DayPart.AFTERNOON: _l("In the afternoon"),
    DayPart.EVENING: _l("In the evening"),
}


class Chosen(NamedTuple):
    """One thing that a visitor looks for."""

    name: str
    value: str
    words: str


class DirectoryForm(Form):
    """What a visitor looks for. A value that means nothing is passed over, never refused."""

    q = StringField(_l("Search"), filters=[clean_line])
    topic = SelectField(_l("Topic"), choices=choices_of(TOPIC_WORDS, first=_l("Any topic")))
    format = SelectField(
        _l("How it meets"), choices=choices_of(FORMAT_WORDS, first=_l("In any way"))
    )
    day = SelectField(_l("Day"), choices=choices_of(DAY_WORDS, first=_l("Any day")))
    time = SelectField(_l("Time"), choices=choices_of(PART_WORDS, first=_l("Any time")))
    language = SelectField(
        _l("Language"), choices=choices_of(LANGUAGE_NAMES, first=_l("Any language"))
    )
    admission = SelectField(
        _l("How to join"), choices=choices_of(ADMISSION_WORDS, first=_l("In any way"))
    )
    access = SelectMultipleField(_l("It must have"), choices=choices_of(ACCESS_WORDS))

    @property
    def chosen(self) -> list[Chosen]:
        """What the visitor looks for in particular, in words."""
        words = (self.q.data or "")[:MAX_WORDS]
        found = [Chosen("q", words, str(_("“%(words)s”", words=words)))] if words else []
        for field in (self.topic, self.format, self.day, self.time, self.language, self.admission):
            found += _chosen_in(field, [field.data])
        return found + _chosen_in(self.access, self.access.data or [])

    def search(self) -> DirectorySearch:
        """Return what is looked for."""
        language = self.language.data if self.language.data in LANGUAGE_NAMES else None
        return DirectorySearch(
            filters=DirectoryFilters(
                words=(self.q.data or "")[:MAX_WORDS],
                topic=known(Topic, self.topic.data),
                format=known(Format, self.format.data),
                language=language,
                access=all_known(AccessFeature, self.access.data or []),
                admission=known(Admission, self.admission.data),
            ),
            weekdays=_weekdays(self.day.data),
            part=known(DayPart, self.time.data),
        )


def _chosen_in(field: SelectField, values: Collection[str]) -> list[Chosen]:
    return [
        Chosen(field.name, choice.value, str(choice.label))
        for choice in field.choices
        if choice.value and choice.value in values
    ]


def _weekdays(day: str | None) -> frozenset[int]:
    days = list(WEEKDAY_WORDS)
    if day == WEEKEND:
        return frozenset({days.index("sat"), days.index("sun")})
    return frozenset({days.index(day)}) if day in days else frozenset()


def page_mark(value: Any) -> int | None:
    """Return the id of the last group of the page before, from an address anyone may have typed."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None  # noqa: PLR2004
