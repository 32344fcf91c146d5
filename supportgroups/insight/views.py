"""Pages for those who lead: what needs them, what comes next."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from supportgroups.access import PUBLIC, SIGNED_IN, access
from supportgroups.accounts.current import signed_in_viewer
from supportgroups.accounts.models import UserAccount
from supportgroups.clock import utc_now
from supportgroups.groups.forms import PROBLEM_WORDS
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import Group
from supportgroups.groups.permissions import Permission
from supportgroups.groups.queries import list_reports_about_facts
from supportgroups.insight import queries, services
from supportgroups.insight.files import numbers_table
from supportgroups.insight.forms import HeadCountForm
from supportgroups.insight.loaders import load_by_link
from supportgroups.insight.models import HeadCount, Outcome
from supportgroups.insight.numbers import SessionNumbers, Summary
from supportgroups.insight.overview import look_over
from supportgroups.insight.reasons import why_not
from supportgroups.rsvps import queries as rsvp_queries
from supportgroups.sessions.loaders import load_group_session
from supportgroups.sessions.models import GroupSession

bp = Blueprint("insight", __name__)

#: So far ahead the overview looks.
LOOKS_AHEAD = timedelta(weeks=4)
#: So many coming sessions stand on it; the others are among all dates.
NEXT_SESSIONS = 12
#: So many matters of one kind stand on it, and how many more there are.
OF_EACH_KIND = 4
#: So many past sessions are looked back at: half a year of weeks.
LOOKS_BACK = 26


@bp.get("/my/organizing")
@access(SIGNED_IN)
def organizing() -> ResponseReturnValue:
    """Show somebody who leads what needs them first, then what comes next, over all groups."""
    now = utc_now()
    groups = queries.list_led_groups(signed_in_viewer())
    ids = [led.group.id for led in groups]
    sessions = queries.list_led_sessions(ids, now=now, until=now + LOOKS_AHEAD)
    tallies = rsvp_queries.tally((led.group_session for led in sessions), now=now)
    reports = list_reports_about_facts(ids)
    return render_template(
        "insight/organizing.html",
        groups=groups,
        overview=look_over(
            groups,
            sessions,
            tallies,
            uncounted=queries.list_uncounted(ids, now=now),
            reported={report.group_id for report in reports},
            now=now,
        ),
        sessions=sessions[:NEXT_SESSIONS],
        tallies=tallies,
        reports=reports,
        problem_words=PROBLEM_WORDS,
        limit=OF_EACH_KIND,
    )


@bp.route("/sessions/<uuid:public_id>/head-count", methods=["GET", "POST"])
@access(Permission.SESSION_COUNT)
def count_heads(public_id: UUID) -> ResponseReturnValue:
    """Say how many people came, signed in as somebody who leads."""
    group_session = load_group_session(public_id, Permission.SESSION_COUNT)
    then = url_for("pages.session", public_id=public_id)
    return _count(group_session, signed_in_viewer(), then=then, is_by_link=False)


@bp.route("/head-counts/<token>", methods=["GET", "POST"])
@access(PUBLIC)
def count_by_link(token: str) -> ResponseReturnValue:
    """Say how many people came, by a mailed link and without signing in.

    Looking changes nothing: programs that read mail before people do follow links too.
    """
    group_session, person = load_by_link(token)
    return _count(group_session, person, then=request.path, is_by_link=True)


@bp.get("/groups/<slug>/numbers")
@access(Permission.GROUP_NUMBERS)
def numbers(slug: str) -> ResponseReturnValue:
    """Show those who lead how many places were taken, and how many people came."""
    group = load_group(slug, Permission.GROUP_NUMBERS)
    return render_template(
        "insight/numbers.html", group=group, summary=_summary(group), why_not=why_not
    )


@bp.get("/groups/<slug>/numbers.csv")
@access(Permission.GROUP_NUMBERS)
def numbers_file(slug: str) -> ResponseReturnValue:
    """Hand out the same numbers as a file for a spreadsheet, under a name that tells nothing."""
    group = load_group(slug, Permission.GROUP_NUMBERS)
    return Response(
        numbers_table(_summary(group).sessions),
        mimetype="text/csv",
        headers={"Content-Disposition": 'attachment; filename="numbers.csv"'},
    )


def _summary(group: Group) -> Summary:
    now = utc_now()
    sessions = queries.list_past_sessions(group, now=now, limit=LOOKS_BACK)
    tallies = rsvp_queries.tally((group_session for group_session, _count in sessions), now=now)
    return Summary(
        sessions=[
            SessionNumbers.of(group_session, tallies[group_session.id], count)
            for group_session, count in sessions
        ]
    )


def _count(
    group_session: GroupSession, person: UserAccount, *, then: str, is_by_link: bool
) -> ResponseReturnValue:
    now = utc_now()
    counted = queries.find_head_count(group_session)
    form = HeadCountForm(data=HeadCountForm.values_of(counted))
    if form.validate_on_submit():
        try:
            count = services.count_heads(
                group_session,
                actor=person,
                outcome=Outcome(form.outcome.data),
                heads=form.heads.data or 0,
                first_timers=form.first_timers.data or 0,
                now=now,
            )
        except services.SessionNotStarted:
            flash(_("The session has not begun yet. Count once people are there."), "error")
        except services.SessionIsCancelled:
            flash(_("This session was cancelled, so there is nobody to count."), "error")
        else:
            flash(_thanks(count), "success")
        return redirect(then, 303)
    return render_template(
        "insight/count_heads.html",
        form=form,
        group_session=group_session,
        counted=counted,
        expected=rsvp_queries.tally([group_session], now=now)[group_session.id].accepted,
        is_open=group_session.has_started(now) and not group_session.is_cancelled,
        is_by_link=is_by_link,
    ), 400 if form.errors else 200


def _thanks(count: HeadCount) -> str:
    if not count.outcome.took_place:
        return str(_("Thank you. It is noted that the session did not take place."))
    return str(
        ngettext(
            "Thank you. One person came, it is noted.",
            "Thank you. %(num)s people came, it is noted.",
            count.heads,
        )
    )
