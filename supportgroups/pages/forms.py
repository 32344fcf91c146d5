"""The filters of the directory: a GET form, so that a search is an address."""

from typing import Any

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
from supportgroups.pages.queries import DirectorySearch
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


class DirectoryForm(Form):
    """What a visitor looks for. A value that means nothing is passed over, never refused."""

    q = StringField(_l("Search"), filters=[clean_line])
    topic = SelectField(_l("Topic"), choices=choices_of(TOPIC_WORDS, first=_l("Any topic")))
    format = SelectField(
        _l("How it meets"), choices=choices_of(FORMAT_WORDS, first=_l("In any way"))
    )
    day = SelectField(_l("Weekday"), choices=choices_of(WEEKDAY_WORDS, first=_l("Any day")))
    language = SelectField(
        _l("Language"), choices=choices_of(LANGUAGE_NAMES, first=_l("Any language"))
    )
    admission = SelectField(
        _l("How to join"), choices=choices_of(ADMISSION_WORDS, first=_l("In any way"))
    )
    access = SelectMultipleField(_l("It must have"), choices=choices_of(ACCESS_WORDS))

    @property
    def is_filled_in(self) -> bool:
        """Whether the visitor looks for anything in particular."""
        return self.search() != DirectorySearch()

    def search(self) -> DirectorySearch:
        """Return what is looked for."""
        days = list(WEEKDAY_WORDS)
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
            weekday=days.index(self.day.data) if self.day.data in days else None,
        )


def page_mark(value: Any) -> int | None:
    """Return the id of the last group of the page before, from an address anyone may have typed."""
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 9 else None  # noqa: PLR2004
