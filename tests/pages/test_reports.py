"""Saying that something is wrong with a group, and what comes of it on the pages."""

from datetime import timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, HiddenBecause, ProblemReport, Visibility
from tests.browser_client import visible_text
from tests.form_reader import complaints
from tests.watching import nothing_changes

GROUP = "/groups/evening-circle"
URL = f"{GROUP}/report"
HIDDEN_FROM = ["/", "/groups", "/sessions", "/search?q=evening", "/sitemap.xml", "/calendar.ics",
               "/meetings.json", "/guides/your-first-session"]  # fmt: skip


@pytest.fixture
def hide(cast):
    @transaction()
    def hide(because=HiddenBecause.REPORTED):
        group = db.session.get(Group, cast.group.id)
        group.hidden_because = because
        group.calendar_revision += 1

    return hide


class TestReporting:
    def test_a_guest_needs_no_name(self, browser, cast):
        response = browser.post(URL, {"kind": "gone", "note": " Shut\x00 since May. "})
        assert (response.status_code, response.location) == (303, GROUP)
        (kept,) = db.session.scalars(db.select(ProblemReport))
        assert (kept.kind, kept.note) == ("gone", "Shut since May.")
        assert "Thank you. Those who run this site will look at it." in browser.get(GROUP).text

    @pytest.mark.parametrize("page", [GROUP, "session"])
    def test_pages_lead_to_it(self, browser, cast, page):
        path = f"/sessions/{cast.session.public_id}" if page == "session" else page
        assert f'href="{URL}"' in browser.get(path).text

    @pytest.mark.parametrize(
        ("form", "complaint"),
        [
            ({}, "Choose what is wrong"),
            ({"kind": "ugly"}, "Choose one of the answers"),
            ({"kind": "other", "note": "x" * 501}, "Use 500 characters or fewer"),
        ],
    )
    def test_bad_input_is_explained(self, browser, cast, form, complaint):
        with nothing_changes():
            page = browser.post(URL, form)
        assert complaint in str(complaints(page.text))

    def test_a_private_group_does_not_exist(self, browser, cast):
        with transaction():
            db.session.get(Group, cast.group.id).visibility = Visibility.PRIVATE
        assert browser.get(URL).status_code == 404
        browser.sign_in(cast.sam)
        assert browser.get(URL).status_code == 403
        assert URL not in browser.get(GROUP).text


class TestTheList:
    def test_it_is_for_those_who_run_the_site(self, browser, cast):
        assert browser.get("/reports").location.startswith("/sign-in")
        for person in (cast.rosa, cast.sam):
            browser.sign_in(person)
            assert browser.get("/reports").status_code == 403

    def test_reports_are_read_decided_and_taken_back(self, browser, cast):
        browser.post(URL, {"kind": "unsafe", "note": "Canary"})
        browser.sign_in(cast.ola)
        page = visible_text(browser.get("/reports").text)
        assert "Evening circle" in page
        assert "Somebody was treated badly, or it is not safe" in page
        assert "Canary" in page
        assert browser.post(f"{GROUP}/hide").location == "/reports"
        page = visible_text(browser.get("/reports").text)
        assert "Canary" not in page
        assert "Groups in no list" in page
        assert browser.post(f"{GROUP}/keep").location == "/reports"
        assert "Groups in no list" not in browser.get("/reports").text

    def test_nothing_reported(self, browser, cast):
        browser.sign_in(cast.ola)
        assert "Nothing was reported" in browser.get("/reports").text


class TestHiddenGroups:
    @pytest.mark.parametrize("path", HIDDEN_FROM)
    def test_no_list_shows_them(self, browser, cast, hide, path):
        # The calendar and the search find it before, so that not finding it means something.
        shown = [word for word in ("Evening circle", "evening-circle", "Tuesday evening")
                 if word in browser.get(path).text]  # fmt: skip
        hide()
        assert shown != [] or path == "/meetings.json"
        assert [word for word in shown if word in browser.get(path).text] == []

    def test_whoever_has_the_address_still_reads_it(self, browser, cast, hide):
        hide()
        page = browser.get(GROUP)
        assert page.status_code == 200
        assert page.headers["X-Robots-Tag"] == "noindex"

    @pytest.mark.parametrize(
        ("because", "words"),
        [
            (HiddenBecause.UNCONFIRMED, "Nobody has said for three months"),
            (HiddenBecause.REPORTED, "Several people have told us"),
            (HiddenBecause.SITE_ADMIN, "Please ask them why."),
        ],
    )
    def test_the_organizer_reads_why_and_nobody_else(self, browser, cast, hide, because, words):
        hide(because)
        for person in (cast.sam, cast.kofi):
            browser.sign_in(person)
            assert "This group stands in no list" not in browser.get(GROUP).text
        browser.sign_in(cast.rosa)
        page = browser.get(GROUP).text
        assert words in page
        assert ("/confirm" in page) is (because is not HiddenBecause.SITE_ADMIN)

    def test_one_tap_brings_it_back(self, browser, cast, hide):
        hide()
        browser.sign_in(cast.rosa)
        assert "Still true" in browser.get("/my/organizing").text
        browser.post(f"{GROUP}/confirm")
        assert "Evening circle" in browser.get("/groups").text


class TestDoubt:
    @pytest.fixture
    def confirmed(self, cast, now):
        @transaction()
        def confirmed(days_ago):
            db.session.get(Group, cast.group.id).confirmed_at = now - timedelta(days=days_ago)

        return confirmed

    @pytest.mark.parametrize(("days_ago", "doubtful"), [(59, False), (60, True)])
    def test_readers_are_told_to_check(self, browser, cast, confirmed, days_ago, doubtful):
        confirmed(days_ago)
        for path in (GROUP, "/groups", f"/sessions/{cast.session.public_id}"):
            assert ("Check before you travel" in browser.get(path).text) is doubtful

    def test_the_organizer_reads_what_is_said_to_be_wrong(self, browser, cast, confirmed):
        confirmed(1)
        browser.post(URL, {"kind": "wrong", "note": "Canary"})
        browser.sign_in(cast.rosa)
        page = visible_text(browser.get("/my/organizing").text)
        assert "Somebody says: A time, a place or a link is wrong" in page
        assert "Canary" in page
