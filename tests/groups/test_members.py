"""The page on which organizers look after members, requests and invitation links."""

import re
from datetime import timedelta

import pytest

from supportgroups.db import db, transaction
from supportgroups.groups import queries
from supportgroups.groups.models import JoinRequest, Role
from supportgroups.groups.services.invitations import create_invitation
from tests.browser_client import visible_text
from tests.factories import LONG_AGO, make_membership, make_user
from tests.form_reader import complaints, filled_in
from tests.house.pages import title_of
from tests.watching import nothing_changes, statements

MEMBERS = "/groups/evening-circle/members"


@pytest.fixture
def rosa_s(browser, cast):
    browser.sign_in(cast.rosa)
    return browser


@pytest.fixture
def request_id(cast):
    """Stan asks to join."""
    request = JoinRequest(
        group_id=cast.group.id, user_id=cast.stan.id, display_name="S.", message="Hello there",
        agreement_version=1, asked_at=LONG_AGO,
    )  # fmt: skip
    with transaction():
        db.session.add(request)
    return request.public_id


def membership(cast, name):
    return queries.find_past_or_present_membership(cast.group, getattr(cast, name))


def act(browser, cast, name, act, data=None):
    """Do something to a member, and read what the page then says."""
    response = browser.post(f"{MEMBERS}/{membership(cast, name).public_id}/{act}", data)
    assert (response.status_code, response.location) == (303, MEMBERS)
    return visible_text(browser.get(MEMBERS).text)


class TestPage:
    def test_it_shows_everybody_who_belongs(self, rosa_s, cast, request_id, now):
        with transaction():
            membership(cast, "kofi").removed_at = now
        create_invitation(cast.group, actor=cast.rosa, name="Canaryflyer", now=now)
        page = visible_text(rosa_s.get(MEMBERS).text)
        for words in ("Rosa Organizer", "Sam Member", "Kofi Let back in", "S. Asked on Monday",
                      "Hello there", "Canaryflyer", "2 members", "One person asks to join",
                      "0 people joined by it"):  # fmt: skip
            assert words in page

    def test_it_says_who_has_not_read_the_new_agreement(self, rosa_s, cast):
        assert "has not read" not in rosa_s.get(MEMBERS).text
        with transaction():
            cast.group.agreement_version = 2
            membership(cast, "rosa").agreement_version = 2
        assert rosa_s.get(MEMBERS).text.count("has not read the new agreement yet") == 2

    def test_it_asks_for_a_second_organizer(self, rosa_s, cast):
        advice = "One person organizes this group."
        assert advice in rosa_s.get(MEMBERS).text
        with transaction():
            membership(cast, "kofi").role = Role.ORGANIZER
        assert advice not in rosa_s.get(MEMBERS).text

    def test_its_tab_says_nothing(self, rosa_s):
        assert title_of(rosa_s.get(MEMBERS).text) == "Members"

    def test_it_is_as_quick_for_many_as_for_few(self, rosa_s, cast, now):
        def questions():
            with statements() as seen:
                rosa_s.get(MEMBERS)
            return len(seen)

        few = questions()
        with transaction():
            for number in range(20):
                make_membership(cast.group, make_user(), removed_at=now if number % 2 else None)
                db.session.add(
                    JoinRequest(
                        group_id=cast.group.id, user_id=make_user().id, display_name="S.",
                        message="", agreement_version=1, asked_at=LONG_AGO,
                    )
                )  # fmt: skip
                create_invitation(cast.group, actor=cast.rosa, name="flyer", now=now)
        assert questions() == few


class TestRole:
    @pytest.mark.parametrize(
        ("role", "words"),
        [
            ("facilitator", "Sam facilitates this group now."),
            ("organizer", "Sam organizes this group now."),
        ],
    )
    def test_it_changes(self, rosa_s, cast, role, words):
        assert words in act(rosa_s, cast, "sam", "role", {"role": role})
        assert membership(cast, "sam").role == role

    def test_the_form_shows_the_role_that_is(self, rosa_s, cast):
        page = rosa_s.get(MEMBERS).text
        for name in ("rosa", "kofi", "sam"):
            found = membership(cast, name)
            select = re.search(
                rf'<select[^>]*id="role-{found.public_id}".*?</select>', page, re.DOTALL
            )
            assert re.findall(r'<option selected value="(\w+)"', select[0]) == [found.role]

    @pytest.mark.parametrize("data", [None, {"role": ""}, {"role": "owner"}, {"role": "ORGANIZER"}])
    def test_there_is_no_other_role(self, rosa_s, cast, data):
        with nothing_changes():
            url = f"{MEMBERS}/{membership(cast, 'sam').public_id}/role"
            assert rosa_s.post(url, data).status_code == 400

    def test_the_last_organizer_is_told_why_not(self, rosa_s, cast):
        with nothing_changes():
            page = act(rosa_s, cast, "rosa", "role", {"role": "member"})
        assert "A group needs an organizer. Make somebody else one first." in page

    def test_who_was_removed_has_none(self, rosa_s, cast, now):
        with transaction():
            membership(cast, "sam").removed_at = now
        with nothing_changes():
            page = act(rosa_s, cast, "sam", "role", {"role": "organizer"})
        assert "Sam is no longer a member." in page

    def test_who_steps_back_no_longer_sees_the_page(self, rosa_s, cast):
        with transaction():
            membership(cast, "kofi").role = Role.ORGANIZER
        response = rosa_s.post(
            f"{MEMBERS}/{membership(cast, 'rosa').public_id}/role", {"role": "member"}
        )
        assert response.status_code == 303
        assert rosa_s.get(response.location).status_code == 403


class TestRemove:
    def test_it_asks_once(self, rosa_s, cast):
        with nothing_changes():
            page = rosa_s.get(f"{MEMBERS}/{membership(cast, 'sam').public_id}/remove")
        assert "Remove Sam" in visible_text(page.text)
        assert title_of(page.text) == "Remove a member"

    def test_it_works(self, rosa_s, cast, now):
        assert "Sam was removed." in act(rosa_s, cast, "sam", "remove")
        assert membership(cast, "sam").removed_at == now

    def test_the_last_organizer_is_told_why_not(self, rosa_s, cast):
        with nothing_changes():
            page = act(rosa_s, cast, "rosa", "remove")
        assert "A group needs an organizer." in page

    def test_they_can_be_let_back_in(self, rosa_s, cast):
        act(rosa_s, cast, "sam", "remove")
        assert "Sam is a member again." in act(rosa_s, cast, "sam", "readmit")
        assert membership(cast, "sam").is_active

    def test_a_private_group_is_gone_for_who_was_removed(self, browser, cast, now):
        with transaction():
            cast.group.visibility, cast.group.admission = "private", "invitation"
        browser.sign_in(cast.sam)
        assert browser.get("/groups/evening-circle").status_code == 200
        with transaction():
            membership(cast, "sam").removed_at = now
        assert browser.get("/groups/evening-circle").status_code == 404


class TestRequests:
    @pytest.mark.parametrize(
        ("decision", "words"),
        [("approve", "S. is a member now, and has been told."), ("decline", "S. has been told.")],
    )
    def test_it_is_answered(self, rosa_s, cast, request_id, decision, words):
        url = f"/groups/evening-circle/requests/{request_id}"
        response = rosa_s.post(url, {"decision": decision})
        assert (response.status_code, response.location) == (303, MEMBERS)
        assert words in visible_text(rosa_s.get(MEMBERS).text)
        assert (queries.find_membership(cast.group, cast.stan) is not None) is (
            decision == "approve"
        )
        assert rosa_s.post(url, {"decision": decision}).status_code == 404

    @pytest.mark.parametrize("data", [None, {"decision": ""}, {"decision": "maybe"}])
    def test_there_is_no_third_answer(self, rosa_s, request_id, data):
        with nothing_changes():
            url = f"/groups/evening-circle/requests/{request_id}"
            assert rosa_s.post(url, data).status_code == 400

    def test_it_shows_on_the_group_s_page_to_organizers_alone(self, rosa_s, cast, request_id):
        assert "One person asks to join" in rosa_s.get("/groups/evening-circle").text
        for person in (cast.kofi, cast.sam, cast.ola):
            rosa_s.sign_in(person)
            assert "asks to join" not in rosa_s.get("/groups/evening-circle").text


class TestInvitations:
    url = "/groups/evening-circle/invitations"

    def test_its_address_is_shown_once(self, rosa_s, cast, now):
        page = rosa_s.post(self.url, {"name": "flyer"})
        address = re.search(r'value="http://localhost/invitations/([\w-]{32})"', page.text)
        assert queries.find_usable_invitation(address[1], now=now).name == "flyer"
        assert address[1] not in rosa_s.get(MEMBERS).text
        assert title_of(page.text) == "Invitation link"

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("", "Enter a word to recognise the link by, such as “flyer”"),
            ("\x00 ", "Enter a word to recognise the link by, such as “flyer”"),
            ("x" * 61, "Use 60 characters or fewer"),
        ],
    )
    def test_bad_input_is_explained(self, rosa_s, name, words):
        with nothing_changes():
            page = rosa_s.post(self.url, {"name": name})
        assert complaints(page.text) == {"name": words}
        if name.startswith("x"):
            assert filled_in(page.text, with_field="name")["name"] == name

    def test_it_can_be_switched_off(self, rosa_s, cast, now):
        link, secret = create_invitation(cast.group, actor=cast.rosa, name="flyer", now=now)
        response = rosa_s.post(f"{self.url}/{link.public_id}/revoke")
        assert (response.status_code, response.location) == (303, MEMBERS)
        assert "The link no longer works." in rosa_s.get(MEMBERS).text
        assert queries.find_usable_invitation(secret, now=now) is None

    def test_only_working_ones_are_listed(self, rosa_s, cast, now):
        create_invitation(cast.group, actor=cast.rosa, name="Canary", now=now - timedelta(days=30))
        assert "Canary" not in rosa_s.get(MEMBERS).text
