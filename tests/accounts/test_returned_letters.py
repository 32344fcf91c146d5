"""Somebody's letters come back: they hear of it when they sign in, and set it right."""

import re

import pytest

from supportgroups.accounts.services.erasure import erase_person
from supportgroups.accounts.services.sign_ins import request_sign_in_link
from supportgroups.db import transaction
from supportgroups.outbox.queries import address_hash, find_failing_address, is_stopped
from supportgroups.outbox.services.addresses import note_failure

NOTICE = "Our letters to you come back"


@pytest.fixture
def returned(cast, now):
    """Let three letters to Sam come back."""
    for _ in range(3):
        note_failure(address_hash(cast.sam.email), now=now)


@pytest.mark.parametrize("path", ["/my", "/account"])
def test_it_is_said_where_one_comes_in(browser, cast, returned, path):
    browser.sign_in(cast.sam)
    page = browser.get(path).text
    assert NOTICE in page
    assert "sam@example.org" in page
    assert 'href="/account/email"' in page


@pytest.mark.parametrize("path", ["/my", "/account"])
def test_it_is_said_to_nobody_else(browser, cast, returned, path):
    browser.sign_in(cast.kofi)
    assert NOTICE not in browser.get(path).text


def test_two_letters_are_no_reason_to_worry_anybody(browser, cast, now):
    for _ in range(2):
        note_failure(address_hash(cast.sam.email), now=now)
    browser.sign_in(cast.sam)
    assert NOTICE not in browser.get("/my").text


def test_one_tap_says_that_the_address_is_right(browser, cast, returned):
    browser.sign_in(cast.sam)
    response = browser.post("/account/write-again")
    assert (response.status_code, response.location) == (303, "/account")
    page = browser.get("/account").text
    assert "We write to this address again." in page
    assert NOTICE not in page
    assert not is_stopped(cast.sam.email)


def test_it_works_for_an_address_that_only_takes_letters(browser, cast, now):
    with transaction():
        cast.sam.email, cast.sam.contact_email = None, "sam@example.net"
    for _ in range(3):
        note_failure(address_hash("sam@example.net"), now=now)
    browser.sign_in(cast.sam)
    assert "sam@example.net" in browser.get("/my").text
    browser.post("/account/write-again")
    assert not is_stopped("sam@example.net")


def test_a_mailed_link_still_comes_and_shows_that_the_address_is_right(
    browser, cast, returned, outbox, now
):
    request_sign_in_link(cast.sam.email, next_path=None, caller="192.0.2.1", now=now)
    outbox.run()
    (letter,) = outbox.letters
    link = re.search(r"/sign-in/\S+", letter.get_content())[0]
    assert browser.post(link).status_code == 303
    assert find_failing_address(cast.sam.email) is None


def test_nothing_is_kept_of_the_address_of_somebody_erased(cast, returned, now):
    email = cast.sam.email
    erase_person(cast.sam, now=now)
    assert find_failing_address(email) is None
