"""What people are told about joining, and that the letter itself tells nobody else."""

import pytest

from supportgroups.db import transaction
from supportgroups.groups import queries
from supportgroups.groups.models import Admission, Role
from supportgroups.groups.services.members import (
    change_role,
    decide_join_request,
    join_group,
    leave_group,
    withdraw_join_request,
)
from tests.watching import jobs


@pytest.fixture
def asked(cast, now):
    """Stan has asked to join, under another name and with a few words."""
    with transaction():
        cast.group.admission = Admission.REQUEST
    return join_group(
        cast.group,
        actor=cast.stan,
        display_name="Canaryname",
        agreement_version=1,
        message="Canarywords",
        now=now,
    )


@pytest.fixture
def decide(cast, asked, now):
    request_id = asked.public_id

    def decide(*, approve):
        decide_join_request(cast.group, request_id, actor=cast.rosa, approve=approve, now=now)

    return decide


def only(letters):
    assert len(letters) == 1
    return letters[0]


def body(letter):
    return letter.get_body(("plain",)).get_content()


def test_an_organizer_learns_that_somebody_asks(outbox, asked):
    outbox.run()
    letter = only(outbox.letters)
    assert "rosa@example.org" in letter["To"]
    assert "http://localhost/groups/evening-circle/members" in body(letter)


@pytest.mark.parametrize(
    ("approve", "address"), [(True, "/groups/evening-circle"), (False, "/groups")]
)
def test_who_asked_learns_the_answer(outbox, decide, approve, address):
    decide(approve=approve)
    outbox.run()
    letter = only(outbox.letters)
    assert "stan@example.org" in letter["To"]
    assert f"http://localhost{address}\n" in body(letter)


@pytest.mark.parametrize("approve", [None, True, False])
def test_no_letter_names_the_group_a_topic_or_a_person(outbox, decide, approve):
    if approve is not None:
        decide(approve=approve)
    outbox.run()
    letter = only(outbox.letters)
    words = f"{letter['Subject']} {letter['From']} {body(letter)}".lower()
    words = words.replace("/groups/evening-circle", "")
    for name in ("canary", "evening", "bereavement", "stan", "rosa"):
        assert name not in words
    assert body(letter).startswith("You have an update.\n")


class TestWithdrawn:
    def test_a_request_taken_back_bothers_nobody(self, outbox, asked, cast):
        withdraw_join_request(cast.group, actor=cast.stan)
        outbox.run()
        assert outbox.letters == []

    def test_a_request_answered_bothers_nobody(self, outbox, asked, cast, now):
        decide_join_request(cast.group, asked.public_id, actor=cast.rosa, approve=False, now=now)
        outbox.run()
        assert "stan@example.org" in only(outbox.letters)["To"]

    def test_who_organizes_no_more_learns_nothing(self, outbox, asked, cast, now):
        kofi = queries.get_membership(cast.group, cast.kofi)
        change_role(kofi, Role.ORGANIZER, actor=cast.rosa, now=now)
        rosa = queries.get_membership(cast.group, cast.rosa)
        change_role(rosa, Role.MEMBER, actor=cast.kofi, now=now)
        outbox.run()
        assert outbox.letters == []

    def test_who_left_meanwhile_is_not_told_that_they_are_in(self, outbox, decide, cast, now):
        decide(approve=True)
        leave_group(cast.group, actor=cast.stan, now=now)
        outbox.run()
        assert outbox.letters == []

    @pytest.mark.parametrize("approve", [None, True, False])
    def test_who_has_no_address_gets_no_letter(self, outbox, decide, cast, approve):
        if approve is not None:
            decide(approve=approve)
        with transaction():
            cast.stan.email = cast.rosa.email = None
        outbox.run()
        assert outbox.letters == []


def test_each_letter_is_asked_for_once(decide):
    decide(approve=True)
    assert len(jobs("groups.join_request_approved")) == 1
