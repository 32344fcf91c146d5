"""The viewer of letters on a development site."""

import pytest
import structlog

from supportgroups.app import create_app
from supportgroups.db import transaction
from supportgroups.dev.mailbox import find_letter
from supportgroups.dev.views import LETTERS_PER_PAGE
from supportgroups.outbox.mail import Letter
from supportgroups.outbox.services.jobs import enqueue
from tests.browser_client import visible_text
from tests.conftest import make_config


@pytest.fixture
def send(app, outbox, now, monkeypatch):
    """Send letters with the given texts, through the outbox."""

    def build(payload, *, now):
        return Letter(to="sam@example.org", subject=payload["subject"], text=payload["text"])

    monkeypatch.setitem(app.extensions["outbox"].letters, "tests.letter", build)

    def send(*texts, subject="You have an update"):
        with transaction():
            for number, text in enumerate(texts):
                payload = {"subject": subject, "text": text}
                enqueue("tests.letter", payload, key=f"tests.letter:{number}:{text}", now=now)
        outbox.run()
        folder = app.config["SETTINGS"].mail_folder
        return [path.stem for path in sorted(folder.glob("*.eml"))]

    return send


class TestMailbox:
    def test_it_shows_the_newest_letter_first(self, send, browser):
        older, newer = send("one", "two")
        page = browser.get("/dev/mail").text
        assert page.index(newer) < page.index(older)
        assert "sam@example.org 23 Nov 2026, 09:00 (UTC)" in visible_text(page)

    def test_it_says_that_there_are_none(self, browser):
        assert "No letters yet" in browser.get("/dev/mail").text

    def test_it_shows_a_long_list_in_parts(self, send, browser):
        names = send(*map(str, range(LETTERS_PER_PAGE + 1)))
        first = browser.get("/dev/mail").text
        assert names[0] not in first
        assert f'href="/dev/mail?before={names[1]}"' in first
        second = browser.get(f"/dev/mail?before={names[1]}").text
        assert names[0] in second
        assert names[1] not in second
        assert 'rel="prev" href="/dev/mail"' in second

    def test_it_escapes_subjects(self, send, browser):
        send("text", subject="<script>alert(1)</script>")
        assert "<script>alert" not in browser.get("/dev/mail").text

    def test_no_other_site_has_it(self, app, tmp_path):
        config = make_config(tmp_path, DEVELOPMENT="0")
        logging = structlog.get_config()
        public_site = create_app(config)
        structlog.configure(**logging)
        assert public_site.test_client().get("/dev/mail").status_code == 404


class TestLetter:
    def test_it_shows_headers_and_text(self, send, browser):
        (name,) = send("Dear Sam,\nhello.\n\nSee <b>you</b> soon.")
        page = browser.get(f"/dev/mail/{name}").text
        assert "From Updates &lt;updates@gatherings.example&gt;" in visible_text(page)
        assert "See &lt;b&gt;you&lt;/b&gt; soon." in page

    def test_its_own_addresses_are_links(self, send, browser):
        (name,) = send("Sign in: http://localhost/sign-in/abc?x=1&y=2.\n\nhttp://evil.example/")
        page = browser.get(f"/dev/mail/{name}").text
        assert '<a href="http://localhost/sign-in/abc?x=1&amp;y=2">' in page
        assert 'href="http://evil.example' not in page

    def test_it_shows_the_same_words_as_mail_programs_do(self, send, browser):
        (name,) = send("Hello.\n\nSign in: http://localhost/sign-in/abc\n\nSee <b>you</b>.")
        assert f'href="/dev/mail/{name}/html"' in browser.get(f"/dev/mail/{name}").text
        response = browser.client.get(f"/dev/mail/{name}/html")
        assert '<a class="button" href="http://localhost/sign-in/abc">Sign in</a>' in response.text
        assert "See &lt;b&gt;you&lt;/b&gt;." in response.text
        assert "style-src 'sha256-" in response.headers["Content-Security-Policy"]

    @pytest.mark.parametrize("form", ["", "/html"])
    @pytest.mark.parametrize("name", ["nothing", "..", "..%2F..%2Fsecret-key", "1", "%00"])
    def test_it_knows_no_other_file(self, browser, name, form):
        assert browser.get(f"/dev/mail/{name}{form}").status_code == 404


def test_a_letter_is_looked_for_in_the_mailbox_alone(tmp_path):
    folder = tmp_path / "mail"
    folder.mkdir()
    (tmp_path / "1.eml").write_text("To: sam@example.org\n\nprivate\n")
    assert find_letter(folder, "../1") is None
