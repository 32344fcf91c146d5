"""Reminders: when they come, to whom, and how they are answered and stopped."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from supportgroups.accounts.models import Reminder
from supportgroups.accounts.quiet_hours import QuietHours
from supportgroups.db import db, transaction
from supportgroups.notices import queries
from supportgroups.notices.links import stop_token
from supportgroups.notices.reminders import remind_at
from supportgroups.notices.services import letters as services
from supportgroups.outbox.notice import Topic
from supportgroups.rsvps.answer_links import answer_token
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.queries import find_rsvp
from supportgroups.rsvps.services import answers
from supportgroups.sessions.services.sessions import cancel_session
from tests import factories
from tests.browser_client import visible_text
from tests.watching import at_once, statements

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
HOUR = timedelta(hours=1)


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("starts_at", "choice", "zone", "expected"),
    [
        ("2026-12-01 19:00", Reminder.DAY_BEFORE, "Europe/London", "2026-11-30 19:00"),
        ("2026-12-01 19:00", Reminder.TWO_HOURS, "Europe/London", "2026-12-01 17:00"),
        ("2026-12-01 19:00", Reminder.NONE, "Europe/London", None),
        # At night it waits until eight.
        ("2026-12-01 07:30", Reminder.DAY_BEFORE, "Europe/London", "2026-11-30 08:00"),
        ("2026-12-01 22:30", Reminder.DAY_BEFORE, "Europe/London", "2026-12-01 08:00"),
        ("2026-12-01 09:00", Reminder.TWO_HOURS, "Europe/London", "2026-12-01 08:00"),
        # Where eight is too late, it comes the evening before.
        ("2026-12-01 08:00", Reminder.TWO_HOURS, "Europe/London", "2026-11-30 20:00"),
        ("2026-12-01 08:29", Reminder.TWO_HOURS, "Europe/London", "2026-11-30 20:00"),
        ("2026-12-01 08:30", Reminder.TWO_HOURS, "Europe/London", "2026-12-01 08:00"),
        # The night is that of the person, not of the group: 19:00 in London is 06:00 in Sydney.
        ("2026-12-01 19:00", Reminder.TWO_HOURS, "Australia/Sydney", "2026-12-01 09:00"),
        # On the night on which the clocks go back, eight o'clock is eight on the wall.
        ("2026-10-25 23:30", Reminder.DAY_BEFORE, "Europe/London", "2026-10-25 08:00"),
    ],
)
def test_when_somebody_is_reminded(starts_at, choice, zone, expected):
    found = remind_at(moment(starts_at), choice, QuietHours(22, 8, zone))
    assert found == (moment(expected) if expected else None)


@pytest.fixture
def coming(cast, now):
    """Sam said yes, some days before."""
    answers.respond(cast.session, actor=cast.sam, status=ACCEPTED, now=now)
    return find_rsvp(cast.session, cast.sam)


@pytest.fixture
def remind(letters_after):
    """Remind who is to be reminded at a moment; return the letters that came of it."""
    return partial(letters_after, services.queue_reminders)


def change_membership(cast, values):
    with transaction():
        membership = factories.find_membership(cast.group, cast.sam)
        for name, value in values.items():
            setattr(membership, name, value)


class TestReminder:
    def test_it_comes_once_and_says_what_is_needed(self, cast, coming, due, remind):
        assert remind(due - timedelta(minutes=1)) == []
        (letter,) = remind(due)
        assert (letter["To"], letter["Subject"]) == (cast.sam.email, "A reminder")
        words = letter.get_content()
        assert "Tuesday 1 December 2026, 19:00–20:30 (London time)" in words
        assert f"/sessions/{cast.session.public_id}" in words
        assert f"/answers/{answer_token(coming.id)}" in words
        assert cast.group.name not in words
        assert remind(due + HOUR) == []

    def test_a_mail_program_can_stop_them(self, cast, coming, due, remind):
        (letter,) = remind(due)
        address = f"http://localhost/news/{stop_token(cast.sam.id, Topic.REMINDERS)}/stop"
        assert letter["List-Unsubscribe"].strip() == f"<{address}>"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert address in letter.get_content()

    @pytest.mark.parametrize("status", [DECLINED, WAITLISTED])
    def test_who_does_not_come_hears_nothing(self, cast, due, remind, status):
        turn = 1 if status is WAITLISTED else None
        factories.make_rsvp(cast.session, cast.sam, status, turn=turn)
        assert remind(due) == []

    def test_who_might_come_is_told_so(self, cast, due, remind, now):
        answers.respond(cast.session, actor=cast.sam, status=TENTATIVE, now=now)
        (letter,) = remind(due)
        assert "might come" in letter.get_content()

    @pytest.mark.parametrize(
        "change", [{"email": None}, {"reminder": Reminder.NONE}, {"reminder": Reminder.TWO_HOURS}]
    )
    def test_who_wants_none_now_hears_nothing(self, cast, coming, due, remind, change):
        with transaction():
            for name, value in change.items():
                setattr(cast.sam, name, value)
        assert remind(due) == []

    @pytest.mark.parametrize(
        ("of_group", "at_once"),
        [
            ({"reminder": Reminder.NONE}, 0),
            ({"reminder": Reminder.TWO_HOURS}, 0),
            ({"is_muted": True}, 0),
            ({}, 1),
        ],
    )
    def test_a_group_may_have_a_choice_of_its_own(
        self, cast, coming, due, remind, of_group, at_once
    ):
        change_membership(cast, of_group)
        assert len(remind(due)) == at_once

    def test_a_group_may_remind_where_others_do_not(self, cast, coming, due, remind):
        change_membership(cast, {"reminder": Reminder.TWO_HOURS})
        with transaction():
            cast.sam.reminder = Reminder.NONE
        assert remind(due) == []
        assert len(remind(due + 22 * HOUR)) == 1

    def test_what_a_group_s_choice_becomes_is_looked_at_again(
        self, cast, coming, due, outbox, remind
    ):
        services.queue_reminders(now=due)
        change_membership(cast, {"reminder": Reminder.NONE})
        assert remind(due) == []

    def test_who_has_just_answered_knows(self, cast, due, remind):
        answers.respond(cast.session, actor=cast.sam, status=ACCEPTED, now=due + HOUR)
        assert remind(due + 2 * HOUR) == []

    def test_a_cancelled_session_needs_none(self, cast, coming, due, remind, outbox, now):
        cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + HOUR)
        assert remind(due) == []

    def test_what_changes_before_it_leaves_is_looked_at_again(
        self, cast, coming, due, outbox, remind
    ):
        services.queue_reminders(now=due)
        answers.respond(cast.session, actor=cast.sam, status=DECLINED, now=due)
        assert remind(due) == []

    def test_a_moved_session_is_reminded_of_again(self, cast, coming, due, remind):
        assert len(remind(due)) == 1
        services.remind_again(cast.session)
        assert len(remind(due + HOUR)) == 1

    def test_workers_at_once_remind_once(self, app, cast, coming, due):
        counts = at_once(app, *[lambda: services.queue_reminders(now=due)] * 4)
        assert sorted(counts) == [0, 0, 0, 1]


def test_many_people_are_taken_in_parts(cast, due, monkeypatch, now):
    """As many questions as there are parts, and one that finds nobody; everybody once."""
    monkeypatch.setattr(queries, "PART", 4)
    for number in range(10):
        person = factories.make_user(f"Person {number}")
        factories.make_rsvp(cast.session, person, ACCEPTED, responded_at=now)
    with statements() as asked:
        assert services.queue_reminders(now=due) == 10
    assert len([sql for sql in asked if sql.startswith("SELECT rsvp.id")]) == 4
    assert services.queue_reminders(now=due) == 0


class TestAnswerLink:
    @pytest.fixture
    def path(self, coming):
        return f"/answers/{answer_token(coming.id)}"

    def status(self, cast):
        db.session.rollback()
        return find_rsvp(cast.session, cast.sam).status

    def test_looking_changes_nothing_and_names_no_group(self, browser, cast, path):
        page = browser.get(path)
        assert page.status_code == 200
        assert "You’re expected" in visible_text(page.text)
        assert cast.group.name not in page.text
        assert self.status(cast) is ACCEPTED

    def test_one_tap_frees_the_place_and_another_takes_it_again(self, browser, cast, path):
        assert browser.post(path, {"status": "declined"}).status_code == 303
        assert self.status(cast) is DECLINED
        assert "You are welcome next time" in visible_text(browser.get(path).text)
        browser.post(path, {"status": "accepted"})
        assert self.status(cast) is ACCEPTED

    @pytest.mark.parametrize("data", [{}, {"status": ""}, {"status": "waitlisted"}])
    def test_nonsense_is_explained(self, browser, cast, path, data):
        page = browser.post(path, data)
        assert page.status_code == 400
        assert "Choose one of the answers" in page.text
        assert self.status(cast) is ACCEPTED

    def test_a_cancelled_session_says_so(self, browser, cast, path, now):
        cancel_session(cast.session, actor=cast.rosa, now=now)
        assert browser.post(path, {"status": "accepted"}).status_code == 303
        assert "This session is cancelled" in visible_text(browser.get(path).text)

    @pytest.mark.parametrize("token", ["nonsense", "MQ.abc.def"])
    def test_a_link_that_was_not_made_here_leads_nowhere(self, browser, token):
        assert browser.get(f"/answers/{token}").status_code == 404

    def test_the_link_of_another_purpose_leads_nowhere(self, browser, cast):
        assert (
            browser.get(f"/answers/{stop_token(cast.sam.id, Topic.REMINDERS)}").status_code == 404
        )

    def test_an_erased_answer_leads_nowhere(self, browser, coming, path):
        with transaction():
            db.session.delete(coming)
        assert browser.get(path).status_code == 404
