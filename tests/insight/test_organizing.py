"""The page of those who lead: what needs them first, then what comes next."""

from datetime import timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, JoinRequest, Role, Visibility
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import SessionFacilitator, SessionStatus
from tests.browser_client import visible_text
from tests.factories import (
    LONG_AGO,
    find_membership,
    make_group,
    make_membership,
    make_rsvp,
    make_series,
    make_session,
    make_user,
)
from tests.house.pages import title_of
from tests.watching import acts, statements

URL = "/my/organizing"
#: Bytes of a page that loads on an old phone (speed.md, case 8).
MOST_BYTES = 40_000
MOST_STATEMENTS = 6


@pytest.fixture
def read(browser, cast):
    """Read the page as one of the cast."""

    def read(name):
        browser.sign_in(getattr(cast, name))
        page = browser.get(URL)
        assert page.status_code == 200
        return visible_text(page.text.replace("&#39;", "'"))

    return read


@pytest.fixture
def calm(cast, now):
    """Let nothing be open: the page of the group confirmed, and its session led."""
    with transaction():
        cast.group.confirmed_at = now
        lead(cast.session, cast.kofi)


@transaction()
def lead(group_session, *people):
    """Let people lead a session."""
    for person in people:
        db.session.add(SessionFacilitator(group_session_id=group_session.id, user_id=person.id))


@transaction()
def ask_to_join(group, *people):
    """Let people ask to be let in."""
    for person in people:
        db.session.add(
            JoinRequest(
                group_id=group.id,
                user_id=person.id,
                display_name=person.display_name,
                message="",
                agreement_version=1,
                asked_at=LONG_AGO,
            )
        )


class TestOrganizing:
    def test_it_is_for_who_is_signed_in(self, browser, cast):
        response = browser.get(URL)
        assert (response.status_code, response.location) == (303, f"/sign-in?next={URL}")

    def test_who_leads_nothing_is_told_so(self, read):
        for name in ("sam", "stan", "ola"):
            page = read(name)
            assert "You lead no group yet" in page
            assert "Evening circle" not in page

    @pytest.mark.usefixtures("calm")
    def test_a_calm_day(self, read):
        page = read("rosa")
        assert "Nothing needs you today" in page
        assert "1 December 2026" in page

    @pytest.mark.usefixtures("calm")
    def test_requests_to_join(self, read, cast):
        ask_to_join(cast.group, cast.stan, cast.ola)
        assert "2 people ask to join" in read("rosa")
        assert "ask to join" not in read("kofi")

    @pytest.mark.usefixtures("calm")
    def test_a_session_soon_that_nobody_leads(self, read, cast):
        soon = cast.series.wall_starts_at - timedelta(days=6)
        make_session(cast.series, soon)
        page = read("rosa")
        assert "Nobody leads this session yet" in page
        assert page.index("25 November 2026") < page.index("Next sessions")
        # Her own page calls it to mind; it is for organizers to choose somebody.
        assert "Nobody leads this session yet" not in read("kofi")

    @pytest.mark.usefixtures("calm")
    def test_a_full_session_with_people_waiting(self, read, cast):
        with transaction():
            cast.session.capacity = 1
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        make_rsvp(cast.session, cast.kofi, RsvpStatus.WAITLISTED)
        page = read("rosa")
        assert "Full, one person is waiting" in page
        assert "1 coming" in page
        assert "1 waiting" in page
        assert "one place" in page

    @pytest.mark.usefixtures("calm")
    def test_a_new_agreement(self, read, cast):
        with transaction():
            cast.group.agreement_version = 2
            find_membership(cast.group, cast.rosa).agreement_version = 2
        assert "2 members have not read the new agreement yet." in read("rosa")
        assert "The group agreement has changed" in read("kofi")

    def test_only_those_of_one_s_own_groups(self, read, cast):
        other = make_group("Somebody else's", visibility=Visibility.PRIVATE)
        make_membership(other, cast.stan, Role.ORGANIZER)
        make_membership(other, cast.rosa)
        make_session(make_series(other))
        assert "Somebody else's" not in read("rosa")
        assert "Somebody else's" in read("stan")

    def test_nothing_of_a_group_that_one_no_longer_leads(self, read, cast, now):
        with transaction():
            find_membership(cast.group, cast.kofi).removed_at = now
        assert "You lead no group yet" in read("kofi")

    def test_a_cancelled_session_says_so(self, read, cast):
        with transaction():
            cast.session.status = SessionStatus.CANCELLED
        page = read("rosa")
        assert "Cancelled" in page
        assert "Nobody leads" not in page

    def test_its_tab_says_nothing(self, browser, cast):
        browser.sign_in(cast.rosa)
        assert title_of(browser.get(URL).text) == "Leading"

    def test_my_page_leads_there_those_who_lead(self, browser, cast):
        for name, is_led in (("rosa", True), ("kofi", True), ("sam", False)):
            browser.sign_in(getattr(cast, name))
            assert (f'href="{URL}"' in browser.get("/my").text) is is_led

    def test_fifty_groups_ask_no_more_than_one_and_fit_on_a_page(self, browser, cast):
        def look():
            browser.sign_in(cast.rosa)
            browser.get(URL)
            with statements() as seen:
                page = browser.get(URL)
            questions = [statement for statement in seen if statement != "BEGIN"]
            return len(questions), len(page.data)

        few, _small = look()
        with transaction():
            for number in range(50):
                group = make_group(f"Group number {number} of the whole town")
                make_membership(group, cast.rosa, Role.ORGANIZER)
                ask_to_join(group, cast.sam)
                series = make_series(group, capacity=1)
                for day in range(-6, 22, 7):
                    one = make_session(series, series.wall_starts_at + timedelta(days=day))
                    make_rsvp(one, cast.sam, RsvpStatus.ACCEPTED)
                    make_rsvp(one, cast.kofi, RsvpStatus.WAITLISTED)
        many, size = look()
        assert few == many <= MOST_STATEMENTS
        assert size <= MOST_BYTES


class TestConfirm:
    def test_one_tap_says_that_the_page_is_still_true(self, browser, cast, now, read):
        page = read("rosa")
        assert "Is the page of this group still true?" in page
        response = browser.post(f"/groups/{cast.group.slug}/confirm")
        assert (response.status_code, response.location) == (303, URL)
        assert db.session.get_one(Group, cast.group.id).confirmed_at == now
        assert acts() == ["group.confirmed"]
        page = browser.get(URL).text
        assert "Thank you." in page
        assert "still true?" not in page

    @pytest.mark.parametrize(
        ("name", "status"), [("kofi", 403), ("sam", 403), ("stan", 403), ("ola", 403)]
    )
    def test_it_is_for_organizers(self, browser, cast, name, status):
        browser.sign_in(getattr(cast, name))
        assert browser.post(f"/groups/{cast.group.slug}/confirm").status_code == status
        assert db.session.get_one(Group, cast.group.id).confirmed_at == LONG_AGO

    def test_a_private_group_is_hidden_from_a_stranger(self, browser, cast):
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        browser.sign_in(make_user("Somebody"))
        assert browser.post(f"/groups/{cast.group.slug}/confirm").status_code == 404
