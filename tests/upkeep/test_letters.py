"""Whether letters leave: who sees it, in which words, and what is never said."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from supportgroups.announcements.services import UNDO, announce
from supportgroups.app import LETTERS
from supportgroups.audit import AuditEntry
from supportgroups.db import db
from supportgroups.outbox.models import ADDRESS_STOPPED, JobState, OutboxJob
from supportgroups.outbox.queries import LetterCount, address_hash
from supportgroups.outbox.services.addresses import note_failure
from supportgroups.upkeep.letters import OTHER_REASON, SLICE_WORDS, look_over, reason_words
from tests.browser_client import visible_text
from tests.outbox.mail_server import MailServer


@pytest.fixture
def mail_server(application, monkeypatch):
    """A mail server that the site sends its letters through."""
    with MailServer() as server:
        config = replace(application.config["SETTINGS"], smtp_url=server.url, development=False)
        monkeypatch.setitem(application.config, "SETTINGS", config)
        yield server


@pytest.fixture
def urls(cast):
    """The pages."""
    return {"group": f"/groups/{cast.group.slug}/letters", "site": "/site/letters"}


def test_letters_of_each_slice_have_a_name():
    assert set(SLICE_WORDS) == {kind.partition(".")[0] for kind in LETTERS}


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("AddressFails 550", "Nobody has this address"),
        ("Undeliverable 554", "refuses the letter for good"),
        ("SMTPAuthenticationError 535", "does not let this site in"),
        ("SMTPResponseException 451", "did not take it"),
        ("SSLCertVerificationError", "certificate"),
        ("LookupError", str(OTHER_REASON)),
        ("", str(OTHER_REASON)),
    ],
)
def test_reasons_are_said_in_words(app, reason, words):
    assert words in str(reason_words(reason))


def test_numbers(app):
    letters = look_over(
        [
            LetterCount("notices.reminder", JobState.WAITING, "", 4),
            LetterCount("notices.reminder", JobState.WAITING, "TimeoutError", 2),
            LetterCount("notices.reminder", JobState.DONE, "", 7),
            LetterCount("rsvps.promoted", JobState.DONE, "", 9),
            LetterCount("notices.reminder", JobState.WITHDRAWN, ADDRESS_STOPPED, 3),
            LetterCount("notices.reminder", JobState.WITHDRAWN, "not wanted", 5),
            LetterCount("rsvps.promoted", JobState.DEAD, "AddressFails 550", 1),
        ]
    )
    assert (letters.waiting, letters.trying, letters.sent, letters.stopped) == (6, 2, 16, 3)
    assert [number for _words, number in letters.by_kind] == [9, 7]
    assert [trouble.how_many for trouble in letters.given_up] == [1]


class TestGroupLetters:
    def test_an_organizer_sees_what_failed_and_sends_it_again(
        self, browser, cast, urls, mail_server, outbox, now
    ):
        # Their order is that of the people's numbers: Rosa, Kofi, Sam.
        mail_server.refusals["DATA"] = ["554 5.7.1 spam", "554 5.7.1 spam"]
        announce(cast.group, "Hello", actor=cast.rosa, now=now - UNDO)
        outbox.run()
        browser.sign_in(cast.rosa)
        page = browser.get(urls["group"])
        text = visible_text(page.text)
        assert "Messages to members: 2. The mail server refuses the letter for good." in text
        assert "Sent in the last 30 days 1" in text
        assert [name for name in ("kofi@", "sam@", "Kofi", "Hello") if name in page.text] == []
        response = browser.post(urls["group"] + "/retry")
        assert (response.status_code, response.location) == (303, urls["group"])
        assert "2 letters are on their way again." in browser.get(urls["group"]).text
        outbox.run()
        assert len(mail_server.deliveries) == 3
        acts = db.session.execute(select(AuditEntry.act)).scalars().all()
        assert acts == ["announcement.sent", "letters.retried"]

    def test_nothing_to_send_again(self, browser, cast, urls):
        browser.sign_in(cast.rosa)
        browser.post(urls["group"] + "/retry")
        assert "There is nothing to send again." in browser.get(urls["group"]).text
        assert db.session.execute(select(AuditEntry)).first() is None

    def test_an_address_that_takes_none_is_a_number(
        self, browser, cast, urls, mail_server, outbox, now
    ):
        for _ in range(3):
            note_failure(address_hash(cast.sam.email), now=now)
        announce(cast.group, "Hello", actor=cast.rosa, now=now - UNDO)
        outbox.run()
        browser.sign_in(cast.rosa)
        text = visible_text(browser.get(urls["group"]).text)
        assert "because letters to the address come back 1" in text

    def test_the_letters_of_another_group_are_left_alone(
        self, browser, cast, urls, mail_server, outbox, now
    ):
        mail_server.refusals["DATA"] = ["554 no"] * 3
        announce(cast.group, "Hello", actor=cast.rosa, now=now - UNDO)
        outbox.run()
        browser.sign_in(cast.stan)
        assert browser.get(urls["group"]).status_code == 403
        assert browser.post(urls["group"] + "/retry").status_code == 403
        states = db.session.execute(select(OutboxJob.state)).scalars().all()
        assert states == [JobState.DEAD] * 3


class TestSiteLetters:
    def test_whoever_runs_the_site_sees_numbers_and_sends_all_again(
        self, browser, cast, urls, mail_server, outbox, now
    ):
        mail_server.refusals["DATA"] = ["554 no"]
        announce(cast.group, "Hello", actor=cast.rosa, now=now - UNDO)
        outbox.run()
        browser.sign_in(cast.ola)
        page = browser.get(urls["site"])
        text = visible_text(page.text)
        assert "Messages to members: 1." in text
        assert "A worker last did something 23 Nov 2026" in text
        assert "nothing is due" in text
        found = [name for name in (cast.group.name, "sam@", "rosa@", "Hello") if name in page.text]
        assert found == []
        response = browser.post(urls["site"] + "/retry")
        assert (response.status_code, response.location) == (303, urls["site"])
        outbox.run()
        assert len(mail_server.deliveries) == 3

    def test_before_anything_happened(self, browser, cast, urls):
        browser.sign_in(cast.ola)
        assert "never. Is one running?" in browser.get(urls["site"]).text

    def test_nobody_else_does(self, browser, cast, urls):
        assert browser.get(urls["site"]).location.startswith("/sign-in")
        browser.sign_in(cast.rosa)
        assert browser.get(urls["site"]).status_code == 403
        assert browser.post(urls["site"] + "/retry").status_code == 403

    def test_wrong_method(self, browser, cast, urls):
        browser.sign_in(cast.ola)
        assert browser.get(urls["site"] + "/retry").status_code == 405
