"""What people fill in for a calendar address of their own."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, SubmitField
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from supportgroups.calendars.clients import ClientFamily
from supportgroups.calendars.models import Discretion, FeedLink, InvitationChoice
from supportgroups.calendars.window import Reach
from supportgroups.forms import Form, choices_of
from supportgroups.groups.models import Group
from supportgroups.text import clean_line

MAX_LINK_NAME = 60
MAX_WORD = 40
#: What the field holds for all groups; the address of one never looks like this.
ALL_GROUPS = "*"
#: The same for what the person leads.
DUTIES = "duties!"

DISCRETION_WORDS = {
    Discretion.NEUTRAL: _l("Neutral: one word of your own"),
    Discretion.BUSY: _l("Busy: only that the time is taken"),
    Discretion.PLAIN: _l("Plain: what it is, and where"),
}
REACH_WORDS = {
    Reach.QUARTER: _l("Three months ahead"),
    Reach.HALF_YEAR: _l("Half a year ahead"),
    Reach.YEAR: _l("A year ahead"),
}
CLIENT_WORDS = {
    ClientFamily.APPLE: _l("Apple Calendar"),
    ClientFamily.GOOGLE: _l("Google Calendar"),
    ClientFamily.OUTLOOK: _l("Outlook"),
    ClientFamily.THUNDERBIRD: _l("Thunderbird"),
    ClientFamily.ANDROID: _l("an app on Android"),
    ClientFamily.OTHER: _l("another app"),
}
#: How an entry looks, for each level.
DISCRETION_EXAMPLES = {
    Discretion.NEUTRAL.value: _l(
        "Looks like: “Appointment”. No place and no details. The link in it leads to a page "
        "that asks to sign in."
    ),
    Discretion.BUSY.value: _l("Looks like: “Busy”. Nothing else."),
    Discretion.PLAIN.value: _l(
        "Looks like: “Tuesday evening – Evening circle. The library, High Street”, with the "
        "details and a link to the session."
    ),
}


class EntryForm(Form):
    """Choose how much an entry tells whoever else sees it."""

    discretion = RadioField(
        _l("What may an entry show?"),
        choices=choices_of(DISCRETION_WORDS),
        default=Discretion.NEUTRAL.value,
        # The one check below says it in our own words.
        validate_choice=False,
        validators=[
            DataRequired(_l("Choose what an entry may show")),
            AnyOf(
                [discretion.value for discretion in Discretion],
                _l("Choose what an entry may show"),
            ),
        ],
    )
    neutral_word = StringField(
        _l("Your word"),
        filters=[clean_line],
        validators=[Length(max=MAX_WORD, message=_l("Use 40 characters or fewer"))],
    )

    @property
    def chosen_discretion(self) -> Discretion:
        """What an entry may show."""
        return Discretion(self.discretion.data)

    @property
    def chosen_word(self) -> str:
        """The person's own word, or the usual one."""
        return self.neutral_word.data or str(_("Appointment"))


class LinkForm(EntryForm):
    """Name an address, and choose how much its entries tell."""

    name = StringField(
        _l("Name"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter a name to recognise it by, such as “phone”")),
            Length(max=MAX_LINK_NAME, message=_l("Use 60 characters or fewer")),
        ],
    )
    reach = SelectField(
        _l("How far ahead?"),
        choices=choices_of(REACH_WORDS),
        default=Reach.YEAR.value,
        validate_choice=False,
        validators=[
            AnyOf([reach.value for reach in Reach], _l("Choose how far ahead it looks")),
        ],
    )
    has_past = BooleanField(_l("Keep sessions that are over for nine weeks"))
    save = SubmitField(_l("Save"))

    @property
    def chosen_days(self) -> dict[str, Any]:
        """Which days it covers, as the services take it."""
        return {"reach": Reach(self.reach.data), "has_past": self.has_past.data}

    @staticmethod
    def values_of(link: FeedLink) -> dict[str, Any]:
        """Return how the form looks for an address that exists."""
        return {
            "name": link.name,
            "discretion": link.discretion.value,
            "neutral_word": link.neutral_word,
            "reach": link.reach.value,
            "has_past": link.has_past,
        }


class NewLinkForm(LinkForm):
    """Make an address: whose sessions it carries is decided once."""

    scope = SelectField(
        _l("Sessions of"),
        default=ALL_GROUPS,
        validate_choice=False,
        validators=[DataRequired(_l("Choose all your groups, or one of them"))],
    )

    def offer(self, groups: Iterable[Group], *, leads: bool) -> None:
        """Offer the groups that the person belongs to.

        :param leads: the person leads sessions, and may want those alone
        """
        offered = {ALL_GROUPS: _("All my groups")}
        if leads:
            offered[DUTIES] = _("Sessions that I lead, nothing else")
        offered |= {group.slug: group.name for group in groups}
        self.scope.choices = choices_of(offered)
        self._offered = frozenset(offered)

    def validate_scope(self, field: Field) -> None:
        """Nobody follows a group that is not theirs."""
        if field.data not in self._offered:
            raise ValidationError(_("Choose all your groups, or one of them"))


class InvitationForm(EntryForm):
    """Choose whether sessions come by mail into a calendar program."""

    is_on = BooleanField(_l("Send me my sessions as calendar invitations"))
    save = SubmitField(_l("Save"))

    @classmethod
    def of(cls, choice: InvitationChoice | None) -> "InvitationForm":
        """Return the form as somebody finds it who chose this, or nothing so far."""
        if choice is None:
            return cls(neutral_word=_("Appointment"))
        return cls(is_on=True, discretion=choice.discretion.value, neutral_word=choice.neutral_word)
