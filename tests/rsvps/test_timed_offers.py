"""What happens to places on the last day: offered for a while, taken, passed on."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import AuditEntry
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.groups.services import members as member_services
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import OfferOutcome, RsvpStatus, WaitingListOffer
from supportgroups.rsvps.services import answers, waiting_list
from supportgroups.rsvps.services.news import WAIT
from supportgroups.sessions.services import sessions as session_services
from tests import factories
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

Line = list[UserAccount]


@pytest.fixture
def line(cast: Cast, now: datetime) -> Line:
    """Ana has the only place; Ben, Cleo and Dan wait, in this order."""
    with transaction():
        cast.session.capacity = 1
    people = [factories.make_user(name) for name in ("Ana", "Ben", "Cleo", "Dan")]
    for person in people:
        factories.make_membership(cast.group, person)
        answers.respond(cast.session, actor=person, status=ACCEPTED, now=now)
    return people


@pytest.fixture
def morning(cast: Cast) -> datetime:
    """Ten in the morning of the day; the session begins at seven in the evening."""
    return cast.session.starts_at - 9 * HOUR


def say(cast: Cast, person: UserAccount, status: RsvpStatus, now: datetime) -> RsvpStatus:
    return answers.respond(cast.session, actor=person, status=status, now=now).status


def states(cast: Cast, people: Line, now: datetime) -> list[str]:
    """Return what the page tells each of them."""
    db.session.rollback()
    return [queries.find_standing(cast.session, person, now=now).state for person in people]


def offer_of(cast: Cast, person: UserAccount) -> WaitingListOffer:
    offer = queries.find_standing(cast.session, person, now=cast.session.starts_at).offer
    assert offer is not None
    return offer


class TestOffering:
    def test_until_24_hours_before_a_place_is_given(self, cast: Cast, line: Line) -> None:
        before = cast.session.starts_at - 24 * HOUR - MINUTE
        say(cast, line[0], DECLINED, before)
        assert states(cast, line, before) == ["declined", "accepted", "waitlisted", "waitlisted"]

    def test_on_the_last_day_it_is_offered(self, cast: Cast, line: Line, morning: datetime) -> None:
        say(cast, line[0], DECLINED, morning)
        assert states(cast, line, morning) == ["declined", "offered", "waitlisted", "waitlisted"]
        assert offer_of(cast, line[1]).expires_at == morning + 4 * HOUR

    def test_it_counts_as_taken_while_it_stands(
        self, cast: Cast, line: Line, morning: datetime
    ) -> None:
        say(cast, line[0], DECLINED, morning)
        assert say(cast, cast.sam, ACCEPTED, morning + HOUR) is WAITLISTED
        assert waiting_list.promote_waiting(cast.session, now=morning + HOUR) == []
        tally = queries.tally([cast.session], now=morning)[cast.session.id]
        assert (tally.places_left, tally.accepted, tally.waitlisted) == (0, 0, 4)

    def test_yes_takes_it(self, cast: Cast, line: Line, morning: datetime) -> None:
        say(cast, line[0], DECLINED, morning)
        assert say(cast, line[1], ACCEPTED, morning + HOUR) is ACCEPTED
        assert offer_of(cast, line[1]).outcome is OfferOutcome.TAKEN
        assert states(cast, line, morning)[2:] == ["waitlisted", "waitlisted"]

    @pytest.mark.parametrize("status", [DECLINED, TENTATIVE])
    def test_any_other_answer_passes_it_on(
        self, cast: Cast, line: Line, morning: datetime, status: RsvpStatus
    ) -> None:
        say(cast, line[0], DECLINED, morning)
        say(cast, line[1], status, morning + HOUR)
        assert offer_of(cast, line[1]).outcome is OfferOutcome.DECLINED
        assert states(cast, line, morning + HOUR)[1:] == [status, "offered", "waitlisted"]

    def test_silence_passes_it_on(self, cast: Cast, line: Line, morning: datetime) -> None:
        say(cast, line[0], DECLINED, morning)
        over = morning + 4 * HOUR
        assert waiting_list.pass_on_places(now=over - MINUTE) == 0
        assert states(cast, line, over) == ["declined", "passed", "waitlisted", "waitlisted"]
        assert waiting_list.pass_on_places(now=over) == 1
        assert states(cast, line, over) == ["declined", "passed", "offered", "waitlisted"]

    def test_passing_on_twice_changes_nothing_more(
        self, cast: Cast, line: Line, morning: datetime
    ) -> None:
        say(cast, line[0], DECLINED, morning)
        over = morning + 4 * HOUR
        assert [waiting_list.pass_on_places(now=over) for _worker in range(3)] == [1, 0, 0]

    def test_whom_it_passed_may_ask_again_and_stands_at_the_end(
        self, cast: Cast, line: Line, morning: datetime
    ) -> None:
        say(cast, line[0], DECLINED, morning)
        over = morning + 4 * HOUR
        assert say(cast, line[1], ACCEPTED, over) is WAITLISTED
        assert states(cast, line, over)[1:] == ["waitlisted", "offered", "waitlisted"]
        standing = queries.find_standing(cast.session, line[1], now=over)
        assert standing.position == 3

    def test_the_last_one_s_place_is_free_again(
        self, cast: Cast, line: Line, morning: datetime
    ) -> None:
        for person in line:
            say(cast, person, DECLINED, morning)
        assert say(cast, cast.sam, ACCEPTED, morning) is ACCEPTED

    def test_at_night_it_is_held_until_eight(self, cast: Cast, line: Line) -> None:
        night = cast.session.starts_at - 17 * HOUR + 10 * MINUTE
        say(cast, line[0], DECLINED, night)
        eight = cast.session.starts_at - 11 * HOUR
        assert offer_of(cast, line[1]).expires_at == eight + 4 * HOUR

    def test_more_places_are_offered_too(self, cast: Cast, line: Line, morning: datetime) -> None:
        with transaction():
            cast.session.capacity = 3
        waiting_list.promote_waiting(cast.session, now=morning)
        assert states(cast, line, morning) == ["accepted", "offered", "offered", "waitlisted"]

    def test_who_leaves_the_group_leaves_the_offer_to_the_next(
        self, cast: Cast, line: Line, morning: datetime
    ) -> None:
        say(cast, line[0], DECLINED, morning)
        member_services.leave_group(cast.group, actor=line[1], now=morning)
        assert states(cast, line[1:], morning) == ["none", "offered", "waitlisted"]

    def test_the_start_ends_the_offering(self, cast: Cast, line: Line, morning: datetime) -> None:
        say(cast, line[0], DECLINED, morning)
        assert waiting_list.pass_on_places(now=cast.session.starts_at) == 0
        assert states(cast, line[1:], cast.session.starts_at)[0] == "passed"
        assert queries.list_sessions_to_pass_on(now=cast.session.starts_at) == []


class TestChangesOfTheSession:
    def test_a_cancelled_session_offers_nothing_and_everyone_waiting_is_told(
        self, cast: Cast, line: Line, morning: datetime, outbox: OutboxRunner
    ) -> None:
        say(cast, line[0], DECLINED, morning)
        session_services.cancel_session(cast.session, actor=cast.rosa, now=morning)
        assert states(cast, line[1:], morning) == ["waitlisted"] * 3
        outbox.run(now=morning + WAIT)
        assert sorted(letter["To"] for letter in outbox.letters) == sorted(
            str(person.email) for person in line[1:]
        )
        assert {letter["Subject"] for letter in outbox.letters} == {"Cancelled"}

    def test_restored_it_offers_again(self, cast: Cast, line: Line, morning: datetime) -> None:
        say(cast, line[0], DECLINED, morning)
        session_services.cancel_session(cast.session, actor=cast.rosa, now=morning)
        session_services.restore_session(cast.session, actor=cast.rosa, now=morning + HOUR)
        assert states(cast, line[1:], morning + HOUR) == ["offered", "waitlisted", "waitlisted"]
        assert offer_of(cast, line[1]).expires_at == morning + 5 * HOUR

    def test_moved_to_another_day_the_place_is_given(
        self, cast: Cast, line: Line, morning: datetime
    ) -> None:
        say(cast, line[0], DECLINED, morning)
        details = session_services.SessionDetails(
            title="Tuesday evening",
            description="",
            wall_starts_at=cast.session.wall_starts_at + timedelta(days=7),
            length_minutes=90,
            capacity=1,
            place="",
            online_link="",
        )
        session_services.edit_session(cast.session, details, actor=cast.rosa, now=morning)
        assert states(cast, line[1:], morning) == ["accepted", "waitlisted", "waitlisted"]


class TestLetters:
    def test_it_says_until_when_on_the_persons_own_clock(
        self, cast: Cast, line: Line, morning: datetime, outbox: OutboxRunner
    ) -> None:
        with transaction():
            line[1].time_zone = "Europe/Paris"
        say(cast, line[0], DECLINED, morning)
        outbox.run(now=morning)
        (letter,) = outbox.letters
        assert letter["To"] == line[1].email
        assert "15:00 (Paris time)" in letter.get_content()
        assert cast.group.name not in letter.as_string()

    def test_at_night_it_waits_for_the_morning(
        self, cast: Cast, line: Line, outbox: OutboxRunner
    ) -> None:
        night = cast.session.starts_at - 17 * HOUR
        say(cast, line[0], DECLINED, night)
        outbox.run(now=night)
        assert outbox.letters == []
        outbox.run(now=cast.session.starts_at - 11 * HOUR)
        assert [letter["To"] for letter in outbox.letters] == [line[1].email]

    def test_who_allows_it_hears_at_night(
        self, cast: Cast, line: Line, outbox: OutboxRunner
    ) -> None:
        with transaction():
            line[1].allows_night_notices = True
        night = cast.session.starts_at - 11 * HOUR - MINUTE
        say(cast, line[0], DECLINED, night)
        outbox.run(now=night)
        assert [letter["To"] for letter in outbox.letters] == [line[1].email]

    def test_a_place_that_is_given_at_night_is_told_in_the_morning(
        self, cast: Cast, line: Line, outbox: OutboxRunner
    ) -> None:
        night = cast.session.starts_at - 41 * HOUR
        say(cast, line[0], DECLINED, night)
        outbox.run(now=night)
        assert outbox.letters == []
        outbox.run(now=night + 6 * HOUR)
        assert [letter["To"] for letter in outbox.letters] == [line[1].email]

    @pytest.mark.parametrize("what", ["answered", "over", "cancelled"])
    def test_an_offer_that_is_gone_is_not_written_about(
        self, cast: Cast, line: Line, morning: datetime, outbox: OutboxRunner, what: str
    ) -> None:
        say(cast, line[0], DECLINED, morning)
        if what == "answered":
            say(cast, line[1], ACCEPTED, morning)
        elif what == "cancelled":
            session_services.cancel_session(cast.session, actor=cast.rosa, now=morning)
        outbox.run(now=morning + (4 * HOUR if what == "over" else MINUTE))
        assert "for a while" not in {letter["Subject"] for letter in outbox.letters}
        assert [letter for letter in outbox.letters if "kept for you" in str(letter)] == []


class TestAnswerByLink:
    def test_yes(self, cast: Cast, line: Line, morning: datetime) -> None:
        say(cast, line[0], DECLINED, morning)
        answers.answer_offer(offer_of(cast, line[1]), takes_it=True, now=morning)
        assert states(cast, line, morning)[1] == "accepted"

    def test_no(self, cast: Cast, line: Line, morning: datetime) -> None:
        say(cast, line[0], DECLINED, morning)
        answers.answer_offer(offer_of(cast, line[1]), takes_it=False, now=morning)
        assert states(cast, line, morning)[1:3] == ["declined", "offered"]

    def test_too_late_it_does_nothing(self, cast: Cast, line: Line, morning: datetime) -> None:
        say(cast, line[0], DECLINED, morning)
        over = morning + 4 * HOUR
        answers.answer_offer(offer_of(cast, line[1]), takes_it=True, now=over)
        waiting_list.pass_on_places(now=over)
        assert states(cast, line, over)[1:3] == ["passed", "offered"]


class TestNewcomerSeats:
    @pytest.fixture(autouse=True)
    def _one_kept(self, cast: Cast) -> None:
        with transaction():
            cast.series.newcomer_seats = 1
            cast.session.capacity = 2

    def test_the_last_place_is_kept_for_somebody_new(
        self, cast: Cast, line: Line, now: datetime
    ) -> None:
        assert states(cast, line[:2], now) == ["accepted", "waitlisted"]
        new = answers.AnswerDetails(is_first_time=True)
        rsvp = answers.respond(cast.session, actor=cast.sam, status=ACCEPTED, details=new, now=now)
        assert rsvp.holds_a_place

    def test_who_has_come_before_is_not_new(self, cast: Cast, line: Line, now: datetime) -> None:
        earlier = factories.make_session(
            cast.series, cast.session.wall_starts_at - timedelta(weeks=2)
        )
        factories.make_rsvp(earlier, cast.sam, ACCEPTED)
        new = answers.AnswerDetails(is_first_time=True)
        rsvp = answers.respond(cast.session, actor=cast.sam, status=ACCEPTED, details=new, now=now)
        assert (rsvp.status, rsvp.is_first_time) == (WAITLISTED, False)

    def test_on_the_last_day_it_is_offered_to_who_waits(self, cast: Cast, line: Line) -> None:
        last_day = cast.session.starts_at - 24 * HOUR
        assert waiting_list.pass_on_places(now=last_day - MINUTE) == 0
        assert waiting_list.pass_on_places(now=last_day) == 1
        assert states(cast, line[:3], last_day) == ["accepted", "offered", "waitlisted"]

    @pytest.fixture
    def line(self, cast: Cast, now: datetime) -> Line:
        """Ana has the place that is not kept; Ben and Cleo wait."""
        people = [factories.make_user(name) for name in ("Ana", "Ben", "Cleo")]
        for person in people:
            factories.make_membership(cast.group, person)
            answers.respond(cast.session, actor=person, status=ACCEPTED, now=now)
        return people


class TestMoveUp:
    def turn(self, cast: Cast, person: UserAccount) -> int:
        rsvp = queries.find_rsvp(cast.session, person)
        assert rsvp is not None
        assert rsvp.turn is not None
        return rsvp.turn

    def order(self, cast: Cast) -> list[str]:
        db.session.rollback()
        return [rsvp.user.display_name for rsvp in queries.list_waiting(cast.session)]

    def audit_rows(self) -> list[str]:
        query = select(AuditEntry.act).where(AuditEntry.act == "waiting_list.reordered")
        return list(db.session.execute(query).scalars())

    @pytest.mark.parametrize(
        ("to_top", "expected"),
        [(False, ["Ben", "Dan", "Cleo"]), (True, ["Dan", "Ben", "Cleo"])],
    )
    def test_somebody_moves_up(
        self, cast: Cast, line: Line, now: datetime, to_top: bool, expected: list[str]
    ) -> None:
        turn = self.turn(cast, line[3])
        waiting_list.move_up(cast.session, actor=cast.rosa, turn=turn, to_top=to_top, now=now)
        assert self.order(cast) == expected
        assert self.audit_rows() == ["waiting_list.reordered"]

    def test_the_order_decides_who_is_next(self, cast: Cast, line: Line, now: datetime) -> None:
        turn = self.turn(cast, line[3])
        waiting_list.move_up(cast.session, actor=cast.rosa, turn=turn, to_top=True, now=now)
        say(cast, line[0], DECLINED, now)
        assert states(cast, line, now)[3] == "accepted"

    def test_a_form_sent_twice_moves_once(self, cast: Cast, line: Line, now: datetime) -> None:
        turn = self.turn(cast, line[3])
        for _try in range(2):
            waiting_list.move_up(
                cast.session, actor=cast.rosa, turn=turn, form_key="of the page", now=now
            )
        assert self.order(cast) == ["Ben", "Dan", "Cleo"]
        assert len(self.audit_rows()) == 1

    def test_the_first_stays_first(self, cast: Cast, line: Line, now: datetime) -> None:
        waiting_list.move_up(cast.session, actor=cast.rosa, turn=self.turn(cast, line[1]), now=now)
        assert self.order(cast) == ["Ben", "Cleo", "Dan"]
        assert self.audit_rows() == []

    def test_who_left_the_list_cannot_move(self, cast: Cast, line: Line, now: datetime) -> None:
        turn = self.turn(cast, line[2])
        say(cast, line[2], DECLINED, now)
        with pytest.raises(waiting_list.NotWaiting):
            waiting_list.move_up(cast.session, actor=cast.rosa, turn=turn, now=now)

    @pytest.mark.parametrize("who", ["kofi", "sam", "stan", "ola"])
    def test_it_is_for_organizers(self, cast: Cast, line: Line, now: datetime, who: str) -> None:
        with pytest.raises(PermissionDenied):
            waiting_list.move_up(
                cast.session,
                actor=getattr(cast, who),
                turn=self.turn(cast, line[3]),
                now=now,
            )
