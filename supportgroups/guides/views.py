"""The pages that everybody may read: guides, and help now.

They are the same for every guest, so a browser or a proxy may keep them for a few minutes. For a
person who is signed in the layout differs, so nothing of theirs is kept.
"""

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportgroups.access import PUBLIC, access
from supportgroups.clock import utc_now
from supportgroups.config import settings
from supportgroups.groups.topics import LANGUAGE_NAMES
from supportgroups.guides import loaders, queries, services
from supportgroups.guides.forms import Answer, HelpfulForm
from supportgroups.guides.help_lines import (
    is_open,
    load_help_book,
    open_first,
    our_help_book,
    standing,
)
from supportgroups.guides.library import CONTENT_FOLDER, load_library
from supportgroups.guides.linked import article
from supportgroups.guides.models import (
    HelpLine,
    HelpNow,
    LineAudience,
    LineCost,
    Reader,
    Sheet,
    Standing,
)
from supportgroups.headers import allow_indexing
from supportgroups.kept_pages import keep_page
from supportgroups.languages import page_language
from supportgroups.networks import caller_of
from supportgroups.outbox.mail import address_of

bp = Blueprint("guides", __name__)

#: How long anybody may keep a page that is the same for every guest, in seconds.
KEEP_FOR = 300
#: The operator's own help lines and the folder of their own guides, in the data directory.
OWN_HELP_LINES = "help_lines.toml"
OWN_GUIDES = "guides"
#: How many coming sessions a guide leads to.
COMING = 3

READERS = {
    Reader.MEMBER: _l("For everyone who comes to a group"),
    Reader.VOLUNTEER: _l("For people who help"),
    Reader.ORGANIZER: _l("For people who run a group"),
}
SHEETS = {
    Sheet.GRATITUDE: _l("Print the sheet for four weeks"),
    Sheet.SMALL_GOAL: _l("Print the sheet for one small goal"),
}
LINE_AUDIENCES = {
    LineAudience.ANYONE: _l("Anyone"),
    LineAudience.ADULTS: _l("Adults"),
    LineAudience.YOUNG: _l("Children and young people"),
}
LINE_COSTS = {
    LineCost.FREE: _l("Free"),
    LineCost.CALL_RATE: _l("The price of a normal call or message"),
    LineCost.NOT_KNOWN: None,
}


def register(app: Flask) -> None:
    """Read what the operator wrote, and give templates what to show of it.

    It is read now, so that a mistake in a file stops the start and not a visitor. Our own guides are
    read when somebody asks for one: rendering them would be a tenth of the start.

    :raises BadGuide: a guide is not as it should be
    :raises BadHelpLines: the help lines file, ours or the operator's own, is not as it should be
    """
    data_dir = app.config["SETTINGS"].data_dir
    own_guides = data_dir / OWN_GUIDES
    if own_guides.exists():
        app.extensions["guide_library"] = load_library(CONTENT_FOLDER, own_guides)
    own_file = data_dir / OWN_HELP_LINES
    book = load_help_book(own_file) if own_file.exists() else our_help_book()
    app.extensions["help_book"] = book
    app.jinja_env.globals.update(
        help_now_lines=help_now_strip, help_lines_to_check=help_lines_to_check
    )


def help_now_strip() -> HelpNow:
    """Return the emergency number and main lines of the site's country, for every page.

    Asks neither the database nor the person's session, so that error pages can show it.
    """
    now = utc_now()
    found = queries.help_now_lines(settings().country, now.date(), loaders.load_help_book())
    return replace(found, lines=replace(found, lines=open_first(found.lines, now)).main_lines)


def help_lines_to_check() -> list[HelpLine]:
    """Return the lines that nobody has checked for six months, those of the site's country first.

    Pages show it to those who run the site.
    """
    due = queries.list_lines_to_check(utc_now().date(), book=loaders.load_help_book())
    lines = [line for line, _state in due]
    return sorted(lines, key=lambda line: line.country != settings().country)


@bp.get("/guides")
@access(PUBLIC)
def index() -> ResponseReturnValue:
    """List the guides by the people they are for."""
    keep_page()
    allow_indexing()
    return _keep(
        render_template(
            "guides/index.html",
            groups=loaders.load_library().by_reader(page_language()),
            readers=READERS,
            language_names=LANGUAGE_NAMES,
        )
    )


@bp.get("/guides/<slug>")
@access(PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    """Show one guide with its contents list, its sources and what to do or read next."""
    keep_page()
    language = request.args.get("language") or page_language()
    guide = loaders.load_guide(slug, language)
    library = loaders.load_library()
    now = utc_now()
    allow_indexing()
    return _keep(
        render_template(
            "guides/show.html",
            guide=guide,
            facts=article(
                guide,
                address=address_of("guides.show", slug=slug),
                publisher=settings().site_name,
            ),
            languages=library.languages(guide.slug),
            language_names=LANGUAGE_NAMES,
            is_behind=library.is_behind(guide),
            is_due=guide.is_due_for_review(now.date()),
            sheet_words=SHEETS,
            related=[loaders.load_guide(other, language) for other in guide.related],
            coming=queries.list_coming_sessions(guide, now=now, limit=COMING),
        )
    )


@bp.get("/guides/sheets/<sheet>")
@access(PUBLIC)
def sheet(sheet: str) -> ResponseReturnValue:
    """Show a page to print and fill in by hand."""
    keep_page()
    library = loaders.load_library()
    guide = next((one for one in library if one.sheet == sheet), None)
    if guide is None:
        abort(404)
    shown = library.in_language(guide, page_language())
    if guide.sheet is Sheet.GRATITUDE:
        return _keep(render_template("guides/sheets/gratitude.html", guide=shown))
    return _keep(render_template("guides/sheets/one_small_goal.html", guide=shown))


@bp.route("/guides/<slug>/helpful", methods=["GET", "POST"])
@access(PUBLIC)
def say_helpful(slug: str) -> ResponseReturnValue:
    """Say whether a guide helped.

    The two buttons below a guide lead here, and this page sends the answer. So reading a guide sets
    no cookie, which a form that changes something would need.
    """
    guide = loaders.load_guide(slug, page_language())
    form = HelpfulForm(answer=request.args.get("answer"))
    if form.validate_on_submit():
        services.count_answer(
            slug,
            is_helpful=form.answer.data == Answer.YES,
            caller=caller_of(request.remote_addr),
            now=utc_now(),
        )
        flash(str(_("Thank you. We have counted your answer.")), "success")
        return redirect(url_for("guides.show", slug=slug), 303)
    return render_template("guides/say_helpful.html", guide=guide, form=form)


@bp.get("/help-now")
@access(PUBLIC)
def help_now() -> ResponseReturnValue:
    """Show the emergency number and the help lines of a country, the site's own by default.

    Remembers nothing about who looked or which country they chose.
    """
    keep_page()
    now = utc_now()
    book = loaders.load_help_book()
    wanted = request.args.get("country", "").strip().upper()
    country = wanted if wanted in book.countries else settings().country
    found = queries.help_now_lines(country, now.date(), book)
    return _keep(
        render_template(
            "guides/help_now.html",
            help_now=found,
            entries=[_describe(line, now) for line in open_first(found.lines, now)],
            country_name=_country_name(country),
            countries=sorted(
                ((code, _country_name(code)) for code in book.countries), key=lambda pair: pair[1]
            ),
            is_unknown_place=bool(wanted) and wanted not in book.countries,
        )
    )


@bp.get("/help-now/keep")
@access(PUBLIC)
def keep() -> ResponseReturnValue:
    """Let somebody keep the help lines and guides on their device, and take them off again."""
    return render_template("guides/keep.html")


@bp.get("/help-now/offline")
@access(PUBLIC)
def offline() -> ResponseReturnValue:
    """Show what a device keeps to show without a network: the help lines of the site's country."""
    today = utc_now().date()
    found = queries.help_now_lines(settings().country, today, loaders.load_help_book())
    return render_template("guides/offline.html", help_now=found, kept_on=today)


@bp.get("/service-worker.js")
@access(PUBLIC)
def service_worker() -> ResponseReturnValue:
    """Give a browser that was asked to keep help lines the script that does so.

    It is another one when what it keeps is, and once a month, so browsers fetch it all anew.
    """
    library = loaders.load_library()
    styles = [f"css/{name}.css" for name in ("tokens", "base", "components", "guides")]
    kept = [
        url_for(".offline"),
        url_for(".index"),
        *(url_for(".show", slug=guide.slug) for guide in library),
        *(url_for("static", filename=name) for name in [*styles, "js/always.js"]),
    ]
    today = f"{utc_now():%Y-%m}"
    version = hashlib.sha256(
        repr((today, kept, list(library), loaders.load_help_book(), page_language())).encode()
    ).hexdigest()[:12]
    facts = {"VERSION": version, "KEPT": kept, "OFFLINE": url_for(".offline")}
    facts["NOTE"] = str(_("You have an update"))
    lines = [f"const {name} = {json.dumps(value)};" for name, value in facts.items()]
    script = (Path(str(current_app.static_folder)) / "js" / "service-worker.js").read_text()
    return Response("\n".join([*lines, script]), mimetype="text/javascript")


def _describe(line: HelpLine, now: datetime) -> dict[str, object]:
    """Return a line with the words about it that depend on the language and the time."""
    names = get_locale().languages
    return {
        "line": line,
        "languages": ", ".join(names.get(code, code) for code in line.languages),
        "audience": LINE_AUDIENCES[line.audience],
        "cost": LINE_COSTS[line.cost],
        "is_open": is_open(line, now),
        "is_due": standing(line, now.date()) is Standing.DUE,
    }


def _country_name(code: str) -> str:
    name: str = get_locale().territories.get(code, code)
    return name


def _keep(page: str) -> Response:
    """Return the page, to be kept for a few minutes where it is the same for everybody.

    A request that carries a cookie may be from somebody who is signed in, and a page during which
    the session changed carries one back, so both are left to the rule for personal responses.
    """
    response = make_response(page)
    if request.cookies or session.modified:
        return response
    response.cache_control.public = True
    response.cache_control.max_age = KEEP_FOR
    response.vary.update({"Cookie", "Accept-Language"})
    response.add_etag()
    response.make_conditional(request)
    return response
