"""The four short pages on which somebody starts a group: what, when, where, publish."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SubmitField
from wtforms.fields.choices import SelectChoice

from supportgroups.forms import all_known
from supportgroups.groups.forms import (
    SUGGESTED_AGREEMENT,
    DoorFields,
    FormatField,
    WhatFields,
    ZoneFields,
)
from supportgroups.groups.models import Admission, Visibility
from supportgroups.groups.services.groups import GroupDetails
from supportgroups.groups.topics import Format, Topic
from supportgroups.sessions.forms.schedules import WhenFields
from supportgroups.sessions.forms.series import WhereFields
from supportgroups.sessions.starting_points import OWN, STARTING_POINTS


class WhatForm(WhatFields):
    """What the group is for, and what its schedule starts from."""

    starting_point = RadioField(
        _l("What do you want to start?"),
        choices=[SelectChoice(name, point.words) for name, point in STARTING_POINTS.items()],
        default=OWN,
    )
    go = SubmitField()


class WhenForm(WhenFields, ZoneFields):
    """When the group meets, and on which clock."""


class WhereForm(FormatField, WhereFields):
    """Where people meet, and how they come."""

    go = SubmitField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Nobody else could lead yet."""
        super().__init__(*args, **kwargs)
        self.offer_leaders([])


class PublishForm(DoorFields):
    """Who can find the group and join it: the last question before everybody sees it."""

    go = SubmitField()


def group_details(
    what: WhatForm, when: WhenForm, where: WhereForm, publish: PublishForm
) -> GroupDetails:
    """Return what the four pages say about the group; the rest is written later."""
    return GroupDetails(
        name=what.name.data,
        purpose=what.purpose.data,
        audience=what.audience.data,
        first_visit="",
        format=Format(where.format.data),
        language=what.language.data,
        time_zone=when.time_zone.data,
        country=when.country.data,
        region=when.region.data,
        cost="",
        visibility=Visibility(publish.visibility.data),
        admission=Admission(publish.admission.data),
        agreement=str(SUGGESTED_AGREEMENT),
        topics=all_known(Topic, what.topics.data or []),
    )
