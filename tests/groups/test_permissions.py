"""Who may do what, as one table, written down a second time and in other words."""

import pytest

from supportgroups.db import transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.models import Admission, Visibility
from supportgroups.groups.permissions import RULES, Permission, ensure, permits
from tests.factories import make_group
from tests.gate import (
    EVERYONE,
    KEEPERS,
    LEADERS,
    MEMBERS,
    NEWCOMERS,
    NOBODY,
    ORGANIZERS,
    make_actors,
)

#: What does not depend on how a group is seen and joined.
ALWAYS = {
    Permission.GROUP_LEAVE: MEMBERS,
    Permission.GROUP_EDIT: ORGANIZERS,
    Permission.GROUP_MEMBERS: ORGANIZERS,
    Permission.GROUP_ANNOUNCE: ORGANIZERS,
    Permission.GROUP_NUMBERS: LEADERS,
    Permission.SESSION_RSVP: MEMBERS,
    Permission.SESSION_MANAGE: ORGANIZERS,
    Permission.SESSION_ANSWERS: LEADERS,
    Permission.SESSION_COUNT: LEADERS,
    Permission.SESSION_LEAD: LEADERS,
}
#: Who may read, see the place, and join.
DEPENDS = {
    ("listed", "open"): (EVERYONE, EVERYONE, NEWCOMERS),
    ("listed", "request"): (EVERYONE, MEMBERS, NEWCOMERS),
    ("listed", "invitation"): (EVERYONE, MEMBERS, NOBODY),
    ("unlisted", "open"): (EVERYONE, EVERYONE, NEWCOMERS),
    ("unlisted", "request"): (EVERYONE, MEMBERS, NEWCOMERS),
    ("unlisted", "invitation"): (EVERYONE, MEMBERS, NOBODY),
    ("private", "open"): (MEMBERS, MEMBERS, NOBODY),
    ("private", "request"): (MEMBERS, MEMBERS, NOBODY),
    ("private", "invitation"): (MEMBERS, MEMBERS, NOBODY),
}


@pytest.mark.parametrize(("visibility", "admission"), DEPENDS)
def test_who_may_do_what(app, visibility, admission):
    with transaction():
        group = make_group(visibility=Visibility(visibility), admission=Admission(admission))
        actors = make_actors(group)
    read, place, join = DEPENDS[visibility, admission]
    wanted = ALWAYS | {
        Permission.GROUP_READ: read,
        Permission.GROUP_PLACE: place,
        Permission.GROUP_JOIN: join,
        # Coming is joining, too: where everybody sees the place, everybody may come.
        Permission.SESSION_COME: place,
        # Who can meet the page can say what is wrong with it, and the site can take it down.
        Permission.GROUP_REPORT: NOBODY if visibility == "private" else EVERYONE,
        Permission.GROUP_HIDE: NOBODY if visibility == "private" else KEEPERS,
    }
    found = {
        permission: {name for name, actor in actors.items() if permits(actor, permission, group)}
        for permission in Permission
    }
    assert found == wanted


def test_no_permission_is_forgotten():
    assert set(RULES) == set(Permission)
    assert len(ALWAYS) + 6 == len(Permission)


def test_who_may_not_is_stopped(cast):
    ensure(cast.rosa, Permission.GROUP_EDIT, cast.group)
    for outsider in (None, cast.sam):
        with pytest.raises(PermissionDenied):
            ensure(outsider, Permission.GROUP_EDIT, cast.group)
