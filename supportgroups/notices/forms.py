"""What the reader of a reminder can answer, and what people choose to hear of."""

from collections.abc import Iterator
from datetime import time
from typing import Any

from flask_babel import format_time
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from supportgroups.accounts.models import Channel, Reminder, UserAccount
from supportgroups.forms import Form, choices_of, known
from supportgroups.groups.models import Membership, Role
from supportgroups.notices.services.letters import GroupWishes, Wishes
from supportgroups.rsvps.forms import ANSWER_WORDS

REMINDER_WORDS = {
    Reminder.DAY_BEFORE: _l("The day before"),
    Reminder.TWO_HOURS: _l("Two hours before"),
    Reminder.NONE: _l("Not at all"),
}
CHANNEL_WORDS = {
    Channel.LETTER: _l("By letter"),
    Channel.BOTH: _l("By letter, with a note"),
    Channel.NOTE: _l("By note alone"),
}
#: For what may ask for something, or stands nowhere else.
WITH_LETTER_WORDS = {
    channel: words for channel, words in CHANNEL_WORDS.items() if channel is not Channel.NOTE
}
#: The fields that mean something only to somebody of whom a device gets notes.
CHANNEL_FIELDS = ("reminders_by", "changes_by", "other_news_by")
#: What stands for a group of which somebody wants to hear only what they must know.
LITTLE = "little"
#: The same choices where the question is about one group.
GROUP_WORDS: dict[str, Any] = {
    "": _l("As above"),
    Reminder.DAY_BEFORE: _l("A reminder the day before"),
    Reminder.TWO_HOURS: _l("A reminder two hours before"),
    Reminder.NONE: _l("No reminders"),
    LITTLE: _l("Only what I have to know"),
}
#: Some hours of the day have to be left in which we may write.
LONGEST_QUIET = 16


class AnswerForm(Form):
    """One of three answers, each a button of its own; what was said besides stays as it was."""

    status = RadioField(
        _l("Are you coming?"),
        choices=choices_of(ANSWER_WORDS),
        validators=[DataRequired(_l("Choose one of the answers"))],
    )


def _hour_field(label: Any) -> Field:
    return SelectField(label, coerce=int, choices=_hours)


def _hours() -> list[SelectChoice]:
    # Written for each page, because languages write hours in their own ways.
    return [
        SelectChoice(hour, format_time(time(hour), "short", rebase=False)) for hour in range(24)
    ]


class NewsForm(Form):
    """What somebody wants to hear of, and when; with a field for each of their groups."""

    reminder = RadioField(
        _l("Remind me of a session"),
        choices=choices_of(REMINDER_WORDS),
        validators=[DataRequired(_l("Choose when, or that you want none"))],
    )
    quiet_from = _hour_field(_l("From"))
    quiet_until = _hour_field(_l("Until"))
    allows_night_notices = BooleanField(_l("Offer me a free place at these hours too"))
    wants_digest = BooleanField(_l("One letter a week instead of single ones"))
    wants_announcements = BooleanField(_l("What organizers write to everybody in a group"))
    wants_duty_news = BooleanField(_l("Reminders and questions about what I lead"))
    shows_group_names = BooleanField(_l("Say inside a letter which group it is about"))
    reminders_by = SelectField(_l("Reminders"), choices=choices_of(CHANNEL_WORDS))
    changes_by = SelectField(_l("Changes of sessions"), choices=choices_of(CHANNEL_WORDS))
    other_news_by = SelectField(_l("Everything else"), choices=choices_of(WITH_LETTER_WORDS))

    memberships: list[Membership]

    @classmethod
    def of(
        cls, person: UserAccount, memberships: list[Membership], *, has_device: bool
    ) -> "NewsForm":
        """Return the form for one person in these groups, a device of whom gets notes or not."""
        fields = {
            name_of(membership): SelectField(membership.group.name, choices=choices_of(GROUP_WORDS))
            for membership in memberships
        }
        form_class = type("NewsFormOfGroups", (cls,), fields)
        chosen = {
            name_of(membership): LITTLE if membership.is_muted else membership.reminder or ""
            for membership in memberships
        }
        wishes = {name: getattr(person, name) for name in Wishes.__dataclass_fields__}
        form: NewsForm = form_class(data={**wishes, **chosen})
        form.memberships = memberships
        if all(membership.role is Role.MEMBER for membership in memberships):
            del form.wants_duty_news
        if not has_device:
            for name in CHANNEL_FIELDS:
                del form[name]
        return form

    def validate_quiet_until(self, field: Field) -> None:
        """Whoever may never be written to would miss what matters."""
        hours = (field.data - self.quiet_from.data) % 24 if self.quiet_from.data is not None else 0
        if hours > LONGEST_QUIET:
            raise ValidationError(
                _l("Leave us at least %(hours)s hours of the day", hours=24 - LONGEST_QUIET)
            )

    def group_fields(self) -> Iterator[tuple[Membership, Field]]:
        """Yield each of their groups with its field."""
        for membership in self.memberships:
            yield membership, self[name_of(membership)]

    def wishes(self, person: UserAccount) -> Wishes:
        """Return what was chosen; what the form did not ask for stays as it is."""
        chosen = {
            name: self[name].data if name in self else getattr(person, name)
            for name in Wishes.__dataclass_fields__
        }
        channels = {name: Channel(chosen[name]) for name in CHANNEL_FIELDS}
        return Wishes(**chosen | channels | {"reminder": Reminder(chosen["reminder"])})

    def wishes_of_groups(self) -> dict[int, GroupWishes]:
        """Return what was chosen for each group."""
        return {
            membership.group_id: GroupWishes(
                reminder=known(Reminder, field.data), is_muted=field.data == LITTLE
            )
            for membership, field in self.group_fields()
        }


def name_of(membership: Membership) -> str:
    """Return the name of the field for one group."""
    return f"of_{membership.public_id.hex}"
