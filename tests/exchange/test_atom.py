"""The coming sessions of a listed group, for feed readers."""

from xml.etree import ElementTree as ET

import pytest

from supportgroups.db import transaction
from supportgroups.groups.models import Admission, Visibility
from supportgroups.sessions.services.sessions import cancel_session
from tests.groups.belonging import set_group

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def address(cast):
    return f"/groups/{cast.group.slug}/sessions.atom"


@pytest.fixture
def feed(browser, address):
    def feed():
        response = browser.get(address)
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
        return ET.fromstring(response.data)

    return feed


def texts(node, name):
    return [found.text for found in node.iter(f"{ATOM}{name}")]


def test_it_says_what_everybody_may_read(cast, feed, address):
    found = feed()
    assert found.find(f"{ATOM}id").text == f"http://localhost{address}"
    assert found.find(f"{ATOM}title").text == cast.group.name
    assert [link.get("rel") for link in found.findall(f"{ATOM}link")] == ["self", "alternate"]
    (entry,) = found.findall(f"{ATOM}entry")
    assert texts(entry, "id") == [cast.session.public_id.urn]
    assert texts(entry, "title") == [cast.session.title_shown]
    (summary,) = texts(entry, "summary")
    assert summary.split("\n") == [
        "Tuesday 1 December 2026, 19:00–20:30 (London time)",
        cast.session.place_shown,
    ]
    assert entry.find(f"{ATOM}link").get("href").endswith(f"/sessions/{cast.session.public_id}")


def test_a_cancelled_session_comes_up_again(cast, feed, now):
    (before,) = texts(feed().find(f"{ATOM}entry"), "updated")
    cancel_session(cast.session, actor=cast.rosa, now=now)
    entry = feed().find(f"{ATOM}entry")
    assert texts(entry, "title") == [f"Cancelled: {cast.session.title_shown}"]
    assert texts(entry, "updated")[0] > before


def test_where_it_meets_is_told_only_where_everybody_may_know(cast, feed):
    set_group(cast, admission=Admission.REQUEST)
    assert cast.session.place_shown not in texts(feed(), "summary")[0]


def test_words_that_look_like_markup_stay_words(cast, feed):
    with transaction():
        cast.group.name = "<b>Tea</b> & talk ]]>"
    assert feed().find(f"{ATOM}title").text == "<b>Tea</b> & talk ]]>"


@pytest.mark.parametrize("visibility", [Visibility.UNLISTED, Visibility.PRIVATE])
def test_a_group_that_is_not_listed_has_none(cast, browser, address, visibility):
    set_group(cast, visibility=visibility)
    browser.sign_in(cast.rosa)
    assert browser.get(address).status_code == 404
    assert "sessions.atom" not in browser.get(f"/groups/{cast.group.slug}").text


def test_no_group_has_none(browser):
    assert browser.get("/groups/nowhere/sessions.atom").status_code == 404


def test_the_page_of_the_group_leads_to_it(cast, browser, address):
    assert f'href="{address}"' in browser.get(f"/groups/{cast.group.slug}").text


def test_an_unchanged_feed_is_not_sent_again(browser, address):
    tag = browser.get(address).headers["ETag"]
    assert browser.get(address, headers={"If-None-Match": tag}).status_code == 304
