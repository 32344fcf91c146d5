"""The services with which organizers start, edit and open their groups."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from supportgroups import events
from supportgroups.db import db
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries
from supportgroups.groups.models import Admission, GroupTopic, Role, Visibility
from supportgroups.groups.services.groups import create_group, edit_group
from supportgroups.groups.services.invitations import create_invitation, revoke_invitation
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Format, Topic
from supportgroups.tokens import hash_secret
from tests.watching import acts, announced, last_entry, nothing_changes

UNGUESSABLE = "[0-9a-f]{16}"


class TestCreateGroup:
    @pytest.fixture
    def create(self, cast, details, now):
        return lambda **overrides: create_group(details(**overrides), actor=cast.stan, now=now)

    def test_everything_is_written_down(self, create, details, now):
        group = create()
        db.session.expire_all()
        for name in ("name", "purpose", "audience", "first_visit", "format", "language", "cost",
                     "time_zone", "visibility", "admission", "agreement"):  # fmt: skip
            assert getattr(group, name) == getattr(details(), name)
        assert group.topics == [Topic.ANXIETY, Topic.STRESS]
        assert [(fact.feature, fact.answer) for fact in group.access_facts] == [
            (AccessFeature.STEP_FREE, AccessAnswer.YES)
        ]
        assert (group.agreement_version, group.created_at, group.confirmed_at) == (1, now, now)

    def test_who_starts_it_organizes_it(self, create, cast, now):
        (membership,) = queries.list_members(create())
        assert (membership.user_id, membership.role) == (cast.stan.id, Role.ORGANIZER)
        assert (membership.display_name, membership.joined_at) == ("Stan", now)
        assert membership.has_current_agreement

    def test_the_organizer_may_use_another_name_there(self, cast, details, now):
        group = create_group(details(), actor=cast.stan, display_name="S.", now=now)
        assert queries.get_membership(group, cast.stan).display_name == "S."

    def test_it_leaves_one_row_in_the_audit_trail(self, create, cast):
        group = create()
        assert acts() == ["group.created"]
        assert last_entry().actor_id == cast.stan.id
        assert (last_entry().group_id, last_entry().subject) == (group.id, group.slug)

    @pytest.mark.parametrize(
        ("name", "slug"),
        [
            ("Morning circle", "morning-circle"),
            ("  Café & Ålesund – Grüße!  ", "cafe-alesund-grue"),
            ("Living with “it”", "living-with-it"),
            ("x" * 80, "x" * 60),
            ("a" * 59 + " bc", "a" * 59),
            # An address must not mean two things.
            ("New", "new-[0-9a-f]{6}"),
            ("Evening circle", "evening-circle-[0-9a-f]{6}"),
            # Nothing of these can stand in an address.
            ("دائرة المساء", "group-[0-9a-f]{6}"),
            ("!!!", "group-[0-9a-f]{6}"),
        ],
    )
    def test_a_listed_group_has_an_address_that_can_be_read(self, create, name, slug):
        assert re.fullmatch(slug, create(name=name).slug)

    @pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
    def test_the_address_of_any_other_group_cannot_be_guessed(self, create, visibility):
        slugs = {create(visibility=visibility).slug for _ in range(2)}
        assert len(slugs) == 2
        assert all(re.fullmatch(UNGUESSABLE, slug) for slug in slugs)


class TestEditGroup:
    @pytest.fixture
    def edit(self, cast, details, now):
        def edit(actor=cast.rosa, *, at=now, **overrides):
            values = {"name": cast.group.name, "agreement": cast.group.agreement} | overrides
            edit_group(cast.group, details(**values), actor=actor, now=at)
            db.session.expire_all()
            return cast.group

        return edit

    def test_it_says_what_is_new(self, edit, now):
        group = edit(
            purpose="Another purpose",
            format=Format.ONLINE,
            topics=frozenset({Topic.STRESS, Topic.CARERS}),
            access={AccessFeature.STEP_FREE: AccessAnswer.NO, AccessFeature.CAPTIONS: "ask"},
        )
        assert (group.purpose, group.format) == ("Another purpose", Format.ONLINE)
        assert group.topics == [Topic.CARERS, Topic.STRESS]
        assert {fact.feature: fact.answer for fact in group.access_facts} == {
            AccessFeature.STEP_FREE: AccessAnswer.NO,
            AccessFeature.CAPTIONS: AccessAnswer.ASK,
        }

    def test_what_is_left_out_is_unknown_again(self, edit):
        edit(access={AccessFeature.CAPTIONS: AccessAnswer.YES})
        group = edit(topics=frozenset(), access={})
        assert (group.topics, group.access_facts) == ([], [])
        assert db.session.execute(select(GroupTopic)).all() == []

    def test_saying_it_again_confirms_it(self, edit, now):
        later = now + timedelta(days=30)
        assert edit(at=later).confirmed_at == later

    def test_calendars_learn_of_it(self, edit, now):
        assert (edit().calendar_revision, edit().calendar_revision) == (1, 2)

    def test_other_words_of_the_agreement_are_another_version(self, edit, cast):
        assert edit().agreement_version == 1
        assert queries.get_membership(cast.group, cast.sam).has_current_agreement
        assert edit(agreement="Be kind.").agreement_version == 2
        assert not queries.get_membership(cast.group, cast.sam).has_current_agreement
        assert edit(agreement="Be kind.", purpose="New").agreement_version == 2

    @pytest.mark.parametrize(
        ("name", "facts"), [("Evening circle", 0), ("Another name", 1)], ids=["same", "renamed"]
    )
    def test_another_name_is_announced(self, edit, name, facts, now):
        with announced(events.group_renamed) as heard:
            group = edit(name=name)
        assert heard == [{"group": group, "now": now}] * facts

    def test_a_listed_group_keeps_its_address_under_another_name(self, edit):
        assert edit(name="Another name").slug == "evening-circle"

    def test_a_group_that_hides_gets_an_address_that_cannot_be_guessed(self, edit):
        unlisted = edit(visibility=Visibility.UNLISTED).slug
        assert re.fullmatch(UNGUESSABLE, unlisted)
        assert edit(visibility=Visibility.UNLISTED).slug == unlisted
        private = edit(visibility=Visibility.PRIVATE, admission=Admission.INVITATION).slug
        assert re.fullmatch(UNGUESSABLE, private)
        assert private != unlisted
        assert edit(visibility=Visibility.LISTED).slug == private

    def test_each_edit_is_one_row_in_the_audit_trail(self, edit, cast):
        edit(), edit(visibility=Visibility.UNLISTED)
        assert acts() == ["group.edited"] * 2
        assert (last_entry().actor_id, last_entry().subject) == (cast.rosa.id, cast.group.slug)

    @pytest.mark.parametrize("name", ["kofi", "sam", "stan", "ola"])
    def test_only_organizers_may(self, edit, cast, name):
        with nothing_changes(), pytest.raises(PermissionDenied):
            edit(getattr(cast, name), purpose="Mine now")


class TestInvitations:
    @pytest.fixture
    def invite(self, cast, now):
        return lambda actor=cast.rosa: create_invitation(
            cast.group, actor=actor, name="flyer", now=now
        )

    def test_the_secret_opens_it_and_is_not_kept(self, invite, now):
        link, secret = invite()
        assert queries.find_usable_invitation(secret, now=now) == link
        assert link.secret_hash == hash_secret(secret)
        assert secret not in str(link.__dict__)
        assert queries.find_usable_invitation(secret + "x", now=now) is None

    def test_it_works_for_thirty_days(self, invite, now):
        _link, secret = invite()
        end = now + timedelta(days=30)
        assert queries.find_usable_invitation(secret, now=end - timedelta(seconds=1))
        assert queries.find_usable_invitation(secret, now=end) is None

    def test_revoked_it_works_no_more(self, invite, cast, now):
        link, secret = invite()
        revoke_invitation(link, actor=cast.rosa, now=now)
        assert link.revoked_at == now
        assert queries.find_usable_invitation(secret, now=now) is None
        assert queries.list_invitations(cast.group, now=now) == []

    def test_revoking_twice_is_revoking_once(self, invite, cast, now):
        link, _secret = invite()
        revoke_invitation(link, actor=cast.rosa, now=now)
        with nothing_changes():
            revoke_invitation(link, actor=cast.rosa, now=now + timedelta(days=1))
        assert link.revoked_at == now

    def test_each_act_is_one_row_in_the_audit_trail(self, invite, cast, now):
        link, _secret = invite()
        revoke_invitation(link, actor=cast.rosa, now=now)
        assert acts() == ["invitation.created", "invitation.revoked"]
        assert last_entry().subject == str(link.public_id)

    @pytest.mark.parametrize("name", ["kofi", "sam", "stan", "ola"])
    def test_only_organizers_may(self, invite, cast, now, name):
        link, _secret = invite()
        outsider = getattr(cast, name)
        with nothing_changes():
            with pytest.raises(PermissionDenied):
                invite(outsider)
            with pytest.raises(PermissionDenied):
                revoke_invitation(link, actor=outsider, now=now)
