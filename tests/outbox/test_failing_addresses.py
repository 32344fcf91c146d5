"""Addresses from which letters come back: who is to blame, and when nothing more is sent."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from supportgroups.db import db
from supportgroups.outbox.bounces import blames_address
from supportgroups.outbox.mail import Letter
from supportgroups.outbox.models import FailingAddress, JobState
from supportgroups.outbox.queries import address_hash, find_failing_address, is_stopped
from supportgroups.outbox.services import addresses

DAY = timedelta(days=1)
PERSON = "person1@example.org"


@pytest.mark.parametrize(
    ("code", "words", "is_blamed"),
    [
        (550, "5.1.1 no such user", True),
        (550, "5.1.10 the domain takes no mail", True),
        (554, "5.2.1 this mailbox is closed", True),
        (550, "5.7.1 your network is on a list", False),
        (550, "5.4.1 relay access denied", False),
        (550, "no such user", True),
        (552, "no room", True),
        (554, "go away", False),
        (530, "sign in first", False),
        (450, "4.2.1 try later", False),
        (450, "5.1.1 says one thing and means another", False),
        (421, "busy", False),
        (250, "2.1.5 fine", False),
    ],
)
def test_who_is_to_blame(code, words, is_blamed):
    assert blames_address(code, words) is is_blamed


@pytest.fixture
def fail(mail_server, ask, outbox):
    """Send so many letters to the person, each of which the mail server refuses in this way."""
    numbers = iter(range(100))

    def fail(times, answer="550 5.1.1 unknown", step="RCPT"):
        for _ in range(times):
            mail_server.refusals[step] = [answer]
            ask(1, key=f"refused {next(numbers)}")
            outbox.run()

    return fail


class TestThreeInARow:
    def test_nothing_more_is_sent(self, fail, mail_server, ask, outbox, jobs):
        fail(3)
        assert is_stopped(PERSON)
        ask(1)
        ask(2)
        outbox.run()
        *_, stopped, other = jobs()
        assert (stopped.state, stopped.last_error) == (
            JobState.WITHDRAWN,
            "letters to this address come back",
        )
        assert other.state is JobState.DONE
        assert [each.recipients for each in mail_server.deliveries] == [["person2@example.org"]]

    def test_two_are_not_enough(self, fail, mail_server, ask, outbox):
        fail(2)
        ask(1)
        outbox.run()
        assert len(mail_server.deliveries) == 1

    def test_what_the_person_waits_for_is_sent_all_the_same(
        self, fail, mail_server, ask, registry, outbox
    ):
        registry.letters["tests.link"] = lambda payload, *, now: Letter(
            to=PERSON, subject="Your link", text="Here it is.", is_asked_for=True
        )
        fail(3)
        ask(kind="tests.link")
        outbox.run()
        assert len(mail_server.deliveries) == 1

    @pytest.mark.parametrize(
        ("answer", "step"),
        [
            ("550 5.7.1 we do not like your network", "RCPT"),
            ("550 5.1.1 we do not like your words", "DATA"),
            ("450 4.1.1 come back later", "RCPT"),
        ],
    )
    def test_what_is_not_the_fault_of_the_address_does_not_count(self, fail, answer, step):
        fail(3, answer, step)
        assert find_failing_address(PERSON) is None

    def test_nobody_is_woken(self, fail):
        with capture_logs() as logs:
            fail(1)
        assert logs == []

    def test_the_address_itself_is_not_kept(self, fail):
        fail(1)
        (known,) = db.session.execute(select(FailingAddress)).scalars()
        assert "person1" not in known.address_hash
        assert known.address_hash == address_hash(PERSON.upper())


class TestARowEnds:
    def count(self, *events, now):
        """Let letters fail (f) or be taken (t), one each day; return how many failed in a row."""
        for day, event in enumerate(events):
            note = addresses.note_failure if event == "f" else addresses.note_acceptance
            note(address_hash(PERSON), now=now + day * DAY)
        known = find_failing_address(PERSON)
        return known.failures if known is not None else 0

    @pytest.mark.parametrize(
        ("events", "in_a_row"),
        [
            ("t", 0),
            ("f", 1),
            ("fff", 3),
            # What was taken may still come back: that it does is the next failure.
            ("ftftf", 3),
            # Taken, and in six days nothing came back: it has arrived.
            ("ftttttt", 1),
            ("ffttttttf", 1),
            ("fftttttf", 3),
        ],
    )
    def test_when_a_letter_has_arrived(self, app, now, events, in_a_row):
        assert self.count(*events, now=now) == in_a_row

    def test_when_its_owner_says_that_it_is_right(self, app, now):
        self.count("f", "f", "f", now=now)
        addresses.trust(PERSON)
        assert find_failing_address(PERSON) is None

    def test_when_nobody_has_written_for_a_year(self, app, now):
        self.count("f", now=now)
        addresses.forget_old_failures(now=now + addresses.KEEP)
        assert find_failing_address(PERSON) is not None
        addresses.forget_old_failures(now=now + addresses.KEEP + DAY)
        assert find_failing_address(PERSON) is None


def test_a_letter_that_is_taken_is_remembered_only_where_one_failed(fail, ask, outbox, now):
    fail(1)
    ask(1)
    ask(2)
    outbox.run()
    (known,) = db.session.execute(select(FailingAddress)).scalars()
    assert known.accepted_at == now
