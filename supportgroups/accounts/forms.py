"""What people fill in about themselves. Passwords are the one text that nothing tidies."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from supportgroups.accounts.addresses import normal_email
from supportgroups.accounts.models import MAX_EMAIL, MAX_NAME, SignIn, UserAccount
from supportgroups.accounts.passwords import MAX_LENGTH, MIN_LENGTH, Weakness, find_weakness
from supportgroups.accounts.paths import own_path
from supportgroups.clock import zone_names
from supportgroups.config import settings
from supportgroups.forms import Form, choices_of
from supportgroups.text import clean_line

WEAKNESS_WORDS = {
    Weakness.TOO_SHORT: _l(
        "Use at least %(least)s characters. A few words in a row work well", least=MIN_LENGTH
    ),
    Weakness.TOO_LONG: _l("Use %(most)s characters or fewer", most=MAX_LENGTH),
    Weakness.COMMON: _l("This one is tried first by people who guess. Try a few words in a row"),
    Weakness.PERSONAL: _l(
        "This is close to your name or address. Try a few words that nobody would guess"
    ),
}
#: What a language calls itself.
LANGUAGE_NAMES = {"en": "English", "es": "Español"}


def an_address(_form: Form, field: Field) -> None:
    """Refuse what is no e-mail address, and write the others as we keep them."""
    address = normal_email(field.data or "")
    if address is None:
        raise ValidationError(_l("Enter an e-mail address, such as name@example.org"))
    field.data = address


def _name_field() -> Field:
    return StringField(
        _l("Name to use here"),
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter any name you like")),
            Length(max=MAX_NAME, message=_l("Use %(most)s characters or fewer", most=MAX_NAME)),
        ],
    )


def _email_field(label: Any) -> Field:
    return EmailField(
        label,
        filters=[clean_line],
        validators=[
            DataRequired(_l("Enter your e-mail address")),
            Length(max=MAX_EMAIL, message=_l("Use %(most)s characters or fewer", most=MAX_EMAIL)),
            an_address,
        ],
    )


def _check_new_password(field: Field, own_words: Iterable[str | None]) -> None:
    words = [settings().site_name, *(word for word in own_words if word)]
    weakness = find_weakness(field.data, own_words=words)
    if weakness is not None:
        raise ValidationError(WEAKNESS_WORDS[weakness])


class _ComingIn(Form):
    """What signing in and signing up share: where the person was going."""

    next = HiddenField()

    @property
    def next_path(self) -> str | None:
        """The path of ours to which the person was going."""
        return own_path(self.next.data)


class SignUpForm(_ComingIn):
    """Become somebody here, with a letter to finish by."""

    display_name = _name_field()
    email = _email_field(_l("E-mail address"))
    password: Field = PasswordField(_l("Password"), validators=[Optional(strip_whitespace=False)])

    def validate_password(self, field: Field) -> None:
        """A password may be left out; one that is given has to be a good one."""
        _check_new_password(field, [self.display_name.data, self.email.data])


class SignUpWithPasswordForm(SignUpForm):
    """Become somebody here, on a site that can send no letters."""

    password: Field = PasswordField(
        _l("Password"), validators=[DataRequired(_l("Choose a password"))]
    )


class SignInForm(_ComingIn):
    """Come in with a password."""

    email = _email_field(_l("E-mail address"))
    password: Field = PasswordField(
        _l("Password"), validators=[DataRequired(_l("Enter your password"))]
    )
    is_kept = BooleanField(_l("Keep me signed in on this device"))


class SignInLinkForm(_ComingIn):
    """Ask for a link by mail; shares its page and its fields with `SignInForm`."""

    email = _email_field(_l("E-mail address"))
    password: Field = PasswordField(_l("Password"))
    is_kept = BooleanField(_l("Keep me signed in on this device"))


class UseLinkForm(Form):
    """Come in with a mailed link."""

    is_kept = BooleanField(_l("Keep me signed in on this device"))


class ProfileForm(Form):
    """What pages show to a person, and call them by."""

    display_name = _name_field()
    language = SelectField(
        _l("Language"), choices=choices_of(LANGUAGE_NAMES, first=_l("As my browser asks"))
    )
    time_zone = SelectField(
        _l("Time zone"),
        choices=choices_of({name: name.replace("_", " ") for name in sorted(zone_names())}),
        validators=[DataRequired(_l("Choose a time zone"))],
    )

    @classmethod
    def of(cls, person: UserAccount) -> "ProfileForm":
        """Return the form for one person."""
        return cls(
            data={
                "display_name": person.display_name,
                "language": person.language or "",
                "time_zone": person.time_zone,
            }
        )

    @property
    def chosen_language(self) -> str | None:
        """The language chosen; none to go by the browser."""
        return self.language.data or None


class _Protected(Form):
    """What only the owner of the account may change, and therefore says the password for."""

    present: Field = PasswordField(
        _l("Your password now"), validators=[DataRequired(_l("Enter the password you have now"))]
    )

    @classmethod
    def of(cls, device: SignIn, *, needs_password: bool) -> "_Protected":
        """Return the form for the person of a device, without `present` where not needed."""
        form = cls()
        form.person = device.user
        if not needs_password:
            del form.present
        return form

    @property
    def present_password(self) -> str | None:
        """The present password as typed; none where it was not asked for."""
        field = self._fields.get("present")
        return field.data if field is not None else None


class PasswordForm(_Protected):
    """Choose a password."""

    new: Field = PasswordField(
        _l("New password"), validators=[DataRequired(_l("Choose a password"))]
    )

    def validate_new(self, field: Field) -> None:
        """The new password has to be a good one for this person."""
        _check_new_password(field, [self.person.display_name, self.person.email])


class FullAccountForm(PasswordForm):
    """Sign in by e-mail and password from now on, on a site that can send no letters."""

    email = _email_field(_l("E-mail address"))

    def validate_new(self, field: Field) -> None:
        """The password has to be a good one for this person and this address."""
        _check_new_password(field, [self.person.display_name, self.email.data])


class EmailForm(_Protected):
    """Use another address."""

    email = _email_field(_l("New e-mail address"))
