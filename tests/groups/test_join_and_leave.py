"""The pages on which people join a group, accept its agreement, and leave it."""

from datetime import timedelta

import pytest
import time_machine

from supportgroups.db import transaction
from supportgroups.groups import queries
from supportgroups.groups.models import Admission, Role, Visibility
from supportgroups.groups.services.invitations import create_invitation, revoke_invitation
from supportgroups.groups.services.members import remove_member
from tests.browser_client import visible_text
from tests.form_reader import complaints, filled_in
from tests.house.pages import title_of
from tests.watching import nothing_changes

GROUP = "/groups/evening-circle"
JOIN = f"{GROUP}/join"
TICK = "Tick the box to say that you agree"
CHANGED = "The agreement has just changed. Please read it again, then tick the box"


def set_group(cast, **values):
    with transaction():
        for name, value in values.items():
            setattr(cast.group, name, value)


def member(cast, person):
    return queries.find_membership(cast.group, person)


@pytest.fixture
def stan_s(browser, cast):
    browser.sign_in(cast.stan)
    return browser


@pytest.fixture
def sam_s(browser, cast):
    browser.sign_in(cast.sam)
    return browser


def send(browser, url, **changes):
    """Fill in the form of a page and send it."""
    form = filled_in(browser.get(url).text, with_field="agrees")
    return browser.post(url, {**form, "agrees": "y", **changes})


class TestJoin:
    def test_it_works(self, stan_s, cast):
        response = send(stan_s, JOIN, display_name="S.")
        assert (response.status_code, response.location) == (303, GROUP)
        assert member(cast, cast.stan).display_name == "S."
        page = visible_text(stan_s.get(GROUP).text)
        assert "Welcome. You are a member now." in page
        assert "You are here as S." in page

    def test_it_needs_one_tick_and_nothing_typed(self, stan_s, cast):
        form = filled_in(stan_s.get(JOIN).text, with_field="agrees")
        assert form["display_name"] == "Stan"
        assert form["agrees"] == []
        assert "message" not in form

    def test_the_agreement_can_be_read_first(self, stan_s):
        assert "What is said here stays here." in stan_s.get(JOIN).text

    def test_a_member_is_led_to_the_group(self, sam_s):
        with nothing_changes():
            for response in (sam_s.get(JOIN), sam_s.post(JOIN, {"agrees": "y"})):
                assert (response.status_code, response.location) == (303, GROUP)

    @pytest.mark.parametrize(
        ("changes", "wrong"),
        [
            ({"agrees": ""}, {"agrees": TICK}),
            ({"display_name": " \x00 "}, {"display_name": "Enter any name you like"}),
            ({"display_name": "x" * 61}, {"display_name": "Use 60 characters or fewer"}),
            (
                {"display_name": "", "agrees": ""},
                {"display_name": "Enter any name you like", "agrees": TICK},
            ),
        ],
    )
    def test_bad_input_is_explained(self, stan_s, changes, wrong):
        with nothing_changes():
            response = send(stan_s, JOIN, **changes)
        assert complaints(response.text) == wrong

    @pytest.mark.parametrize("version", ["1", "0", "", "abc", "-2", "²", "9" * 30, "2.0"])
    def test_words_that_were_not_on_the_page_are_not_agreed_to(self, stan_s, cast, version):
        set_group(cast, agreement_version=2, agreement="Be kind.")
        with nothing_changes():
            response = send(stan_s, JOIN, agreement_version=version, display_name="Canary")
        assert complaints(response.text) == {"agrees": CHANGED}
        assert "Be kind." in response.text
        form = filled_in(response.text, with_field="agrees")
        # The name is kept, the tick is not.
        assert form == {"display_name": "Canary", "agrees": [], "agreement_version": "2"}
        assert stan_s.post(JOIN, {**form, "agrees": "y"}).status_code == 303
        assert member(cast, cast.stan).agreement_version == 2


class TestAskToJoin:
    @pytest.fixture(autouse=True)
    def _by_request(self, cast):
        set_group(cast, admission=Admission.REQUEST)

    def test_it_works(self, stan_s, cast):
        response = send(stan_s, JOIN, display_name="S.", message="Hello")
        assert (response.status_code, response.location) == (303, GROUP)
        assert member(cast, cast.stan) is None
        (request,) = queries.list_join_requests(cast.group)
        assert (request.display_name, request.message) == ("S.", "Hello")
        page = stan_s.get(GROUP).text
        assert "Your request is on its way." in page
        assert "You have asked to join" in page

    def test_no_words_are_needed(self, stan_s, cast):
        assert send(stan_s, JOIN).status_code == 303
        assert queries.list_join_requests(cast.group)[0].message == ""

    def test_too_many_words_are_explained_and_kept(self, stan_s):
        with nothing_changes():
            response = send(stan_s, JOIN, message="x" * 501, display_name="S.")
        assert complaints(response.text) == {"message": "Use 500 characters or fewer"}
        form = filled_in(response.text, with_field="agrees")
        assert (form["message"], form["display_name"]) == ("x" * 501, "S.")
        assert form["agrees"] == ["y"]

    def test_it_can_be_withdrawn(self, stan_s, cast):
        send(stan_s, JOIN)
        response = stan_s.post(f"{JOIN}/withdraw")
        assert (response.status_code, response.location) == (303, GROUP)
        assert queries.list_join_requests(cast.group) == []
        page = stan_s.get(GROUP).text
        assert "Your request is withdrawn." in page
        assert "You have asked to join" not in page


class TestInvitation:
    @pytest.fixture
    def link(self, cast, now):
        set_group(
            cast,
            visibility=Visibility.PRIVATE,
            admission=Admission.INVITATION,
            name="Canarygroup",
            agreement="Canaryagreement",
        )
        return create_invitation(cast.group, actor=cast.rosa, name="Canarylink", now=now)

    @pytest.fixture
    def url(self, link):
        return f"/invitations/{link[1]}"

    def test_it_opens_a_private_group(self, stan_s, cast, url):
        response = send(stan_s, url, display_name="S.")
        assert (response.status_code, response.location) == (303, GROUP)
        assert member(cast, cast.stan).display_name == "S."
        assert "Welcome. You are a member now." in stan_s.get(GROUP).text

    def test_a_guest_learns_nothing_about_the_group(self, browser, cast, url):
        for response in (browser.get(url), browser.post(url, {"agrees": "y"})):
            assert response.status_code == 200
            for secret in ("canary", "evening-circle", "bereavement"):
                assert secret not in response.text.lower()
            assert f"/sign-in?next={url}" in response.text
            assert f"/sign-up?next={url}" in response.text

    def test_a_member_is_led_to_the_group(self, sam_s, url):
        with nothing_changes():
            assert sam_s.get(url).location == GROUP
            assert sam_s.post(url, {"agrees": "y"}).location == GROUP

    def test_bad_input_is_explained(self, stan_s, url):
        with nothing_changes():
            response = send(stan_s, url, display_name="", agrees="")
        assert set(complaints(response.text)) == {"display_name", "agrees"}

    def test_words_that_were_not_on_the_page_are_not_agreed_to(self, stan_s, cast, url):
        with nothing_changes():
            response = send(stan_s, url, agreement_version="7")
        assert complaints(response.text) == {"agrees": CHANGED}
        assert send(stan_s, url).status_code == 303

    def end(self, how, cast, link, now):
        match how:
            case "revoked":
                revoke_invitation(link, actor=cast.rosa, now=now)
            case "run out":
                return time_machine.travel(now + timedelta(days=30), tick=False)
            case "not for you":
                stan = queries.find_past_or_present_membership(cast.group, cast.stan)
                remove_member(stan, actor=cast.rosa, now=now)
        return time_machine.travel(now, tick=False)

    @pytest.mark.parametrize("how", ["revoked", "run out"])
    def test_an_ended_one_is_not_there(self, browser, cast, link, url, now, how):
        with self.end(how, cast, link[0], now):
            browser.sign_in(cast.stan)
            with nothing_changes():
                missing = browser.get("/invitations/nothing")
                assert browser.get(url).data == missing.data
                assert missing.status_code == browser.post(url).status_code == 404

    def test_who_was_removed_finds_nothing_there(self, stan_s, cast, link, url, now):
        assert send(stan_s, url).status_code == 303
        self.end("not for you", cast, link[0], now)
        with nothing_changes():
            assert stan_s.get(url).status_code == 404
            assert stan_s.post(url, {"agrees": "y", "display_name": "S."}).status_code == 404


class TestAgreement:
    url = f"{GROUP}/agreement"

    @pytest.fixture(autouse=True)
    def _new_words(self, cast):
        set_group(cast, agreement_version=2, agreement="Be kind.")

    def test_it_works(self, sam_s, cast):
        assert "The group agreement has changed" in sam_s.get(GROUP).text
        response = send(sam_s, self.url)
        assert (response.status_code, response.location) == (303, GROUP)
        page = sam_s.get(GROUP).text
        assert "You accepted the group agreement." in page
        assert "The group agreement has changed" not in page
        assert member(cast, cast.sam).agreement_version == 2

    @pytest.mark.parametrize(
        ("changes", "words"), [({"agrees": ""}, TICK), ({"agreement_version": "1"}, CHANGED)]
    )
    def test_bad_input_is_explained(self, sam_s, changes, words):
        with nothing_changes():
            response = send(sam_s, self.url, **changes)
        assert complaints(response.text) == {"agrees": words}


class TestLeave:
    url = f"{GROUP}/leave"

    def test_it_asks_once_and_nothing_more(self, sam_s):
        with nothing_changes():
            assert sam_s.get(self.url).status_code == 200

    def test_it_works(self, sam_s, cast):
        response = sam_s.post(self.url)
        assert (response.status_code, response.location) == (303, "/my")
        assert member(cast, cast.sam) is None
        assert "You are welcome back any time." in sam_s.get("/my").text

    def test_twice_is_once(self, sam_s, cast):
        sam_s.post(self.url)
        with nothing_changes():
            assert sam_s.post(self.url).status_code == 403

    def test_the_only_organizer_is_asked_to_find_another(self, browser, cast):
        browser.sign_in(cast.rosa)
        with nothing_changes():
            response = browser.post(self.url)
        assert response.status_code == 409
        assert "You are the only organizer." in response.text
        assert f"{GROUP}/members" in response.text

    def test_one_of_two_organizers_leaves(self, browser, cast):
        with transaction():
            member(cast, cast.kofi).role = Role.ORGANIZER
        browser.sign_in(cast.rosa)
        assert browser.post(self.url).status_code == 303
        assert member(cast, cast.rosa) is None


def test_no_tab_says_which_group_it_is(sam_s, cast, now):
    set_group(cast, name="Canarygroup", admission=Admission.REQUEST)
    _link, secret = create_invitation(cast.group, actor=cast.rosa, name="flyer", now=now)
    titles = [title_of(sam_s.get(f"{GROUP}{page}").text) for page in ("", "/agreement", "/leave")]
    sam_s.sign_in(cast.stan)
    titles += [title_of(sam_s.get(url).text) for url in (JOIN, f"/invitations/{secret}")]
    assert not [title for title in titles if "canary" in title.lower()]


def test_hostile_words_reach_the_organizers_as_words(stan_s, cast):
    set_group(cast, admission=Admission.REQUEST)
    script = "<script>alert(1)</script>\"'>"
    send(stan_s, JOIN, display_name=script, message=script)
    stan_s.sign_in(cast.rosa)
    page = stan_s.get(f"{GROUP}/members").text
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 2
