"""What a developer looks at: the letters that a development site kept instead of sending them.

The blueprint is registered on development sites alone, where anybody may look.
"""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.config import settings
from supportgroups.dev.components import samples
from supportgroups.dev.mailbox import find_letter, list_letters, split_text

bp = Blueprint("dev", __name__, url_prefix="/dev")

LETTERS_PER_PAGE = 50


@bp.get("/mail")
@access(PUBLIC)
def mailbox() -> ResponseReturnValue:
    """Show the letters, newest first."""
    before = request.args.get("before")
    letters = list_letters(settings().mail_folder, before=before, limit=LETTERS_PER_PAGE + 1)
    shown = letters[:LETTERS_PER_PAGE]
    page = {
        "previous_href": url_for("dev.mailbox") if before else None,
        "next_href": url_for("dev.mailbox", before=shown[-1].name) if shown != letters else None,
    }
    return render_template("dev/mailbox.html", letters=shown, page=page)


@bp.get("/mail/<name>")
@access(PUBLIC)
def letter(name: str) -> ResponseReturnValue:
    """Show one letter as its reader gets it."""
    kept = find_letter(settings().mail_folder, name)
    if kept is None:
        abort(404)
    paragraphs = split_text(kept.text, base_url=settings().base_url)
    return render_template("dev/letter.html", letter=kept, paragraphs=paragraphs)


@bp.get("/components")
@access(PUBLIC)
def components() -> ResponseReturnValue:
    """Show every component in every state, for those who build pages."""
    return render_template("dev/components.html", **samples())
