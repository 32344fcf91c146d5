"""The two ways in for answers: the command of a mail server's pipe, and the listener."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from supportgroups.app import ROOT, create_app
from supportgroups.calendars.listener import listening_for_replies
from supportgroups.calendars.lmtp import MOST_BYTES
from supportgroups.calendars.replies import MAX_BYTES, Verdict
from supportgroups.db import db
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.queries import find_rsvp
from tests.conftest import make_config

ACCEPTED, TENTATIVE, DECLINED, WAITLISTED = RsvpStatus
UNKNOWN = "rsvp+00112233445566778899aabbccddeeff@reply.example"


@pytest.fixture
def without_database(tmp_path):
    """A site whose database is away."""
    url = f"sqlite:///{tmp_path}/not/mounted/site.sqlite3"
    return create_app(make_config(tmp_path, DATABASE_URL=url))


def free_port():
    """Return a port of this machine on which nobody listens."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return probe.getsockname()[1]


@contextmanager
def listening(app):
    """Let an application listen on a free port; return a mail server's connection to it."""
    port = free_port()
    config = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(config, lmtp_listen=("127.0.0.1", port))
    try:
        with listening_for_replies(app), smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
            yield client
    finally:
        app.config["SETTINGS"] = config


def hand_over(client, message, *recipients, sender="sam@example.org"):
    """Speak as a mail server does; return the code of the reply for each recipient."""
    assert client.docmd("LHLO mx.example.org")[0] == 250
    assert client.mail(sender)[0] == 250
    for recipient in recipients:
        assert client.rcpt(recipient)[0] == 250
    codes = [client.data(message)[0]]
    return codes + [client.getreply()[0] for _ in recipients[1:]]


class TestListener:
    def test_an_answer_counts(self, app, cast, message, rcpt, now):
        with listening(app) as client:
            reply = message("programs/outlook", "DECLINED", at=now)
            assert hand_over(client, reply, rcpt) == [250]
        db.session.rollback()
        assert find_rsvp(cast.session, cast.sam).status is DECLINED

    def test_each_recipient_has_a_reply(self, app, cast, message, rcpt, now):
        with listening(app) as client:
            reply = message("programs/apple", "TENTATIVE", at=now)
            assert hand_over(client, reply, UNKNOWN, rcpt) == [250, 250]
            assert client.noop()[0] == 250, "both sides know where they are"
        db.session.rollback()
        assert find_rsvp(cast.session, cast.sam).status is TENTATIVE

    def test_what_is_no_answer_is_dropped_without_a_word(self, app, message, rcpt, now):
        with listening(app) as client:
            for name in ("odd/words_alone", "odd/bounce", "odd/request_spoof"):
                assert hand_over(client, message(name, "DECLINED", at=now), rcpt) == [250]
            assert hand_over(client, b"x\r\n" * (MAX_BYTES // 2), rcpt) == [250]

    def test_what_nobody_sent_is_a_bounce(self, app, cast, message, rcpt, now):
        with listening(app) as client:
            reply = message("programs/gmail", "DECLINED", at=now)
            assert hand_over(client, reply, rcpt, sender="<>") == [250]
        db.session.rollback()
        assert find_rsvp(cast.session, cast.sam).status is ACCEPTED

    def test_a_second_worker_works_without_it(self, app, capfd):
        with listening(app) as client:
            with listening_for_replies(app):
                assert client.docmd("LHLO mx.example.org")[0] == 250
            assert client.noop()[0] == 250, "the first one goes on"
        assert "calendars.not_listening" in capfd.readouterr().err

    def test_more_than_a_memory_should_hold_is_refused(self, app, rcpt):
        with listening(app) as client:
            assert hand_over(client, (b"x" * 998 + b"\r\n") * (MOST_BYTES // 1000 + 1), rcpt) == [
                552
            ]

    def test_long_lines_are_taken(self, app, cast, message, rcpt, now):
        reply = message("programs/sabre", "TENTATIVE", at=now)
        head, body = reply.split(b"\r\n\r\n", 1)
        one_line = head + b"\r\n\r\n" + body.replace(b"\r\n", b"") + b"\r\n"
        assert max(map(len, one_line.splitlines())) > 500
        with listening(app) as client:
            assert hand_over(client, one_line + b"x" * 2000, rcpt) == [250]
        db.session.rollback()
        assert find_rsvp(cast.session, cast.sam).status is TENTATIVE

    def test_a_database_that_is_away_is_waited_for(self, without_database, message, rcpt, now):
        reply = message("programs/gmail", "DECLINED", at=now)
        with listening(without_database) as client:
            assert hand_over(client, reply, rcpt, UNKNOWN) == [451, 451]

    def test_it_is_not_there_where_nobody_set_it_up(self, app):
        with listening_for_replies(app):
            assert app.config["SETTINGS"].lmtp_listen is None

    def test_it_tells_no_log_a_token(self, app, message, rcpt, now, capfd, caplog):
        caplog.set_level("DEBUG", logger="mail")
        with listening(app) as client:
            hand_over(client, message("programs/gmail", "DECLINED", at=now), rcpt)
        written = capfd.readouterr()
        token = rcpt.removeprefix("rsvp+").partition("@")[0]
        assert token not in written.out + written.err + caplog.text


def test_a_worker_listens_as_long_as_it_works(live_app):
    """In a process of its own, as a site runs it."""
    config = live_app.config["SETTINGS"]
    port = free_port()
    environ = {
        "PATH": os.environ["PATH"],
        "SUPPORTGROUPS_DATA_DIR": str(config.data_dir),
        "SUPPORTGROUPS_DATABASE_URL": config.database_url,
        "SUPPORTGROUPS_LMTP_LISTEN": f"127.0.0.1:{port}",
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"],
        env=environ,
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(60, worker.kill)
    watchdog.start()
    try:
        assert any("calendars.listening" in line for line in worker.stderr)
        with smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
            assert hand_over(client, b"Subject: Yes\r\n\r\n", UNKNOWN) == [250]
        worker.send_signal(signal.SIGTERM)
        assert any(f'"verdict": "{Verdict.UNKNOWN_ADDRESS}"' in line for line in worker.stderr)
        assert worker.wait(20) == 0
    finally:
        watchdog.cancel()
        worker.kill()
        worker.wait(20)
        worker.stderr.close()


class TestCommand:
    @pytest.fixture
    def pipe(self):
        """Run the command as a mail server's pipe does."""

        def pipe(app, message, recipient):
            arguments = ["calendars", "take-reply", "--rcpt", recipient]
            return app.test_cli_runner().invoke(args=arguments, input=message)

        return pipe

    def test_an_answer_counts(self, app, cast, message, rcpt, now, pipe):
        result = pipe(app, message("programs/thunderbird", "DECLINED", at=now), rcpt)
        assert (result.exit_code, result.stdout) == (0, f"{Verdict.TAKEN}\n")
        db.session.rollback()
        assert find_rsvp(cast.session, cast.sam).status is DECLINED

    @pytest.mark.parametrize(
        ("name", "verdict"),
        [("odd/bounce", Verdict.AUTOMATIC), ("odd/empty", Verdict.NO_ANSWER)],
    )
    def test_what_is_dropped_is_no_failure(self, app, message, rcpt, now, pipe, name, verdict):
        result = pipe(app, message(name, "DECLINED", at=now), rcpt)
        assert (result.exit_code, result.stdout) == (0, f"{verdict}\n")

    def test_what_is_too_large_is_read_to_its_end_and_dropped(self, app, rcpt, pipe):
        result = pipe(app, b"x" * (3 * MAX_BYTES), rcpt)
        assert (result.exit_code, result.stdout) == (0, f"{Verdict.TOO_LARGE}\n")

    def test_a_database_that_is_away_is_waited_for(self, tmp_path):
        """In a process of its own, as a pipe starts it."""
        environ = {
            "PATH": os.environ["PATH"],
            "SUPPORTGROUPS_DATA_DIR": str(tmp_path),
            "SUPPORTGROUPS_DATABASE_URL": f"sqlite:///{tmp_path}/not/mounted/site.sqlite3",
        }
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "calendars", "take-reply"]
        result = subprocess.run(
            [*command, "--rcpt", UNKNOWN],
            input=b"Subject: Yes\r\n\r\n",
            env=environ,
            cwd=ROOT,
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert result.returncode == 75, result.stderr
        assert result.stderr == b"The database does not answer.\n"

    def test_it_needs_a_recipient(self, app):
        result = app.test_cli_runner().invoke(args=["calendars", "take-reply"], input=b"")
        assert result.exit_code == 2
