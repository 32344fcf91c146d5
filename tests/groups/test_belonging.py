"""The services with which people join, leave, and look after who belongs to a group."""

from datetime import timedelta

import pytest

from supportgroups import events
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries
from supportgroups.groups.models import Admission, Membership, Role, Visibility
from supportgroups.groups.services.invitations import create_invitation, revoke_invitation
from supportgroups.groups.services.members import (
    AgreementChanged,
    AlreadyAMember,
    InvitationUnusable,
    LastOrganizer,
    NoLongerAMember,
    RequestAlreadyAnswered,
    accept_agreement,
    change_role,
    decide_join_request,
    join_by_invitation,
    join_group,
    leave_group,
    readmit_member,
    remove_member,
    withdraw_join_request,
)
from tests import factories
from tests.watching import acts, afresh, announced, at_once, jobs, last_entry, nothing_changes

EVERYONE_BUT_ORGANIZERS = ["kofi", "sam", "stan", "ola"]


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


class TestAcceptAgreement:
    @pytest.fixture
    def accept(self, cast, now):
        set_group(cast, agreement_version=2)

        def accept(actor=cast.sam, version=2):
            later = now + timedelta(days=1)
            accept_agreement(cast.group, actor=actor, agreement_version=version, now=later)
            return later

        return accept

    def test_it_is_written_down(self, accept, cast):
        later = accept()
        membership = membership_of(cast, "sam")
        assert (membership.agreement_version, membership.agreed_at) == (2, later)
        assert membership.has_current_agreement
        assert not membership_of(cast, "kofi").has_current_agreement

    @pytest.mark.parametrize("version", [0, 1, 3])
    def test_only_to_the_words_in_force(self, accept, version):
        with nothing_changes(), pytest.raises(AgreementChanged):
            accept(version=version)

    @pytest.mark.parametrize("name", ["stan", "ola"])
    def test_only_by_members(self, accept, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            accept(getattr(cast, name))


class TestLeaveGroup:
    def leave(self, cast, name, now):
        leave_group(cast.group, actor=getattr(cast, name), now=now)

    @pytest.mark.parametrize("name", ["kofi", "sam"])
    def test_no_trace_of_them_stays(self, cast, now, name):
        self.leave(cast, name, now)
        assert membership_of(cast, name) is None
        assert getattr(cast, name).calendar_revision == 1
        assert acts() == []

    def test_it_is_announced(self, cast, now):
        with announced(events.membership_ended) as heard:
            self.leave(cast, "sam", now)
        assert heard == [{"group_id": cast.group.id, "user_id": cast.sam.id, "now": now}]

    def test_the_last_organizer_cannot(self, cast, now):
        with nothing_changes(), pytest.raises(LastOrganizer):
            self.leave(cast, "rosa", now)

    def test_one_of_two_organizers_can(self, cast, now):
        change_role(membership_of(cast, "kofi"), Role.ORGANIZER, actor=cast.rosa, now=now)
        self.leave(cast, "rosa", now)
        assert queries.count_organizers(cast.group) == 1

    def test_two_organizers_cannot_both_leave_at_once(self, app, cast, now):
        change_role(membership_of(cast, "kofi"), Role.ORGANIZER, actor=cast.rosa, now=now)

        def leaving(person):
            read = afresh(cast.group, person)

            def leave():
                group, actor = read()
                leave_group(group, actor=actor, now=now)

            return leave

        outcomes = at_once(app, leaving(cast.rosa), leaving(cast.kofi))
        assert {type(outcome) for outcome in outcomes} == {type(None), LastOrganizer}
        db.session.expire_all()
        assert queries.count_organizers(cast.group) == 1

    def test_who_does_not_belong_cannot(self, cast, now):
        end_membership(cast, "sam", now)
        for name in ("stan", "sam"):
            with nothing_changes(), pytest.raises(PermissionDenied):
                self.leave(cast, name, now)


class TestRemoveMember:
    @pytest.fixture
    def remove(self, cast, now):
        def remove(name, actor=cast.rosa, at=now):
            remove_member(membership_of(cast, name), actor=actor, now=at)

        return remove

    @pytest.mark.parametrize("name", ["sam", "kofi"])
    def test_they_no_longer_belong(self, remove, cast, now, name):
        remove(name)
        person = getattr(cast, name)
        assert queries.find_membership(cast.group, person) is None
        assert membership_of(cast, name).removed_at == now
        assert [gone.user_id for gone in queries.list_removed_members(cast.group)] == [person.id]
        assert person.calendar_revision == 1

    def test_it_is_announced_and_written_down(self, remove, cast, now):
        with announced(events.membership_ended) as heard:
            remove("sam")
        assert heard == [{"group_id": cast.group.id, "user_id": cast.sam.id, "now": now}]
        assert acts() == ["membership.removed"]
        assert last_entry().subject == str(membership_of(cast, "sam").public_id)

    def test_the_last_organizer_stays(self, remove):
        with nothing_changes(), pytest.raises(LastOrganizer):
            remove("rosa")

    def test_one_of_two_organizers_can_go(self, remove, cast, now):
        change_role(membership_of(cast, "kofi"), Role.ORGANIZER, actor=cast.rosa, now=now)
        remove("kofi")
        # Only one organizer is left; removing who is gone already says nothing about that.
        with nothing_changes(), announced(events.membership_ended) as heard:
            remove("kofi", at=now + timedelta(days=1))
        assert heard == []

    @pytest.mark.parametrize("name", EVERYONE_BUT_ORGANIZERS)
    def test_only_organizers_may(self, remove, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            remove("sam", getattr(cast, name))


class TestReadmitMember:
    @pytest.fixture
    def readmit(self, cast, now):
        def readmit(name, actor=cast.rosa):
            readmit_member(membership_of(cast, name), actor=actor, now=now)

        return readmit

    @pytest.mark.parametrize("name", ["sam", "kofi"])
    def test_they_come_back_as_members(self, readmit, cast, now, name):
        end_membership(cast, name, now)
        readmit(name)
        assert membership_of(cast, name).is_active
        assert membership_of(cast, name).role is Role.MEMBER
        assert getattr(cast, name).calendar_revision == 1
        assert acts() == ["membership.readmitted"]
        assert last_entry().subject == str(membership_of(cast, name).public_id)

    @pytest.mark.parametrize("name", ["rosa", "kofi", "sam"])
    def test_who_belongs_keeps_their_role(self, readmit, name):
        with nothing_changes():
            readmit(name)

    @pytest.mark.parametrize("name", EVERYONE_BUT_ORGANIZERS)
    def test_only_organizers_may(self, readmit, cast, now, name):
        end_membership(cast, "sam", now)
        with nothing_changes(), pytest.raises(PermissionDenied):
            readmit("sam", getattr(cast, name))


class TestChangeRole:
    @pytest.fixture
    def change(self, cast, now):
        def change(name, role, actor=cast.rosa):
            change_role(membership_of(cast, name), role, actor=actor, now=now)

        return change

    @pytest.mark.parametrize("role", list(Role))
    @pytest.mark.parametrize("name", ["kofi", "sam"])
    def test_it_changes_and_is_written_down(self, change, cast, name, role):
        change(name, role)
        assert membership_of(cast, name).role is role
        assert acts() == [f"membership.made_{role}"]
        assert last_entry().subject == str(membership_of(cast, name).public_id)

    @pytest.mark.parametrize("role", [Role.FACILITATOR, Role.MEMBER])
    def test_the_last_organizer_stays_one(self, change, role):
        with nothing_changes(), pytest.raises(LastOrganizer):
            change("rosa", role)

    def test_an_organizer_may_step_back_for_another(self, change, cast):
        change("sam", Role.ORGANIZER)
        change("rosa", Role.MEMBER)
        assert membership_of(cast, "rosa").role is Role.MEMBER
        assert queries.count_organizers(cast.group) == 1

    @pytest.mark.parametrize(
        ("name", "role", "ends"),
        [
            ("kofi", Role.MEMBER, True),
            ("kofi", Role.ORGANIZER, False),
            ("kofi", Role.FACILITATOR, False),
            ("sam", Role.MEMBER, False),
            ("sam", Role.FACILITATOR, False),
        ],
    )
    def test_that_somebody_stops_leading_is_announced(self, change, cast, now, name, role, ends):
        person = getattr(cast, name)
        with announced(events.lead_ended) as heard:
            change(name, role)
        fact = {"group_id": cast.group.id, "user_id": person.id, "now": now}
        assert heard == ([fact] if ends else [])
        assert person.calendar_revision == (1 if ends else 0)

    def test_who_was_removed_has_no_role(self, change, cast, now):
        end_membership(cast, "sam", now)
        with nothing_changes(), pytest.raises(NoLongerAMember):
            change("sam", Role.ORGANIZER)

    @pytest.mark.parametrize("name", EVERYONE_BUT_ORGANIZERS)
    def test_only_organizers_may(self, change, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            change(name if name in {"kofi", "sam"} else "sam", Role.ORGANIZER, getattr(cast, name))

    def test_the_organizer_of_another_group_may_not(self, change, cast, make_group):
        factories.make_membership(make_group(), cast.stan, Role.ORGANIZER)
        with nothing_changes(), pytest.raises(PermissionDenied):
            change("sam", Role.ORGANIZER, cast.stan)
