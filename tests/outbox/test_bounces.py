"""Letters that come back by mail: where to, and what is made of them."""

from dataclasses import replace

import pytest

from supportgroups.outbox.mail import return_path
from supportgroups.outbox.queries import address_hash, find_failing_address

PERSON = "person1@example.org"
BOUNCE = """\
From: MAILER-DAEMON@relay.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="cut"

--cut
Content-Type: text/plain; charset=utf-8

It could not be delivered: Ärger.
--cut
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example
Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822; person1@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 no such user
--cut
Content-Type: text/rfc822-headers

Subject: You have an update
--cut--
"""


@pytest.fixture
def take(app):
    """Give the command a message; return how many letters failed in a row after it."""

    def take(rcpt=None, *, content=None, action="failed", status="5.1.1"):
        to = rcpt or f"bounces+{address_hash(PERSON)}@back.example"
        if content is None:
            content = BOUNCE.format(to=to, action=action, status=status).encode()
        result = app.test_cli_runner().invoke(
            args=["outbox", "take-bounce", "--rcpt", to], input=content
        )
        assert (result.exit_code, result.output) == (0, "")
        known = find_failing_address(PERSON)
        return known.failures if known is not None else 0

    return take


class TestTakeBounce:
    def test_it_counts(self, take):
        assert [take(), take(), take()] == [1, 2, 3]

    def test_a_mail_server_may_write_the_address_in_capitals(self, take):
        assert take(f"BOUNCES+{address_hash(PERSON).upper()}@BACK.EXAMPLE") == 1

    @pytest.mark.parametrize(
        ("action", "status"),
        [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("failed", "5.7.1"), ("failed", "4.2.2")],
    )
    def test_only_an_address_that_fails_for_good_counts(self, take, action, status):
        assert take(action=action, status=status) == 0

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"Subject: I am on holiday\n\nBack on Monday. Action: failed Status: 5.1.1",
            b"\xff\xfe\x00 no mail at all",
            b"Content-Type: message/delivery-status\n\nAction: failed\n\nAction: failed\n",
            b"Content-Type: multipart/report\n\nAction: failed\nStatus: 5.1.1\n",
        ],
    )
    def test_anything_else_changes_nothing(self, take, content):
        assert take(content=content) == 0

    @pytest.mark.parametrize(
        "rcpt", [PERSON, "bounces@back.example", "bounces+person1=example.org@back.example"]
    )
    def test_nobody_stops_the_letters_of_somebody_else(self, take, rcpt):
        assert take(rcpt) == 0


class TestReturnPath:
    def test_it_is_the_sender_where_nobody_takes_what_comes_back(self, app):
        assert return_path(address_hash(PERSON)) == "updates@gatherings.example"

    def test_it_says_whose_address_fails_to_this_site_alone(
        self, application, use_smtp, mail_server, ask, outbox, monkeypatch
    ):
        config = replace(application.config["SETTINGS"], bounce_domain="back.example")
        monkeypatch.setitem(application.config, "SETTINGS", config)
        ask(1)
        outbox.run()
        (delivery,) = mail_server.deliveries
        assert delivery.sender == f"bounces+{address_hash(PERSON)}@back.example"
        assert "person" not in delivery.sender
        assert delivery.message["From"] == "Updates <updates@gatherings.example>"
