"""The services with which people stay in a group, leave it, and look after who is in it."""

from datetime import timedelta

import pytest

from supportgroups import events
from supportgroups.db import db
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries
from supportgroups.groups.models import Admission, Role
from supportgroups.groups.services.members import (
    AgreementChanged,
    LastOrganizer,
    NoLongerAMember,
    accept_agreement,
    change_role,
    join_group,
    leave_group,
    readmit_member,
    remove_member,
)
from tests import factories
from tests.groups.belonging import end_membership, membership_of, set_group
from tests.watching import acts, afresh, announced, at_once, last_entry, nothing_changes

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
    def test_who_belongs_keeps_their_role(self, readmit, cast, name):
        role = membership_of(cast, name).role
        with nothing_changes():
            readmit(name)
        assert (membership_of(cast, name).role, membership_of(cast, name).is_active) == (role, True)

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
