"""Where people choose what we write to them, and the links that stop it."""

import pytest

from supportgroups.accounts.models import Reminder
from supportgroups.db import db, transaction
from supportgroups.groups.models import Role
from supportgroups.notices.links import stop_token
from supportgroups.outbox.notice import Topic
from supportgroups.rsvps.answer_links import answer_token
from tests import factories
from tests.browser_client import visible_text

PLAIN = {"reminder": "day-before", "quiet_from": "22", "quiet_until": "8"}


@pytest.fixture
def sam(browser, cast):
    browser.sign_in(cast.sam)
    return browser


def field_of(cast, person="sam"):
    membership = factories.find_membership(cast.group, getattr(cast, person))
    return f"of_{membership.public_id.hex}"


def reread(*rows):
    db.session.rollback()
    for row in rows:
        db.session.refresh(row)


class TestNews:
    def test_it_shows_what_was_chosen(self, sam, cast):
        page = sam.get("/my/news")
        assert page.status_code == 200
        assert "What we write to you" in page.text
        assert 'value="day-before" checked' in " ".join(page.text.split())
        assert cast.group.name in visible_text(page.text)

    def test_everything_is_kept(self, sam, cast):
        chosen = {
            "reminder": "two-hours",
            "quiet_from": "20",
            "quiet_until": "10",
            "allows_night_notices": "y",
            "wants_announcements": "y",
            "wants_digest": "y",
            "shows_group_names": "y",
            field_of(cast): "none",
        }
        assert sam.post("/my/news", chosen).status_code == 303
        reread(cast.sam)
        person = cast.sam
        assert (person.reminder, person.quiet_from, person.quiet_until) == ("two-hours", 20, 10)
        assert person.allows_night_notices
        assert person.wants_announcements
        assert person.wants_digest
        assert person.shows_group_names
        assert factories.find_membership(cast.group, person).reminder is Reminder.NONE
        sam.post("/my/news", PLAIN)
        reread(cast.sam)
        assert not any(
            [person.allows_night_notices, person.shows_group_names, person.wants_announcements]
        )

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("little", (None, True)),
            ("two-hours", (Reminder.TWO_HOURS, False)),
            ("", (None, False)),
        ],
    )
    def test_a_group_by_itself(self, sam, cast, value, expected):
        sam.post("/my/news", {**PLAIN, field_of(cast): value})
        membership = factories.find_membership(cast.group, cast.sam)
        reread(membership)
        assert (membership.reminder, membership.is_muted) == expected

    def test_only_who_leads_is_asked_about_it(self, browser, cast):
        browser.sign_in(cast.sam)
        assert "wants_duty_news" not in browser.get("/my/news").text
        with transaction():
            factories.find_membership(cast.group, cast.sam).role = Role.FACILITATOR
        assert "wants_duty_news" in browser.get("/my/news").text

    def test_what_was_not_asked_stays(self, sam, cast):
        sam.post("/my/news", PLAIN)
        reread(cast.sam)
        assert cast.sam.wants_duty_news

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"reminder": "never"}, "Choose one of the answers"),
            ({"quiet_from": "8", "quiet_until": "7"}, "Leave us at least 8 hours of the day"),
            ({"quiet_from": "24"}, "Choose one of the answers"),
            ({"quiet_from": "soon"}, "Choose one of the answers"),
        ],
    )
    def test_nonsense_is_explained_and_not_kept(self, sam, cast, change, words):
        page = sam.post("/my/news", {**PLAIN, "shows_group_names": "y", **change})
        assert page.status_code == 400
        assert words in page.text
        reread(cast.sam)
        assert not cast.sam.shows_group_names

    def test_the_field_of_another_person_changes_nothing(self, sam, cast):
        sam.post("/my/news", {**PLAIN, field_of(cast, "kofi"): "little"})
        membership = factories.find_membership(cast.group, cast.kofi)
        reread(membership)
        assert not membership.is_muted

    def test_a_stranger_is_asked_to_sign_in(self, browser, cast):
        assert browser.get("/my/news").status_code == 303


STOPPED = {
    Topic.REMINDERS: lambda person: person.reminder is Reminder.NONE,
    Topic.DUTIES: lambda person: not person.wants_duty_news,
    Topic.ANNOUNCEMENTS: lambda person: not person.wants_announcements,
    Topic.DIGEST: lambda person: not person.wants_digest,
}


@pytest.mark.parametrize("topic", list(Topic))
class TestStopLink:
    @pytest.fixture
    def path(self, cast, topic):
        with transaction():
            cast.sam.wants_digest = True
        return f"/news/{stop_token(cast.sam.id, topic)}/stop"

    def is_stopped(self, cast, topic):
        reread(cast.sam)
        return STOPPED[topic](cast.sam)

    def test_looking_stops_nothing_and_names_nobody(self, browser, cast, topic, path):
        page = browser.get(path)
        assert "Stop these letters?" in page.text
        assert cast.group.name not in page.text
        assert cast.sam.email not in page.text
        assert not self.is_stopped(cast, topic)

    def test_a_button_stops_them_and_another_is_the_way_back(self, browser, cast, topic, path):
        page = browser.post(path)
        assert page.status_code == 200
        assert "These letters are stopped" in page.text
        assert self.is_stopped(cast, topic)
        assert "Stop these letters?" in browser.post(path, {"again": "1"}).text
        assert not self.is_stopped(cast, topic)

    def test_a_mail_program_stops_them_with_one_request(self, browser, cast, topic, path):
        """It has no cookie and no token of a form (RFC 8058 §3.1)."""
        answer = browser.send("POST", path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert self.is_stopped(cast, topic)

    def test_another_site_cannot_press_it(self, browser, cast, topic, path):
        headers = {"Sec-Fetch-Site": "cross-site"}
        assert browser.send("POST", path, headers=headers).status_code == 400
        assert not self.is_stopped(cast, topic)


def test_stopping_reminders_counts_for_every_group(browser, cast):
    membership = factories.find_membership(cast.group, cast.sam)
    with transaction():
        membership.reminder = Reminder.TWO_HOURS
    browser.post(f"/news/{stop_token(cast.sam.id, Topic.REMINDERS)}/stop")
    reread(membership)
    assert membership.reminder is None


def test_who_is_reminded_keeps_the_choice_when_asking_again(browser, cast):
    with transaction():
        cast.sam.reminder = Reminder.TWO_HOURS
    browser.post(f"/news/{stop_token(cast.sam.id, Topic.REMINDERS)}/stop", {"again": "1"})
    reread(cast.sam)
    assert cast.sam.reminder is Reminder.TWO_HOURS


@pytest.mark.parametrize("token", ["nonsense", "WzEsImR1dGllcyJd.abc.def"])
def test_a_link_that_was_not_made_here_leads_nowhere(browser, token):
    assert browser.get(f"/news/{token}/stop").status_code == 404


def test_the_link_of_another_purpose_leads_nowhere(browser, cast):
    assert browser.get(f"/news/{answer_token(cast.sam.id)}/stop").status_code == 404


def test_the_link_of_an_erased_person_leads_nowhere(browser, cast):
    token = stop_token(cast.stan.id, Topic.DIGEST)
    with transaction():
        db.session.delete(cast.stan)
    assert browser.get(f"/news/{token}/stop").status_code == 404
