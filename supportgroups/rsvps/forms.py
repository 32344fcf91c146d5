"""What people fill in about coming, and organizers about how people come."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    AnyOf,
    DataRequired,
    InputRequired,
    Length,
    NumberRange,
    Optional,
)

from supportgroups.accounts.forms import an_address
from supportgroups.accounts.models import MAX_EMAIL, MAX_NAME, UserAccount
from supportgroups.config import settings
from supportgroups.formatting import calendar_day
from supportgroups.forms import Form, choices_of, too_long
from supportgroups.groups.forms import known_version
from supportgroups.groups.models import Group
from supportgroups.rsvps.models import MAX_NOTE, MAX_PLUS, Rsvp, RsvpStatus
from supportgroups.rsvps.services.answers import AnswerDetails
from supportgroups.sessions.forms.series import WAY_IN_WORDS, ways_into
from supportgroups.sessions.forms.sessions import MAX_LINK, opens_a_page
from supportgroups.sessions.models import GroupSession, LinkPolicy, Series, SeriesKind
from supportgroups.sessions.services.ways_in import WayInDetails
from supportgroups.sessions.ways_in import WayIn
from supportgroups.text import clean_line, clean_text
from supportgroups.tokens import new_secret

#: What a person can say. The waiting list is where an answer ends up, not an answer.
ANSWER_WORDS = {
    RsvpStatus.ACCEPTED: _l("I’m coming"),
    RsvpStatus.TENTATIVE: _l("Maybe"),
    RsvpStatus.DECLINED: _l("Can’t come"),
}
LINK_POLICY_WORDS = {
    LinkPolicy.PUBLIC: _l("Everybody"),
    LinkPolicy.NAME: _l("Everybody who gave a name"),
    LinkPolicy.APPROVAL: _l("Only people we approved"),
}
#: Nobody guesses a key of so many characters.
MIN_KEY = 32
#: So many minutes before the start the doors can open.
DOORS = (0, 10, 15, 30, 45, 60)
#: No schedule keeps more places than this for newcomers.
MAX_KEPT = 50


#: How many people somebody brings.
PLUS_WORDS = {0: _l("Nobody"), 1: _l("One person"), 2: _l("Two people")}


class RsvpForm(Form):
    """One of three answers, each a button of its own; the rest only where it is asked."""

    form_key = HiddenField(validators=[too_long(100)])
    #: Says that the fields below were on the page. A bare button leaves what was said before.
    has_details = HiddenField()
    plus_count = SelectField(_l("Who comes with you?"), coerce=int, default=0)
    is_first_time = BooleanField(_l("I come for the first time"))
    note = TextAreaField(
        _l("A note to those who lead"), filters=[clean_text], validators=[too_long(MAX_NOTE)]
    )

    status = RadioField(
        _l("Are you coming?"),
        choices=choices_of(ANSWER_WORDS),
        validators=[
            DataRequired(_l("Choose one of the answers")),
            AnyOf([status.value for status in ANSWER_WORDS], _l("Choose one of the answers")),
        ],
    )

    @classmethod
    def of(cls, group_session: GroupSession, rsvp: Rsvp | None) -> "RsvpForm":
        """Return the form for one session, as somebody answered it before."""
        form = cls(obj=rsvp)
        most = group_session.series.max_plus_count
        form.plus_count.choices = choices_of(
            {number: words for number, words in PLUS_WORDS.items() if number <= most}
        )
        if not form.plus_count.raw_data:
            # The organizers may allow fewer than somebody once said.
            form.plus_count.data = min(form.plus_count.data, most)
        return form

    @property
    def details(self) -> AnswerDetails | None:
        """What was said besides the answer; none where it was not asked."""
        if not self.has_details.data:
            return None
        return AnswerDetails(
            plus_count=self.plus_count.data,
            is_first_time=self.is_first_time.data,
            note=self.note.data or "",
        )


class OfferForm(Form):
    """Whether somebody takes the place that is offered."""

    form_key = HiddenField(validators=[too_long(100)])
    status = RadioField(
        _l("Do you take the place?"),
        choices=choices_of(
            {RsvpStatus.ACCEPTED: _l("Yes, I’m coming"), RsvpStatus.DECLINED: _l("No, pass it on")}
        ),
        validators=[DataRequired(_l("Choose one of the answers"))],
    )


class SeatForm(Form):
    """Whether somebody holds a seat in every session of a schedule."""

    form_key = HiddenField(validators=[too_long(100)])
    seat = RadioField(
        _l("A place on every date"),
        choices=choices_of(
            {
                "hold": _l("Keep a place for me on every date"),
                "confirm": _l("Yes, I’m still coming"),
                "give_up": _l("Give up my place"),
            }
        ),
        validators=[DataRequired(_l("Choose one of the answers"))],
    )


class KeyForm(Form):
    """One button that counts once."""

    form_key = HiddenField(validators=[too_long(100)])


class InviteForm(Form):
    """To which course those are invited who wait for the next one."""

    course = RadioField(
        _l("Which course comes next?"),
        validators=[DataRequired(_l("Choose a course"))],
    )

    def offer(self, courses: list[Series]) -> None:
        """Let one of these be chosen."""
        self.course.choices = [
            SelectChoice(
                str(series.public_id),
                _(
                    "%(title)s, from %(day)s",
                    title=series.title,
                    day=calendar_day(series.wall_starts_at.date()),
                ),
            )
            for series in courses
        ]
        if len(courses) == 1 and not self.course.raw_data:
            self.course.data = str(courses[0].public_id)


class LineForm(Form):
    """Who on the waiting list moves up."""

    form_key = HiddenField(validators=[too_long(100)])
    turn = IntegerField(validators=[InputRequired()])
    to_top = BooleanField()


class MightComeForm(Form):
    """One button, for somebody who may just turn up."""

    #: Made for this page, so that a form that is sent twice counts once.
    key = HiddenField(validators=[DataRequired()])


class ComeForm(Form):
    """Come for the first time: any name, and an address only for who wants letters."""

    display_name = StringField(
        _l("Name to use here"),
        filters=[clean_line],
        validators=[DataRequired(_l("Enter any name you like")), too_long(MAX_NAME)],
    )
    email = EmailField(
        _l("E-mail address"),
        filters=[clean_line],
        validators=[Optional(), too_long(MAX_EMAIL), an_address],
    )
    is_first_time = BooleanField(_l("I come for the first time"))
    #: Made for this page, so that a form that is sent twice makes one person.
    key = HiddenField(
        validators=[
            DataRequired(_l("Please press the button once more")),
            Length(min=MIN_KEY, message=_l("Please press the button once more")),
        ]
    )
    #: The version that was on the page, so that nobody agrees to words they did not see.
    agreement_version = HiddenField()

    @classmethod
    def of(cls, person: UserAccount | None) -> "ComeForm":
        """Return the form for a guest, or for somebody signed in, whose address we know or need not."""
        form = cls(data={"display_name": person.display_name if person is not None else ""})
        if person is not None or not settings().can_send_mail:
            del form.email
        return form

    def prepare(self, group: Group) -> None:
        """Fill in what the page needs before it is shown."""
        self.agreement_version.data = str(group.agreement_version)
        if not self.key.data or self.key.errors:
            self.key.data = new_secret()

    @property
    def given_email(self) -> str | None:
        """The address for letters, if one was given."""
        field = self._fields.get("email")
        return (field.data or None) if field is not None else None

    @property
    def version(self) -> int:
        """The version of the agreement that the person saw."""
        return known_version(self.agreement_version.data)


class WayInForm(Form):
    """How people come to the sessions of a schedule."""

    admission = RadioField(
        _l("How do people come?"),
        choices=choices_of(WAY_IN_WORDS),
        validators=[DataRequired(_l("Choose how people come"))],
    )
    doors_minutes = SelectField(
        _l("When do the doors open?"),
        choices=[
            SelectChoice(
                minutes,
                _l("%(minutes)s minutes before the start", minutes=minutes)
                if minutes
                else _l("At the start"),
            )
            for minutes in DOORS
        ],
        coerce=int,
    )

    max_plus_count = SelectField(
        _l("May people bring somebody?"),
        choices=choices_of(
            {0: _l("No"), 1: _l("Yes, one person"), MAX_PLUS: _l("Yes, up to two people")}
        ),
        coerce=int,
    )
    newcomer_seats = IntegerField(
        _l("Places kept for people who come for the first time"),
        validators=[
            Optional(),
            NumberRange(0, MAX_KEPT, _l("Enter a number from 0 to %(most)s", most=MAX_KEPT)),
        ],
    )

    def offer_ways_into(self, kind: SeriesKind) -> None:
        """Let the ways be chosen that such a schedule has."""
        self.admission.choices = ways_into(kind)

    def details(self) -> WayInDetails:
        """Return what was filled in."""
        return WayInDetails(
            admission=WayIn(self.admission.data),
            doors_minutes=self.doors_minutes.data,
            max_plus_count=self.max_plus_count.data,
            newcomer_seats=self.newcomer_seats.data or 0,
        )

    @staticmethod
    def values_of(series: Series) -> dict[str, Any]:
        """Return how the form looks for a schedule."""
        return {
            "admission": series.admission.value,
            "doors_minutes": series.doors_minutes,
            "max_plus_count": series.max_plus_count,
            "newcomer_seats": series.newcomer_seats,
        }


class RoomForm(Form):
    """The online room of a schedule."""

    online_link = StringField(
        _l("Link to meet online"),
        filters=[clean_line],
        validators=[too_long(MAX_LINK), opens_a_page],
    )
    policy = RadioField(
        _l("Who is led there?"),
        choices=choices_of(LINK_POLICY_WORDS),
        validators=[DataRequired(_l("Choose who is led there"))],
    )

    @property
    def chosen_policy(self) -> LinkPolicy:
        """Who is led to the room."""
        return LinkPolicy(self.policy.data)
