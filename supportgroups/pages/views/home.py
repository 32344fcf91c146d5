"""The first page, and a person's own."""

from flask import render_template
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, SIGNED_IN, access
from supportgroups.accounts.current import signed_in_viewer, viewer
from supportgroups.announcements.queries import list_for_reader
from supportgroups.calendars.queries import list_expired_links
from supportgroups.clock import utc_now
from supportgroups.groups import queries as group_queries
from supportgroups.groups.forms import ROLE_WORDS
from supportgroups.groups.topics import TOPIC_WORDS
from supportgroups.headers import allow_indexing
from supportgroups.outbox.queries import is_stopped
from supportgroups.pages.queries import list_next_sessions
from supportgroups.pages.views.blueprint import bp
from supportgroups.rsvps import queries as rsvp_queries

#: So many coming sessions stand on the first page.
NEXT_SESSIONS = 6


@bp.get("/")
@access(PUBLIC)
def home() -> ResponseReturnValue:
    """Find a group; the next sessions; help."""
    allow_indexing()
    now = utc_now()
    person = viewer()
    agenda = rsvp_queries.list_agenda(person, now=now, limit=NEXT_SESSIONS) if person else []
    return render_template(
        "pages/home.html",
        agenda=agenda,
        tallies=rsvp_queries.tally((entry.group_session for entry in agenda), now=now),
        coming=list_next_sessions(now=now, limit=NEXT_SESSIONS),
        topic_words=TOPIC_WORDS,
    )


@bp.get("/my")
@access(SIGNED_IN)
def my() -> ResponseReturnValue:
    """Show a person their sessions and their groups, with the way to their calendar links."""
    person = signed_in_viewer()
    now = utc_now()
    agenda = [
        entry
        for entry in rsvp_queries.list_agenda(person, now=now)
        # A course is one thing, and stands apart.
        if not entry.group_session.series.enrols
    ]
    return render_template(
        "pages/my.html",
        agenda=agenda,
        courses=rsvp_queries.list_courses_of(person, now=now),
        tallies=rsvp_queries.tally((entry.group_session for entry in agenda), now=now),
        memberships=group_queries.list_memberships(person),
        offers=rsvp_queries.list_offers_of(person, now=now),
        seats=rsvp_queries.list_series_rsvps_of(person),
        role_words=ROLE_WORDS,
        announcements=list_for_reader(person, now=now),
        expired_links=list_expired_links(person, now=now),
        are_letters_stopped=is_stopped(person.letters_go_to),
    )
