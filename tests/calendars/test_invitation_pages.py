"""The page on which somebody chooses invitations by mail."""

import pytest

from supportgroups.calendars.models import Discretion
from supportgroups.calendars.queries import find_choice
from supportgroups.db import db, transaction
from tests.browser_client import visible_text

URL = "/my/calendars/invitations"
WELL = {"is_on": "y", "discretion": "busy", "neutral_word": "Dentist"}


def choice_of(person):
    """Return what somebody chose, as another request sees it."""
    db.session.rollback()
    return find_choice(person)


def test_it_works(cast, browser):
    browser.sign_in(cast.sam)
    assert "You get them No" in visible_text(browser.get("/my/calendars").text)
    response = browser.post(URL, data=WELL)
    assert (response.status_code, response.location) == (303, "/my/calendars")
    choice = choice_of(cast.sam)
    assert (choice.discretion, choice.neutral_word) == (Discretion.BUSY, "Dentist")
    text = visible_text(browser.get("/my/calendars").text)
    assert "You get them Yes" in text
    assert "Busy: only that the time is taken" in text
    assert 'value="Dentist"' in browser.get(URL).text


def test_it_is_off_and_neutral_as_long_as_nobody_chooses(cast, browser):
    browser.sign_in(cast.sam)
    html = browser.get(URL).text
    assert "checked" not in html.partition('name="is_on"')[2].partition(">")[0]
    assert "checked" in html.partition('value="neutral"')[2].partition(">")[0]
    assert choice_of(cast.sam) is None


def test_switching_off(cast, browser):
    browser.sign_in(cast.sam)
    browser.post(URL, data=WELL)
    browser.post(URL, data={"discretion": "busy", "neutral_word": "Dentist"})
    assert choice_of(cast.sam) is None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"discretion": "loud"}, "Choose what an entry may show"),
        ({"neutral_word": "x" * 41}, "Use 40 characters or fewer"),
    ],
)
def test_it_explains_what_is_wrong(cast, browser, wrong, words):
    browser.sign_in(cast.sam)
    response = browser.post(URL, data=WELL | wrong)
    assert response.status_code == 400
    assert words in response.text
    assert choice_of(cast.sam) is None


def test_signed_out(cast, browser):
    assert browser.get(URL).status_code == 303
    assert browser.post(URL, data=WELL).status_code == 303


@pytest.mark.parametrize("change", [{"email": None}, {"is_email_verified": False}])
def test_somebody_without_an_address_of_their_own_is_told_what_to_do(cast, browser, change):
    browser.sign_in(cast.sam)
    with transaction():
        for name, value in change.items():
            setattr(cast.sam, name, value)
    page = browser.get(URL)
    assert "There is none yet." in page.text
    assert 'href="/account/email"' in page.text
    browser.post(URL, data=WELL)
    assert choice_of(cast.sam) is None


@pytest.mark.usefixtures("takes_replies")
def test_it_says_that_answers_count_where_they_do(cast, browser):
    browser.sign_in(cast.sam)
    assert "your answer here changes with it" in browser.get(URL).text


def test_it_says_nothing_of_answers_where_none_are_taken(cast, browser):
    browser.sign_in(cast.sam)
    assert "your answer here changes with it" not in browser.get(URL).text
