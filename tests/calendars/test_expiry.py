"""Addresses that no app fetches, addresses for duties, and whose app came."""

from datetime import timedelta

import pytest
import time_machine

from supportgroups.calendars.clients import ClientFamily, family_of
from supportgroups.calendars.models import FeedLink
from supportgroups.calendars.services.expiry import renew_feed_link, tell_of_expired
from supportgroups.calendars.services.links import KEPT_UNUSED, revoke_feed_link
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import SessionFacilitator
from tests.browser_client import visible_text
from tests.conftest import NOW
from tests.factories import make_rsvp, make_session

LATER = NOW + KEPT_UNUSED


@pytest.fixture
def link(cast, make_link):
    return make_link(cast.sam)


def status(subscriber, url: str, at) -> int:
    with time_machine.travel(at, tick=False):
        return subscriber.ask(url).status_code


def test_an_address_ends_when_no_app_comes_for_ninety_days(subscriber, link):
    _link, url = link
    assert status(subscriber, url, LATER) == 410
    assert status(subscriber, url, LATER - timedelta(minutes=1)) == 200


def test_each_visit_puts_that_off(subscriber, link):
    _link, url = link
    assert status(subscriber, url, NOW + timedelta(days=60)) == 200
    assert status(subscriber, url, NOW + timedelta(days=149)) == 200
    assert status(subscriber, url, NOW + timedelta(days=149) + KEPT_UNUSED) == 410


def test_its_owner_is_told_once_and_can_switch_it_on_again(subscriber, cast, link, browser, outbox):
    found, url = link
    tell_of_expired(now=LATER - timedelta(minutes=1))
    for _time in range(2):
        tell_of_expired(now=LATER)
    with time_machine.travel(LATER, tick=False):
        outbox.run()
        (letter,) = outbox.letters
        assert letter["To"] == "sam@example.org"
        assert "phone" not in letter.get_content()
        browser.sign_in(cast.sam)
        for page in ("/my", "/my/calendars"):
            assert "Switch it on again" in browser.get(page).text
        assert browser.post(f"/my/calendars/{found.public_id}/renew").status_code == 303
        assert subscriber.ask(url).status_code == 200
        assert "Switch it on again" not in browser.get("/my").text
        tell_of_expired(now=LATER)
    tell_of_expired(now=LATER + KEPT_UNUSED)
    with time_machine.travel(LATER + KEPT_UNUSED, tick=False):
        outbox.run()
    assert len(outbox.letters) == 2, "the next time is another one"


def test_who_has_renewed_it_meanwhile_gets_no_letter(cast, link, outbox):
    tell_of_expired(now=LATER)
    renew_feed_link(link[0], actor=cast.sam, now=LATER)
    with time_machine.travel(LATER, tick=False):
        outbox.run()
    assert outbox.letters == []


def test_nobody_renews_the_address_of_another_or_a_revoked_one(cast, link):
    with pytest.raises(PermissionDenied):
        renew_feed_link(link[0], actor=cast.kofi, now=NOW)
    revoke_feed_link(link[0], actor=cast.sam, now=NOW)
    with pytest.raises(PermissionDenied):
        renew_feed_link(link[0], actor=cast.sam, now=NOW)
    tell_of_expired(now=LATER)
    assert db.session.get_one(FeedLink, link[0].id).expiry_told_at is None


def test_an_address_for_duties_carries_what_its_owner_leads(subscriber, cast, make_link):
    led, other = (
        make_session(cast.series, cast.session.wall_starts_at + timedelta(weeks=week))
        for week in (1, 2)
    )
    with transaction():
        db.session.add(SessionFacilitator(group_session_id=led.id, user_id=cast.kofi.id))
    make_rsvp(led, cast.kofi, RsvpStatus.DECLINED)
    make_rsvp(other, cast.kofi, RsvpStatus.ACCEPTED)
    _link, duties = make_link(cast.kofi, is_for_duties=True)
    _link, of_one = make_link(cast.kofi, is_for_duties=True, group=cast.group)
    _link, everything = make_link(cast.kofi)

    def uids(url: str) -> set[str]:
        return {str(event["UID"]) for event in subscriber.fetch(url).walk("VEVENT")}

    assert uids(duties) == uids(of_one) == {led.uid}
    assert uids(everything) == {other.uid}


def test_only_who_leads_is_offered_duties(cast, browser):
    browser.sign_in(cast.sam)
    assert "Sessions that I lead" not in browser.get("/my/calendars/new").text
    wish = {"name": "phone", "scope": "duties!", "discretion": "neutral"}
    assert browser.post("/my/calendars/new", wish).status_code == 200
    browser.sign_in(cast.kofi)
    assert "Sessions that I lead" in browser.get("/my/calendars/new").text
    assert browser.post("/my/calendars/new", wish).status_code == 303
    assert "Sessions that I lead" in browser.get("/my/calendars").text


def test_the_page_says_whose_app_came_and_no_more(subscriber, cast, link, browser):
    agent = "iOS/19.1 (23B74) dataaccessd/1.0"
    subscriber.ask(link[1], User_Agent=agent)
    browser.sign_in(cast.sam)
    page = browser.get("/my/calendars").text
    assert "By Apple Calendar" in visible_text(page)
    assert "dataaccessd" not in page
    db.session.expire_all()
    assert db.session.get_one(FeedLink, link[0].id).client is ClientFamily.APPLE


@pytest.mark.parametrize(
    ("agent", "family"),
    [
        ("iOS/19.1 (23B74) dataaccessd/1.0", ClientFamily.APPLE),
        ("macOS/26.1 (25B78) CalendarAgent/1090", ClientFamily.APPLE),
        ("Mac+OS+X/10.15.7 (19H2) CalendarAgent/930.5.1", ClientFamily.APPLE),
        ("Google-Calendar-Importer", ClientFamily.GOOGLE),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0)", ClientFamily.OUTLOOK),
        ("Microsoft.Exchange/15.20 (Outlook; macOS/15)", ClientFamily.OUTLOOK),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Thunderbird/140.5.0", ClientFamily.THUNDERBIRD),
        ("ICSx5/2.2 (ical4j; okhttp) Android/16", ClientFamily.ANDROID),
        ("vdirsyncer/0.21.0", ClientFamily.OTHER),
        ("", ClientFamily.OTHER),
    ],
)
def test_an_app_is_known_by_its_family(agent, family):
    assert family_of(agent) is family
