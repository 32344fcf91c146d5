"""What becomes of an answer that a calendar program sends: as much as a click, and never more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from supportgroups.calendars.models import Invitation
from supportgroups.calendars.replies import MAX_BYTES, Verdict
from supportgroups.calendars.services import invitations
from supportgroups.calendars.services.replies import take_reply
from supportgroups.db import db, transaction
from supportgroups.groups.services.members import leave_group
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps.answer_links import answer_token
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.queries import find_rsvp
from supportgroups.rsvps.services.answers import respond
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import WayIn
from supportgroups.sessions.services.sessions import cancel_session, edit_session
from tests import factories
from tests.calendars.invitation_lint import lint_invitation, method_of
from tests.calendars.reply_files import ODD, PROGRAMS
from tests.calendars.test_reply_messages import READ, REFUSED
from tests.watching import all_rows, at_once

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.usefixtures("takes_replies", "invited")

#: What is read as an answer and still not taken for the member's own.
NOT_TAKEN = {
    "address_as_a_name": Verdict.OTHER_PERSON,
    "delegated": Verdict.OTHER_ANSWER,
    "needs_action": Verdict.OTHER_ANSWER,
    "no_attendee": Verdict.OTHER_PERSON,
    "no_partstat": Verdict.OTHER_ANSWER,
    "other_session": Verdict.OTHER_SESSION,
    "stranger": Verdict.OTHER_PERSON,
    "two_attendees": Verdict.OTHER_PERSON,
    "two_senders": Verdict.OTHER_PERSON,
} | REFUSED


def stands_at(cast):
    """Return where Sam's answer stands."""
    db.session.rollback()
    return find_rsvp(cast.session, cast.sam).status


@pytest.mark.parametrize("status", [ACCEPTED, TENTATIVE, DECLINED])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_click_in_any_program_counts(cast, send, invite, program, status):
    assert send(f"programs/{program}", status.value.upper()) is Verdict.TAKEN
    assert stands_at(cast) is status
    assert invite() == [], "the calendar in which it was clicked knows"


@pytest.mark.parametrize("name", sorted(READ - NOT_TAKEN.keys()))
def test_odd_answers_count_too(cast, send, name):
    assert send(f"odd/{name}", "TENTATIVE") is Verdict.TAKEN
    assert stands_at(cast) is TENTATIVE


@pytest.mark.parametrize("name", sorted(NOT_TAKEN))
def test_what_is_not_the_members_answer_changes_nothing(cast, send, name):
    before = all_rows()
    assert send(f"odd/{name}", "DECLINED") is NOT_TAKEN[name]
    assert stands_at(cast) is ACCEPTED
    after = all_rows()
    if NOT_TAKEN[name] is Verdict.OTHER_PERSON:
        before.pop("outbox_job")
        after.pop("outbox_job")
    assert after == before


def test_every_file_is_sent():
    assert (READ - NOT_TAKEN.keys()) | NOT_TAKEN.keys() == set(ODD)


class TestAddress:
    def test_capitals_do_not_matter(self, cast, send, rcpt):
        assert send(recipient=rcpt.upper()) is Verdict.TAKEN
        assert stands_at(cast) is DECLINED

    @pytest.mark.parametrize("recipient", ["rsvp+" + "0" * 32 + "@reply.example", "rsvp@x", ""])
    def test_an_address_that_was_not_made_here(self, cast, send, recipient):
        assert send(recipient=recipient) is Verdict.UNKNOWN_ADDRESS
        assert stands_at(cast) is ACCEPTED

    def test_it_is_bound_to_one_session(self, cast, send):
        other = factories.make_session(cast.series, cast.series.wall_starts_at + timedelta(weeks=1))
        assert send(uid=other.uid) is Verdict.OTHER_SESSION
        assert find_rsvp(other, cast.sam) is None

    def test_it_is_bound_to_one_member(self, cast, send):
        """Kofi belongs to the group too, and still cannot answer at Sam's address."""
        assert send(me=cast.kofi.email) is Verdict.OTHER_PERSON
        assert find_rsvp(cast.session, cast.kofi) is None
        assert stands_at(cast) is ACCEPTED

    def test_what_is_too_large(self, cast, send, rcpt, now):
        message = b"x" * (MAX_BYTES + 1)
        assert take_reply(message, recipient=rcpt, now=now) is Verdict.TOO_LARGE


class TestStranger:
    def test_the_member_is_asked_once_and_the_stranger_stays_unnamed(
        self, cast, send, outbox, browser
    ):
        for _ in range(3):
            assert send("odd/stranger") is Verdict.OTHER_PERSON
        outbox.run()
        _, letter = outbox.letters
        assert letter["To"] == cast.sam.email
        assert letter["Subject"] == "Was it you?"
        assert "stan" not in str(letter).lower()
        rsvp = find_rsvp(cast.session, cast.sam)
        path = f"/answers/{answer_token(rsvp.id)}"
        assert f"http://localhost{path}" in letter.get_content()
        assert browser.get(path).status_code == 200
        assert stands_at(cast) is ACCEPTED, "looking answers nothing"
        browser.post(path, data={"status": "declined"})
        assert stands_at(cast) is DECLINED
        assert len(db.session.execute(select(Rsvp)).all()) == 1, "nobody was added"

    def test_a_question_about_something_that_is_over_is_not_asked(self, cast, send, outbox, now):
        send("odd/stranger")
        cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run()
        assert [letter for letter in outbox.letters if letter["Subject"] == "Was it you?"] == []


class TestAgain:
    def test_a_copy_does_nothing(self, cast, send, now):
        assert send() is Verdict.TAKEN
        respond(cast.session, actor=cast.sam, status=ACCEPTED, now=now)
        assert send() is Verdict.REPEATED
        assert stands_at(cast) is ACCEPTED

    def test_the_answer_that_was_given_later_holds(self, cast, send, now):
        """Mail overtakes mail."""
        assert send(answer="TENTATIVE", at=now + 2 * MINUTE) is Verdict.TAKEN
        assert (
            send(answer="DECLINED", at=now + 3 * MINUTE, stamp="20261123T090100Z")
            is Verdict.REPEATED
        )
        assert stands_at(cast) is TENTATIVE

    def test_a_clock_that_is_fast_keeps_nothing_out(self, cast, send, now):
        assert send(answer="DECLINED", stamp="20991231T235959Z") is Verdict.TAKEN
        assert send(answer="TENTATIVE", at=now + MINUTE) is Verdict.TAKEN
        assert stands_at(cast) is TENTATIVE

    def test_copies_at_once_count_once(self, app, message, rcpt, now):
        copy = message("programs/gmail", "TENTATIVE", at=now)
        verdicts = at_once(app, *[lambda: take_reply(copy, recipient=rcpt, now=now)] * 4)
        assert sorted(verdicts) == [Verdict.REPEATED] * 3 + [Verdict.TAKEN]


class TestOutOfDate:
    @pytest.fixture
    def move(self, cast, invite, now):
        """Move the session by an hour, and let the invitation say so."""

        def move():
            later = cast.session.wall_starts_at + timedelta(hours=1)
            details = SessionDetails.of(cast.session, wall_starts_at=later)
            edit_session(cast.session, details, actor=cast.rosa, now=now)

        return move

    @pytest.mark.parametrize("is_told", [True, False])
    @pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED"])
    def test_an_answer_for_another_time_is_asked_for_again(
        self, cast, send, move, invite, now, answer, is_told
    ):
        move()
        if is_told:
            assert len(invite()) == 1
        assert send(answer=answer) in {Verdict.OUT_OF_DATE, Verdict.DIFFERS}
        rsvp = find_rsvp(cast.session, cast.sam)
        assert rsvp.status is ACCEPTED
        assert not rsvp.is_about(cast.session), "nobody counts on it"
        (letter,) = [found for found in invite() if "rsvp+" in found["From"]]
        event = lint_invitation(letter)
        assert method_of(letter) == "REQUEST"
        assert event["SEQUENCE"] == (2 if is_told else 1)
        assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
        assert send(answer=answer, sequence=event["SEQUENCE"], at=now + MINUTE) is Verdict.TAKEN

    def test_an_answer_from_before_another_change_counts(self, cast, send, invite, now):
        details = SessionDetails.of(cast.session, place="The town hall")
        edit_session(cast.session, details, actor=cast.rosa, now=now)
        invite()
        assert send(answer="TENTATIVE") is Verdict.OUT_OF_DATE
        assert stands_at(cast) is TENTATIVE
        (letter,) = invite()
        assert lint_invitation(letter)["SEQUENCE"] == 2
        assert lint_invitation(letter)["ATTENDEE"].params["PARTSTAT"] == "TENTATIVE"

    def test_coming_after_all_from_an_old_letter(self, cast, send, invite, now):
        respond(cast.session, actor=cast.sam, status=DECLINED, now=now)
        (letter,) = invite()
        assert method_of(letter) == "CANCEL"
        assert send(answer="ACCEPTED") is Verdict.OUT_OF_DATE
        assert stands_at(cast) is ACCEPTED
        (letter,) = invite()
        assert method_of(letter) == "REQUEST"

    def test_who_gave_up_their_place_and_answers_for_another_time(
        self, cast, send, move, invite, outbox, now
    ):
        respond(cast.session, actor=cast.sam, status=DECLINED, now=now)
        invite()
        move()
        send(answer="ACCEPTED")
        assert stands_at(cast) is DECLINED
        letter = invite()[-1]
        assert letter["Subject"] == "About your answer"
        assert "has changed since" in letter.get_content()


class TestOtherThanClicked:
    def test_no_place_is_free(self, cast, send, invite, now):
        respond(cast.session, actor=cast.sam, status=DECLINED, now=now)
        factories.make_membership(cast.group, cast.stan)
        with transaction():
            cast.session.capacity = 1
        respond(cast.session, actor=cast.stan, status=ACCEPTED, now=now)
        invite()
        send(answer="ACCEPTED", sequence=1)
        assert stands_at(cast) is WAITLISTED
        (letter,) = invite()
        assert "You are on the waiting list" in letter.get_content()
        event = lint_invitation(letter)
        assert event["ATTENDEE"].params["PARTSTAT"] == "TENTATIVE"

    def test_who_wants_no_invitations_by_now_hears_it_in_another_letter(
        self, cast, send, outbox, now
    ):
        respond(cast.session, actor=cast.sam, status=DECLINED, now=now)
        factories.make_membership(cast.group, cast.stan)
        with transaction():
            cast.session.capacity = 1
        respond(cast.session, actor=cast.stan, status=ACCEPTED, now=now)
        invitations.stop_invitations(cast.sam)
        assert send(answer="ACCEPTED") is Verdict.DIFFERS
        outbox.run()
        letter = outbox.letters[-1]
        assert letter["Subject"] == "About your answer"
        assert "No place is free" in letter.get_content()

    def test_it_is_cancelled(self, cast, send, outbox, now):
        cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run()
        send(answer="TENTATIVE")
        outbox.run()
        assert stands_at(cast) is ACCEPTED
        letter = outbox.letters[-1]
        assert letter["Subject"] == "About your answer"
        assert "this session is cancelled" in letter.get_content()

    def test_an_organizer_has_to_let_them_in_first(self, cast, send, outbox):
        with transaction():
            cast.series.admission = WayIn.REQUEST
        assert send(answer="TENTATIVE") is Verdict.DIFFERS
        outbox.run()
        assert stands_at(cast) is ACCEPTED
        assert len(outbox.letters) == 2

    def test_a_refusal_half_way_leaves_nothing_behind(self, cast, send, now):
        """There is a place for Sam, but not for whom Sam brings."""
        with transaction():
            cast.series.max_plus_count = 1
            cast.session.capacity = 1
            rsvp = find_rsvp(cast.session, cast.sam)
            rsvp.status, rsvp.plus_count = TENTATIVE, 1
        before = all_rows()
        assert send(answer="ACCEPTED") is Verdict.DIFFERS
        assert stands_at(cast) is TENTATIVE
        assert all_rows()["rsvp"] == before["rsvp"]

    def test_it_has_begun(self, cast, send, outbox):
        assert send(at=cast.session.starts_at) is Verdict.TOO_LATE
        assert stands_at(cast) is ACCEPTED

    def test_who_left_the_group_answers_nothing(self, cast, send, now):
        leave_group(cast.group, actor=cast.sam, now=now)
        assert send(answer="ACCEPTED") is Verdict.TOO_LATE
        assert find_rsvp(cast.session, cast.sam) is None

    def test_what_became_true_meanwhile_needs_no_letter(self, cast, send, outbox, now):
        with transaction():
            cast.series.admission = WayIn.REQUEST
        invitations.stop_invitations(cast.sam)
        send(answer="TENTATIVE")
        with transaction():
            cast.series.admission = WayIn.RESERVE
        respond(cast.session, actor=cast.sam, status=TENTATIVE, now=now)
        outbox.run()
        assert len(outbox.letters) == 1


def test_declining_and_coming_again_in_the_calendar_costs_no_letter(cast, send, invite, now):
    assert send(answer="DECLINED") is Verdict.TAKEN
    assert invite(now + MINUTE) == []
    assert send(answer="ACCEPTED", at=now + 2 * MINUTE) is Verdict.TAKEN
    assert stands_at(cast) is ACCEPTED
    assert invite(now + 3 * MINUTE) == []
    respond(cast.session, actor=cast.sam, status=DECLINED, now=now + 4 * MINUTE)
    (letter,) = invite(now + 5 * MINUTE)
    assert method_of(letter) == "CANCEL"


def test_no_row_and_no_log_line_holds_a_token(cast, send, rcpt, capfd):
    send()
    token = rcpt.removeprefix("rsvp+").partition("@")[0]
    rows = "".join(str(content) for content in all_rows().values())
    assert token not in rows
    captured = capfd.readouterr()
    assert token not in captured.out + captured.err
    assert db.session.execute(select(Invitation)).scalar_one().taken_replies != []
    assert db.session.execute(select(OutboxJob)).first() is not None
