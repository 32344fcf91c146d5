"""What holds on every page that anybody gets: its build, its headers, its discretion."""

import re
from html import unescape
from pathlib import Path

import pytest
import wtforms

from supportgroups.app import create_app
from tests.browser_client import check_page
from tests.conftest import make_config
from tests.house.filled_forms import filled_form
from tests.house.pages import Page, faults, title_of
from tests.house.reading_the_table import POSTS, somebody_who_may
from tests.house.roles import ANONYMOUS, INSIDERS, SIGNED_IN
from tests.house.town import Town
from tests.house.walk import Visit, walk

OWN_ADDRESS = "http://localhost"

#: safety.md, Settings: word for word.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

MINE = "no-store"
ASKED_EACH_TIME = "private, no-cache"
FIVE_MINUTES = "public, max-age=300"
#: How long guests and people signed in may keep a page, where that is not "no-store" for both.
KEPT = {
    "calendars.group_feed": (FIVE_MINUTES, FIVE_MINUTES),
    # An unchanged feed has to answer in a moment, so an app keeps it and asks.
    "calendars.private_feed": (ASKED_EACH_TIME, ASKED_EACH_TIME),
    "calendars.course_file": (FIVE_MINUTES, ASKED_EACH_TIME),
    "calendars.session_file": (FIVE_MINUTES, ASKED_EACH_TIME),
    "calendars.site_feed": (FIVE_MINUTES, FIVE_MINUTES),
    "exchange.group_sessions": (FIVE_MINUTES, FIVE_MINUTES),
    "exchange.meetings": (FIVE_MINUTES, FIVE_MINUTES),
    "guides.help_now": (FIVE_MINUTES, MINE),
    "guides.index": (FIVE_MINUTES, MINE),
    "guides.sheet": (FIVE_MINUTES, MINE),
    "guides.show": (FIVE_MINUTES, MINE),
    "operations.robots": ("public, max-age=3600", "public, max-age=3600"),
    "pages.sitemap": ("public, max-age=3600", "public, max-age=3600"),
    "own feed": (ASKED_EACH_TIME, ASKED_EACH_TIME),
}
#: Pages about a group that everybody may read; to those outside they say which group it is.
FOR_THE_PUBLIC = {"pages.group", "pages.group_sessions"}
#: What search engines may list. Of groups only those that chose to be listed.
INDEXED = {"pages.home", "guides.index", "guides.show"}


def test_every_page_is_well_built(town: Town):
    seen = set()
    found = []
    for visit in walk(town):
        if visit.answer.is_page and visit.answer.body not in seen:
            seen.add(visit.answer.body)
            found += [f"{visit}: {fault}" for fault in faults_of(visit)]
    assert len(seen) > 200
    assert found == []


def faults_of(visit: Visit) -> list[str]:
    """Return what is wrong with one page."""
    try:
        check_page(visit.answer.text)
    except AssertionError as error:
        return [str(error).partition("\n")[0]]
    return faults(Page(visit.answer.text), own_address=OWN_ADDRESS)


@pytest.mark.parametrize("line", POSTS)
def test_a_page_about_a_mistake_is_well_built(town: Town, line: str):
    """Each form sent empty, and with nonsense in every field, by somebody who may send it."""
    endpoint = line.split()[1]
    role, visibility, _symbol = somebody_who_may(line)
    form = filled_form(town.world, endpoint, role, visibility)
    for data in ({}, dict.fromkeys(form, "\x00")):
        answer = town.post(role, town.url(endpoint, visibility), data)
        assert answer.status < 500
        if answer.is_page:
            assert faults_of(Visit(endpoint, role, visibility, answer)) == []
            assert [words for words in WORDS_OF_WTFORMS if words in unescape(answer.text)] == []


#: English sentences that WTForms has in store for mistakes.
WORDS_OF_WTFORMS = {
    words
    for path in Path(wtforms.__file__).parent.rglob("*.py")
    for words in re.findall(r'gettext\(\s*"([^"%]+\.)"', path.read_text(encoding="utf-8"))
}


def test_words_of_wtforms_would_be_found():
    assert {"Not a valid choice.", "This field is required."} <= WORDS_OF_WTFORMS


def test_every_answer_carries_the_safe_headers(town: Town):
    for visit in walk(town):
        found = {name: visit.answer.header(name) for name in HEADERS}
        assert found == HEADERS, visit
        features = visit.answer.header("Permissions-Policy").split(", ")
        assert len(features) > 10, visit
        assert all(feature.endswith("=()") for feature in features), visit


def test_nobody_keeps_what_is_somebodys_own(town: Town):
    found = []
    for visit in walk(town):
        guest, person = KEPT.get(visit.endpoint, (MINE, MINE))
        expected = guest if visit.role == ANONYMOUS else person
        if visit.answer.status >= 400:
            # That a calendar is not there may be kept no longer than that it is.
            expected = expected if visit.endpoint == "calendars.private_feed" else MINE
        if visit.answer.header("Cache-Control") != expected:
            found.append(f"{visit}: {visit.answer.header('Cache-Control')}")
    assert found == []


def test_search_engines_are_kept_from_all_but_the_public_rooms(town: Town):
    found = []
    for visit in walk(town):
        is_listed_group = visit.endpoint == "pages.group" and visit.visibility == "listed"
        may_be_listed = visit.endpoint in INDEXED or is_listed_group
        if (visit.answer.header("X-Robots-Tag") != "noindex") is not may_be_listed:
            found.append(str(visit))
    assert found == []


def test_no_cookie_before_there_is_something_to_remember(town: Town):
    """A guest who only looks gets none; a form may set one, because its token needs a home."""
    for visit in walk(town):
        cookie = visit.answer.header("Set-Cookie")
        if visit.role == ANONYMOUS and cookie and "Max-Age=0" not in cookie:
            page = Page(visit.answer.text)
            is_form = any(form.attributes.get("method") == "post" for form in page.all("form"))
            assert is_form, visit


def test_the_tab_of_a_members_page_tells_nothing(town: Town):
    """Not the group, not the session, not a person: whoever sits beside the member reads it too."""
    markers = set(town.world.markers.values())
    found = []
    for visit in walk(town):
        is_members_page = visit.role in INSIDERS or (
            visit.role in SIGNED_IN and visit.endpoint not in FOR_THE_PUBLIC
        )
        if is_members_page and visit.answer.is_page:
            title = title_of(visit.answer.text)
            if any(marker in title for marker in markers):
                found.append(f"{visit}: {title}")
    assert found == []


def test_a_public_site_has_no_rooms_for_developers(tmp_path):
    site = create_app(make_config(tmp_path, DEVELOPMENT="0"))
    assert [
        rule.endpoint for rule in site.url_map.iter_rules() if rule.endpoint.startswith("dev.")
    ] == []


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<p style="color: red">', "<p style> is inline"),
        ('<p onclick="go()">', "<p onclick> is inline"),
        ("<style>p {}</style>", "<style> is inline"),
        ("<script>go()</script>", "<script> is inline"),
        ('<a href="javascript:go()">go</a>', "<a> leads to a script"),
        ('<img src="https://elsewhere.example/a.png">', 'src="https://elsewhere.example/a.png"'),
        ('<script src="//elsewhere.example/a.js"></script>', "leads out"),
        ('<a href="https://elsewhere.example/">there</a>', "leads out"),
        ('<a href="https://elsewhere.example/" rel="noopener">there</a>', "leads out"),
        ('<a href="http://elsewhere.example/" rel="noopener noreferrer">there</a>', "leads out"),
        ('<form action="https://elsewhere.example/"></form>', "leads out"),
        ('<form method="post" action="/my"><input name="a"></form>', "carries no token"),
        ('<input type="radio" name="a">', "a stands in no fieldset"),
        ('<fieldset><input type="radio" name="a"></fieldset>', "a stands in no fieldset"),
        ('<input type="checkbox" name="a"><input type="checkbox" name="a">', "no fieldset"),
        ("<table><tr><td>1</td></tr></table>", "a table has no headings"),
        ("<table><tr><th>Day</th></tr></table>", "no scope: Day"),
        ('<input type="password" name="secret">', "secret has no autocomplete"),
        ('<input type="text" name="display_name">', "display_name has no autocomplete"),
        ('<a href="/my">Click here</a>', "says only 'Click here'"),
        ('<a href="/my"><svg></svg></a>', "says only ''"),
        ('<input type="email" name="a" autocomplete="name">', "is filled in with name"),
        ('<input type="password" name="a" autocomplete="off">', "is filled in with off"),
        ('<input type="text" name="code" pattern="[0-9]*">', "the keys for them"),
        ('<span class="tag tag--stop"></span>', "says nothing but its colour"),
        ('<button title="Removes it">X</button>', "to a mouse alone"),
        ('<input placeholder="Your town">', "stands in for a label"),
        ('<a href="/my" tabindex="2">mine</a>', "has tabindex 2"),
        ('<input name="q" autofocus>', "takes the focus"),
        ('<a href="/my" target="_blank">mine</a>', "<a target> takes"),
        ('<button accesskey="s">Save</button>', "<button accesskey> takes"),
        ('<p class="field__hint" id="a-hint">Any name</p>', "described by 'Any name'"),
        ('<p class="field__error">Wrong</p>', "described by 'Wrong'"),
    ],
)
def test_a_fault_of_a_page_is_seen(html, fault):
    found = faults(Page(html), own_address=OWN_ADDRESS)
    assert any(fault in words for words in found), found


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://elsewhere.example/" rel="noopener noreferrer">there</a>',
        '<a href="http://localhost/my">mine</a><a href="webcal://localhost/a.ics">open</a>',
        '<a href="tel:999">Call</a><a href="/groups">Groups</a><a href="#top">Top</a>',
        '<input type="checkbox" name="agrees"><input type="hidden" name="email">',
        '<fieldset><legend>How?</legend><input type="radio" name="a"></fieldset>',
        '<form method="post"><input type="hidden" name="csrf_token"></form><form></form>',
        '<table><tr><th scope="col">Day</th></tr></table>',
        '<input type="email" name="a" autocomplete="email"><input type="tel" autocomplete="tel">',
        '<label for="q">Word</label><input id="q" placeholder="tea">',
        '<span class="tag">Full</span><abbr title="Monday">Mon</abbr>',
        '<div class="error-summary" tabindex="-1" autofocus>Look again</div>',
        '<p class="field__hint" id="h">Any</p><input name="a" aria-describedby="e h">',
    ],
)
def test_a_good_page_is_let_pass(html):
    assert faults(Page(html), own_address=OWN_ADDRESS) == []
