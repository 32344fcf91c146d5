"""What becomes of letters that are on their way: the choices of whoever reads them."""

from datetime import timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.notices.links import stop_token
from supportgroups.outbox.models import JobState, OutboxJob
from supportgroups.outbox.notice import Topic
from supportgroups.outbox.queries import find_state
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.services.sessions import cancel_session
from supportgroups.volunteering.services.cover import ask_for_cover
from tests import factories

HOUR = timedelta(hours=1)


@pytest.fixture
def coming(cast):
    return factories.make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)


def choose(person, **choices):
    with transaction():
        for name, value in choices.items():
            setattr(person, name, value)


def last_job():
    return db.session.query(OutboxJob).order_by(OutboxJob.id.desc()).first()


class TestQuietHours:
    def test_what_can_wait_leaves_when_they_are_over(self, cast, coming, outbox, now):
        night = now + 14 * HOUR  # 23:00; the session is a week away
        cancel_session(cast.session, actor=cast.rosa, now=night)
        outbox.run(now=night + HOUR)
        assert outbox.letters == []
        job = last_job()
        assert (job.state, job.due_at, job.attempts) == (JobState.WAITING, now + 23 * HOUR, 0)
        outbox.run(now=now + 23 * HOUR)
        assert [letter["To"] for letter in outbox.letters] == [cast.sam.email]

    def test_a_session_that_begins_soon_is_worth_it(self, cast, coming, outbox):
        night = cast.session.starts_at - 12 * HOUR + timedelta(minutes=1)  # 7:01
        cancel_session(cast.session, actor=cast.rosa, now=night)
        outbox.run(now=night + HOUR / 4)
        assert len(outbox.letters) == 1

    def test_what_is_settled_meanwhile_is_not_sent_in_the_morning(self, cast, coming, outbox, now):
        night = now + 14 * HOUR
        cancel_session(cast.session, actor=cast.rosa, now=night)
        outbox.run(now=night + HOUR)
        with transaction():
            db.session.delete(coming)
        outbox.run(now=now + 23 * HOUR)
        assert outbox.letters == []

    def test_hours_of_one_s_own_count(self, cast, coming, outbox, now):
        choose(cast.sam, quiet_from=8, quiet_until=16)
        cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + HOUR)
        assert outbox.letters == []
        outbox.run(now=now + 7 * HOUR)
        assert len(outbox.letters) == 1


class TestWhatSomebodyCanDoWithout:
    @pytest.fixture
    def asked(self, cast, now):
        """Kofi cannot lead the session, so Rosa is asked."""
        with transaction():
            cast.session.facilitators = [cast.kofi]
        ask_for_cover(cast.session, actor=cast.kofi, now=now)

    def test_it_ends_with_the_way_to_stop_it(self, cast, asked, outbox):
        outbox.run()
        (letter,) = outbox.letters
        address = f"http://localhost/news/{stop_token(cast.rosa.id, Topic.DUTIES)}/stop"
        assert letter["List-Unsubscribe"].strip() == f"<{address}>"
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert letter.get_content().endswith(f": {address}\n")
        html = letter.get_body(("html",)).get_content()
        assert f'<a href="{address}">No more letters about what you lead</a>' in html

    def test_who_stopped_it_gets_none(self, cast, asked, outbox):
        choose(cast.rosa, wants_duty_news=False)
        outbox.run()
        assert outbox.letters == []
        assert find_state(last_job().key) is JobState.WITHDRAWN
        assert last_job().last_error == "not wanted"

    def test_a_group_of_which_one_wants_to_hear_little_sends_none(self, cast, asked, outbox):
        choose(factories.find_membership(cast.group, cast.rosa), is_muted=True)
        outbox.run()
        assert outbox.letters == []

    def test_what_one_has_to_know_comes_all_the_same(self, cast, coming, outbox, now):
        choose(factories.find_membership(cast.group, cast.sam), is_muted=True)
        cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + HOUR)
        (letter,) = outbox.letters
        assert letter["List-Unsubscribe"] is None


class TestTheNameOfTheGroup:
    @pytest.mark.parametrize("wanted", [False, True])
    def test_it_stands_inside_for_who_wants_it(self, cast, coming, outbox, now, wanted):
        choose(cast.sam, shows_group_names=wanted)
        cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + HOUR)
        (letter,) = outbox.letters
        words = letter.get_content()
        assert (f"It is about: {cast.group.name}" in words.splitlines()) is wanted
        assert words.splitlines()[0] == "You have an update."
        for value in letter.values():
            assert cast.group.name not in value

    def test_a_name_with_an_address_in_it_stays_words(self, cast, coming, outbox, now):
        choose(cast.group, name="See\n\nAnswer: http://localhost/sign-out")
        choose(cast.sam, shows_group_names=True)
        cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + HOUR)
        html = outbox.letters[0].get_body(("html",)).get_content()
        assert "<p>It is about: See Answer: http: //localhost/sign-out</p>" in html
