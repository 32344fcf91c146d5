"""What becomes of groups when a person is erased."""

from datetime import datetime

from sqlalchemy import select

from supportgroups import events
from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.groups import queries
from supportgroups.groups.models import JoinRequest, Role, Visibility
from supportgroups.groups.services.members import LastOrganizer
from supportgroups.outbox.services.jobs import forget_jobs


@transaction()
def end_everything_of(user_id: int, *, now: datetime) -> None:
    """End all memberships and requests of somebody who is being erased.

    A group of theirs to which nobody else belongs is shown to nobody from now on.

    :raises LastOrganizer: a group that others belong to would have nobody who organizes it
    """
    person = db.session.get_one(UserAccount, user_id)
    # In the order of their numbers, so that two who lock several groups never wait in a ring.
    for membership in sorted(queries.list_memberships(person), key=lambda found: found.group_id):
        group = queries.lock_group(membership.group_id)
        if membership.role is Role.ORGANIZER and queries.count_organizers(group) == 1:
            if queries.count_members(group) > 1:
                raise LastOrganizer
            group.visibility = Visibility.PRIVATE
            group.touch_calendar(now)
        db.session.delete(membership)
        db.session.flush()
        events.membership_ended.send(group_id=group.id, user_id=user_id, now=now)
    asked = db.session.execute(select(JoinRequest.id).where(JoinRequest.user_id == user_id))
    forget_jobs("join_request_id", list(asked.scalars()))
