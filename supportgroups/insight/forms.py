"""How many people came, as those who lead type it on a phone at the door."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import AnyOf, NumberRange, Optional

from supportgroups.forms import Form, choices_of
from supportgroups.insight.models import HeadCount, Outcome

OUTCOME_WORDS = {
    Outcome.HELD: _l("Yes, as planned"),
    Outcome.HELD_ONLINE: _l("Yes, online instead"),
    Outcome.NOBODY_CAME: _l("No, nobody came"),
    Outcome.NOBODY_LED: _l("No, nobody could lead it"),
    Outcome.NO_ROOM: _l("No, we had no room"),
    Outcome.WEATHER: _l("No, because of the weather or the traffic"),
    Outcome.OTHER: _l("No, for another reason"),
}
#: More than any room of ours holds; a slip of the finger is more likely.
MOST = 500


class HeadCountForm(Form):
    """Two numbers, and whether the session took place."""

    heads = IntegerField(
        _l("How many people came?"),
        validators=[
            Optional(),
            NumberRange(0, MOST, _l("Enter a number from 0 to %(most)s", most=MOST)),
        ],
    )
    first_timers = IntegerField(
        _l("How many came for the first time?"),
        validators=[
            Optional(),
            NumberRange(0, MOST, _l("Enter a number from 0 to %(most)s", most=MOST)),
        ],
    )
    outcome = SelectField(
        _l("Did it take place?"),
        choices=choices_of(OUTCOME_WORDS),
        default=Outcome.HELD.value,
        validate_choice=False,
        validators=[AnyOf([outcome.value for outcome in Outcome], _l("Choose one of the answers"))],
    )

    @staticmethod
    def values_of(count: HeadCount | None) -> dict[str, Any]:
        """Return what the form shows of an earlier count."""
        if count is None:
            return {}
        return {
            "heads": count.heads,
            "first_timers": count.first_timers,
            "outcome": count.outcome.value,
        }

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Ask for a number where people met, and for no more newcomers than people."""
        is_valid = bool(super().validate(*args, **kwargs))
        if not is_valid or not Outcome(self.outcome.data).took_place:
            return is_valid
        if self.heads.data is None:
            self.refuse("heads", _("Enter how many people came"))
            return False
        if (self.first_timers.data or 0) > self.heads.data:
            self.refuse("first_timers", _("Enter no more than the number of people who came"))
            return False
        return True
