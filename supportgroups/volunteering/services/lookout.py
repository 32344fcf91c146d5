"""What the worker does so that no session is forgotten: ask the next person, call the organizers."""

from datetime import datetime

from supportgroups.db import transaction
from supportgroups.sessions.queries import lock_group_session
from supportgroups.volunteering import queries
from supportgroups.volunteering.fairness import alarm_at
from supportgroups.volunteering.models import CoverStatus
from supportgroups.volunteering.services.cover import call_organizers, go_on_asking


@transaction()
def look_after_leads(*, now: datetime) -> None:
    """Go through the sessions that need somebody: ask on, call 72 and 24 hours before, close late ones."""
    for group_session_id in queries.list_sessions_to_look_after(now=now):
        group_session = lock_group_session(group_session_id)
        request = queries.find_open_request(group_session)
        if group_session.has_started(now):
            if request is not None:
                request.status, request.settled_at = CoverStatus.LAPSED, now
            continue
        if group_session.is_cancelled or (request is None and group_session.facilitators):
            continue
        if request is not None:
            go_on_asking(request, group_session, now=now)
        alarm = alarm_at(group_session.starts_at, now)
        if alarm is not None:
            call_organizers(group_session, alarm, now=now)
