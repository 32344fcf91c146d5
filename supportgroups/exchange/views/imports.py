"""How organizers bring the dates of another calendar into their group.

Nothing is fetched from any address: people upload a file or paste what is in it.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from supportgroups.access import access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import to_zone, utc_now
from supportgroups.errors import TooManyTries
from supportgroups.exchange import queries, services
from supportgroups.exchange.bounded import CannotRead, TooLarge, read_file
from supportgroups.exchange.drafts import (
    as_answers,
    events_of,
    layout_of,
    unknown_zones,
    zones_of,
)
from supportgroups.exchange.forms import (
    TROUBLE_WORDS,
    VERDICT_WORDS,
    FileForm,
    LayoutForm,
    RowsForm,
    ZonesForm,
)
from supportgroups.exchange.loaders import load_draft, load_import
from supportgroups.exchange.models import ImportDraft
from supportgroups.exchange.plans import Row, Verdict
from supportgroups.exchange.views.blueprint import bp
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission
from supportgroups.limits import spend
from supportgroups.sessions.models import WayIn
from supportgroups.sessions.sentences import sentence
from supportgroups.sessions.services.series import StartsOnClockChange
from supportgroups.sessions.services.undoing import TooLateToUndo

#: Files that one person can have read.
MOST_FILES, PER = 30, timedelta(hours=1)


@bp.route("/groups/<slug>/imports", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def import_dates(slug: str) -> ResponseReturnValue:
    """Take a file of another calendar, and list what came in the last days."""
    group = load_group(slug, Permission.SESSION_MANAGE)
    form = FileForm()
    if form.validate_on_submit():
        draft = _read(form, group)
        if draft is not None:
            return redirect(url_for(".review_import", slug=slug, public_id=draft.public_id), 303)
    return render_template(
        "exchange/import_dates.html",
        form=form,
        group=group,
        past=queries.list_undoable_imports(group, now=utc_now()),
        undo_for=queries.UNDO_IMPORT_FOR,
    )


def _read(form: FileForm, group: Group) -> ImportDraft | None:
    """Return what is in the file that was sent; none, with words beside the field, if nothing is."""
    content = form.content
    if not content:
        form.refuse("file", _("Choose a file, or paste what is in it"))
        return None
    person, now = signed_in_viewer(), utc_now()
    if not spend(f"import {person.id}", limit=MOST_FILES, per=PER, now=now):
        raise TooManyTries
    try:
        found = read_file(content, home=group.time_zone)
    except TooLarge:
        form.refuse(
            "file", _("That is too much at once. A file may have 1 MiB and 500 events: split it")
        )
    except CannotRead:
        form.refuse(
            "file",
            _(
                "We cannot read this as a calendar (.ics), a table (CSV) or a list of meetings "
                "(JSON). Export it once more, or plan your sessions here"
            ),
        )
    else:
        return services.keep_draft(group, found, actor=person, now=now)
    return None


@bp.route("/groups/<slug>/imports/<uuid:public_id>", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def review_import(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Show what would become of a file; ask what it leaves open; plan what was chosen."""
    group = load_group(slug, Permission.SESSION_MANAGE)
    if queries.find_import(group, public_id) is not None:
        # The button was pressed twice, or somebody went back: it is done.
        return redirect(url_for(".import_dates", slug=slug), 303)
    draft = load_draft(group, public_id)
    layout = layout_of(draft)
    if layout is not None and (not layout.is_sure or "columns" in request.args):
        return _ask_for_layout(draft, group)
    names = unknown_zones(events_of(draft, home=group.time_zone))
    if names and (names != list(zones_of(draft)) or "zones" in request.args):
        return _ask_for_zones(draft, group, names)
    rows = services.rows_of(draft, group, now=utc_now())
    form = RowsForm(rows=[row.key for row in rows if _is_meant(row, group, rows)])
    form.offer(rows)
    if form.validate_on_submit():
        try:
            services.import_dates(
                draft,
                group,
                form.chosen,
                admission=WayIn(form.admission.data),
                actor=signed_in_viewer(),
                now=utc_now(),
            )
        except services.NothingChosen:
            form.refuse("rows", _("Choose at least one"))
        except (services.PlanChanged, StartsOnClockChange):
            form.refuse("rows", _("Something has changed meanwhile. Look at the list once more"))
        else:
            flash(_("Your dates are here. You can undo this for seven days."), "success")
            return redirect(url_for(".import_dates", slug=slug), 303)
    return render_template(
        "exchange/review_import.html",
        form=form,
        group=group,
        draft=draft,
        rows=[_shown(row) for row in rows],
        counts={verdict: sum(row.verdict is verdict for row in rows) for verdict in Verdict},
        verdict_words=VERDICT_WORDS,
        is_table=layout is not None,
        has_zones=bool(names),
    )


def _ask_for_layout(draft: ImportDraft, group: Group) -> ResponseReturnValue:
    table = draft.found["table"]
    layout = layout_of(draft)
    assert layout is not None  # noqa: S101 (whoever calls has looked)
    form = LayoutForm.of(table[0])(data=LayoutForm.values_of(layout))
    if form.validate_on_submit():
        services.explain_draft(draft, group, as_answers(form.layout), actor=signed_in_viewer())
        return redirect(url_for(".review_import", slug=group.slug, public_id=draft.public_id), 303)
    return render_template("exchange/explain_columns.html", form=form, group=group, table=table)


def _ask_for_zones(draft: ImportDraft, group: Group, names: list[str]) -> ResponseReturnValue:
    form = ZonesForm.of(names)()
    if form.validate_on_submit():
        answers = {"zones": dict(form.zones(names))}
        services.explain_draft(draft, group, answers, actor=signed_in_viewer())
        return redirect(url_for(".review_import", slug=group.slug, public_id=draft.public_id), 303)
    return render_template("exchange/explain_zones.html", form=form, group=group, count=len(names))


def _is_meant(row: Row, group: Group, rows: list[Row]) -> bool:
    """Tell whether a row is chosen to begin with: of a file of many groups, this one's alone."""
    if row.verdict is not Verdict.NEW:
        return False
    groups = {other.found.group for other in rows}
    return len(groups) == 1 or row.found.group.casefold() == group.name.casefold()


def _shown(row: Row) -> dict[str, Any]:
    """Return what the page says about a row."""
    schedule = row.schedule
    return {
        "row": row,
        "trouble": TROUBLE_WORDS.get(row.trouble) if row.trouble is not None else None,
        "sentence": sentence(
            schedule.timetable,
            length=schedule.length,
            zone=schedule.zone,
            today=to_zone(utc_now(), schedule.zone).date(),
        )
        if schedule is not None
        else None,
        "notes": _notes(row),
    }


def _notes(row: Row) -> list[str]:
    """Return what is worth knowing about a row before it is planned."""
    schedule, notes = row.schedule, []
    if schedule is None:
        return []
    if schedule.changes:
        number = len(schedule.changes)
        notes.append(
            ngettext(
                "%(num)s date differs, as in the file.",
                "%(num)s dates differ, as in the file.",
                number,
            )
        )
    if schedule.changes_too_far:
        notes.append(
            _("Dates that differ more than half a year ahead are left as the schedule has them.")
        )
    if row.found.online_link:
        notes.append(
            _("The link to meet online is kept apart: only people who are expected find it.")
        )
    return notes


@bp.route("/groups/<slug>/imports/<uuid:public_id>/undo", methods=["GET", "POST"])
@access(Permission.SESSION_MANAGE)
def undo_import(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Take out what was brought in, after saying what that means."""
    group = load_group(slug, Permission.SESSION_MANAGE)
    imported = load_import(group, public_id)
    if request.method == "POST":
        try:
            services.undo_import(imported, actor=signed_in_viewer(), now=utc_now())
        except TooLateToUndo:
            flash(_("This can no longer be undone."), "warning")
        else:
            flash(_("Undone. Whoever had answered is being told."), "success")
        return redirect(url_for(".import_dates", slug=slug), 303)
    return render_template(
        "exchange/undo_import.html",
        group=group,
        imported=imported,
        counts=services.count_to_undo(imported, now=utc_now()),
    )
