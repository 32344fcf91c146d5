"""One's own account: name, address, password, devices."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import SIGNED_IN, access
from supportgroups.accounts import queries
from supportgroups.accounts.current import (
    forget,
    remember,
    signed_in_device,
    signed_in_viewer,
)
from supportgroups.accounts.forms import EmailForm, FullAccountForm, PasswordForm, ProfileForm
from supportgroups.accounts.models import SignIn
from supportgroups.accounts.services import guests
from supportgroups.accounts.services import profiles as services
from supportgroups.accounts.services import sign_ins as sign_in_services
from supportgroups.accounts.services.sign_ins import LinkUnusable
from supportgroups.accounts.views.blueprint import bp
from supportgroups.accounts.views.requests import caller
from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.outbox.queries import is_stopped


@bp.route("/account", methods=["GET", "POST"])
@access(SIGNED_IN)
def profile() -> ResponseReturnValue:
    """Change the name to use here, the language and the time zone."""
    person = signed_in_viewer()
    form = ProfileForm.of(person)
    if form.validate_on_submit():
        services.edit_profile(
            person,
            display_name=form.display_name.data,
            time_zone=form.time_zone.data,
            language=form.chosen_language,
        )
        flash(_("Saved."), "success")
        return redirect(url_for("accounts.profile"), 303)
    return render_template(
        "accounts/profile.html", form=form, are_letters_stopped=is_stopped(person.letters_go_to)
    )


@bp.route("/account/password", methods=["GET", "POST"])
@access(SIGNED_IN)
def password() -> ResponseReturnValue:
    """Choose a password, which signs out all other devices."""
    device = signed_in_device()
    if device.user.is_light and not settings().can_send_mail:
        return _become_full(device)
    form = PasswordForm.of(device, needs_password=services.needs_password(device, now=utc_now()))
    if form.validate_on_submit():
        try:
            renewed = services.choose_password(
                device, present=form.present_password, new=form.new.data, now=utc_now()
            )
        except services.WrongPassword:
            form.refuse("present", _("This is not your password now. Please try again."))
        else:
            remember(renewed.sign_in, renewed.secret)
            flash(_("Your password is changed. Other devices are signed out."), "success")
            return redirect(url_for("accounts.profile"), 303)
    return render_template("accounts/password.html", form=form)


def _become_full(device: SignIn) -> ResponseReturnValue:
    """Let somebody with a link of their own choose an address and a password to sign in with."""
    form = FullAccountForm.of(device, needs_password=False)
    if form.validate_on_submit():
        renewed = guests.become_full(
            device,
            email=form.email.data,
            new=form.new.data,
            caller=caller(),
            now=utc_now(),
        )
        remember(renewed.sign_in, renewed.secret)
        flash(_("If this address was new here, you sign in with it from now on."), "success")
        return redirect(url_for("accounts.profile"), 303)
    return render_template("accounts/password.html", form=form)


@bp.route("/account/email", methods=["GET", "POST"])
@access(SIGNED_IN)
def email() -> ResponseReturnValue:
    """Ask to use another address; a letter to it has the link that confirms it."""
    if not settings().can_send_mail:
        abort(404)
    device = signed_in_device()
    form = EmailForm.of(device, needs_password=services.needs_password(device, now=utc_now()))
    if form.validate_on_submit():
        try:
            services.request_email_change(
                device, email=form.email.data, present=form.present_password, now=utc_now()
            )
        except services.WrongPassword:
            form.refuse("present", _("This is not your password. Please try again."))
        else:
            return redirect(url_for("accounts.check_mail"), 303)
    return render_template("accounts/email.html", form=form)


@bp.post("/account/write-again")
@access(SIGNED_IN)
def write_again() -> ResponseReturnValue:
    """Send letters to this person again, who says that the address is right."""
    services.write_again(signed_in_viewer())
    flash(_("Thank you. We write to this address again."), "success")
    return redirect(url_for("accounts.profile"), 303)


@bp.route("/account/email/<token>", methods=["GET", "POST"])
@access(SIGNED_IN)
def confirm_email(token: str) -> ResponseReturnValue:
    """Use the address whose mailed link was opened, when the button is pressed."""
    person = signed_in_viewer()
    if request.method == "POST":
        try:
            services.confirm_email(token, actor=person, now=utc_now())
        except LinkUnusable:
            return _email_link_over()
        flash(_("Your new address is in use."), "success")
        return redirect(url_for("accounts.profile"), 303)
    change = queries.find_email_change(person, token, now=utc_now())
    if change is None:
        return _email_link_over()
    return render_template("accounts/confirm_email.html", email=change.email)


@bp.get("/account/devices")
@access(SIGNED_IN)
def devices() -> ResponseReturnValue:
    """Show where the person is signed in."""
    person = signed_in_viewer()
    return render_template(
        "accounts/devices.html",
        devices=queries.list_sign_ins(person, now=utc_now()),
        this_device=signed_in_device(),
    )


@bp.post("/account/devices/<uuid:public_id>/end")
@access(SIGNED_IN)
def end_device(public_id: UUID) -> ResponseReturnValue:
    """Sign out one of the person's own devices."""
    if public_id == signed_in_device().public_id:
        sign_in_services.sign_out(signed_in_device())
        forget()
        return redirect(url_for("accounts.goodbye"), 303)
    if not sign_in_services.end_device(public_id, actor=signed_in_viewer()):
        abort(404)
    flash(_("That device is signed out."), "success")
    return redirect(url_for("accounts.devices"), 303)


@bp.post("/account/devices/end-others")
@access(SIGNED_IN)
def end_other_devices() -> ResponseReturnValue:
    """Sign the person out everywhere but here."""
    sign_in_services.end_other_devices(signed_in_device())
    flash(_("All other devices are signed out."), "success")
    return redirect(url_for("accounts.devices"), 303)


def _email_link_over() -> ResponseReturnValue:
    return render_template("accounts/email_over.html"), 410
