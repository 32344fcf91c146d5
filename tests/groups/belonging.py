"""What tests of belonging to a group share: the cast's memberships, and the group as it should be."""

from supportgroups.db import transaction
from supportgroups.groups import queries


def membership_of(cast, name):
    return queries.find_past_or_present_membership(cast.group, getattr(cast, name))


def set_group(cast, **values):
    with transaction():
        for name, value in values.items():
            setattr(cast.group, name, value)


def end_membership(cast, name, now):
    """Have Rosa remove somebody, and forget that it was written down."""
    with transaction():
        membership_of(cast, name).removed_at = now
