"""Reports of problems, questions to organizers, and leaving the lists."""

from datetime import timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied, TooManyTries
from supportgroups.groups import queries
from supportgroups.groups.models import Group, HiddenBecause, ProblemKind, ProblemReport, Visibility
from supportgroups.groups.queries import DirectoryFilters, list_directory
from supportgroups.groups.services.groups import confirm_group
from supportgroups.groups.services.listings import (
    REPORTS_KEPT_FOR,
    REPORTS_PER_CALLER,
    forget_old_reports,
    hide_group,
    keep_group,
    look_after_listings,
    report_problem,
)
from tests.watching import jobs


@pytest.fixture
def report(cast, now):
    def report(caller="192.0.2.1", kind=ProblemKind.WRONG, group=None, note="The door is locked."):
        report_problem(
            group or cast.group, kind=kind, note=note, actor=None, caller=caller, now=now
        )

    return report


@pytest.fixture
def group(cast):
    return lambda: db.session.get(Group, cast.group.id)


def is_in_directory(group):
    return group.id in [found.id for found in list_directory(DirectoryFilters(), limit=50)]


class TestReporting:
    def test_those_who_run_the_site_and_the_organizers_are_told(self, report, cast):
        report()
        (kept,) = queries.list_open_reports(cast.group)
        assert (kept.kind, kept.note) == (ProblemKind.WRONG, "The door is locked.")
        assert jobs("groups.problem_reported") == [{"report_id": kept.id, "user_id": cast.ola.id}]
        assert jobs("groups.confirmation_wanted") == [
            {"group_id": cast.group.id, "user_id": cast.rosa.id}
        ]

    @pytest.mark.parametrize("kind", [ProblemKind.UNSAFE, ProblemKind.SELLING, ProblemKind.OTHER])
    def test_what_may_be_about_the_organizers_is_not_told_to_them(self, report, kind):
        report(kind=kind)
        assert len(jobs("groups.problem_reported")) == 1
        assert jobs("groups.confirmation_wanted") == []

    def test_one_network_counts_once(self, report, group):
        report()
        report(kind=ProblemKind.GONE)
        assert len(queries.list_open_reports(group())) == 1
        assert group().hidden_because is None

    def test_two_from_different_networks_hide_it(self, report, group):
        report()
        assert is_in_directory(group())
        report("198.51.100.1")
        assert group().hidden_because is HiddenBecause.REPORTED
        assert not is_in_directory(group())
        assert len(jobs("groups.hidden")) == 1

    def test_from_where_it_came_is_not_kept(self, report):
        report("192.0.2.77")
        (kept,) = db.session.scalars(db.select(ProblemReport))
        assert "192.0.2.77" not in str(vars(kept))

    def test_a_private_group_is_a_matter_of_its_members(self, report, make_group):
        with pytest.raises(PermissionDenied):
            report(group=make_group(visibility=Visibility.PRIVATE))

    def test_there_are_not_too_many_from_one_network(self, report, make_group):
        for _ in range(REPORTS_PER_CALLER):
            report(group=make_group())
        with pytest.raises(TooManyTries):
            report(group=make_group())

    def test_old_ones_are_forgotten(self, report, group, now):
        report()
        forget_old_reports(now=now + REPORTS_KEPT_FOR)
        assert len(queries.list_open_reports(group())) == 1
        forget_old_reports(now=now + REPORTS_KEPT_FOR + timedelta(seconds=1))
        assert queries.list_open_reports(group()) == []


class TestAnswering:
    def test_the_organizer_says_that_all_is_true(self, report, group, cast, now):
        report()
        report("198.51.100.1")
        confirm_group(group(), actor=cast.rosa, now=now)
        assert is_in_directory(group())
        assert queries.list_open_reports(group()) == []

    def test_the_same_people_cannot_hide_it_again(self, report, group, cast, now):
        report()
        report("198.51.100.1")
        confirm_group(group(), actor=cast.rosa, now=now)
        report()
        report("198.51.100.1")
        assert is_in_directory(group())

    def test_what_is_not_about_facts_waits_for_those_who_run_the_site(
        self, report, group, cast, now
    ):
        report(kind=ProblemKind.UNSAFE)
        confirm_group(group(), actor=cast.rosa, now=now)
        assert len(queries.list_open_reports(group())) == 1

    def test_those_who_run_the_site_take_it_out_for_good(self, report, group, cast, now):
        report(kind=ProblemKind.UNSAFE)
        hide_group(group(), actor=cast.ola, now=now)
        confirm_group(group(), actor=cast.rosa, now=now)
        assert group().hidden_because is HiddenBecause.SITE_ADMIN
        assert queries.list_open_reports(group()) == []
        keep_group(group(), actor=cast.ola, now=now)
        assert is_in_directory(group())

    def test_nothing_wrong_does_not_make_an_old_page_true(self, group, cast, now):
        with transaction():
            group().hidden_because = HiddenBecause.UNCONFIRMED
        keep_group(group(), actor=cast.ola, now=now)
        assert group().hidden_because is HiddenBecause.UNCONFIRMED

    @pytest.mark.parametrize("act", [hide_group, keep_group])
    def test_nobody_else_can(self, act, group, cast, now):
        for person in (cast.rosa, cast.sam, cast.stan):
            with pytest.raises(PermissionDenied):
                act(group(), actor=person, now=now)


class TestLookingAfterThem:
    @pytest.fixture
    def look(self, cast, now):
        confirm_group(cast.group, actor=cast.rosa, now=now)

        def look(days):
            look_after_listings(now=now + timedelta(days=days))

        return look

    def test_three_questions_then_it_leaves_the_lists(self, look, group):
        for day in range(90):
            look(day)
        assert len(jobs("groups.confirmation_wanted")) == 3
        assert is_in_directory(group())
        look(90)
        assert group().hidden_because is HiddenBecause.UNCONFIRMED
        assert len(jobs("groups.hidden")) == 1
        look(91)
        assert len(jobs("groups.hidden")) == 1

    def test_one_tap_brings_it_back(self, look, group, cast, now):
        look(59)
        look(90)
        assert not is_in_directory(group())
        confirm_group(group(), actor=cast.rosa, now=now + timedelta(days=91))
        assert is_in_directory(group())
        look(92)
        assert is_in_directory(group())

    def test_a_site_that_slept_asks_first(self, look, group):
        look(200)
        assert is_in_directory(group())
        assert len(jobs("groups.confirmation_wanted")) == 1
        look(230)
        assert is_in_directory(group())
        look(231)
        assert not is_in_directory(group())

    @pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
    def test_groups_that_stand_in_no_list_are_left_alone(self, look, group, visibility):
        with transaction():
            group().visibility = visibility
        look(59)
        look(120)
        assert group().hidden_because is None
        assert jobs("groups.confirmation_wanted") == []


class TestLetters:
    def test_what_was_answered_meanwhile_is_not_written_about(self, outbox, report, cast, now):
        confirm_group(cast.group, actor=cast.rosa, now=now)
        report()
        confirm_group(cast.group, actor=cast.rosa, now=now)
        outbox.run()
        assert outbox.letters == []

    def test_it_says_why_it_comes(self, outbox, report):
        report()
        outbox.run()
        words = {
            letter["To"]: letter.get_body(("plain",)).get_content() for letter in outbox.letters
        }
        assert "Somebody told us that something" in words["rosa@example.org"]
        assert "/my/organizing" in words["rosa@example.org"]
        assert "/reports" in words["ola@example.org"]
