"""What a developer looks at: the letters that a development site kept instead of sending them.

The blueprint is registered on development sites alone, where anybody may look.
"""

from base64 import b64encode
from hashlib import sha256

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.config import settings
from supportgroups.dev.components import samples
from supportgroups.dev.mailbox import KeptLetter, find_letter, list_letters
from supportgroups.outbox.paragraphs import split_text

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
    """Show one letter with its headers, as plain text."""
    kept = _load_letter(name)
    paragraphs = split_text(kept.text, base_url=settings().base_url)
    return render_template("dev/letter.html", letter=kept, paragraphs=paragraphs)


@bp.get("/mail/<name>/html")
@access(PUBLIC)
def letter_html(name: str) -> ResponseReturnValue:
    """Show one letter as most mail programs do."""
    html = _load_letter(name).html
    # The style sheet inside is allowed by what it says, so that nothing else is.
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"
    return html, {"Content-Security-Policy": policy}


@bp.get("/components")
@access(PUBLIC)
def components() -> ResponseReturnValue:
    """Show every component in every state, for those who build pages."""
    return render_template("dev/components.html", **samples())


def _load_letter(name: str) -> KeptLetter:
    kept = find_letter(settings().mail_folder, name)
    if kept is None:
        abort(404)
    return kept
