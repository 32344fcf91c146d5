"""The page of one session."""

from datetime import datetime
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from supportgroups.access import access
from supportgroups.accounts.current import viewer
from supportgroups.announcements.queries import list_on_session_page
from supportgroups.clock import utc_now
from supportgroups.groups import queries as group_queries
from supportgroups.groups.freshness import is_doubtful
from supportgroups.groups.permissions import Permission, permits
from supportgroups.insight import queries as insight_queries
from supportgroups.kept_pages import keep_page
from supportgroups.pages import queries
from supportgroups.pages.clocks import find_gaps
from supportgroups.pages.views.blueprint import bp
from supportgroups.rsvps import queries as rsvp_queries
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.rooms import Door, door_of
from supportgroups.sessions import queries as session_queries
from supportgroups.sessions.door import has_something_to_say
from supportgroups.sessions.loaders import load_group_session
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.recurrence import to_utc_by_rule
from supportgroups.sessions.services.undoing import find_undoable

#: The doors that somebody is shown: those that open to them, now or a little later.
LEADS_ON = frozenset({Door.OPEN, Door.EARLY, Door.LINK_OLD, Door.NEEDS_APPROVAL})


@bp.get("/sessions/<uuid:public_id>")
@access(Permission.GROUP_READ)
def session(public_id: UUID) -> ResponseReturnValue:
    """Show one session, in whatever state it is, with the answer that fits."""
    keep_page()
    shown = load_group_session(public_id, Permission.GROUP_READ)
    person = viewer()
    now = utc_now()
    membership = group_queries.find_membership(shown.group, person)
    standing = rsvp_queries.find_standing(shown, person, now=now)
    may_count = permits(person, Permission.SESSION_COUNT, shown.group)
    may_manage = permits(person, Permission.SESSION_MANAGE, shown.group)
    # Whoever meant to come to a cancelled one asks what comes after it.
    since = max(now, shown.starts_at) if shown.is_cancelled else now
    following = session_queries.list_coming_sessions([shown.group], now=since, limit=4)
    return render_template(
        "pages/session.html",
        group_session=shown,
        group=shown.group,
        is_doubtful=is_doubtful(shown.group.confirmed_at, now) and not shown.is_over(now),
        may_report=permits(person, Permission.GROUP_REPORT, shown.group),
        membership=membership,
        announcements=list_on_session_page(shown, person, now=now) if membership and person else [],
        join_request=group_queries.find_join_request(shown.group, person),
        may_join=person is None or permits(person, Permission.GROUP_JOIN, shown.group),
        may_manage=may_manage,
        undoable=find_undoable(shown.group, now=now) if may_manage else None,
        gaps=find_gaps([shown], zone=person.time_zone) if person and not shown.is_over(now) else [],
        may_announce=permits(person, Permission.GROUP_ANNOUNCE, shown.group),
        may_see_answers=permits(person, Permission.SESSION_ANSWERS, shown.group),
        may_count=may_count and shown.has_started(now) and not shown.is_cancelled,
        head_count=insight_queries.find_head_count(shown) if may_count else None,
        may_lead=permits(person, Permission.SESSION_LEAD, shown.group),
        leads_it=person is not None and person in shown.facilitators,
        may_see_place=permits(person, Permission.GROUP_PLACE, shown.group),
        facilitators=_facilitator_names(shown),
        standing=standing,
        is_enrolled=person is not None
        and shown.series.enrols
        and rsvp_queries.is_enrolled(shown.series, person),
        may_enter=door_of(
            shown,
            membership=membership,
            holds_a_place=standing.state == RsvpStatus.ACCEPTED,
            now=now,
        )
        in LEADS_ON,
        answered_for=_answered_for(standing.rsvp, shown),
        may_be_new=person is None
        or not rsvp_queries.has_come_before(person.id, group_id=shown.group_id, now=now),
        tally=rsvp_queries.tally([shown], now=now)[shown.id],
        has_started=shown.has_started(now),
        is_over=shown.is_over(now),
        following=[other for other in following if other.id != shown.id and not other.is_cancelled],
        similar=queries.list_similar_sessions(shown, now=now)
        if _leaves_people_without(shown, now)
        else [],
        has_door_notice=has_something_to_say(shown) and not shown.is_over(now),
        original_starts_at=to_utc_by_rule(shown.recurrence_id, shown.time_zone),
    )


def _leaves_people_without(group_session: GroupSession, now: datetime) -> bool:
    """Tell whether somebody who meant to come looks for another group instead."""
    return group_session.is_cancelled and not group_session.is_over(now)


def _answered_for(rsvp: Rsvp | None, group_session: GroupSession) -> datetime | None:
    """Return the time that somebody said yes or maybe to, if the session has another one now."""
    if rsvp is None or rsvp.status is RsvpStatus.DECLINED or rsvp.is_about(group_session):
        return None
    return to_utc_by_rule(rsvp.answered_for, group_session.time_zone)


def _facilitator_names(group_session: GroupSession) -> list[str]:
    """Return the names under which the group knows those who lead the session."""
    led_by = {person.id for person in group_session.facilitators}
    if not led_by:
        return []
    members = group_queries.list_members(group_session.group)
    return [member.display_name for member in members if member.user_id in led_by]
