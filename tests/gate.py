"""One person of every kind before one group: who gets in, who is sent away, and how."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db, transaction
from supportgroups.groups import queries
from supportgroups.groups.models import Group, InvitationLink, JoinRequest, Role
from supportgroups.tokens import hash_secret
from tests.browser_client import Browser
from tests.factories import (
    LONG_AGO,
    make_group,
    make_membership,
    make_series,
    make_session,
    make_user,
)

NOBODY: frozenset[str] = frozenset()
ORGANIZERS = frozenset({"organizer"})
LEADERS = ORGANIZERS | {"facilitator"}
MEMBERS = LEADERS | {"member"}
#: Signed in, and never part of the group. Whoever runs the site is one of them here.
NEWCOMERS = frozenset({"stranger", "pending", "organizer elsewhere", "site admin"})
SIGNED_IN = MEMBERS | NEWCOMERS | {"removed"}
EVERYONE = SIGNED_IN | {"guest"}
KEEPERS = frozenset({"site admin"})

#: The secret of the group's invitation link.
SECRET = "secret-of-the-invitation"


@transaction()
def make_actors(group: Group) -> dict[str, UserAccount | None]:
    """Make one person of each kind; the guest is nobody."""
    people = {name: make_user(name) for name in sorted(SIGNED_IN - {"site admin"})}
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


class Gate:
    """A group with everything that has an address, and a browser for each kind of person."""

    def __init__(self, app: Flask, **group: Any) -> None:
        with transaction():
            self.group = make_group(slug="behind-the-gate", **group)
            self.actors = make_actors(self.group)
            self.session = make_session(make_series(self.group))
            link = InvitationLink(
                group_id=self.group.id, name="flyer", secret_hash=hash_secret(SECRET),
                created_at=LONG_AGO, expires_at=LONG_AGO + timedelta(days=999),
            )  # fmt: skip
            db.session.add(link)
            db.session.flush()
            self.ids = {
                "slug": self.group.slug,
                "session": self.session.public_id,
                "member": self._membership_id("member"),
                "removed": self._membership_id("removed"),
                "request": queries.list_join_requests(self.group)[0].public_id,
                "link": link.public_id,
                "secret": SECRET,
            }
            self._browsers = {name: Browser(app) for name in self.actors}
            for name, person in self.actors.items():
                if person is not None:
                    self._browsers[name].sign_in(person)

    def _membership_id(self, name: str) -> Any:
        membership = queries.find_past_or_present_membership(self.group, self.actors[name])
        return membership.public_id

    def knock(self, name: str, act: str, data: Mapping[str, Any] | None = None) -> TestResponse:
        """Let somebody do this: `POST /groups/{slug}/leave`."""
        method, path = act.format(**self.ids).split(" ", 1)
        browser = self._browsers[name]
        return browser.get(path) if method == "GET" else browser.post(path, dict(data or {}))

    def answers(self, act: str, data: Mapping[str, Any] | None, *names: str) -> dict[str, str]:
        """Return the status that each of these gets, and where it leads a guest."""
        found = {}
        for name in names:
            response = self.knock(name, act, data)
            to_sign_in = (response.location or "").startswith("/sign-in")
            found[name] = "sign in" if to_sign_in else str(response.status_code)
        return found


def refusals(allowed: frozenset[str], *, is_private: bool) -> dict[str, str]:
    """Return what everybody else must get: not there, sign in, or not yours."""
    return {
        name: "404"
        if is_private and name not in MEMBERS
        else "sign in"
        if name == "guest"
        else "403"
        for name in EVERYONE - allowed
    }
