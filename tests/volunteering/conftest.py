"""A session that Kofi leads, and others who could."""

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups.models import Role
from supportgroups.sessions.models import SessionFacilitator
from tests.factories import make_membership, make_user


@transaction()
def let_lead(group_session, *people):
    """Let people lead a session."""
    for person in people:
        db.session.add(SessionFacilitator(group_session_id=group_session.id, user_id=person.id))
    db.session.flush()
    db.session.expire(group_session, ["facilitators"])


@pytest.fixture
def led(cast):
    """The session of the cast, led by Kofi."""
    let_lead(cast.session, cast.kofi)
    return cast.session


@pytest.fixture
def amina(cast):
    """Another facilitator of the group."""
    person = make_user("Amina")
    make_membership(cast.group, person, Role.FACILITATOR)
    return person
