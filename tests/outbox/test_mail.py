"""Letters, the messages made of them, and the links in them."""

from dataclasses import replace
from datetime import date

import pytest
from werkzeug.routing import BuildError

from supportgroups.formatting import calendar_day
from supportgroups.languages import LANGUAGES
from supportgroups.outbox.mail import (
    Letter,
    Undeliverable,
    absolute,
    address_of,
    compose,
    in_language,
    message_id,
)
from tests.outbox_runner import read_letter

LETTER = Letter(to="sam@example.org", subject="You have an update", text="Hello\n")


def through_the_wire(message):
    """Return a message as its reader's program understands it."""
    content = message.content
    assert content.isascii(), "no relay may have to change what was signed"
    assert max(map(len, content.split(b"\r\n"))) <= 998
    return read_letter(content)


@pytest.fixture
def composed(app, now):
    """Make a message with some fields changed, and read it back."""

    def composed(key="tests:1", **fields):
        return through_the_wire(compose(replace(LETTER, **fields), key=key, now=now))

    return composed


class TestCompose:
    def test_its_headers(self, composed):
        headers = dict(composed().items())
        assert headers.pop("Content-Type").startswith("multipart/alternative")
        assert headers == {
            "To": "sam@example.org",
            "Subject": "You have an update",
            "From": "Updates <updates@gatherings.example>",
            "Date": "Mon, 23 Nov 2026 09:00:00 +0000",
            "Message-ID": message_id("tests:1"),
            "Auto-Submitted": "auto-generated",
            "MIME-Version": "1.0",
        }

    @pytest.mark.parametrize(
        "text",
        [
            "Grüße, 你好 🕯\n",
            "x" * 2000 + "\n",
            ".\n.leading dots\n\n.\n",
            "From me\n",
            "مرحبا\n" * 50,
        ],
    )
    def test_its_words_arrive_as_they_were_written(self, composed, text):
        assert composed(text=text).get_content() == text

    def test_each_try_sends_the_same_bytes(self, app, now):
        assert compose(LETTER, key="tests:1", now=now) == compose(LETTER, key="tests:1", now=now)
        assert compose(LETTER, key="tests:1", now=now) != compose(LETTER, key="tests:2", now=now)

    def test_nobody_can_write_the_end_of_a_part_into_a_letter(self, composed):
        mark = composed().get_boundary()
        assert mark is not None
        for text in (f"--{mark}\n", f"--{mark}--\n", "--=_\nContent-Type: text/html\n\nHello\n"):
            message = composed(key="tests:2", text=text)
            assert message.get_content() == text
            assert len(list(message.iter_parts())) == 2

    def test_what_is_mostly_beyond_ascii_takes_less_room(self, composed):
        assert (
            composed(text="مرحبا\n" * 50).get_body(("plain",))["Content-Transfer-Encoding"]
            == "base64"
        )
        assert composed(text="Viele Grüße an alle\n" * 9).get_body(("plain",))[
            "Content-Transfer-Encoding"
        ] == ("quoted-printable")

    @pytest.mark.parametrize("subject", ["Für dich", "更新", "=?utf-8?q?x?=", "word " * 60 + "end"])
    def test_its_subject_arrives_as_it_was_written(self, composed, subject):
        expected = "x" if subject.startswith("=?") else subject
        assert composed(subject=subject)["Subject"] == expected

    def test_it_has_a_second_form_with_the_same_words(self, composed):
        message = composed(text="Hello <you>.\n\nSign in: http://localhost/sign-in/abc\n")
        assert message.get_content_type() == "multipart/alternative"
        assert [part.get_content_type() for part in message.iter_parts()] == [
            "text/plain",
            "text/html",
        ]
        html = message.get_body(("html",)).get_content()
        assert "Hello &lt;you&gt;." in html
        assert '<a class="button" href="http://localhost/sign-in/abc">Sign in</a>' in html

    def test_the_way_out_is_an_address_as_it_is_and_no_button(self, app, now):
        """However long it is: cut or encoded, mail programs could not use it."""
        address = "http://localhost/stop/" + "x" * 200
        letter = replace(LETTER, text=f"Hello.\n\nNo more: {address}", unsubscribe_address=address)
        message = compose(letter, key="tests:1", now=now)
        assert f"\r\nList-Unsubscribe: <{address}>\r\n".encode() in message.content
        html = read_letter(message.content).get_body(("html",)).get_content()
        assert f'<a href="{address}">No more</a>' in html

    def test_it_says_in_which_language_it_is(self, composed, monkeypatch):
        monkeypatch.setitem(LANGUAGES, "ar", "ar")
        assert '<html lang="en" dir="ltr">' in composed().get_body(("html",)).get_content()
        html = composed(language="ar").get_body(("html",)).get_content()
        assert '<html lang="ar" dir="rtl">' in html

    @pytest.mark.parametrize(
        ("to", "arrives_as"),
        [
            ("sam@example.org", "sam@example.org"),
            ("sam+updates@example.org", "sam+updates@example.org"),
            ("sam@bücher.example", "sam@xn--bcher-kva.example"),
            ("x" * 64 + "@" + "y" * 60 + ".example", "x" * 64 + "@" + "y" * 60 + ".example"),
        ],
    )
    def test_it_goes_to_one_address(self, composed, to, arrives_as):
        (address,) = composed(to=to)["To"].addresses
        assert address.addr_spec == arrives_as

    @pytest.mark.parametrize(
        "to",
        [
            "sam@example.org, stan@example.org",
            "sam@example.org\r\nBcc: stan@example.org",
            "sam@example.org\nBcc: stan@example.org",
            "sam@example.org\n",
            "Sam <sam@example.org>",
            "group: sam@example.org;",
            "sam",
            "@example.org",
            "sam@",
            "",
            "säm@example.org",
            "sam@exa mple.org",
            "sam@example..org",
        ],
    )
    def test_it_refuses_what_is_not_one_address(self, app, now, to):
        with pytest.raises(Undeliverable):
            compose(replace(LETTER, to=to), key="tests:1", now=now)

    @pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
    def test_a_subject_cannot_become_another_header(self, app, now, end):
        with pytest.raises(Undeliverable):
            compose(replace(LETTER, subject=f"Hello{end}Bcc: x@example.org"), key="1", now=now)


class TestMessageId:
    def test_it_is_the_same_for_each_try_and_another_for_each_job(self, app):
        assert message_id("tests:1") == message_id("tests:1")
        assert message_id("tests:1") != message_id("tests:2")
        assert message_id("tests:1").endswith("@gatherings.example>")

    def test_nobody_can_compute_it_from_a_guessed_key(self, app, monkeypatch):
        ours = message_id("tests:1")
        config = replace(
            app.config["SETTINGS"], secret_key="another secret key of thirty-two or more"
        )
        monkeypatch.setitem(app.config, "SETTINGS", config)
        assert message_id("tests:1") != ours


class TestAddresses:
    @pytest.fixture(autouse=True)
    def _public_site(self, app, monkeypatch):
        config = replace(app.config["SETTINGS"], base_url="https://groups.example:8443")
        monkeypatch.setitem(app.config, "SETTINGS", config)

    def test_a_path(self, app):
        assert absolute("/my") == "https://groups.example:8443/my"

    def test_a_view(self, app):
        assert address_of("operations.healthz") == "https://groups.example:8443/healthz"

    def test_other_values_go_into_the_query(self, app):
        address = address_of("operations.healthz", next="/my?a=b&c", nothing=None)
        assert address == "https://groups.example:8443/healthz?next=/my?a%3Db%26c"

    def test_a_forged_host_changes_nothing(self, app):
        with app.test_request_context(headers={"Host": "evil.example"}):
            assert address_of("operations.healthz") == "https://groups.example:8443/healthz"

    def test_an_unknown_view(self, app):
        with pytest.raises(BuildError):
            address_of("operations.nothing")


class TestInLanguage:
    def test_it_writes_dates_as_the_reader_does(self, app, monkeypatch):
        monkeypatch.setitem(LANGUAGES, "de", "de_DE")
        with in_language("de"):
            assert calendar_day(date(2026, 12, 1)) == "1. Dezember 2026"
        with in_language("en"):
            assert calendar_day(date(2026, 12, 1)) == "1 December 2026"

    @pytest.mark.parametrize("language", [None, "", "tlh", "../en"])
    def test_others_are_written_to_in_english(self, app, language):
        with in_language(language):
            assert calendar_day(date(2026, 12, 1)) == "1 December 2026"
