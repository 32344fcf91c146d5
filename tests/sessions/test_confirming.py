"""Pages that repeat what members will read before an act is done, and let it be undone."""

import re

import pytest
import time_machine
from sqlalchemy import select

from supportgroups.db import db, transaction
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.news import WAIT
from supportgroups.sessions.models import GroupSession, Pause
from supportgroups.sessions.services.series import create_series
from tests.browser_client import visible_text
from tests.factories import make_rsvp
from tests.form_reader import filled_in
from tests.watching import nothing_changes

GROUP = "/groups/evening-circle"


@pytest.fixture
def sessions(cast, plan, now):
    """A weekly schedule of the cast's group."""
    series = create_series(cast.group, plan(place="The hall"), actor=cast.rosa, now=now)
    query = select(GroupSession).where(GroupSession.series_id == series.id)
    return list(db.session.execute(query.order_by(GroupSession.starts_at)).scalars())


@pytest.fixture
def rosa_s(browser, cast):
    browser.sign_in(cast.rosa)
    return browser


def edit_form(browser, url, **changes):
    return {**filled_in(browser.get(url).text, with_field="title"), **changes}


class TestMoveThisAndLater:
    @pytest.fixture
    def url(self, sessions):
        return f"/sessions/{sessions[2].public_id}/edit"

    @pytest.fixture
    def form(self, rosa_s, url):
        return edit_form(rosa_s, url, scope="later", day="2026-12-16")

    def test_the_page_repeats_the_letter(self, rosa_s, url, form, cast, sessions, outbox, now):
        make_rsvp(sessions[2], cast.sam, RsvpStatus.ACCEPTED)
        with nothing_changes():
            page = visible_text(rosa_s.post(url, form).text)
        assert "23 sessions change." in page
        sentences = [
            "A new time",
            "It was: Tuesday 15 December 2026, 19:00",
            "It is now: Wednesday 16 December 2026, 19:00–20:30 (London time)",
            "Does this still work for you?",
        ]
        assert [words for words in sentences if words not in page] == []
        rosa_s.post(url, {**form, "confirmed": "y"})
        outbox.run(now=now + WAIT)
        (letter,) = outbox.letters
        words = f"{letter['Subject']}\n{letter.get_body().get_content()}"
        assert [sentence for sentence in sentences if sentence not in words] == []

    def test_it_says_so_where_nobody_would_be_told(self, rosa_s, url, form, cast, sessions):
        make_rsvp(sessions[2], cast.sam, RsvpStatus.DECLINED)
        page = visible_text(rosa_s.post(url, form).text)
        assert "It is now: Wednesday 16 December 2026, 19:00–20:30" in page
        assert "Nobody has said yes or maybe so far, so nobody gets a message." in page
        for promise in ("Everyone who answered", "Each person gets one message", "tell them"):
            assert promise not in page

    @pytest.mark.parametrize("status", [RsvpStatus.TENTATIVE, RsvpStatus.WAITLISTED])
    def test_who_might_come_or_waits_would_be_told(self, rosa_s, url, form, cast, sessions, status):
        make_rsvp(sessions[3], cast.sam, status)
        assert "Everyone who answered or leads reads this" in rosa_s.post(url, form).text

    def test_all_that_was_typed_comes_along(self, rosa_s, url, form):
        page = rosa_s.post(url, form).text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        assert {name: hidden[name] for name in ("scope", "day", "title")} == {
            "scope": "later",
            "day": "2026-12-16",
            "title": "Tuesday evening",
        }
        with nothing_changes():
            back = rosa_s.post(url, {**hidden, "back": "y"}).text
        assert filled_in(back, with_field="title")["day"] == "2026-12-16"

    def test_one_letter_for_all_dates_and_none_for_others(
        self, rosa_s, url, form, cast, sessions, outbox, now
    ):
        for one in sessions[1:5]:
            make_rsvp(one, cast.sam, RsvpStatus.ACCEPTED)
        make_rsvp(sessions[1], cast.kofi, RsvpStatus.ACCEPTED)
        rosa_s.post(url, {**form, "confirmed": "y"})
        outbox.run(now=now)
        assert outbox.letters == []
        outbox.run(now=now + WAIT)
        (letter,) = outbox.letters
        assert letter["To"] == cast.sam.email
        assert letter.get_body().get_content().count("It is now:") == 3

    def test_undone_at_once_it_reaches_nobody(self, rosa_s, url, form, cast, sessions, outbox, now):
        make_rsvp(sessions[2], cast.sam, RsvpStatus.ACCEPTED)
        rosa_s.post(url, {**form, "confirmed": "y"})
        page = rosa_s.get(GROUP).text
        action = re.search(r'action="(/groups/evening-circle/changes/[^"]+/undo)"', page).group(1)
        assert "You can undo it until 09:10 London time" in visible_text(page)
        assert rosa_s.post(action, {}).status_code == 303
        assert "All is as it was before" in rosa_s.get(GROUP).text
        outbox.run(now=now + 2 * WAIT)
        assert outbox.letters == []
        assert not sessions[2].is_moved

    def test_undone_later_who_was_told_is_told(
        self, rosa_s, url, form, cast, sessions, outbox, now
    ):
        make_rsvp(sessions[2], cast.sam, RsvpStatus.ACCEPTED)
        rosa_s.post(url, {**form, "confirmed": "y"})
        outbox.run(now=now + WAIT)
        with time_machine.travel(now + WAIT, tick=False):
            page = rosa_s.get(GROUP).text
            rosa_s.post(re.search(r'action="(\S+/undo)"', page).group(1), {})
        outbox.run(now=now + 2 * WAIT)
        assert [letter["Subject"] for letter in outbox.letters] == [
            "A new time",
            "As it was before",
        ]

    def test_people_are_asked_again_until_they_answer(
        self, rosa_s, url, form, cast, sessions, browser
    ):
        make_rsvp(sessions[2], cast.sam, RsvpStatus.ACCEPTED)
        rosa_s.post(url, {**form, "confirmed": "y"})
        assert (
            "said so for the old time"
            in rosa_s.get(f"/sessions/{sessions[2].public_id}/answers").text
        )
        browser.sign_in(cast.sam)
        page = f"/sessions/{sessions[2].public_id}"
        words = visible_text(browser.get(page).text)
        assert "You answered for Tuesday 15 December 2026, 19:00." in words
        assert "Your place is kept until you answer." in words
        browser.post(f"{page}/rsvp", {"status": "accepted"})
        words = visible_text(browser.get(page).text)
        assert "You’re expected" in words
        assert "You answered for" not in words


class TestCancel:
    def test_one_button_for_one_date(self, rosa_s, sessions):
        url = f"/sessions/{sessions[2].public_id}/cancel"
        page = visible_text(rosa_s.get(url).text)
        assert "This session is cancelled. It does not take place: Tuesday 15 December" in page
        response = rosa_s.post(url, {"scope": "this", "reason": "Snow"})
        assert response.status_code == 303
        assert sessions[2].cancel_reason == "Snow"

    @pytest.mark.parametrize(
        ("status", "told"),
        [
            (RsvpStatus.ACCEPTED, "Cancelled. Everyone who answered or leads is being told."),
            (
                RsvpStatus.DECLINED,
                "Cancelled. Nobody has said yes or maybe so far, so nobody gets a message.",
            ),
        ],
    )
    def test_it_says_whether_anybody_is_told(self, rosa_s, sessions, cast, status, told):
        make_rsvp(sessions[2], cast.sam, status)
        page = f"/sessions/{sessions[2].public_id}"
        rosa_s.post(f"{page}/cancel", {"scope": "this", "reason": "Snow"})
        assert told in visible_text(rosa_s.get(page).text)
        # Only the reason is another one, so there is nothing to tell.
        rosa_s.post(f"{page}/cancel", {"scope": "this", "reason": "Much snow"})
        words = visible_text(rosa_s.get(page).text)
        assert "Cancelled." in words
        assert told not in words

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("kofi", "Everyone who answered or leads is being told."),
            # Who cancels it knows.
            ("rosa", "Nobody has said yes or maybe so far, so nobody gets a message."),
        ],
    )
    def test_who_leads_is_told_without_an_answer(self, rosa_s, sessions, cast, name, told):
        with transaction():
            sessions[2].facilitators = [getattr(cast, name)]
        page = f"/sessions/{sessions[2].public_id}"
        rosa_s.post(f"{page}/cancel", {"scope": "this", "reason": "Snow"})
        assert f"Cancelled. {told}" in visible_text(rosa_s.get(page).text)

    def test_many_dates_are_asked_about(self, rosa_s, sessions, cast):
        make_rsvp(sessions[2], cast.sam, RsvpStatus.ACCEPTED)
        url = f"/sessions/{sessions[2].public_id}/cancel"
        with nothing_changes():
            page = visible_text(rosa_s.post(url, {"scope": "later", "reason": "Snow"}).text)
        assert "23 sessions are cancelled. They do not take place:" in page
        assert "And 19 more dates" in page
        rosa_s.post(url, {"scope": "later", "reason": "Snow", "confirmed": "y"})
        assert all(one.is_cancelled for one in sessions[2:])
        back = f"/sessions/{sessions[2].public_id}/restore"
        rosa_s.post(back, {"scope": "later", "confirmed": "y"})
        assert not any(one.is_cancelled for one in sessions)

    @pytest.mark.parametrize("scope", ["some", ""])
    def test_a_scope_that_makes_no_sense_is_explained(self, rosa_s, sessions, scope):
        url = f"/sessions/{sessions[2].public_id}/cancel"
        with nothing_changes():
            page = rosa_s.post(url, {"scope": scope, "reason": ""}).text
        assert 'class="field__error"' in page


BREAK = {"starts_on": "2026-12-15", "returns_on": "2026-12-29"}


class TestBreaks:
    def test_it_is_asked_taken_shown_and_ended(self, rosa_s, sessions, browser, cast):
        make_rsvp(sessions[2], cast.sam, RsvpStatus.ACCEPTED)
        with nothing_changes():
            page = visible_text(rosa_s.post(f"{GROUP}/breaks/new", BREAK).text)
        assert "There is a break until Tuesday 29 December 2026." in page
        rosa_s.post(f"{GROUP}/breaks/new", {**BREAK, "confirmed": "y"})
        assert "You meet again from Tuesday 29 December 2026." in visible_text(
            rosa_s.get(f"{GROUP}/breaks").text
        )
        browser.sign_in(cast.sam)
        assert "A break from 15 December 2026 until Tuesday 29 December 2026" in visible_text(
            browser.get(GROUP).text
        )
        page = visible_text(browser.get(f"/sessions/{sessions[2].public_id}").text)
        assert "On a break until Tuesday 29 December 2026" in page
        browser.sign_in(cast.rosa)
        pause = db.session.execute(select(Pause)).scalar_one()
        browser.post(f"{GROUP}/breaks/{pause.public_id}/end", {})
        db.session.expire_all()
        assert not any(one.is_cancelled for one in sessions)

    def test_a_single_day_is_left_out_from_beside_its_schedule(self, rosa_s, sessions, cast):
        series = sessions[0].series
        address = f"{GROUP}/breaks/new?series={series.public_id}"
        assert address in rosa_s.get(GROUP).text
        page = rosa_s.get(address).text
        assert "That is the same as cancelling its session" in visible_text(page)
        typed = filled_in(page, with_field="starts_on")
        assert typed["series"] == str(series.public_id)
        day = {"starts_on": "2026-12-15", "returns_on": "2026-12-16", "confirmed": "y"}
        rosa_s.post(address, {**typed, **day})
        db.session.expire_all()
        assert [one.is_cancelled for one in sessions[:4]] == [False, False, True, False]
        assert db.session.execute(select(Pause)).scalar_one().series_id == series.id

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"starts_on": "", "returns_on": ""}, "Enter a day"),
            (
                {"starts_on": "2026-12-15", "returns_on": "2026-12-15"},
                "You meet again after the break has begun",
            ),
            (
                {"starts_on": "2026-11-21", "returns_on": "2026-11-22"},
                "This day has passed. Choose a later one",
            ),
        ],
    )
    def test_days_that_make_no_sense_are_explained(self, rosa_s, sessions, form, words):
        with nothing_changes():
            assert words in rosa_s.post(f"{GROUP}/breaks/new", form).text
