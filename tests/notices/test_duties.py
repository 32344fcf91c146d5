"""Reminders to those who lead, and saying by their link that one cannot."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine

from supportgroups.db import db, transaction
from supportgroups.groups.models import Role
from supportgroups.notices.services import letters as services
from supportgroups.sessions.services.sessions import cancel_session
from supportgroups.volunteering import links
from supportgroups.volunteering.queries import find_open_request
from tests import factories
from tests.browser_client import visible_text

HOUR = timedelta(hours=1)


@pytest.fixture
def led(cast):
    """Kofi leads the session."""
    with transaction():
        cast.session.facilitators = [cast.kofi]
    return cast.session


@pytest.fixture
def remind(letters_after):
    """Remind who is to be reminded at a moment; return the letters that came of it."""
    return partial(letters_after, services.queue_duty_reminders)


class TestReminder:
    def test_it_comes_once_the_day_before_to_who_leads(self, cast, led, due, remind):
        assert remind(due - timedelta(minutes=1)) == []
        (letter,) = remind(due)
        assert (letter["To"], letter["Subject"]) == (cast.kofi.email, "A reminder")
        words = letter.get_content()
        assert "Tuesday 1 December 2026, 19:00–20:30 (London time)" in words
        assert f"/duties/{links.sign_duty(led.public_id, cast.kofi.id)}" in words
        assert cast.group.name not in words
        assert remind(due + HOUR) == []

    def test_never_in_quiet_hours(self, cast, led, due, remind):
        with transaction():
            cast.kofi.quiet_from, cast.kofi.quiet_until = 18, 9
        assert remind(due) == []
        assert remind(due + 14 * HOUR - timedelta(minutes=1)) == []
        assert len(remind(due + 14 * HOUR)) == 1

    def test_a_new_time_is_reminded_of_again(self, cast, led, due, remind):
        assert len(remind(due)) == 1
        with transaction():
            led.starts_at += HOUR
        assert len(remind(due + HOUR)) == 1

    def test_who_wants_none_hears_nothing(self, cast, led, due, remind):
        with transaction():
            cast.kofi.wants_duty_news = False
        assert remind(due) == []

    def test_what_changes_before_it_leaves_is_looked_at_again(self, cast, led, due, remind):
        services.queue_duty_reminders(now=due)
        with transaction():
            led.facilitators = [cast.rosa]
        assert [letter["To"] for letter in remind(due)] == [cast.rosa.email]

    def test_a_cancelled_session_needs_none(self, cast, led, due, remind, outbox, now):
        cancel_session(led, actor=cast.rosa, now=now)
        assert [letter["Subject"] for letter in remind(due)] == ["Cancelled"]


class TestLink:
    @pytest.fixture
    def path(self, cast, led):
        return f"/duties/{links.sign_duty(led.public_id, cast.kofi.id)}"

    def leaders(self, cast):
        db.session.rollback()
        db.session.refresh(cast.session, ["facilitators"])
        return cast.session.facilitators

    def test_looking_changes_nothing_and_names_nobody(self, browser, cast, path):
        page = browser.get(path)
        assert page.status_code == 200
        assert "You lead this" in visible_text(page.text)
        assert cast.group.name not in page.text
        assert self.leaders(cast) == [cast.kofi]

    def test_one_tap_looks_for_somebody_else(self, browser, cast, path, outbox):
        assert browser.post(path, {"answer": "no"}).status_code == 303
        assert self.leaders(cast) == []
        assert "We are asking the others now" in visible_text(browser.get(path).text)
        outbox.run()
        assert [letter["To"] for letter in outbox.letters] == [cast.rosa.email]

    def test_another_tap_takes_it_back(self, browser, cast, path):
        browser.post(path, {"answer": "no"})
        assert browser.post(path, {"answer": "yes"}).status_code == 303
        assert self.leaders(cast) == [cast.kofi]
        assert find_open_request(cast.session) is None

    def test_twice_is_like_once(self, browser, cast, path):
        browser.post(path, {"answer": "no"})
        assert browser.post(path, {"answer": "no"}).status_code == 303
        assert find_open_request(cast.session) is not None

    def test_too_late_it_says_so(self, browser, cast, path):
        with time_machine.travel(cast.session.starts_at, tick=False):
            assert browser.post(path, {"answer": "no"}).status_code == 303
            assert "There is nothing to do here any more" in browser.get(path).text
        assert self.leaders(cast) == [cast.kofi]

    def test_who_no_longer_leads_in_the_group_finds_nothing(self, browser, cast, path):
        with transaction():
            factories.find_membership(cast.group, cast.kofi).role = Role.MEMBER
        assert browser.get(path).status_code == 410

    def test_a_link_for_another_purpose_leads_nowhere(self, browser, cast, led):
        assert browser.get(f"/duties/{links.sign(led.public_id, cast.kofi.id)}").status_code == 410
