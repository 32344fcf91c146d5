"""Invitations by mail: who gets them, what they say, and what calendars are told of changes."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from supportgroups.accounts.services.erasure import erase_person
from supportgroups.calendars import queries
from supportgroups.calendars.models import Discretion, Invitation
from supportgroups.calendars.queries.invitations import AHEAD
from supportgroups.calendars.services import invitations
from supportgroups.calendars.stop_links import stop_token
from supportgroups.db import db, transaction
from supportgroups.groups.services.members import leave_group
from supportgroups.rsvps.models import RsvpStatus, SeriesRsvp
from supportgroups.rsvps.queries import find_rsvp
from supportgroups.rsvps.services.answers import respond
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.services.sessions import cancel_session, edit_session, restore_session
from tests import factories
from tests.calendars.invitation_lint import lint_invitation, method_of
from tests.watching import at_once

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
MINUTE = timedelta(minutes=1)


@pytest.fixture
def choose(app):
    """Let somebody choose invitations."""

    def choose(person, discretion=Discretion.NEUTRAL, word="Appointment"):
        invitations.choose_invitations(actor=person, discretion=discretion, neutral_word=word)

    return choose


@pytest.fixture
def coming(cast, choose, now):
    """Sam has chosen invitations, and said yes."""
    choose(cast.sam)
    respond(cast.session, actor=cast.sam, status=ACCEPTED, now=now)


class TestWhoIsInvited:
    def test_nobody_who_did_not_choose_it(self, cast, invite, now):
        respond(cast.session, actor=cast.sam, status=ACCEPTED, now=now)
        assert invite() == []

    @pytest.mark.parametrize("status", [ACCEPTED, TENTATIVE, WAITLISTED])
    def test_whoever_comes_or_might_come_or_waits_once(self, cast, choose, invite, status):
        factories.make_rsvp(cast.session, cast.sam, status)
        choose(cast.sam)
        (letter,) = invite()
        assert letter["To"] == cast.sam.email
        assert invite() == []

    def test_not_who_does_not_come(self, cast, choose, invite):
        factories.make_rsvp(cast.session, cast.sam, DECLINED)
        choose(cast.sam)
        assert invite() == []

    @pytest.mark.parametrize("change", [{"email": None}, {"is_email_verified": False}])
    def test_not_an_address_that_nobody_has_shown_to_be_theirs(self, cast, coming, invite, change):
        with transaction():
            for name, value in change.items():
                setattr(cast.sam, name, value)
        assert invite() == []
        with pytest.raises(invitations.NoVerifiedAddress):
            invitations.choose_invitations(
                actor=cast.sam, discretion=Discretion.PLAIN, neutral_word="Appointment"
            )

    def test_who_holds_a_seat_is_invited_as_the_dates_come_near(self, cast, choose, invite, now):
        later = factories.make_session(cast.series, cast.series.wall_starts_at + timedelta(weeks=8))
        with transaction():
            db.session.add(
                SeriesRsvp(
                    series_id=cast.series.id,
                    user_id=cast.sam.id,
                    held_since=now,
                    counted_until=now,
                )
            )
        for group_session in (cast.session, later):
            factories.make_rsvp(group_session, cast.sam, ACCEPTED)
        choose(cast.sam)
        (letter,) = invite()
        assert lint_invitation(letter)["UID"] == cast.session.uid
        (letter,) = invite(now=later.starts_at - AHEAD)
        assert lint_invitation(letter)["UID"] == later.uid

    def test_workers_at_once_ask_for_one_letter(self, app, cast, coming, outbox, now):
        at_once(app, *[lambda: invitations.bring_calendars_into_step(now=now)] * 4)
        outbox.run()
        assert len(outbox.letters) == 1


@pytest.mark.usefixtures("takes_replies", "coming")
class TestLetter:
    def test_it_is_a_request_for_one_person_about_the_entry_of_the_feed(self, cast, invite, now):
        (letter,) = invite()
        event = lint_invitation(letter)
        assert method_of(letter) == "REQUEST"
        assert event["UID"] == cast.session.uid
        assert event["SEQUENCE"] == cast.session.sequence
        assert (cast.session.starts_at, cast.session.ends_at) == (event.DTSTART, event.DTEND)
        assert now == event.DTSTAMP
        assert event["STATUS"] == "CONFIRMED"
        assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
        assert event["ATTENDEE"].params["RSVP"] == "TRUE"

    def test_answers_go_to_an_address_that_is_kept_as_a_hash(self, cast, invite):
        (letter,) = invite()
        address = letter["From"].addresses[0]
        assert letter["From"].startswith("Updates <rsvp+")
        assert address.domain == "reply.example"
        token = address.username.removeprefix("rsvp+")
        assert len(bytes.fromhex(token)) == 16, "128 bits"
        kept = db.session.execute(select(Invitation)).scalar_one()
        assert token not in str(vars(kept))
        assert queries.find_invitation_of(token) is kept

    def test_it_is_neutral_as_long_as_nobody_chooses(self, cast, invite):
        (letter,) = invite()
        event = lint_invitation(letter)
        assert letter["Subject"] == "Appointment: Tuesday 1 December 2026"
        assert event["SUMMARY"] == "Appointment"
        assert "LOCATION" not in event
        assert "DESCRIPTION" not in event
        assert event["URL"] == "http://localhost/my"
        assert event["CLASS"] == "PRIVATE"
        whole = str(letter) + letter.get_content()
        for word in (cast.group.name, "library", "Tuesday evening", cast.rosa.display_name):
            assert word not in whole

    @pytest.mark.parametrize(
        ("discretion", "word", "expected"),
        [
            (Discretion.NEUTRAL, "Yoga", "Yoga"),
            (Discretion.BUSY, "Yoga", "Busy"),
            (Discretion.PLAIN, "Yoga", "Tuesday evening – Evening circle"),
        ],
    )
    def test_it_shows_what_its_reader_chose(self, cast, choose, invite, discretion, word, expected):
        choose(cast.sam, discretion, word)
        (letter,) = invite()
        event = lint_invitation(letter)
        assert letter["Subject"] == f"{expected}: Tuesday 1 December 2026"
        assert event["SUMMARY"] == expected
        is_plain = discretion is Discretion.PLAIN
        assert ("library" in letter.get_content()) is is_plain
        assert ("LOCATION" in event) is is_plain

    def test_who_waits_or_might_come_is_told_so(self, cast, choose, invite):
        factories.make_membership(cast.group, cast.stan)
        factories.make_rsvp(cast.session, cast.stan, WAITLISTED)
        choose(cast.stan)
        with transaction():
            find_rsvp(cast.session, cast.sam).status = TENTATIVE
        letters = {letter["To"]: letter for letter in invite()}
        for person, words in ((cast.stan, "on the waiting list"), (cast.sam, "might come")):
            event = lint_invitation(letters[person.email])
            assert event["STATUS"] == "TENTATIVE"
            assert event["ATTENDEE"].params["PARTSTAT"] == "TENTATIVE"
            assert words in letters[person.email].get_content()

    def test_each_try_has_the_same_name(self, app, cast, invite, outbox, now):
        (letter,) = invite()
        invitation = db.session.execute(select(Invitation)).scalar_one()
        payload = {"invitation_id": invitation.id, "sequence": invitation.sequence}
        again = app.extensions["outbox"].letters["calendars.invitation"](payload, now=now)
        assert lint_invitation(letter).to_ical() in again.calendar.content
        respond(cast.session, actor=cast.sam, status=DECLINED, now=now)
        (other,) = invite()
        assert other["Message-ID"] != letter["Message-ID"]

    def test_a_mail_program_can_stop_them(self, cast, invite, browser):
        (letter,) = invite()
        path = f"/calendar-invitations/{stop_token(cast.sam.id)}/stop"
        assert letter["List-Unsubscribe"].strip() == f"<http://localhost{path}>"
        assert f"http://localhost{path}" in letter.get_content()
        looked = browser.get(path)
        assert "Stop the calendar invitations?" in looked.text
        assert queries.find_choice(cast.sam) is not None, "looking stops nothing"
        response = browser.client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
        assert "You get no more calendar invitations" in response.text
        db.session.rollback()
        assert queries.find_choice(cast.sam) is None
        assert browser.get(path.replace("/stop", "x/stop")).status_code == 404


@pytest.mark.usefixtures("coming")
class TestWithoutReplies:
    def test_it_is_a_file_and_a_link(self, cast, invite):
        (letter,) = invite()
        event = lint_invitation(letter)
        assert method_of(letter) is None
        assert event["UID"] == cast.session.uid
        assert letter["From"] == "Updates <updates@gatherings.example>"
        words = letter.get_content()
        assert "Open the file in this letter" in words
        assert "http://localhost/answers/" in words


@pytest.mark.usefixtures("takes_replies", "coming")
class TestChanges:
    @pytest.mark.parametrize("change", ["time", "place", "title"])
    def test_a_change_makes_the_request_anew(self, cast, invite, now, change):
        (first,) = invite()
        changed = {
            "time": {"wall_starts_at": cast.session.wall_starts_at + timedelta(hours=1)},
            "place": {"place": "The town hall"},
            "title": {"title": "A walk"},
        }[change]
        details = SessionDetails.of(cast.session, **changed)
        edit_session(cast.session, details, actor=cast.rosa, now=now)
        (letter,) = [found for found in invite() if "rsvp+" in found["From"]]
        event = lint_invitation(letter)
        assert method_of(letter) == "REQUEST"
        assert letter["From"] == first["From"]
        assert event["UID"] == cast.session.uid
        assert event["SEQUENCE"] == 1
        assert event.DTSTAMP > lint_invitation(first).DTSTAMP
        assert cast.session.starts_at == event.DTSTART

    def test_a_new_time_is_asked_about(self, cast, invite, now):
        invite()
        later = cast.session.wall_starts_at + timedelta(hours=1)
        details = SessionDetails.of(cast.session, wall_starts_at=later)
        edit_session(cast.session, details, actor=cast.rosa, now=now)
        (letter,) = [found for found in invite() if "rsvp+" in found["From"]]
        event = lint_invitation(letter)
        assert event["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"
        assert event["STATUS"] == "TENTATIVE"
        assert "It has a new time" in letter.get_content()

    def test_other_words_in_the_description_are_no_change(self, cast, invite, now):
        invite()
        details = SessionDetails.of(cast.session, description="Bring a cup.")
        edit_session(cast.session, details, actor=cast.rosa, now=now)
        assert invite(now + MINUTE) == []

    def test_cancelled_and_restored(self, cast, invite, now):
        invite()
        cancel_session(cast.session, actor=cast.rosa, now=now)
        (letter,) = [found for found in invite() if "rsvp+" in found["From"]]
        event = lint_invitation(letter)
        assert method_of(letter) == "CANCEL"
        assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
        assert letter["Subject"] == "Cancelled: Appointment: Tuesday 1 December 2026"
        restore_session(cast.session, actor=cast.rosa, now=now + MINUTE)
        (letter,) = [found for found in invite(now + MINUTE) if "rsvp+" in found["From"]]
        assert method_of(letter) == "REQUEST"
        assert lint_invitation(letter)["SEQUENCE"] == 2

    def test_giving_up_the_place_and_taking_it_again(self, cast, invite, now):
        invite()
        respond(cast.session, actor=cast.sam, status=DECLINED, now=now)
        (letter,) = invite()
        event = lint_invitation(letter)
        assert method_of(letter) == "CANCEL"
        assert (event["STATUS"], event["SEQUENCE"]) == ("CANCELLED", 1)
        assert letter["Subject"] == "Out of your calendar: Tuesday 1 December 2026"
        assert "so it leaves your calendar" in letter.get_content()
        respond(cast.session, actor=cast.sam, status=ACCEPTED, now=now)
        (letter,) = invite()
        assert method_of(letter) == "REQUEST"
        assert lint_invitation(letter)["SEQUENCE"] == 2

    def test_leaving_the_group(self, cast, choose, invite, now):
        choose(cast.sam, Discretion.PLAIN)
        invite()
        leave_group(cast.group, actor=cast.sam, now=now)
        (letter,) = invite()
        assert method_of(letter) == "CANCEL"
        assert lint_invitation(letter)["SUMMARY"] == "Appointment"
        assert cast.group.name not in letter.get_content()

    def test_a_place_that_became_free(self, cast, choose, invite, now):
        factories.make_membership(cast.group, cast.stan)
        rsvp = factories.make_rsvp(cast.session, cast.stan, WAITLISTED)
        choose(cast.stan)
        assert len(invite()) == 2
        with transaction():
            rsvp.status, rsvp.turn = ACCEPTED, None
        (letter,) = invite()
        assert letter["To"] == cast.stan.email
        event = lint_invitation(letter)
        assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"

    def test_what_was_taken_back_before_it_left_is_not_told(self, cast, outbox, now):
        invitations.bring_calendars_into_step(now=now)
        respond(cast.session, actor=cast.sam, status=DECLINED, now=now)
        outbox.run()
        invitations.bring_calendars_into_step(now=now)
        outbox.run()
        assert outbox.letters == []

    def test_who_wants_no_more_hears_nothing(self, cast, outbox, invite, now):
        invitations.bring_calendars_into_step(now=now)
        invitations.stop_invitations(cast.sam)
        outbox.run()
        respond(cast.session, actor=cast.sam, status=DECLINED, now=now)
        assert invite() == []
        assert outbox.letters == []

    def test_once_it_has_begun_there_is_no_more_to_say(self, cast, invite):
        assert invite(now=cast.session.starts_at) == []

    def test_what_is_over_is_forgotten(self, cast, invite, now):
        invite()
        assert invitations.forget_past_invitations(now=now) == 0
        assert invitations.forget_past_invitations(now=cast.session.ends_at) == 1
        assert db.session.execute(select(Invitation)).all() == []

    def test_who_is_erased_leaves_nothing(self, cast, invite, now):
        invite()
        erase_person(cast.sam, now=now)
        assert db.session.execute(select(Invitation)).all() == []
        assert invite() == []
