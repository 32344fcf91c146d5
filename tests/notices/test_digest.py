"""The letter of the week: what it tells, and which letters it stands for."""

from datetime import UTC, datetime, timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.notices.services import letters as services
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.news import WAIT
from supportgroups.sessions.services.sessions import cancel_session
from tests import factories

HOUR = timedelta(hours=1)
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


def test_what_was_told_by_itself_is_not_told_again(cast, weekly, read, outbox, now):
    """The session begins two days after the letter, or nearly."""
    tuesday = SUNDAY + timedelta(days=1, hours=23)
    with transaction():
        cast.session.starts_at, cast.session.ends_at = tuesday, tuesday + HOUR
    cancel_session(cast.session, actor=cast.rosa, now=now)
    outbox.run(now=now + WAIT)
    assert [letter["Subject"] for letter in outbox.letters] == ["Cancelled"]
    assert read() == []


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
