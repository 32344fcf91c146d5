"""Signing up: asking for a letter, and using the link in it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.access import PUBLIC, access
from supportgroups.accounts import queries
from supportgroups.accounts.current import current_device, remember, viewer
from supportgroups.accounts.forms import SignUpForm, SignUpWithPasswordForm
from supportgroups.accounts.paths import own_path
from supportgroups.accounts.services import sign_ups as services
from supportgroups.accounts.services.sign_ins import LinkUnusable
from supportgroups.accounts.views.blueprint import bp
from supportgroups.accounts.views.requests import (
    browser_secret,
    caller,
    go_on,
    keep_browser_secret,
    this_device,
)
from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.languages import page_language


@bp.route("/sign-up", methods=["GET", "POST"])
@access(PUBLIC)
def sign_up() -> ResponseReturnValue:
    """Ask for an account. The answer is the same whoever has one."""
    if viewer() is not None:
        return go_on(own_path(request.args.get("next")))
    can_send_mail = settings().can_send_mail
    kind = SignUpForm if can_send_mail else SignUpWithPasswordForm
    form = kind(next=request.args.get("next"))
    if form.validate_on_submit():
        details = services.SignUpDetails(
            display_name=form.display_name.data,
            email=form.email.data,
            password=form.password.data or None,
            language=page_language(),
            next_path=form.next_path,
        )
        if can_send_mail:
            services.request_sign_up(
                details, browser_secret=keep_browser_secret(), caller=caller(), now=utc_now()
            )
            return redirect(url_for("accounts.check_mail"), 303)
        services.sign_up_without_mail(details, caller=caller(), now=utc_now())
        flash(
            _("If this address was new here, your account is ready. You can sign in now."), "info"
        )
        return redirect(url_for("accounts.sign_in", next=form.next_path), 303)
    return render_template("accounts/sign_up.html", form=form)


@bp.get("/check-mail")
@access(PUBLIC)
def check_mail() -> ResponseReturnValue:
    """Say that a letter may be on its way: the same words for everybody."""
    config = settings()
    mailbox = url_for("dev.mailbox") if config.development else None
    return render_template("accounts/check_mail.html", mail_from=config.mail_from, mailbox=mailbox)


@bp.route("/sign-up/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def confirm_sign_up(token: str) -> ResponseReturnValue:
    """Make the account whose mailed link was opened, when the button is pressed.

    Opening the link alone does nothing: programs that look for bad mail open every link.
    """
    if request.method == "POST":
        try:
            newcomer = services.confirm_sign_up(
                token,
                browser_secret=browser_secret(),
                device_name=this_device(),
                replacing=current_device(),
                now=utc_now(),
            )
        except LinkUnusable:
            return _link_over()
        remember(newcomer.device.sign_in, newcomer.device.secret)
        flash(_("Welcome. Your account is ready."), "success")
        if newcomer.is_password_dropped:
            flash(
                _(
                    "You opened the link in another browser, so we did not keep the password. "
                    "You can choose one under Account."
                ),
                "info",
            )
        return go_on(newcomer.next_path)
    if queries.find_sign_up(token, now=utc_now()) is None:
        return _link_over()
    return render_template("accounts/confirm_sign_up.html")


def _link_over() -> ResponseReturnValue:
    return render_template("accounts/sign_up_over.html"), 410
