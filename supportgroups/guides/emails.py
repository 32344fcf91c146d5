"""The letter about help lines that nobody has checked for long."""

from datetime import datetime
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext as _

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.guides import queries
from supportgroups.guides.models import HelpBook
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.outbox.notice import Notice


def lines_to_check(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who runs the site how many lines to check, unless there is none."""
    book: HelpBook = current_app.extensions["help_book"]
    due = len(queries.list_lines_to_check(now.date(), book=book))
    admin = db.session.get(UserAccount, payload["user_id"])
    if not due or admin is None or not admin.is_site_admin or admin.letters_go_to is None:
        return None
    with in_language(admin.language):
        text = render_template(
            "emails/guides_lines_to_check.txt", due=due, address=address_of("guides.help_now")
        )
        return Letter(
            to=admin.letters_go_to,
            subject=_("Please check some numbers"),
            text=text,
            notice=Notice(reader_id=admin.id),
        )
