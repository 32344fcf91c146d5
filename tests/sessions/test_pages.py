"""The pages on which organizers change, cancel and restore sessions."""

from datetime import timedelta

import pytest
import time_machine

from supportgroups.db import transaction
from tests.browser_client import visible_text
from tests.factories import make_session
from tests.form_reader import complaints, filled_in
from tests.house.pages import title_of
from tests.watching import nothing_changes

SCRIPT = "<script>alert(1)</script>\"'>"
TYPED = {
    "title": "Wednesday",
    "day": "2026-12-02",
    "starts": "18:30",
    "ends": "20:00",
    "place": "The town hall",
    "online_link": "https://meet.example/room",
    "capacity": "8",
    "description": "Ring twice.",
}
NEVER_ON = "Enter a day within the next two years"
CLOCKS = "On 28 March 2027 the clocks change at this hour. Choose another time"
PASSED = "This start has already passed. Choose a later one"


@pytest.fixture
def rosa_s(browser, cast):
    browser.sign_in(cast.rosa)
    return browser


@pytest.fixture
def edit_url(cast):
    return f"/sessions/{cast.session.public_id}/edit"


@pytest.fixture
def edit(rosa_s, edit_url):
    """Fill in the form that changes a session, and send it."""

    def edit(**changes):
        form = filled_in(rosa_s.get(edit_url).text, with_field="title")
        return rosa_s.post(edit_url, {**form, **TYPED, "confirmed": "y", **changes})

    return edit


class TestEdit:
    def test_saving_what_is_there_changes_nothing(self, rosa_s, edit_url, cast):
        with transaction():
            cast.session.facilitators = [cast.kofi]
            cast.session.capacity = 0
        form = filled_in(rosa_s.get(edit_url).text, with_field="title")
        assert form == {
            "scope": "this", "title": "Tuesday evening", "day": "2026-12-01", "starts": "19:00", "ends": "20:30",
            "place": "The library, High Street", "online_link": "", "capacity": "",
            "description": "", "facilitators": [str(cast.kofi.id)],
        }  # fmt: skip
        before = (cast.session.sequence, cast.session.revision, cast.session.revised_at)
        response = rosa_s.post(edit_url, form)
        assert response.location == f"/sessions/{cast.session.public_id}"
        found = cast.session
        assert (found.sequence, found.revision, found.revised_at) == before
        assert (found.title, found.place, found.description, found.capacity) == (None,) * 3 + (0,)
        assert found.facilitators == [cast.kofi]

    def test_it_works(self, edit, rosa_s, cast):
        response = edit()
        assert response.status_code == 303
        page = visible_text(rosa_s.get(response.location).text)
        assert "Saved." in page
        assert "This session was moved" in page
        assert "Wednesday 2 December 2026, 18:30–20:00 (London time)" in page
        assert (cast.session.title, cast.series.title) == ("Wednesday", "Tuesday evening")

    def test_its_tab_says_nothing(self, rosa_s, edit_url):
        assert title_of(rosa_s.get(edit_url).text) == "Change a session"

    def test_what_is_over_can_no_longer_be_changed(self, rosa_s, cast, now):
        old = make_session(cast.series, cast.session.wall_starts_at - timedelta(weeks=3))
        url = f"/sessions/{old.public_id}"
        with nothing_changes():
            for act in ("edit", "cancel", "restore"):
                response = rosa_s.post(f"{url}/{act}", {**TYPED, "reason": ""})
                assert (response.status_code, response.location) == (303, url)
                page = rosa_s.get(url).text
                assert "This session is over and can no longer be changed." in page

    @pytest.mark.parametrize("until_midnight", ["23:59"])
    def test_while_it_runs_its_words_can_change(self, rosa_s, edit_url, cast, until_midnight):
        form = filled_in(rosa_s.get(edit_url).text, with_field="title")
        with time_machine.travel(cast.session.starts_at + timedelta(minutes=5), tick=False):
            rosa_s.sign_in(cast.rosa)
            response = rosa_s.post(edit_url, {**form, "ends": until_midnight, "title": "Longer"})
        assert response.status_code == 303
        assert cast.session.title == "Longer"


BAD = [
    ({"title": ""}, {"title": "Enter a title"}),
    ({"title": " \x00\u202e "}, {"title": "Enter a title"}),
    ({"title": "x" * 81}, {"title": "Use 80 characters or fewer"}),
    ({"place": "x" * 301}, {"place": "Use 300 characters or fewer"}),
    ({"description": "x" * 2001}, {"description": "Use 2000 characters or fewer"}),
    ({"day": ""}, {"day": "Enter a day"}),
    ({"day": "0001-01-01"}, {"day": NEVER_ON}),
    ({"day": "9999-12-31"}, {"day": NEVER_ON}),
    ({"day": "2028-11-25"}, {"day": NEVER_ON}),
    ({"day": "2026-11-21"}, {"day": NEVER_ON}),
    ({"day": "2026-11-23", "starts": "08:59", "ends": "10:00"}, {"day": PASSED}),
    ({"starts": ""}, {"starts": "Enter a starting time"}),
    ({"ends": ""}, {"ends": "Enter an ending time"}),
    ({"ends": "18:30"}, {"ends": "The session must end after it starts"}),
    ({"ends": "00:00"}, {"ends": "The session must end after it starts"}),
    ({"day": "2027-03-28", "starts": "01:30", "ends": "03:00"}, {"starts": CLOCKS}),
    ({"capacity": "0"}, {"capacity": "Enter a number from 1 to 500"}),
    ({"capacity": "501"}, {"capacity": "Enter a number from 1 to 500"}),
    ({"capacity": "-5"}, {"capacity": "Enter a number from 1 to 500"}),
    (
        {"online_link": "https://x.example/" + "x" * 500},
        {"online_link": "Use 500 characters or fewer"},
    ),
    *[
        ({"online_link": link}, {"online_link": "Enter an address that begins with https://"})
        for link in ("javascript:alert(1)", "data:text/html,x", "meet.example", "//evil.example")
    ],
]
#: What no page of ours would send; the words come from the library.
ABSURD = [
    ("day", "tomorrow"),
    ("day", "2026-02-30"),
    ("day", "12/01/2026"),
    ("starts", "25:00"),
    ("starts", "seven"),
    ("ends", "19:60"),
    ("capacity", "a dozen"),
    ("capacity", "9" * 5000),
    ("capacity", "1.5"),
]


class TestBadInput:
    @pytest.mark.parametrize(("changes", "wrong"), BAD)
    def test_it_is_explained_beside_the_field(self, edit, changes, wrong):
        with nothing_changes():
            page = edit(**changes).text
        assert complaints(page) == wrong
        assert title_of(page).startswith("Error: ")

    @pytest.mark.parametrize(("field", "value"), ABSURD)
    def test_nonsense_is_explained_and_kept(self, edit, field, value):
        with nothing_changes():
            page = edit(**{field: value}).text
        assert set(complaints(page)) == {field}
        assert filled_in(page, with_field="title")[field] == value

    def test_nothing_that_was_typed_is_lost(self, edit, cast):
        typed = TYPED | {
            "title": SCRIPT, "description": f"{SCRIPT}\n\n  & more", "ends": "18:00",
            "facilitators": [str(cast.kofi.id), str(cast.rosa.id)],
        }  # fmt: skip
        form = filled_in(edit(**typed).text, with_field="title")
        assert {name: form[name] for name in typed} == typed

    def test_only_those_who_lead_can_be_chosen(self, edit, cast):
        for person in (cast.sam.id, cast.stan.id, 0, "x"):
            with nothing_changes():
                page = edit(facilitators=[str(cast.kofi.id), str(person)]).text
            assert set(complaints(page)) == {"facilitators"}

    def test_an_empty_form_says_all_that_is_missing(self, edit):
        empty = dict.fromkeys(TYPED, "")
        with nothing_changes():
            page = edit(**empty).text
        assert set(complaints(page)) == {"title", "day", "starts", "ends"}


class TestHostileText:
    def test_a_script_is_only_ever_text(self, rosa_s, edit, cast):
        hostile = {"title": SCRIPT, "place": SCRIPT, "description": SCRIPT}
        link = {"online_link": f"https://x.example/{SCRIPT}"}
        assert edit(**hostile, **link).status_code == 303
        url = f"/sessions/{cast.session.public_id}"
        rosa_s.post(f"{url}/cancel", {"reason": SCRIPT})
        urls = ["/", "/groups", "/my", "/groups/evening-circle"]
        urls += [url, f"{url}/edit", f"{url}/cancel", f"{url}/restore", f"{url}/answers"]
        for url in urls:
            page = rosa_s.get(url)
            assert page.status_code == 200
            assert "<script>alert" not in page.text

    def test_control_characters_are_dropped(self, edit, cast):
        assert edit(title="Wed\x00nes\u202eday", place="Town\r\nhall").status_code == 303
        assert (cast.session.title, cast.session.place) == ("Wednesday", "Town hall")


class TestCancel:
    @pytest.fixture
    def url(self, cast):
        return f"/sessions/{cast.session.public_id}"

    def test_it_asks_once(self, rosa_s, url):
        with nothing_changes():
            page = rosa_s.get(f"{url}/cancel").text
        assert "Tuesday 1 December 2026, 19:00–20:30 (London time)" in visible_text(page)
        assert title_of(page) == "Cancel a session"

    def test_it_works(self, rosa_s, url, cast):
        response = rosa_s.post(f"{url}/cancel", {"reason": "The hall\x00 is flooded"})
        assert (response.status_code, response.location) == (303, url)
        assert cast.session.is_cancelled
        page = visible_text(rosa_s.get(url).text)
        assert "This session is cancelled" in page
        assert "The hall is flooded" in page

    def test_no_reason_is_needed(self, rosa_s, url, cast):
        assert rosa_s.post(f"{url}/cancel", {"reason": ""}).status_code == 303
        assert cast.session.is_cancelled

    def test_a_long_reason_is_explained_and_kept(self, rosa_s, url):
        with nothing_changes():
            page = rosa_s.post(f"{url}/cancel", {"reason": "x" * 201}).text
        assert complaints(page) == {"reason": "Use 200 characters or fewer"}
        assert filled_in(page, with_field="reason")["reason"] == "x" * 201

    def test_the_reason_can_be_changed(self, rosa_s, url, cast):
        rosa_s.post(f"{url}/cancel", {"reason": "Flooded"})
        form = filled_in(rosa_s.get(f"{url}/cancel").text, with_field="reason")
        assert form["reason"] == "Flooded"
        rosa_s.post(f"{url}/cancel", {"reason": "Closed"})
        assert cast.session.cancel_reason == "Closed"

    def test_it_can_take_place_after_all(self, rosa_s, url, cast):
        rosa_s.post(f"{url}/cancel", {"reason": "Flooded"})
        with nothing_changes():
            assert rosa_s.get(f"{url}/restore").status_code == 200
        response = rosa_s.post(f"{url}/restore")
        assert (response.status_code, response.location) == (303, url)
        assert not cast.session.is_cancelled
        assert "It takes place." in rosa_s.get(url).text

    def test_restoring_twice_is_restoring_once(self, rosa_s, url):
        rosa_s.post(f"{url}/cancel", {"reason": ""})
        rosa_s.post(f"{url}/restore")
        with nothing_changes():
            assert rosa_s.post(f"{url}/restore").status_code == 303
