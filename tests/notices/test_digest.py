"""The letter of the week: what it tells, and which letters it stands for."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from supportgroups.db import db, transaction
from supportgroups.notices.services import letters as services
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services import answers, enrolments
from supportgroups.rsvps.services.news import WAIT
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.services.sessions import cancel_session
from tests import factories
from tests.browser_client import visible_text

HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
#: Sunday evening in London, after the Monday at which the tests take place.
SUNDAY = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)


@pytest.fixture
def weekly(cast):
    """Sam wants one letter a week, and comes to the session of the Tuesday after it."""
    with transaction():
        cast.sam.wants_digest = True
    return factories.make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)


@pytest.fixture
def later(cast):
    """A session two weeks after the cast's own, to which Sam might come."""
    wall = cast.session.wall_starts_at + timedelta(weeks=2)
    group_session = factories.make_session(cast.series, wall)
    factories.make_rsvp(group_session, cast.sam, RsvpStatus.TENTATIVE)
    return group_session


@pytest.fixture
def read(outbox):
    """Do what the worker does at a moment; return the letters that came of it."""

    def read(at=SUNDAY):
        before = len(outbox.letters)
        services.queue_digests(now=at)
        outbox.run(now=at)
        return outbox.letters[before:]

    return read


def test_it_tells_the_coming_week_once(cast, weekly, later, read):
    assert read(SUNDAY - timedelta(minutes=1)) == []
    (letter,) = read()
    assert (letter["To"], letter["Subject"]) == (cast.sam.email, "Your week")
    words = letter.get_content()
    assert "Tuesday 1 December 2026, 19:00–20:30 (London time)\nYou’re expected." in words
    assert "15 December" not in words
    assert "What has changed" not in words
    assert cast.group.name not in words
    assert read(SUNDAY + HOUR) == []
    assert letter["List-Unsubscribe"] is not None


def test_a_change_that_can_wait_comes_with_it_and_not_by_itself(
    cast, weekly, later, read, outbox, now
):
    cancel_session(later, actor=cast.rosa, now=now)
    outbox.run(now=now + WAIT)
    assert outbox.letters == []
    (letter,) = read()
    words = letter.get_content()
    assert "What has changed:\n\nCancelled\nTuesday 15 December 2026, 19:00" in words


def test_it_tells_who_leads_of_a_change_to_a_session_that_they_did_not_answer(
    cast, later, read, outbox, now
):
    with transaction():
        cast.kofi.wants_digest = True
        later.facilitators = [cast.kofi]
    cancel_session(later, actor=cast.rosa, now=now)
    outbox.run(now=now + WAIT)
    assert cast.kofi.email not in [letter["To"] for letter in outbox.letters]
    (letter,) = [letter for letter in read() if letter["To"] == cast.kofi.email]
    assert "What has changed:\n\nCancelled\nTuesday 15 December 2026, 19:00" in letter.get_content()


def test_what_was_told_by_itself_is_not_told_again(cast, weekly, read, outbox, now):
    """The session begins two days after the letter, or nearly."""
    tuesday = SUNDAY + timedelta(days=1, hours=23)
    with transaction():
        cast.session.starts_at, cast.session.ends_at = tuesday, tuesday + HOUR
    cancel_session(cast.session, actor=cast.rosa, now=now)
    outbox.run(now=now + WAIT)
    assert [letter["Subject"] for letter in outbox.letters] == ["Cancelled"]
    assert read() == []


class TestAMissedWeekOfACourse:
    @pytest.fixture
    def dates(self, cast, now):
        """The dates of a course in which Sam is enrolled; he cannot come to the first."""
        with transaction():
            cast.sam.wants_digest = True
        course = factories.make_course(cast.group)
        enrolments.enrol(course, actor=cast.sam, now=now)
        dates = list_sessions_of_series(course)
        answers.respond(dates[0], actor=cast.sam, status=RsvpStatus.DECLINED, now=now)
        return dates

    def test_it_is_told_once_without_its_topic(self, cast, dates, read):
        assert read() == []
        (letter,) = read(SUNDAY + WEEK)
        words = letter.get_content()
        assert "You could not come to:\n\nWednesday 2 December 2026, 18:00" in words
        assert f"/groups/{cast.group.slug}/courses/{dates[0].series.public_id}" in words
        assert dates[0].topic not in words
        assert "could not come" not in read(SUNDAY + 2 * WEEK)[0].get_content()

    @pytest.mark.parametrize("why", ["it was cancelled", "he came", "he left"])
    def test_there_is_nothing_to_tell(self, cast, dates, read, now, why):
        if why == "it was cancelled":
            cancel_session(dates[0], actor=cast.rosa, now=now)
        if why == "he came":
            answers.respond(dates[0], actor=cast.sam, status=RsvpStatus.ACCEPTED, now=now)
        if why == "he left":
            enrolments.leave_course(dates[0].series, actor=cast.sam, now=SUNDAY + WEEK / 2)
        assert all("could not come" not in letter.get_content() for letter in read(SUNDAY + WEEK))

    def test_the_page_of_the_course_says_which_it_was(self, browser, cast, dates):
        browser.sign_in(cast.sam)
        with time_machine.travel(dates[0].ends_at, tick=False):
            browser.sign_in(cast.sam)
            course = dates[0].series
            page = browser.get(f"/groups/{cast.group.slug}/courses/{course.public_id}").text
        assert "You could not come" in visible_text(page)


def test_who_leads_reads_so(cast, read):
    with transaction():
        cast.kofi.wants_digest = True
        cast.session.facilitators = [cast.kofi]
    (letter,) = read()
    assert "You lead it." in letter.get_content()


def test_there_is_none_where_there_is_nothing_to_tell(cast, read):
    with transaction():
        cast.stan.wants_digest = True
    assert read() == []


def test_it_names_groups_for_who_wants_that(cast, weekly, read):
    with transaction():
        cast.sam.shows_group_names = True
    (letter,) = read()
    assert f"{cast.group.name}\nTuesday 1 December" in letter.get_content()
    assert cast.group.name not in letter["Subject"]


def test_who_changed_their_mind_gets_none(cast, weekly, read):
    services.queue_digests(now=SUNDAY)
    with transaction():
        cast.sam.wants_digest = False
    assert read() == []


def test_after_a_long_standstill_the_next_one_is_waited_for(cast, weekly, read):
    assert read(SUNDAY + 12 * HOUR) == []


def test_quiet_sundays_are_waited_for_once(cast, weekly, read):
    with transaction():
        cast.sam.quiet_from, cast.sam.quiet_until = 16, 8
    assert read(SUNDAY) == []
    assert len(read(SUNDAY + 15 * HOUR)) == 1
    with transaction():
        cast.sam.quiet_from = 22
    db.session.rollback()
    assert read(SUNDAY + 16 * HOUR) == []
