"""Questions about feeds, the addresses at which people read their own, and invitations."""

from supportgroups.calendars.queries.feeds import (
    SHOWN_ANSWERS,
    Found,
    LinkCounters,
    PrivateRow,
    PublicRow,
    count_listed,
    find_feed_group,
    find_link_counters,
    find_private_rows,
    find_public_rows,
    list_feed_groups,
    list_feed_sessions,
)
from supportgroups.calendars.queries.invitations import (
    find_choice,
    find_invitation,
    find_invitation_of,
    list_people_out_of_step,
    list_to_invite,
    list_to_withdraw,
)
from supportgroups.calendars.queries.links import (
    count_links,
    find_link,
    list_links,
    lock_owner,
    lock_owner_id,
)

__all__ = [
    "SHOWN_ANSWERS",
    "Found",
    "LinkCounters",
    "PrivateRow",
    "PublicRow",
    "count_links",
    "count_listed",
    "find_choice",
    "find_feed_group",
    "find_invitation",
    "find_invitation_of",
    "find_link",
    "find_link_counters",
    "find_private_rows",
    "find_public_rows",
    "list_feed_groups",
    "list_feed_sessions",
    "list_links",
    "list_people_out_of_step",
    "list_to_invite",
    "list_to_withdraw",
    "lock_owner",
    "lock_owner_id",
]
