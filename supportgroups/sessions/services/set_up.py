"""Publishing a group together with its first schedule."""

from datetime import datetime

from supportgroups.accounts.models import UserAccount
from supportgroups.db import transaction
from supportgroups.groups.models import Group
from supportgroups.groups.services.drafts import forget_draft
from supportgroups.groups.services.groups import GroupDetails, create_group
from supportgroups.sessions.services.series import SeriesDetails, create_series


@transaction()
def publish_group(
    group_details: GroupDetails, series_details: SeriesDetails, *, actor: UserAccount, now: datetime
) -> Group:
    """Start a group with the actor as its organizer, plan its sessions, and forget the draft.

    :raises StartsInThePast: the first session would have begun
    :raises StartsOnClockChange: a coming session would start in a skipped or repeated hour
    :raises FirstDayDoesNotFit: the rule cannot begin on that day
    :raises NoDates: all days are left out
    """
    group = create_group(group_details, actor=actor, now=now)
    create_series(group, series_details, actor=actor, now=now)
    forget_draft(actor=actor)
    return group
