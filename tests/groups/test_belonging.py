"""The services with which people join a group, ask to, or are invited."""

from datetime import timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries
from supportgroups.groups.models import Admission, Membership, Role, Visibility
from supportgroups.groups.services.invitations import create_invitation, revoke_invitation
from supportgroups.groups.services.members import (
    AgreementChanged,
    AlreadyAMember,
    InvitationUnusable,
    RequestAlreadyAnswered,
    decide_join_request,
    join_by_invitation,
    join_group,
    leave_group,
    withdraw_join_request,
)
from tests.groups.belonging import end_membership, membership_of, set_group
from tests.watching import acts, afresh, at_once, jobs, last_entry, nothing_changes

EVERYONE_BUT_ORGANIZERS = ["kofi", "sam", "stan", "ola"]


@pytest.fixture
def join(cast, now):
    def join(actor=cast.stan, **overrides):
        values = {"display_name": "S.", "agreement_version": 1, "now": now}
        return join_group(cast.group, actor=actor, **values | overrides)

    return join


@pytest.fixture
def ask(cast, join):
    """Ask to join a group whose organizers decide."""
    set_group(cast, admission=Admission.REQUEST)
    return join


def asking(cast, now):
    """Return what a request of Stan's does, in a thread of its own."""
    read = afresh(cast.group, cast.stan)

    def join():
        group, stan = read()
        return join_group(group, actor=stan, display_name="S.", agreement_version=1, now=now)

    return join


class TestJoinGroup:
    def test_an_open_group_lets_everybody_in(self, join, cast, now):
        membership = join()
        db.session.expire_all()
        assert membership == queries.get_membership(cast.group, cast.stan)
        assert (membership.role, membership.display_name) == (Role.MEMBER, "S.")
        assert (membership.joined_at, membership.agreed_at) == (now, now)
        assert membership.agreement_version == 1
        assert cast.stan.calendar_revision == 1
        assert jobs("groups.join_requested") == []

    def test_it_is_no_privileged_act(self, join):
        join()
        assert acts() == []

    def test_who_belongs_to_it_cannot_join_again(self, join, cast):
        with nothing_changes(), pytest.raises(AlreadyAMember):
            join(cast.sam)

    def test_a_double_click_joins_once(self, app, cast, now):
        outcomes = at_once(app, *[asking(cast, now)] * 2)
        assert {type(outcome) for outcome in outcomes} == {Membership, AlreadyAMember}
        assert queries.count_members(cast.group) == 4

    @pytest.mark.parametrize("version", [0, 2])
    def test_an_agreement_that_is_not_in_force_does_not_count(self, join, version):
        with nothing_changes(), pytest.raises(AgreementChanged):
            join(agreement_version=version)

    def test_nobody_joins_a_group_by_invitation(self, join, cast):
        set_group(cast, admission=Admission.INVITATION)
        with nothing_changes(), pytest.raises(PermissionDenied):
            join()

    @pytest.mark.parametrize("admission", [Admission.OPEN, Admission.REQUEST])
    def test_nobody_joins_a_private_group(self, join, cast, admission):
        set_group(cast, visibility=Visibility.PRIVATE, admission=admission)
        with nothing_changes(), pytest.raises(PermissionDenied):
            join()

    @pytest.mark.parametrize("admission", [Admission.OPEN, Admission.REQUEST])
    def test_who_was_removed_does_not_walk_in_again(self, join, cast, now, admission):
        set_group(cast, admission=admission)
        end_membership(cast, "sam", now)
        with nothing_changes(), pytest.raises(PermissionDenied):
            join(cast.sam)

    def test_who_left_may_come_back(self, join, cast, now):
        leave_group(cast.group, actor=cast.sam, now=now)
        assert join(cast.sam).is_active


class TestAskToJoin:
    def test_the_request_waits(self, ask, cast, now):
        request = ask(message="Hello")
        assert queries.list_join_requests(cast.group) == [request]
        assert (request.user_id, request.display_name) == (cast.stan.id, "S.")
        assert (request.message, request.asked_at) == ("Hello", now)
        assert membership_of(cast, "stan") is None

    def test_every_organizer_is_told_and_nobody_else(self, ask, cast):
        with transaction():
            membership_of(cast, "kofi").role = Role.ORGANIZER
        request = ask()
        told = jobs("groups.join_requested")
        assert [job["user_id"] for job in told] == [cast.kofi.id, cast.rosa.id]
        assert {job["join_request_id"] for job in told} == {request.id}

    def test_asking_again_changes_the_words_and_bothers_nobody(self, ask, cast, now):
        first = ask(message="Hello")
        second = ask(message="Hello again", display_name="Stan", now=now + timedelta(days=1))
        assert queries.list_join_requests(cast.group) == [first]
        assert first.id == second.id
        assert (second.message, second.display_name) == ("Hello again", "Stan")
        assert second.asked_at == now
        assert len(jobs("groups.join_requested")) == 1

    def test_a_double_click_asks_once(self, app, cast, now):
        set_group(cast, admission=Admission.REQUEST)
        first, second = at_once(app, *[asking(cast, now)] * 2)
        assert first.public_id == second.public_id
        assert len(queries.list_join_requests(cast.group)) == 1

    def test_it_can_be_withdrawn(self, ask, cast):
        ask()
        withdraw_join_request(cast.group, actor=cast.stan)
        assert queries.list_join_requests(cast.group) == []
        with nothing_changes():
            withdraw_join_request(cast.group, actor=cast.stan)

    def test_only_one_s_own(self, ask, cast):
        ask()
        with nothing_changes():
            withdraw_join_request(cast.group, actor=cast.ola)
        assert len(queries.list_join_requests(cast.group)) == 1


class TestDecideJoinRequest:
    @pytest.fixture
    def decide(self, ask, cast, now):
        request_id = ask(message="Hello").public_id

        def decide(*, approve, actor=cast.rosa):
            decide_join_request(cast.group, request_id, actor=actor, approve=approve, now=now)

        decide.request_id = request_id
        return decide

    def test_who_is_let_in_belongs(self, decide, cast, now):
        decide(approve=True)
        membership = queries.get_membership(cast.group, cast.stan)
        assert (membership.role, membership.display_name) == (Role.MEMBER, "S.")
        assert membership.joined_at == now
        assert queries.list_join_requests(cast.group) == []
        assert cast.stan.calendar_revision == 1

    def test_who_is_not_leaves_no_trace(self, decide, cast):
        decide(approve=False)
        assert membership_of(cast, "stan") is None
        assert queries.list_join_requests(cast.group) == []

    @pytest.mark.parametrize(("approve", "outcome"), [(True, "approved"), (False, "declined")])
    def test_they_are_told_and_it_is_written_down(self, decide, cast, approve, outcome):
        decide(approve=approve)
        assert jobs(f"groups.join_request_{outcome}") == [
            {"group_id": cast.group.id, "user_id": cast.stan.id}
        ]
        assert acts() == [f"join_request.{outcome}"]
        assert last_entry().subject == str(decide.request_id)

    def test_who_agreed_to_older_words_reads_the_new_ones(self, decide, cast):
        set_group(cast, agreement_version=2)
        decide(approve=True)
        assert not queries.get_membership(cast.group, cast.stan).has_current_agreement

    def test_who_declined_somebody_may_be_asked_again(self, decide, ask, cast):
        decide(approve=False)
        assert ask().public_id != decide.request_id

    def test_the_first_answer_counts(self, decide, cast):
        decide(approve=True)
        with nothing_changes(), pytest.raises(RequestAlreadyAnswered):
            decide(approve=False)

    def test_two_answers_at_once_are_one(self, app, decide, cast, now):
        read = afresh(cast.group, cast.rosa)

        def approve():
            group, rosa = read()
            decide_join_request(group, decide.request_id, actor=rosa, approve=True, now=now)

        outcomes = at_once(app, approve, approve)
        assert {type(outcome) for outcome in outcomes} == {type(None), RequestAlreadyAnswered}
        assert acts() == ["join_request.approved"]

    @pytest.mark.parametrize("name", EVERYONE_BUT_ORGANIZERS)
    def test_only_organizers_may(self, decide, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            decide(approve=True, actor=getattr(cast, name))


class TestJoinByInvitation:
    @pytest.fixture
    def link(self, cast, now):
        link, _secret = create_invitation(cast.group, actor=cast.rosa, name="flyer", now=now)
        return link

    @pytest.fixture
    def follow(self, cast, link, now):
        def follow(actor=cast.stan, **overrides):
            values = {"display_name": "S.", "agreement_version": 1, "now": now}
            return join_by_invitation(link, actor=actor, **values | overrides)

        return follow

    @pytest.mark.parametrize("visibility", list(Visibility))
    @pytest.mark.parametrize("admission", list(Admission))
    def test_it_opens_every_group(self, follow, cast, link, visibility, admission):
        set_group(cast, visibility=visibility, admission=admission)
        membership = follow()
        assert membership == queries.get_membership(cast.group, cast.stan)
        assert (membership.role, membership.display_name) == (Role.MEMBER, "S.")
        db.session.expire_all()
        assert link.uses == 1

    def test_it_answers_a_waiting_request(self, follow, ask, cast):
        ask()
        follow()
        assert queries.list_join_requests(cast.group) == []

    def test_it_lets_in_more_than_one(self, follow, cast, link):
        follow(), follow(cast.ola)
        db.session.expire_all()
        assert link.uses == 2

    @pytest.mark.parametrize(
        ("later", "usable"), [(timedelta(days=30, seconds=-1), True), (timedelta(days=30), False)]
    )
    def test_it_runs_out(self, follow, cast, now, later, usable):
        if usable:
            assert follow(now=now + later).is_active
            return
        with nothing_changes(), pytest.raises(InvitationUnusable):
            follow(now=now + later)

    def test_revoked_it_lets_nobody_in(self, follow, cast, link, now):
        revoke_invitation(link, actor=cast.rosa, now=now)
        with nothing_changes(), pytest.raises(InvitationUnusable):
            follow()

    def test_it_is_not_for_somebody_who_was_removed(self, follow, cast, now):
        end_membership(cast, "sam", now)
        with nothing_changes(), pytest.raises(InvitationUnusable):
            follow(cast.sam)

    def test_who_belongs_already_uses_nothing_up(self, follow, cast):
        with nothing_changes(), pytest.raises(AlreadyAMember):
            follow(cast.sam)

    def test_an_agreement_that_is_not_in_force_does_not_count(self, follow):
        with nothing_changes(), pytest.raises(AgreementChanged):
            follow(agreement_version=2)
