"""The count on a phone: signed in, or by the mailed link."""

from datetime import timedelta

import pytest
import time_machine

from supportgroups.db import transaction
from supportgroups.groups.models import Visibility
from supportgroups.insight import links
from supportgroups.insight.models import Outcome
from supportgroups.insight.queries import find_head_count
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import SessionStatus
from tests.browser_client import visible_text
from tests.conftest import NOW
from tests.factories import find_membership, make_rsvp
from tests.house.pages import title_of

FORM = {"heads": "8", "first_timers": "2", "outcome": "held"}


def counted(group_session):
    """Return what is written down."""
    found = find_head_count(group_session)
    return found and (found.heads, found.first_timers, found.outcome)


@pytest.fixture
def url(past):
    """Where the past session is counted."""
    return f"/sessions/{past.public_id}/head-count"


@pytest.fixture
def link(cast, past):
    """What Kofi was mailed."""
    return f"/head-counts/{links.sign(past.public_id, cast.kofi.id)}"


class TestCountHeads:
    @pytest.mark.parametrize("name", ["rosa", "kofi"])
    def test_it_works(self, browser, cast, past, url, name):
        browser.sign_in(getattr(cast, name))
        response = browser.post(url, FORM)
        assert response.status_code == 303
        page = visible_text(browser.get(response.location).text)
        assert "Thank you. 8 people came, it is noted." in page
        assert "8 people came. 2 of them for the first time." in page
        assert counted(past) == (8, 2, Outcome.HELD)

    def test_it_shows_what_was_counted_before(self, browser, cast, url):
        browser.sign_in(cast.kofi)
        assert "has counted already" not in browser.get(url).text
        browser.post(url, FORM)
        page = browser.get(url).text
        assert "Somebody has counted already." in page
        assert 'value="8"' in page

    def test_it_says_how_many_were_expected(self, browser, cast, past, url):
        make_rsvp(past, cast.sam, RsvpStatus.ACCEPTED)
        browser.sign_in(cast.kofi)
        assert "One person had said yes." in browser.get(url).text

    def test_a_session_that_did_not_take_place_needs_no_number(self, browser, cast, past, url):
        browser.sign_in(cast.kofi)
        response = browser.post(url, {"outcome": "weather"}, follow_redirects=True)
        assert "It did not take place." in response.text
        assert counted(past) == (0, 0, Outcome.WEATHER)

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            ({"heads": ""}, "Enter how many people came"),
            ({"heads": "many"}, "Enter a number"),
            ({"heads": "-1"}, "Enter a number from 0 to 500"),
            ({"heads": "501"}, "Enter a number from 0 to 500"),
            ({"first_timers": "9"}, "Enter no more than the number of people who came"),
            ({"outcome": ""}, "Choose one of the answers"),
            ({"outcome": "snow"}, "Choose one of the answers"),
        ],
    )
    def test_it_explains_bad_input(self, browser, cast, past, url, data, words):
        browser.sign_in(cast.kofi)
        response = browser.post(url, FORM | data)
        assert response.status_code == 400
        assert words in response.text
        assert counted(past) is None

    def test_it_sends_guests_to_sign_in(self, browser, url):
        assert browser.get(url).location.startswith("/sign-in")
        assert browser.post(url, FORM).location.startswith("/sign-in")

    @pytest.mark.parametrize("name", ["sam", "stan", "ola"])
    def test_it_is_for_those_who_lead(self, browser, cast, past, url, name):
        browser.sign_in(getattr(cast, name))
        assert browser.get(url).status_code == 403
        assert browser.post(url, FORM).status_code == 403
        assert counted(past) is None

    def test_it_hides_a_private_group_from_strangers(self, browser, cast, url):
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        browser.sign_in(cast.stan)
        assert browser.get(url).status_code == 404

    def test_before_the_session_there_is_nothing_to_count(self, browser, cast):
        url = f"/sessions/{cast.session.public_id}/head-count"
        browser.sign_in(cast.kofi)
        assert "This session has not begun yet" in browser.get(url).text
        assert "not begun yet" in browser.post(url, FORM, follow_redirects=True).text
        assert counted(cast.session) is None
        assert url not in browser.get(f"/sessions/{cast.session.public_id}").text

    def test_a_cancelled_session_has_nobody_to_count(self, browser, cast, past, url):
        with transaction():
            past.status = SessionStatus.CANCELLED
        browser.sign_in(cast.kofi)
        assert "There is nobody to count." in browser.get(url).text
        assert "cancelled" in browser.post(url, FORM, follow_redirects=True).text
        assert counted(past) is None

    @pytest.mark.parametrize(("name", "is_led"), [("kofi", True), ("sam", False)])
    def test_the_page_of_the_session_leads_there(self, browser, cast, past, url, name, is_led):
        browser.sign_in(getattr(cast, name))
        assert (url in browser.get(f"/sessions/{past.public_id}").text) is is_led

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, browser, url, method):
        assert getattr(browser.client, method)(url).status_code == 405

    def test_its_tab_says_nothing(self, browser, cast, url):
        browser.sign_in(cast.kofi)
        assert title_of(browser.get(url).text) == "Head count"


class TestCountByLink:
    def test_looking_changes_nothing_and_sending_does(self, browser, past, link):
        assert "How many came?" in browser.get(link).text
        assert counted(past) is None
        response = browser.post(link, FORM)
        assert (response.status_code, response.location) == (303, link)
        assert "Thank you. 8 people came, it is noted." in browser.get(link).text
        assert counted(past) == (8, 2, Outcome.HELD)

    def test_it_names_nothing_and_opens_nothing_else(self, browser, cast, past, link):
        page = browser.get(link).text
        for private in (cast.group.name, cast.group.slug, past.title_shown, past.place_shown):
            assert private not in page
        assert str(past.public_id) not in page
        assert browser.get("/my").status_code == 303

    def test_it_works_for_seven_days(self, browser, link):
        with time_machine.travel(NOW + timedelta(days=7), tick=False):
            assert browser.get(link).status_code == 200
        with time_machine.travel(NOW + timedelta(days=7, seconds=1), tick=False):
            assert browser.get(link).status_code == 410
            assert browser.post(link, FORM).status_code == 410

    def test_who_no_longer_leads_has_nothing_of_it(self, browser, cast, past, link, now):
        with transaction():
            find_membership(cast.group, cast.kofi).removed_at = now
        assert browser.get(link).status_code == 410
        assert browser.post(link, FORM).status_code == 410
        assert counted(past) is None

    def test_it_needs_a_token(self, browser, past, link):
        assert browser.client.post(link, data=FORM).status_code == 400
        assert counted(past) is None

    def test_it_explains_bad_input(self, browser, link):
        response = browser.post(link, {"outcome": "held"})
        assert response.status_code == 400
        assert "Enter how many people came" in response.text

    def test_what_is_no_link_of_ours_is_gone(self, browser, app):
        assert browser.get("/head-counts/nowhere").status_code == 410
