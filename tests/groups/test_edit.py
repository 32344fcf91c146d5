"""The page on which organizers edit a group. The pages that start one are in sessions/test_set_up.py."""

import pytest

from supportgroups.groups import queries
from supportgroups.groups.models import Admission, Visibility
from supportgroups.groups.services.groups import edit_group
from tests.browser_client import ID
from tests.form_reader import complaints, filled_in
from tests.house.pages import title_of
from tests.watching import nothing_changes

SCRIPT = "</textarea><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
TYPED = {
    "name": "Morning circle",
    "purpose": "We meet to talk.\n\nAnd to listen.",
    "audience": "Carers",
    "first_visit": "Ring twice.",
    "cost": "A coin",
    "agreement": "Be kind.",
}


@pytest.fixture
def form_page(browser, cast):
    """Rosa's browser and the page of her group."""
    browser.sign_in(cast.rosa)
    url = "/groups/evening-circle/edit"

    class FormPage:
        def open(self):
            return filled_in(browser.get(url).text, with_field="purpose")

        def send(self, **changes):
            return browser.post(url, {**self.open(), **TYPED, **changes})

    return FormPage()


@pytest.fixture
def rosa_s(browser, cast):
    browser.sign_in(cast.rosa)
    return browser


class TestEdit:
    url = "/groups/evening-circle/edit"

    def test_it_works(self, rosa_s, cast):
        form = filled_in(rosa_s.get(self.url).text, with_field="purpose")
        response = rosa_s.post(self.url, {**form, **TYPED})
        assert (response.status_code, response.location) == (303, "/groups/evening-circle")
        assert (cast.group.name, cast.group.cost) == ("Morning circle", "A coin")
        assert "Saved." in rosa_s.get(response.location).text

    def test_saving_what_is_there_changes_no_word(self, rosa_s, cast, details):
        edit_group(cast.group, details(), actor=cast.rosa, now=cast.group.confirmed_at)
        before = filled_in(rosa_s.get(self.url).text, with_field="purpose")
        assert rosa_s.post(self.url, before).status_code == 303
        after = filled_in(rosa_s.get(self.url).text, with_field="purpose")
        assert before == after
        assert before["topics"] == ["anxiety", "stress"]
        assert before["access_step_free"] == "yes"
        assert cast.group.agreement_version == 1

    def test_a_group_that_hides_is_found_at_its_new_address(self, rosa_s, cast):
        form = filled_in(rosa_s.get(self.url).text, with_field="purpose")
        form |= {"visibility": "private", "admission": "invitation"}
        response = rosa_s.post(self.url, form)
        assert response.location == f"/groups/{cast.group.slug}" != "/groups/evening-circle"
        assert rosa_s.get(response.location).status_code == 200
        assert rosa_s.get("/groups/evening-circle").status_code == 404

    def test_a_country_and_its_part_are_kept(self, rosa_s, cast):
        page = rosa_s.get(self.url).text
        # The part is one of the country in which the zone lies.
        assert "Scotland" in page
        form = filled_in(page, with_field="purpose")
        assert (form["country"], form["region"]) == ("", "")
        rosa_s.post(self.url, {**form, "region": "SCT"})
        assert (cast.group.holiday_country, cast.group.region) == ("GB", "SCT")
        rosa_s.post(self.url, {**form, "country": "DE", "region": "SCT"})
        assert (cast.group.holiday_country, cast.group.region) == ("DE", "")

    def test_unticking_every_topic_leaves_none(self, rosa_s, cast):
        form = filled_in(rosa_s.get(self.url).text, with_field="purpose")
        assert form["topics"] == ["bereavement"]
        rosa_s.post(self.url, {**form, "topics": []})
        assert cast.group.topics == []


BAD = [
    ("name", "", "Enter a name for the group"),
    ("name", " \t ", "Enter a name for the group"),
    ("name", "\x00\x07\u202e", "Enter a name for the group"),
    ("name", "x" * 81, "Use 80 characters or fewer"),
    ("purpose", "\r\n \r\n", "Say in a sentence or two what the group is for"),
    ("purpose", "x" * 3001, "Use 3000 characters or fewer"),
    ("audience", "", "Say who can come"),
    ("audience", "x" * 201, "Use 200 characters or fewer"),
    ("first_visit", "x" * 3001, "Use 3000 characters or fewer"),
    ("cost", "x" * 201, "Use 200 characters or fewer"),
    ("agreement", "", "Write down what people agree to when they join"),
    ("agreement", "x" * 3001, "Use 3000 characters or fewer"),
]
UNKNOWN = [
    ("format", "by-pigeon"),
    ("format", ""),
    ("language", "tlh"),
    ("time_zone", "Europe/Atlantis"),
    ("time_zone", "../../etc/passwd"),
    ("topics", ["stress", "nonsense"]),
    ("visibility", "secret"),
    ("visibility", ""),
    ("admission", "maybe"),
    ("access_step_free", "perhaps"),
]


class TestBadInput:
    @pytest.mark.parametrize(("field", "value", "words"), BAD)
    def test_it_is_explained_beside_the_field(self, form_page, field, value, words):
        with nothing_changes():
            response = form_page.send(**{field: value})
        assert complaints(response.text) == {field: words}
        assert title_of(response.text).startswith("Error: ")

    @pytest.mark.parametrize(("field", "value"), UNKNOWN)
    def test_nobody_can_choose_what_is_not_offered(self, form_page, field, value):
        with nothing_changes():
            response = form_page.send(**{field: value})
        assert set(complaints(response.text)) == {field}

    @pytest.mark.parametrize("admission", ["open", "request"])
    def test_nobody_can_join_what_nobody_can_see(self, form_page, admission):
        with nothing_changes():
            response = form_page.send(visibility="private", admission=admission)
        assert set(complaints(response.text)) == {"admission"}
        assert "By invitation" in complaints(response.text)["admission"]

    def test_nothing_that_was_typed_is_lost(self, form_page):
        typed = TYPED | {
            "name": "x" * 81, "format": "online", "language": "ar", "time_zone": "Asia/Tokyo",
            "topics": ["stress"], "visibility": "unlisted", "admission": "request",
            "access_captions": "no", "purpose": f"{SCRIPT}\n\n  indented & <b>bold</b>",
        }  # fmt: skip
        form = filled_in(form_page.send(**typed).text, with_field="purpose")
        assert {name: form[name] for name in typed} == typed

    def test_each_complaint_leads_to_its_field(self, form_page):
        response = form_page.send(name="", visibility="", topics=["nonsense"])
        ids = set(ID.findall(response.text))
        for place in ("name", "visibility-0", "topics-0"):
            assert f'<a href="#{place}">' in response.text
            assert place in ids


class TestHostileText:
    def test_a_script_is_only_ever_text(self, rosa_s, cast):
        fields = dict.fromkeys(TYPED, SCRIPT)
        form = filled_in(rosa_s.get("/groups/evening-circle/edit").text, with_field="purpose")
        kept = rosa_s.post("/groups/evening-circle/edit", {**form, **fields, "topics": ["x"]})
        assert rosa_s.post("/groups/evening-circle/edit", {**form, **fields}).status_code == 303
        pages = ["", "/edit", "/members", "/join", "/leave", "/agreement", "/series/new"]
        texts = [rosa_s.get(f"/groups/evening-circle{page}").text for page in pages]
        texts += [rosa_s.get(page).text for page in ("/", "/groups", "/my")]
        for text in [kept.text, *texts]:
            assert "<script>alert" not in text
            assert "<img src=x" not in text
        assert "&lt;script&gt;alert(1)" in texts[0]

    def test_control_characters_are_dropped(self, form_page):
        response = form_page.send(name="Mor\x00ning\u202e cir\x1bcle")
        assert queries.find_group(response.location.split("/")[2]).name == "Morning circle"


@pytest.mark.parametrize("visibility", ["listed", "unlisted", "private"])
@pytest.mark.parametrize("admission", ["open", "request", "invitation"])
def test_what_is_chosen_is_kept(form_page, cast, visibility, admission):
    response = form_page.send(visibility=visibility, admission=admission)
    if visibility == "private" and admission != "invitation":
        assert response.status_code == 200
        return
    slug = response.location.split("/")[2]
    group = queries.find_group(slug)
    assert group.visibility is Visibility(visibility)
    assert group.admission is Admission(admission)
