"""Signing in: with a password, or with a link that comes by mail."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import PUBLIC, access
from supportgroups.accounts import queries
from supportgroups.accounts.current import current_device, remember, viewer
from supportgroups.accounts.forms import SignInForm, SignInLinkForm, UseLinkForm
from supportgroups.accounts.paths import own_path
from supportgroups.accounts.services import sign_ins as services
from supportgroups.accounts.views.blueprint import bp
from supportgroups.accounts.views.requests import caller, go_on, this_device
from supportgroups.clock import utc_now
from supportgroups.config import settings


@bp.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Come in with a password. What is wrong is never said more closely than it has to be."""
    form = SignInForm(next=request.args.get("next"))
    if form.validate_on_submit():
        try:
            device = services.sign_in(
                form.email.data,
                form.password.data,
                is_kept=form.is_kept.data,
                device_name=this_device(),
                caller=caller(),
                replacing=current_device(),
                now=utc_now(),
            )
        except services.WrongEmailOrPassword:
            form.form_errors.append(_wrong_words())
        else:
            remember(device.sign_in, device.secret)
            return go_on(form.next_path)
    elif viewer() is not None:
        return go_on(own_path(request.args.get("next")))
    return render_template("accounts/sign_in.html", form=form)


@bp.route("/sign-in/link", methods=["GET", "POST"])
@access(PUBLIC)
def request_sign_in_link() -> ResponseReturnValue:
    """Ask for a link by mail. The answer is the same whoever has an account."""
    if not settings().can_send_mail:
        abort(404)
    if request.method != "POST":
        return redirect(url_for("accounts.sign_in"), 303)
    form = SignInLinkForm()
    if form.validate_on_submit():
        services.request_sign_in_link(
            form.email.data, next_path=form.next_path, caller=caller(), now=utc_now()
        )
        return redirect(url_for("accounts.check_mail"), 303)
    return render_template("accounts/sign_in.html", form=form)


@bp.route("/sign-in/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def use_sign_in_link(token: str) -> ResponseReturnValue:
    """Come in with a mailed link, when the button is pressed.

    Opening the link alone does nothing: programs that look for bad mail open every link.
    """
    if queries.find_sign_in_link(token, now=utc_now()) is None:
        # Asked before there is a form, whose token would cost the guest a cookie.
        return _link_over()
    form = UseLinkForm()
    if form.validate_on_submit():
        try:
            device, next_path = services.sign_in_by_link(
                token,
                is_kept=form.is_kept.data,
                device_name=this_device(),
                replacing=current_device(),
                now=utc_now(),
            )
        except services.LinkUnusable:
            return _link_over()
        remember(device.sign_in, device.secret)
        return go_on(next_path)
    return render_template("accounts/use_sign_in_link.html", form=form)


def _link_over() -> ResponseReturnValue:
    return render_template("accounts/sign_in_over.html"), 410


def _wrong_words() -> str:
    if settings().can_send_mail:
        return str(
            _("The address or the password is not right. Try again, or ask for a link by mail.")
        )
    return str(_("The address or the password is not right. Please try again."))
