"""What needs somebody who leads: the rules, without a database."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from supportgroups.groups.models import Group, Membership, Role
from supportgroups.insight.overview import LedGroup, LedSession, look_over
from supportgroups.rsvps.queries import Tally
from tests.conftest import NOW


@dataclass
class Planned:
    """As much of a session as the rules look at."""

    id: int = 1
    group_id: int = 1
    starts_in: timedelta = timedelta(hours=71)
    is_cancelled: bool = False

    @property
    def starts_at(self):
        return NOW + self.starts_in

    def has_started(self, now):
        return self.starts_at <= now


def look(
    role=Role.ORGANIZER, *, planned=(), leaders=1, tally=None, requests=0, uncounted=(), **values
):
    """Look over one group with its sessions."""
    group = Group(id=1, name="One", agreement_version=2, confirmed_at=NOW, **values)
    membership = Membership(group=group, group_id=1, role=role, agreement_version=2)
    return look_over(
        [LedGroup(membership, requests)],
        [LedSession(each, leaders) for each in planned],
        {each.id: tally or Tally() for each in planned},
        uncounted=uncounted,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("planned", "leaders", "is_urgent"),
    [
        (Planned(), 0, True),
        (Planned(), 1, False),
        (Planned(starts_in=timedelta(hours=72)), 0, True),
        (Planned(starts_in=timedelta(hours=73)), 0, False),
        (Planned(starts_in=timedelta(0)), 0, False),
        (Planned(is_cancelled=True), 0, False),
    ],
)
def test_a_session_without_anybody_to_lead_it(planned, leaders, is_urgent):
    assert bool(look(planned=[planned], leaders=leaders).leaderless) is is_urgent


@pytest.mark.parametrize("role", [Role.ORGANIZER, Role.FACILITATOR])
def test_a_session_for_which_somebody_is_looked_for(role):
    group = Group(id=1, name="One", agreement_version=2, confirmed_at=NOW)
    membership = Membership(group=group, group_id=1, role=role, agreement_version=2)
    wanted = Planned(starts_in=timedelta(weeks=2))
    overview = look_over(
        [LedGroup(membership)],
        [LedSession(wanted, 0, is_looked_for=True)],
        {1: Tally()},
        uncounted=[],
        now=NOW,
    )
    assert overview.uncovered == [wanted]
    assert overview.leaderless == []


@pytest.mark.parametrize(
    ("tally", "is_told"),
    [(Tally(accepted=8, waitlisted=2), True), (Tally(accepted=8), False)],
)
def test_people_who_wait(tally, is_told):
    overview = look(planned=[Planned(starts_in=timedelta(weeks=2))], tally=tally)
    assert [found for _session, found in overview.full] == ([tally] if is_told else [])


def test_a_session_that_nobody_counted():
    past = Planned(starts_in=-timedelta(days=1))
    assert look(Role.FACILITATOR, uncounted=[past]).uncounted == [past]


def test_people_who_ask_to_join():
    overview = look(requests=2)
    assert [(group.name, number) for group, number in overview.requests] == [("One", 2)]


@pytest.mark.parametrize(("days", "is_asked"), [(44, False), (45, True), (90, True)])
def test_a_page_that_nobody_confirmed(days, is_asked):
    group = Group(id=1, name="One", agreement_version=1, confirmed_at=NOW - timedelta(days=days))
    membership = Membership(group=group, group_id=1, role=Role.ORGANIZER, agreement_version=1)
    overview = look_over([LedGroup(membership)], [], {}, uncounted=[], now=NOW)
    assert bool(overview.unconfirmed) is is_asked
    assert overview.is_calm is not is_asked


def test_the_agreement_that_one_has_not_read():
    group = Group(id=1, name="One", agreement_version=2, confirmed_at=NOW)
    for version, names in ((1, ["One"]), (2, [])):
        membership = Membership(
            group=group, group_id=1, role=Role.FACILITATOR, agreement_version=version
        )
        overview = look_over([LedGroup(membership)], [], {}, uncounted=[], now=NOW)
        assert [each.name for each in overview.agreements] == names


def test_a_facilitator_is_not_asked_for_what_organizers_do():
    overview = look(
        Role.FACILITATOR,
        planned=[Planned()],
        leaders=0,
        tally=Tally(accepted=8, waitlisted=2),
        requests=2,
    )
    assert overview.is_calm
