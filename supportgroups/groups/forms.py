"""What organizers and newcomers fill in. A form checks shape; services check permission."""

from typing import Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Optional, ValidationError

from supportgroups.accounts.forms import an_address
from supportgroups.accounts.models import MAX_EMAIL, MAX_NAME
from supportgroups.accounts.zones import country_of_zone
from supportgroups.clock import zone_names
from supportgroups.forms import Form, all_known, choices_of, too_long
from supportgroups.groups.holidays import countries, country_name, regions
from supportgroups.groups.models import (
    Admission,
    Group,
    Membership,
    ProblemKind,
    Role,
    Visibility,
)
from supportgroups.groups.services.groups import GroupDetails
from supportgroups.groups.topics import (
    ACCESS_WORDS,
    FORMAT_WORDS,
    LANGUAGE_NAMES,
    TOPIC_WORDS,
    AccessAnswer,
    AccessFeature,
    Format,
    Topic,
)
from supportgroups.text import clean_line, clean_text

MAX_GROUP_NAME = 80
MAX_SENTENCE = 200
MAX_TEXT = 3000
MAX_MESSAGE = 500

VISIBILITY_WORDS = {
    Visibility.LISTED: _l("Listed: anyone can find it"),
    Visibility.UNLISTED: _l("Unlisted: only people with the address can see it"),
    Visibility.PRIVATE: _l("Private: only members can see it"),
}
ADMISSION_WORDS = {
    Admission.OPEN: _l("Join freely"),
    Admission.REQUEST: _l("Ask to join"),
    Admission.INVITATION: _l("By invitation"),
}
ROLE_WORDS = {
    Role.ORGANIZER: _l("Organizer"),
    Role.FACILITATOR: _l("Facilitator"),
    Role.MEMBER: _l("Member"),
}
PROBLEM_WORDS = {
    ProblemKind.GONE: _l("It does not meet any more"),
    ProblemKind.WRONG: _l("A time, a place or a link is wrong"),
    ProblemKind.UNSAFE: _l("Somebody was treated badly, or it is not safe"),
    ProblemKind.SELLING: _l("It sells something, or is not a group of peers"),
    ProblemKind.OTHER: _l("Something else"),
}
ANSWER_WORDS = {
    "": _l("Not known yet"),
    AccessAnswer.YES: _l("Yes"),
    AccessAnswer.NO: _l("No"),
    AccessAnswer.ASK: _l("Ask us"),
}
#: A place to start; every group rewrites it in its own words.
SUGGESTED_AGREEMENT = _l(
    "What is said here stays here. We may tell others what we learned, never who said it.\n"
    "The limits: if somebody’s life or a child is in danger, we get help, and we say so first.\n"
    "We share the time. Passing is always fine.\n"
    "We speak for ourselves, and give advice only when asked.\n"
    "We come as we are, and we may leave when we need to."
)


class WhatFields(Form):
    """What a group is for, and for whom."""

    name = StringField(
        _l("Name of the group"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter a name for the group")), too_long(MAX_GROUP_NAME)],
    )
    purpose = TextAreaField(
        _l("What it is for"),
        filters=[clean_text],
        validators=[
            DataRequired(_l("Say in a sentence or two what the group is for")),
            too_long(MAX_TEXT),
        ],
    )
    audience = StringField(
        _l("Who it is for"),
        filters=[clean_line],
        validators=[DataRequired(_l("Say who can come")), too_long(MAX_SENTENCE)],
    )
    topics = SelectMultipleField(_l("Topics"), choices=choices_of(TOPIC_WORDS))
    language = SelectField(_l("Language spoken"), choices=choices_of(LANGUAGE_NAMES), default="en")


class FormatField(Form):
    """How people meet."""

    format = RadioField(
        _l("How you meet"),
        choices=choices_of(FORMAT_WORDS),
        default=Format.IN_PERSON.value,
        validators=[DataRequired(_l("Choose how you meet"))],
    )


class ZoneFields(Form):
    """On which clock a group lives, and whose public holidays it may keep."""

    time_zone = SelectField(
        _l("Time zone"),
        choices=choices_of({name: name.replace("_", " ") for name in sorted(zone_names())}),
    )
    country = SelectField(_l("Country, for public holidays"), default="")
    region = SelectField(_l("Part of the country"), default="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the countries in the language of the page, and the parts of the one chosen."""
        super().__init__(*args, **kwargs)
        locale = get_locale()
        names = {code: country_name(code, locale) for code in countries()}
        self.country.choices = choices_of(
            dict(sorted(names.items(), key=lambda item: item[1])), first=_l("As the time zone says")
        )
        parts = regions(self.chosen_country)
        if self.region.data not in parts:
            # It was a part of the country that was chosen before.
            self.region.data = ""
        self.region.choices = choices_of(parts, first=_l("The whole country"))

    @property
    def chosen_country(self) -> str:
        """Whose public holidays it may keep; empty for nobody's."""
        return self.country.data or country_of_zone(self.time_zone.data or "")


class DoorFields(Form):
    """Who can find the group, and how people join."""

    visibility = RadioField(
        _l("Who can see the group"),
        choices=choices_of(VISIBILITY_WORDS),
        default=Visibility.LISTED.value,
        validators=[DataRequired(_l("Choose who can see the group"))],
    )
    admission = RadioField(
        _l("How people join"),
        choices=choices_of(ADMISSION_WORDS),
        default=Admission.OPEN.value,
        validators=[DataRequired(_l("Choose how people join"))],
    )

    def validate_admission(self, field: Field) -> None:
        """A private group has no page on which to join."""
        if self.visibility.data == Visibility.PRIVATE and field.data != Admission.INVITATION:
            raise ValidationError(
                _l("Nobody outside can see a private group, so choose “By invitation”")
            )


class GroupForm(WhatFields, FormatField, ZoneFields, DoorFields):
    """What a group says about itself."""

    cost = StringField(_l("Cost"), filters=[clean_line], validators=[too_long(MAX_SENTENCE)])
    first_visit = TextAreaField(
        _l("A first visit"), filters=[clean_text], validators=[too_long(MAX_TEXT)]
    )
    mailbox = EmailField(
        _l("Address for answers"),
        filters=[clean_line],
        validators=[Optional(), an_address, too_long(MAX_EMAIL)],
    )
    agreement = TextAreaField(
        _l("Group agreement"),
        filters=[clean_text],
        default=lambda: str(SUGGESTED_AGREEMENT),
        validators=[
            DataRequired(_l("Write down what people agree to when they join")),
            too_long(MAX_TEXT),
        ],
    )
    save = SubmitField(_l("Save the group"))

    def access_fields(self) -> list[Field]:
        """Return the fields about access, in their fixed order."""
        return [self[_access_name(feature)] for feature in AccessFeature]

    def details(self) -> GroupDetails:
        """Return what was filled in."""
        return GroupDetails(
            name=self.name.data,
            purpose=self.purpose.data,
            audience=self.audience.data,
            first_visit=self.first_visit.data or "",
            format=Format(self.format.data),
            language=self.language.data,
            time_zone=self.time_zone.data,
            country=self.country.data,
            region=self.region.data,
            cost=self.cost.data or "",
            mailbox=self.mailbox.data or None,
            visibility=Visibility(self.visibility.data),
            admission=Admission(self.admission.data),
            agreement=self.agreement.data,
            topics=all_known(Topic, self.topics.data or []),
            access={
                feature: AccessAnswer(self[_access_name(feature)].data)
                for feature in AccessFeature
                if self[_access_name(feature)].data
            },
        )

    @staticmethod
    def values_of(group: Group) -> dict[str, Any]:
        """Return how the form looks for a group that exists."""
        facts = {_access_name(fact.feature): fact.answer.value for fact in group.access_facts}
        return facts | {
            "name": group.name,
            "purpose": group.purpose,
            "audience": group.audience,
            "first_visit": group.first_visit,
            "format": group.format.value,
            "topics": [topic.value for topic in group.topics],
            "language": group.language,
            "time_zone": group.time_zone,
            "country": group.country,
            "region": group.region,
            "cost": group.cost,
            "mailbox": group.mailbox,
            "visibility": group.visibility.value,
            "admission": group.admission.value,
            "agreement": group.agreement,
        }


def _access_name(feature: AccessFeature) -> str:
    return f"access_{feature.name.lower()}"


for _feature in AccessFeature:
    setattr(
        GroupForm,
        _access_name(_feature),
        SelectField(ACCESS_WORDS[_feature], choices=choices_of(ANSWER_WORDS), default=""),
    )


def known_version(typed: str | None) -> int:
    """Return the version of an agreement that a page carried; 0 for nonsense."""
    value = typed or ""
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 9 else 0  # noqa: PLR2004


class AgreementForm(Form):
    """Read the agreement, say yes to it."""

    #: The version that was on the page, so that nobody agrees to words they did not see.
    agreement_version = HiddenField()
    agrees = BooleanField(
        _l("I have read the group agreement and I will keep to it"),
        validators=[DataRequired(_l("Tick the box to say that you agree"))],
    )
    save = SubmitField(_l("I agree"))

    @property
    def version(self) -> int:
        """The version that the person saw; 0 for nonsense, which is never in force."""
        return known_version(self.agreement_version.data)


class JoinForm(AgreementForm):
    """Join a group, or ask to."""

    display_name = StringField(
        _l("Name to use in this group"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter any name you like")), too_long(MAX_NAME)],
    )
    message = TextAreaField(
        _l("A few words to the organizers"),
        filters=[clean_text],
        validators=[too_long(MAX_MESSAGE)],
    )
    save = SubmitField(_l("Join the group"))


class WelcomeForm(Form):
    """What people read who ask to join."""

    welcome_note = TextAreaField(
        _l("A word of welcome"), filters=[clean_text], validators=[too_long(MAX_MESSAGE)]
    )
    expected_wait = StringField(
        _l("How long an answer takes"), filters=[clean_line], validators=[too_long(MAX_SENTENCE)]
    )


class ProblemForm(Form):
    """Say that something is wrong with a group or its page. Nobody is asked who they are."""

    kind = RadioField(
        _l("What is wrong?"),
        choices=choices_of(PROBLEM_WORDS),
        validators=[DataRequired(_l("Choose what is wrong"))],
    )
    note = TextAreaField(
        _l("What should we know?"), filters=[clean_text], validators=[too_long(MAX_MESSAGE)]
    )
    save = SubmitField(_l("Send the report"))


class RoleForm(Form):
    """Change what somebody does in a group."""

    role = SelectField(_l("Role"), choices=choices_of(ROLE_WORDS))
    save = SubmitField(_l("Change"))

    @classmethod
    def of(cls, membership: Membership) -> "RoleForm":
        """Return the form for one member, with ids of its own on a page of many."""
        form = cls(data={"role": membership.role.value}, formdata=None)
        form.role.id = f"role-{membership.public_id}"
        return form


class InvitationForm(Form):
    """Make an invitation link."""

    name = StringField(
        _l("What is this link for?"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter a word to recognise the link by, such as “flyer”")),
            too_long(MAX_NAME),
        ],
    )
    save = SubmitField(_l("Make a link"))
