"""Questions about feeds, and about the addresses at which people read their own."""

from supportgroups.calendars.queries.feeds import (
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
from supportgroups.calendars.queries.links import count_links, find_link, list_links, lock_owner

__all__ = [
    "Found",
    "LinkCounters",
    "PrivateRow",
    "PublicRow",
    "count_links",
    "count_listed",
    "find_feed_group",
    "find_link",
    "find_link_counters",
    "find_private_rows",
    "find_public_rows",
    "list_feed_groups",
    "list_feed_sessions",
    "list_links",
    "lock_owner",
]
