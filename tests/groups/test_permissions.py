"""Who may do what, as one table, written down a second time and in other words."""

import pytest

from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.models import Admission, JoinRequest, Role, Visibility
from supportgroups.groups.permissions import RULES, Permission, ensure, permits
from tests.factories import LONG_AGO, make_group, make_membership, make_user

NOBODY: set[str] = set()
ORGANIZERS = {"organizer"}
LEADERS = {"organizer", "facilitator"}
MEMBERS = {"organizer", "facilitator", "member"}
#: Signed in, and never part of the group. Whoever runs the site is one of them here.
NEWCOMERS = {"stranger", "pending", "organizer elsewhere", "site admin"}
EVERYONE = MEMBERS | NEWCOMERS | {"guest", "removed"}

#: What does not depend on how a group is seen and joined.
ALWAYS = {
    Permission.GROUP_LEAVE: MEMBERS,
    Permission.GROUP_EDIT: ORGANIZERS,
    Permission.GROUP_MEMBERS: ORGANIZERS,
    Permission.SESSION_RSVP: MEMBERS,
    Permission.SESSION_MANAGE: ORGANIZERS,
    Permission.SESSION_ANSWERS: LEADERS,
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


def make_actors(group):
    """Make one person of each kind. The same kinds stand in every test of who may do what."""
    people = {name: make_user(name) for name in EVERYONE - {"guest", "site admin"}}
    people["site admin"] = make_user("site admin", is_site_admin=True)
    make_membership(group, people["organizer"], Role.ORGANIZER)
    make_membership(group, people["facilitator"], Role.FACILITATOR)
    make_membership(group, people["member"])
    # Whoever was removed had been an organizer: the old role must open nothing.
    make_membership(group, people["removed"], Role.ORGANIZER, removed_at=LONG_AGO)
    make_membership(make_group(), people["organizer elsewhere"], Role.ORGANIZER)
    request = JoinRequest(
        group_id=group.id, user_id=people["pending"].id, display_name="pending", message="",
        agreement_version=1, asked_at=LONG_AGO,
    )  # fmt: skip
    db.session.add(request)
    return {"guest": None, **people}


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
    }
    found = {
        permission: {name for name, actor in actors.items() if permits(actor, permission, group)}
        for permission in Permission
    }
    assert found == wanted


def test_no_permission_is_forgotten():
    assert set(RULES) == set(Permission)
    assert len(ALWAYS) + 3 == len(Permission)


def test_who_may_not_is_stopped(cast):
    ensure(cast.rosa, Permission.GROUP_EDIT, cast.group)
    for outsider in (None, cast.sam):
        with pytest.raises(PermissionDenied):
            ensure(outsider, Permission.GROUP_EDIT, cast.group)
