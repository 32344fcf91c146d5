"""Names are erased 30 days after a session; how many there were stays."""

from datetime import timedelta

from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.rsvps.models import Rsvp, RsvpStatus
from supportgroups.rsvps.queries import tally
from supportgroups.rsvps.services.names import erase_old_answers
from tests.browser_client import visible_text
from tests.factories import make_membership, make_rsvp, make_session, make_user

DAY = timedelta(days=1)


def fill(cast, group_session):
    """Let somebody give each answer."""
    people = [make_user(name) for name in ("Ada", "Ben", "Cy", "Dee", "Eve")]
    answers = [RsvpStatus.ACCEPTED, *RsvpStatus]
    for person, status in zip(people, answers, strict=True):
        make_membership(cast.group, person)
        make_rsvp(group_session, person, status)
    return people


def names():
    """Return how many answers are still known by name."""
    db.session.expire_all()
    return len(db.session.execute(select(Rsvp.id)).all())


def test_thirty_days_after_the_end(cast, now):
    fill(cast, cast.session)
    assert erase_old_answers(now=cast.session.ends_at + 30 * DAY - timedelta(seconds=1)) == 0
    assert names() == 5
    assert erase_old_answers(now=cast.session.ends_at + 30 * DAY) == 5
    assert names() == 0


def test_the_numbers_stay(cast):
    fill(cast, cast.session)
    before = tally([cast.session], now=cast.session.starts_at)
    found = before[cast.session.id]
    assert (found.accepted, found.tentative, found.waitlisted) == (2, 1, 1)
    for days in (30, 31):
        erase_old_answers(now=cast.session.ends_at + days * DAY)
        assert tally([cast.session], now=cast.session.starts_at) == before


def test_the_answers_of_later_sessions_stay(cast):
    later = make_session(cast.series, cast.series.wall_starts_at + timedelta(weeks=1))
    make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
    make_rsvp(later, cast.sam, RsvpStatus.ACCEPTED)
    assert erase_old_answers(now=cast.session.ends_at + 30 * DAY) == 1
    assert names() == 1


def test_the_numbers_do_not_change_when_somebody_is_erased(cast):
    [ada, *_others] = fill(cast, cast.session)
    before = tally([cast.session], now=cast.session.starts_at)
    erase_old_answers(now=cast.session.ends_at + 30 * DAY)
    with transaction():
        db.session.delete(ada)
    assert tally([cast.session], now=cast.session.starts_at) == before


def test_a_person_s_own_calendar_learns_of_it(cast):
    make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
    before = (cast.sam.calendar_revision, cast.kofi.calendar_revision)
    erase_old_answers(now=cast.session.ends_at + 30 * DAY)
    db.session.expire_all()
    assert (cast.sam.calendar_revision, cast.kofi.calendar_revision) == (before[0] + 1, before[1])


def test_the_page_of_answers_says_so(cast, browser, now):
    old = make_session(cast.series, cast.series.wall_starts_at - timedelta(weeks=7))
    make_rsvp(old, cast.sam, RsvpStatus.ACCEPTED)
    erase_old_answers(now=now)
    browser.sign_in(cast.kofi)
    page = visible_text(browser.get(f"/sessions/{old.public_id}/answers").text)
    assert "the names are erased" in page
    assert "1 coming" in page
    assert "Nobody has answered yet" not in page
