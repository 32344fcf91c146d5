"""The page of one group."""

from datetime import datetime

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import LazyString

from supportgroups.access import access
from supportgroups.accounts.current import viewer
from supportgroups.announcements.queries import list_on_group_page
from supportgroups.clock import to_zone, utc_now
from supportgroups.groups import queries as group_queries
from supportgroups.groups.forms import ADMISSION_WORDS, ANSWER_WORDS
from supportgroups.groups.freshness import is_doubtful
from supportgroups.groups.loaders import load_group
from supportgroups.groups.models import Group, Role
from supportgroups.groups.permissions import Permission, permits
from supportgroups.groups.topics import (
    ACCESS_WORDS,
    FORMAT_WORDS,
    LANGUAGE_NAMES,
    TOPIC_WORDS,
)
from supportgroups.headers import allow_indexing
from supportgroups.kept_pages import keep_page
from supportgroups.outbox.mail import address_of
from supportgroups.pages.linked import coming_events
from supportgroups.pages.views.blueprint import bp
from supportgroups.rsvps import queries as rsvp_queries
from supportgroups.sessions import queries as session_queries
from supportgroups.sessions.models import Series, SeriesKind
from supportgroups.sessions.sentences import sentence
from supportgroups.sessions.services.undoing import find_undoable

#: So many coming sessions stand on a group's page.
NEXT_SESSIONS = 6


@bp.get("/groups/<slug>")
@access(Permission.GROUP_READ)
def group(slug: str) -> ResponseReturnValue:
    """Show one group: what to expect, who runs it, when it meets, how to join."""
    keep_page()
    shown = load_group(slug, Permission.GROUP_READ)
    if shown.is_listed:
        allow_indexing()
    person = viewer()
    now = utc_now()
    membership = group_queries.find_membership(shown, person)
    may_manage = permits(person, Permission.SESSION_MANAGE, shown)
    coming = session_queries.list_coming_sessions([shown], now=now, limit=NEXT_SESSIONS)
    return render_template(
        "pages/group.html",
        group=shown,
        now=now,
        is_doubtful=is_doubtful(shown.confirmed_at, now),
        may_report=permits(person, Permission.GROUP_REPORT, shown),
        membership=membership,
        announcements=list_on_group_page(shown, person, now=now) if membership and person else [],
        join_request=group_queries.find_join_request(shown, person),
        may_join=person is None or permits(person, Permission.GROUP_JOIN, shown),
        may_edit=permits(person, Permission.GROUP_EDIT, shown),
        requests_waiting=len(group_queries.list_join_requests(shown))
        if permits(person, Permission.GROUP_MEMBERS, shown)
        else 0,
        leaders=group_queries.list_members(shown, roles=[Role.ORGANIZER, Role.FACILITATOR]),
        size=group_queries.count_members(shown),
        schedules=_schedules(shown, now),
        courses=rsvp_queries.list_courses_in(session_queries.list_courses(shown), person, now=now),
        pauses=session_queries.list_pauses(shown.id, since=to_zone(now, shown.time_zone).date()),
        today=to_zone(now, shown.time_zone).date(),
        undoable=find_undoable(shown, now=now) if may_manage else None,
        running_out=session_queries.list_running_out(now=now, group=shown) if may_manage else [],
        coming=coming,
        tallies=rsvp_queries.tally(coming, now=now),
        answers=rsvp_queries.answers_of(person, coming),
        format_words=FORMAT_WORDS,
        admission_words=ADMISSION_WORDS,
        topic_words=TOPIC_WORDS,
        access_rows=_access_rows(shown),
        facts=coming_events(
            shown,
            coming,
            address=address_of("pages.group", slug=shown.slug),
            shows_place=permits(None, Permission.GROUP_PLACE, shown),
        )
        if shown.is_listed and coming
        else None,
        language_names=LANGUAGE_NAMES,
    )


def _schedules(group: Group, now: datetime) -> list[tuple[Series, str]]:
    """Return the series of a group that meet more than once, each with its sentence.

    Those that have stopped are left out, and so are courses, which stand apart.
    """
    today = to_zone(now, group.time_zone).date()
    return [
        (
            series,
            sentence(series.timetable, length=series.length, zone=series.time_zone, today=today),
        )
        for series in session_queries.list_series(group)
        if (series.rrule is not None or series.dates)
        and series.kind is not SeriesKind.COURSE
        and (series.stops_before is None or series.stops_before.date() > today)
    ]


def _access_rows(group: Group) -> list[tuple[LazyString, LazyString | str]]:
    """Return every access feature with what is known about it.

    What nobody has said yet stands together in the last row: it is said too, and not left out.
    """
    answers = {fact.feature: fact.answer.value for fact in group.access_facts}
    rows = [
        (words, ANSWER_WORDS[answers[feature]])
        for feature, words in ACCESS_WORDS.items()
        if feature in answers
    ]
    unknown = [str(words) for feature, words in ACCESS_WORDS.items() if feature not in answers]
    return [*rows, (ANSWER_WORDS[""], "; ".join(unknown))] if unknown else rows
