"""The pages on which those who lead say who leads."""

from datetime import timedelta

import pytest
import time_machine

from supportgroups.db import db, transaction
from supportgroups.groups.models import Visibility
from supportgroups.volunteering import links
from supportgroups.volunteering.queries import find_open_request
from supportgroups.volunteering.services import cover as services
from tests.browser_client import visible_text
from tests.conftest import NOW
from tests.factories import find_membership
from tests.house.pages import title_of


def leaders(group_session):
    """Return the ids of those who lead a session."""
    db.session.expire_all()
    return {person.id for person in group_session.facilitators}


@pytest.fixture
def url(cast):
    """Where it is settled who leads the session of the cast."""
    return f"/sessions/{cast.session.public_id}/cover"


@pytest.fixture
def wanted(cast, led, now):
    """Kofi cannot lead it, and Rosa was asked."""
    services.ask_for_cover(led, actor=cast.kofi, now=now)
    return led


@pytest.fixture
def link(cast, wanted):
    """What Rosa was mailed."""
    request = find_open_request(wanted)
    return f"/covers/{links.sign(request.public_id, cast.rosa.id)}"


class TestFindCover:
    def test_who_leads_it_can_pass_it_on_in_one_tap(self, browser, cast, led, url):
        browser.sign_in(cast.kofi)
        assert "I can’t lead it" in browser.get(f"/sessions/{led.public_id}").text
        assert "nobody asks you why" in browser.get(url).text
        response = browser.post(url + "/ask", follow_redirects=True)
        page = visible_text(response.text)
        assert "We are asking the others now." in page
        assert "Nobody leads it yet." in page
        assert "Asked so far: 1 of 1." in page
        assert "I can lead it after all" in page

    def test_members_see_the_new_facilitator_and_nothing_else(self, browser, cast, wanted, url):
        browser.sign_in(cast.rosa)
        browser.post(url + "/answer", {"answer": "yes"})
        browser.sign_in(cast.sam)
        page = visible_text(browser.get(f"/sessions/{wanted.public_id}").text)
        assert "Led by Rosa" in page
        assert "Kofi" not in page
        assert "cover" not in page

    def test_an_organizer_can_settle_it(self, browser, cast, wanted, url):
        browser.sign_in(cast.rosa)
        page = browser.get(url).text
        assert "If nobody can" in page
        response = browser.post(url + "/decide", {"decision": "cancel"}, follow_redirects=True)
        assert "This session is cancelled" in response.text

    def test_a_facilitator_decides_nothing(self, browser, cast, wanted, url):
        browser.sign_in(cast.kofi)
        assert "If nobody can" not in browser.get(url).text
        assert browser.post(url + "/decide", {"decision": "cancel"}).status_code == 403
        assert browser.post(url + "/alone", {"allowed": "yes"}).status_code == 403

    def test_what_is_not_possible_is_said(self, browser, cast, wanted, url):
        browser.sign_in(cast.rosa)
        response = browser.post(url + "/decide", {"decision": "alone"}, follow_redirects=True)
        assert "That is not possible for this session." in response.text
        assert browser.post(url + "/decide", {"decision": "sing"}).status_code == 400

    def test_one_may_be_enough(self, browser, cast, url):
        browser.sign_in(cast.rosa)
        assert "No, two are needed." in browser.get(url).text
        page = browser.post(url + "/alone", {"allowed": "yes"}, follow_redirects=True).text
        assert "Yes, that is fine." in page
        page = browser.post(url + "/alone", {"allowed": "no"}, follow_redirects=True).text
        assert "No, two are needed." in page

    def test_who_does_not_lead_it_is_told_so(self, browser, cast, led, url):
        browser.sign_in(cast.rosa)
        response = browser.post(url + "/ask", follow_redirects=True)
        assert "You do not lead this session" in response.text
        assert leaders(led) == {cast.kofi.id}

    def test_no_is_a_good_answer_too(self, browser, cast, wanted, url):
        browser.sign_in(cast.rosa)
        page = browser.post(url + "/answer", {"answer": "no"}, follow_redirects=True).text
        assert "We ask somebody else." in page
        assert "Not this time" not in page

    @pytest.mark.parametrize("data", [{}, {"answer": "maybe"}])
    def test_any_other_answer_is_refused(self, browser, cast, wanted, url, data):
        browser.sign_in(cast.rosa)
        assert browser.post(url + "/answer", data).status_code == 400

    def test_afterwards_there_is_nothing_to_change(self, browser, cast, led, url):
        with time_machine.travel(led.starts_at, tick=False):
            browser.sign_in(cast.kofi)
            assert "nothing to change" in browser.get(url).text
            response = browser.post(url + "/ask", follow_redirects=True)
        assert "This session has begun or was cancelled." in response.text
        assert leaders(led) == {cast.kofi.id}

    def test_it_sends_guests_to_sign_in(self, browser, cast, url):
        assert browser.get(url).location.startswith("/sign-in")
        for act in ("ask", "answer", "decide", "alone"):
            assert browser.post(f"{url}/{act}").location.startswith("/sign-in")

    @pytest.mark.parametrize("name", ["sam", "stan", "ola"])
    def test_it_is_for_those_who_lead(self, browser, cast, url, name):
        browser.sign_in(getattr(cast, name))
        assert browser.get(url).status_code == 403
        assert browser.post(url + "/ask").status_code == 403
        assert browser.post(url + "/answer", {"answer": "yes"}).status_code == 403

    def test_it_hides_a_private_group_from_strangers(self, browser, cast, url):
        with transaction():
            cast.group.visibility = Visibility.PRIVATE
        browser.sign_in(cast.stan)
        assert browser.get(url).status_code == 404
        assert browser.post(url + "/ask").status_code == 404

    def test_its_tab_says_nothing(self, browser, cast, url):
        browser.sign_in(cast.rosa)
        assert title_of(browser.get(url).text) == "Who leads it"


class TestAnswerByLink:
    def test_looking_changes_nothing_and_yes_settles_it(self, browser, cast, wanted, link):
        assert "Can you lead this?" in browser.get(link).text
        assert leaders(wanted) == set()
        response = browser.post(link, {"answer": "yes"})
        assert (response.status_code, response.location) == (303, link)
        page = visible_text(browser.get(link).text)
        assert "Thank you. You lead this session." in page
        assert "You lead it" in page
        assert leaders(wanted) == {cast.rosa.id}

    def test_it_names_nothing_and_opens_nothing_else(self, browser, cast, wanted, link):
        page = browser.get(link).text
        for private in (cast.group.name, wanted.title_shown, wanted.place_shown, "Kofi"):
            assert private not in page
        assert browser.get("/my").status_code == 303

    def test_who_comes_second_is_thanked(self, browser, cast, wanted, link, now):
        services.say_yes(wanted, actor=cast.kofi, now=now)
        assert "This is settled" in browser.get(link).text
        page = browser.post(link, {"answer": "yes"}, follow_redirects=True).text
        assert "It is settled already" in page
        assert leaders(wanted) == {cast.kofi.id}

    def test_once_it_has_begun_it_only_says_so(self, browser, wanted, link):
        with time_machine.travel(wanted.starts_at, tick=False):
            assert "This is settled" in browser.get(link).text
        with time_machine.travel(NOW + timedelta(days=31), tick=False):
            assert browser.get(link).status_code == 410

    def test_who_no_longer_leads_has_nothing_of_it(self, browser, cast, wanted, link, now):
        with transaction():
            find_membership(cast.group, cast.rosa).removed_at = now
        assert browser.get(link).status_code == 410
        assert browser.post(link, {"answer": "yes"}).status_code == 410
        assert leaders(wanted) == set()

    def test_it_needs_a_token(self, browser, wanted, link):
        assert browser.client.post(link, data={"answer": "yes"}).status_code == 400
        assert leaders(wanted) == set()

    def test_any_other_answer_is_refused(self, browser, wanted, link):
        assert browser.post(link, {}).status_code == 400

    def test_what_is_no_link_of_ours_is_gone(self, browser, app):
        assert browser.get("/covers/nowhere").status_code == 410
