"""Asking for cover, answering, and deciding when nobody can."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.models import Role
from supportgroups.sessions.models import GroupSession, SessionStatus
from supportgroups.sessions.services.sessions import cancel_session
from supportgroups.volunteering import links
from supportgroups.volunteering.models import CoverRequest, CoverStatus
from supportgroups.volunteering.queries import find_open_request
from supportgroups.volunteering.services import cover as services
from supportgroups.volunteering.services.cover import Decision
from supportgroups.volunteering.services.lookout import look_after_leads
from tests.factories import (
    find_membership,
    make_membership,
    make_series,
    make_session,
    make_user,
)
from tests.volunteering.conftest import let_lead
from tests.watching import acts, afresh, at_once, jobs

HOUR = timedelta(hours=1)


def leaders(group_session):
    """Return the ids of those who lead a session."""
    db.session.expire_all()
    return {person.id for person in group_session.facilitators}


def asked(kind="cover_wanted"):
    """Return who was written to, in order."""
    return [job["user_id"] for job in jobs(f"volunteering.{kind}")]


def status():
    """Return how the only search stands."""
    return db.session.execute(select(CoverRequest.status)).scalar_one()


class TestAskForCover:
    def test_somebody_else_is_looked_for(self, cast, led, now):
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        assert leaders(led) == set()
        assert status() is CoverStatus.OPEN
        assert asked() == [cast.rosa.id]
        assert acts() == ["session.cover_asked"]

    def test_who_has_not_led_for_longest_is_asked_first(self, cast, led, amina, now):
        last_week = make_session(cast.series, cast.series.wall_starts_at - timedelta(weeks=2))
        let_lead(last_week, amina)
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        assert asked() == [cast.rosa.id]
        request = find_open_request(led)
        assert [ask.user_id for ask in request.asks] == [cast.rosa.id, amina.id]

    def test_nobody_is_asked_who_leads_elsewhere_at_that_time(self, cast, led, amina, now):
        other = make_session(make_series(cast.group, title="Another"))
        let_lead(other, cast.rosa)
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        assert asked() == [amina.id]

    def test_a_second_person_who_cannot_joins_the_same_search(self, cast, led, amina, now):
        let_lead(led, amina)
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        services.ask_for_cover(led, actor=amina, now=now)
        assert leaders(led) == set()
        assert asked() == [cast.rosa.id]

    @pytest.mark.parametrize("name", ["rosa", "sam", "stan"])
    def test_only_who_leads_it_may_pass_it_on(self, cast, led, now, name):
        error = services.NotLeading if name == "rosa" else PermissionDenied
        with pytest.raises(error):
            services.ask_for_cover(led, actor=getattr(cast, name), now=now)
        assert leaders(led) == {cast.kofi.id}

    def test_not_once_it_has_begun_or_is_cancelled(self, cast, led, now):
        with pytest.raises(services.NothingToSettle):
            services.ask_for_cover(led, actor=cast.kofi, now=led.starts_at)
        cancel_session(led, actor=cast.rosa, now=now)
        with pytest.raises(services.NothingToSettle):
            services.ask_for_cover(led, actor=cast.kofi, now=now)

    def test_a_group_of_one_calls_its_organizers_at_once(self, cast, led, now):
        with transaction():
            find_membership(cast.group, cast.rosa).removed_at = now
            find_membership(cast.group, cast.sam).role = "organizer"
        let_lead(led, cast.sam)
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        assert asked() == []
        assert asked("lead_missing") == [cast.sam.id]


class TestAnswers:
    @pytest.fixture
    def wanted(self, cast, led, amina, now):
        """Kofi cannot: Rosa is asked, then Amina."""
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        return led

    def test_the_first_yes_settles_it(self, cast, wanted, now):
        services.say_yes(wanted, actor=cast.rosa, now=now)
        assert leaders(wanted) == {cast.rosa.id}
        assert status() is CoverStatus.COVERED
        assert asked("cover_settled") == [cast.kofi.id]
        with pytest.raises(services.NothingToSettle):
            services.say_yes(wanted, actor=cast.kofi, now=now)

    def test_others_who_were_asked_are_told(self, cast, wanted, amina, now):
        look_after_leads(now=now + 5 * HOUR)
        assert asked() == [cast.rosa.id, amina.id]
        services.say_yes(wanted, actor=amina, now=now)
        assert asked("cover_settled") == sorted([cast.rosa.id, cast.kofi.id])

    def test_who_could_not_may_after_all(self, cast, wanted, now):
        services.say_yes(wanted, actor=cast.kofi, now=now)
        assert leaders(wanted) == {cast.kofi.id}
        assert status() is CoverStatus.COVERED

    def test_a_no_asks_the_next_and_the_last_no_calls_the_organizers(
        self, cast, wanted, amina, now
    ):
        services.say_no(wanted, actor=cast.rosa, now=now)
        assert asked() == [cast.rosa.id, amina.id]
        assert asked("lead_missing") == []
        services.say_no(wanted, actor=amina, now=now)
        assert asked("lead_missing") == [cast.rosa.id]
        assert status() is CoverStatus.OPEN

    @pytest.mark.parametrize("answer", [services.say_yes, services.say_no])
    def test_members_are_not_asked(self, cast, wanted, now, answer):
        with pytest.raises(PermissionDenied):
            answer(wanted, actor=cast.sam, now=now)

    def test_an_answer_after_the_start_settles_nothing(self, cast, wanted):
        with pytest.raises(services.NothingToSettle):
            services.say_yes(wanted, actor=cast.rosa, now=wanted.starts_at)

    def test_two_say_yes_at_once_and_one_leads(self, app, cast, wanted, amina, now):
        def yes(person):
            read = afresh(wanted, person)

            def say():
                group_session, actor = read()
                services.say_yes(group_session, actor=actor, now=now)

            return say

        outcomes = at_once(app, yes(cast.rosa), yes(amina), yes(cast.kofi))
        assert sorted(type(outcome).__name__ for outcome in outcomes) == [
            "NoneType",
            "NothingToSettle",
            "NothingToSettle",
        ]
        [winner] = leaders(wanted)
        assert outcomes[[cast.rosa.id, amina.id, cast.kofi.id].index(winner)] is None
        assert winner not in asked("cover_settled")
        assert acts().count("session.cover_found") == 1


class TestDecide:
    @pytest.fixture
    def wanted(self, cast, led, now):
        """Kofi cannot, and there is a room online."""
        with transaction():
            cast.series.online_link = "https://meet.example.org/room"
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        return led

    def test_it_goes_online_and_whoever_decided_leads(self, cast, wanted, now):
        services.decide(wanted, Decision.ONLINE, actor=cast.rosa, now=now)
        assert (leaders(wanted), wanted.place_shown) == ({cast.rosa.id}, "")
        assert status() is CoverStatus.ONLINE
        assert asked("cover_settled") == [cast.kofi.id]

    def test_it_is_cancelled_without_a_reason(self, cast, wanted, now):
        services.decide(wanted, Decision.CANCEL, actor=cast.rosa, now=now)
        found = db.session.get_one(GroupSession, wanted.id)
        assert (found.status, found.cancel_reason) == (SessionStatus.CANCELLED, "")
        assert status() is CoverStatus.CANCELLED

    def test_who_was_asked_and_who_could_not_learn_that_it_is_cancelled(
        self, cast, wanted, outbox, now
    ):
        organizer = make_user("Olive")
        make_membership(cast.group, organizer, Role.ORGANIZER)
        services.decide(wanted, Decision.CANCEL, actor=organizer, now=now)
        outbox.run()
        told = {letter["To"]: letter for letter in outbox.letters}
        assert {cast.kofi.email, cast.rosa.email} <= set(told)
        words = told[cast.kofi.email].get_body().get_content()
        assert "This is cancelled, so nobody has to lead it:" in words

    @pytest.mark.parametrize(
        ("decision", "words"),
        [
            (Decision.ALONE, "Nobody else was found, so you lead this without the others:"),
            (Decision.ONLINE, "This will be held online, and you lead it:"),
            (Decision.CANCEL, "This is cancelled, so nobody has to lead it:"),
        ],
    )
    def test_who_leads_it_as_before_learns_how(
        self, cast, wanted, amina, outbox, now, decision, words
    ):
        let_lead(wanted, amina)
        with transaction():
            cast.series.may_lead_alone = True
        services.decide(wanted, decision, actor=cast.rosa, now=now)
        assert asked("cover_settled") == sorted([cast.kofi.id, amina.id])
        outbox.run()
        (letter,) = [one for one in outbox.letters if one["To"] == amina.email]
        assert words in letter.get_body().get_content()

    def test_an_organizer_who_leads_with_somebody_new_reads_that_it_is_settled(
        self, cast, wanted, amina, outbox, now
    ):
        let_lead(wanted, cast.rosa)
        services.say_yes(wanted, actor=amina, now=now)
        outbox.run()
        (letter,) = [one for one in outbox.letters if one["To"] == cast.rosa.email]
        assert "It is settled who leads this" in letter.get_body().get_content()

    @pytest.mark.parametrize(
        ("others", "is_allowed"), [(0, True), (1, False), (1, True), (2, False)]
    )
    def test_the_others_lead_alone_where_the_schedule_allows_it(
        self, cast, wanted, amina, now, others, is_allowed
    ):
        let_lead(wanted, *[amina, cast.rosa][:others])
        services.allow_leading_alone(cast.series, is_allowed=is_allowed, actor=cast.rosa, now=now)
        if others == 0 or (others == 1 and not is_allowed):
            with pytest.raises(services.NotPossible):
                services.decide(wanted, Decision.ALONE, actor=cast.rosa, now=now)
            assert status() is CoverStatus.OPEN
            return
        services.decide(wanted, Decision.ALONE, actor=cast.rosa, now=now)
        assert len(leaders(wanted)) == others
        assert status() is CoverStatus.ALONE

    def test_it_cannot_go_where_there_is_no_room(self, cast, wanted, now):
        with transaction():
            cast.series.online_link = ""
        with pytest.raises(services.NotPossible):
            services.decide(wanted, Decision.ONLINE, actor=cast.rosa, now=now)

    @pytest.mark.parametrize("name", ["kofi", "sam"])
    def test_organizers_decide(self, cast, wanted, now, name):
        actor = getattr(cast, name)
        with pytest.raises(PermissionDenied):
            services.decide(wanted, Decision.CANCEL, actor=actor, now=now)
        with pytest.raises(PermissionDenied):
            services.allow_leading_alone(cast.series, is_allowed=True, actor=actor, now=now)

    def test_what_is_settled_stays_so(self, cast, wanted, now):
        services.say_yes(wanted, actor=cast.rosa, now=now)
        with pytest.raises(services.NothingToSettle):
            services.decide(wanted, Decision.CANCEL, actor=cast.rosa, now=now)


class TestLookAfterLeads:
    def test_the_next_is_asked_after_a_while(self, cast, led, amina, now):
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        look_after_leads(now=now + 3 * HOUR)
        assert asked() == [cast.rosa.id]
        look_after_leads(now=now + 4 * HOUR)
        look_after_leads(now=now + 5 * HOUR)
        assert asked() == [cast.rosa.id, amina.id]

    def test_organizers_are_called_three_days_and_one_day_before(self, cast):
        begins = cast.session.starts_at
        for hours in (73, 72, 71, 25, 24, 23, 1, 0):
            look_after_leads(now=begins - hours * HOUR)
        assert asked("lead_missing") == [cast.rosa.id] * 2

    def test_nobody_is_called_about_what_is_led_or_cancelled(self, cast, led, now):
        other = make_session(cast.series, cast.series.wall_starts_at + timedelta(days=1))
        cancel_session(other, actor=cast.rosa, now=now)
        look_after_leads(now=led.starts_at - HOUR)
        assert asked("lead_missing") == []

    def test_a_search_ends_when_the_session_begins(self, cast, led, now):
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        look_after_leads(now=led.starts_at)
        db.session.expire_all()
        assert status() is CoverStatus.LAPSED


class TestLetters:
    def test_it_asks_without_a_name(self, cast, led, outbox, now):
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        outbox.run()
        [letter] = outbox.letters
        assert (letter["To"], letter["Subject"]) == (cast.rosa.email, "Can you help out?")
        request = find_open_request(led)
        token = links.sign(request.public_id, cast.rosa.id)
        words = letter.get_body(("plain",)).get_content()
        assert f"http://localhost/covers/{token}" in words
        for private in ("Kofi", cast.group.name, led.title_shown, led.place_shown):
            assert private not in str(letter)

    def test_none_is_sent_about_what_is_settled(self, cast, led, outbox, now):
        services.ask_for_cover(led, actor=cast.kofi, now=now)
        services.say_yes(led, actor=cast.kofi, now=now)
        outbox.run()
        assert [letter["Subject"] for letter in outbox.letters] == ["It is settled"]

    def test_organizers_learn_that_nobody_leads(self, cast, outbox, now):
        with transaction():
            cast.session.starts_at = now + HOUR
        look_after_leads(now=now)
        outbox.run()
        [letter] = outbox.letters
        assert (letter["To"], letter["Subject"]) == (cast.rosa.email, "Somebody is needed")
        words = letter.get_body(("plain",)).get_content()
        assert f"/sessions/{cast.session.public_id}/cover" in words
