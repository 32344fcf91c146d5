"""Starting a group on four short pages. What is typed is kept on the way, and nobody else sees it."""

from itertools import chain
from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from supportgroups.access import SIGNED_IN, access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import is_zone, to_zone, utc_now
from supportgroups.errors import DomainError
from supportgroups.forms import Form
from supportgroups.groups import queries as group_queries
from supportgroups.groups.forms import SUGGESTED_AGREEMENT
from supportgroups.groups.holidays import country_name
from supportgroups.groups.services.drafts import keep_draft
from supportgroups.groups.topics import FORMAT_WORDS, LANGUAGE_NAMES
from supportgroups.sessions.forms.planning import Planned
from supportgroups.sessions.forms.series import WAY_IN_WORDS
from supportgroups.sessions.forms.set_up import (
    PublishForm,
    WhatForm,
    WhenForm,
    WhereForm,
    group_details,
)
from supportgroups.sessions.models import SeriesKind
from supportgroups.sessions.services.set_up import publish_group
from supportgroups.sessions.starting_points import (
    OWN,
    STARTING_POINTS,
    USUAL_PLACES,
    StartingPoint,
    starting_point,
)
from supportgroups.sessions.views.blueprint import bp
from supportgroups.sessions.views.previews import (
    CHECK,
    FRAGMENT,
    MORE,
    asked_for,
    explain,
    fragment,
    preview_of,
    quiet_preview_of,
)

BACK = "back"
WHAT, WHEN, WHERE, REVIEW = "what", "when", "where", "review"
#: More than this in one field is no answer of a person, and is not kept.
MOST_KEPT = 5000


class Answers(NamedTuple):
    """All four pages as somebody has filled them in so far."""

    what: WhatForm
    when: WhenForm
    where: WhereForm
    publish: PublishForm


@bp.route("/groups/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def set_up_what() -> ResponseReturnValue:
    """Say what the group is for: the first of four pages."""
    if signed_in_viewer().is_light:
        flash(_("First add an e-mail address, so that your group can reach you."), "info")
        return _to("accounts.profile")
    form = _what()
    if request.method == "POST":
        _keep(WHAT, form)
        if form.validate():
            return _to("sessions.set_up_when")
    elif _is_asked_again():
        form.validate()
    hints = {name: point.hint for name, point in STARTING_POINTS.items()}
    return render_template("sessions/set_up_what.html", form=form, hints=hints)


@bp.route("/groups/new/when", methods=["GET", "POST"])
@access(SIGNED_IN)
def set_up_when() -> ResponseReturnValue:
    """Say when it meets: the second of four pages."""
    form = _when()
    go = asked_for()
    if go == FRAGMENT:
        return fragment(form, quiet_preview_of(form, **_where_of(form)))
    shown = None
    if request.method == "POST":
        _keep(WHEN, form)
        if go == BACK:
            return _to("sessions.set_up_what")
        if go == MORE:
            form.add_rows()
        elif go == CHECK:
            shown = preview_of(form, **_where_of(form))
        elif form.validate():
            return _to("sessions.set_up_where")
    elif _is_asked_again():
        form.validate()
    elif WHEN in _draft():
        shown = quiet_preview_of(form, **_where_of(form))
    return render_template(
        "sessions/set_up_when.html",
        form=form,
        preview=shown,
        country=country_name(form.chosen_country, get_locale()),
        zone=_where_of(form)["zone"],
    )


@bp.route("/groups/new/where", methods=["GET", "POST"])
@access(SIGNED_IN)
def set_up_where() -> ResponseReturnValue:
    """Say where it meets, and how people come: the third of four pages."""
    form = _where()
    if request.method == "POST":
        _keep(WHERE, form)
        if asked_for() == BACK:
            return _to("sessions.set_up_when")
        if form.validate():
            return _to("sessions.set_up_review")
    elif _is_asked_again():
        form.validate()
    return render_template("sessions/set_up_where.html", form=form)


@bp.route("/groups/new/review", methods=["GET", "POST"])
@access(SIGNED_IN)
def set_up_review() -> ResponseReturnValue:
    """Read it all once more, and publish it: the last of four pages."""
    answers = Answers(_what(), _when(), _where(), PublishForm(**_typed(REVIEW)))
    if asked_for() in {WHAT, WHEN, WHERE}:
        _keep(REVIEW, answers.publish)
        return _to(f"sessions.set_up_{asked_for()}")
    for name, form in zip((WHAT, WHEN, WHERE), answers[:3], strict=True):
        if name not in _draft() or not form.validate():
            return _to(f"sessions.set_up_{name}", again="yes")
    planned = Planned(answers.when, **_where_of(answers.when))
    problems: list[str] = []
    if request.method == "POST" and answers.publish.validate():
        try:
            group = publish_group(
                group_details(*answers),
                answers.where.series_details(planned, None),
                actor=signed_in_viewer(),
                now=utc_now(),
            )
        except DomainError as error:
            explain(answers.when, error)
            problems = list(chain.from_iterable(answers.when.errors.values()))
        else:
            flash(_("Your group is published. Everything can still be changed."), "success")
            return redirect(url_for("pages.group", slug=group.slug), 303)
    details = answers.where.series_details(planned, None)
    return render_template(
        "sessions/set_up_review.html",
        form=answers.publish,
        answers=answers,
        details=details,
        preview=quiet_preview_of(answers.when, **_where_of(answers.when)),
        problems=problems,
        agreement=str(SUGGESTED_AGREEMENT),
        format_words=FORMAT_WORDS,
        way_in_words=WAY_IN_WORDS[details.admission],
    )


def _what() -> WhatForm:
    language = get_locale().language
    return WhatForm(
        **_typed(WHAT), data={"language": language if language in LANGUAGE_NAMES else "en"}
    )


def _when() -> WhenForm:
    zone = signed_in_viewer().time_zone
    form = WhenForm(**_typed(WHEN), data={"time_zone": zone, **_point().when})
    form.offer_first_days(to_zone(utc_now(), _where_of(form)["zone"]).replace(tzinfo=None))
    return form


def _where() -> WhereForm:
    form = WhereForm(**_typed(WHERE), data={"capacity": USUAL_PLACES, **_point().where})
    form.offer_ways_into(SeriesKind.COURSE if _when().is_course.data else SeriesKind.SCHEDULE)
    return form


def _typed(page: str) -> dict[str, Any]:
    """Return how a form begins: with what was just sent to its page, else with what was kept."""
    # The token of every form here was looked at before any view; what was kept has none.
    options: dict[str, Any] = {"meta": {"csrf": False}, "formdata": None}
    if request.method == "POST" and request.endpoint == f"sessions.set_up_{page}":
        options["formdata"] = request.form
    elif page in _draft():
        options["formdata"] = MultiDict(_draft()[page])
    return options


def _draft() -> dict[str, dict[str, list[str]]]:
    draft = group_queries.find_draft(signed_in_viewer())
    return draft.answers if draft is not None else {}


def _point() -> StartingPoint:
    """Return the shape that was chosen on the first page."""
    (name,) = _draft().get(WHAT, {}).get("starting_point", [OWN])[:1]
    return starting_point(name)


def _keep(page: str, form: Form) -> None:
    """Keep what was sent, right or wrong, in the fields that the page has."""
    names = [name for name in request.form if name.partition("-")[0] in form]
    typed = {name: [words[:MOST_KEPT] for words in request.form.getlist(name)] for name in names}
    keep_draft(page, typed, actor=signed_in_viewer(), now=utc_now())


def _where_of(form: WhenForm) -> dict[str, Any]:
    """Return the zone, the country and its part by which the form is read."""
    typed = form.time_zone.data or ""
    zone = typed if is_zone(typed) else signed_in_viewer().time_zone
    return {"zone": zone, "country": form.chosen_country, "region": form.region.data or ""}


def _is_asked_again() -> bool:
    """Whether the last page has sent somebody back for what is missing here."""
    return "again" in request.args


def _to(endpoint: str, **values: Any) -> ResponseReturnValue:
    return redirect(url_for(endpoint, **values), 303)
