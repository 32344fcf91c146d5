"""Letters on their way through a real mail server."""

import ssl
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from supportgroups.db import db, transaction
from supportgroups.outbox import transports
from supportgroups.outbox.models import JobState, OutboxJob
from supportgroups.outbox.services.leases import LEASE
from tests.outbox.mail_server import PATIENCE, MailServer, make_certificate
from tests.outbox.sample_letter import write_letter


class TestDelivery:
    def test_it_works(self, mail_server, ask, outbox, jobs):
        ask()
        outbox.run()
        (delivery,) = mail_server.deliveries
        assert delivery.sender == "updates@gatherings.example"
        assert delivery.message["To"] == "person1@example.org"
        assert delivery.message.get_content() == "You are person 1.\n"
        assert jobs()[0].state is JobState.DONE
        assert outbox.letters == []

    def test_the_server_is_told_the_name_of_the_site(self, mail_server, ask, outbox):
        ask()
        outbox.run()
        assert mail_server.deliveries[0].client == "localhost"

    def test_each_letter_has_an_envelope_of_its_own(self, mail_server, ask, outbox):
        for number in range(5):
            ask(number)
        outbox.run()
        envelopes = [(each.recipients, each.message["To"]) for each in mail_server.deliveries]
        assert envelopes == [
            ([f"person{number}@example.org"], f"person{number}@example.org") for number in range(5)
        ]

    def test_one_connection_serves_all(self, mail_server, ask, outbox):
        for number in range(5):
            ask(number)
        outbox.run()
        assert mail_server.connections == 1

    def test_others_read_and_write_while_a_letter_is_on_its_way(
        self, app, registry, mail_server, ask, outbox, jobs, monkeypatch
    ):
        def read_and_build(payload, *, now):
            db.session.scalar(select(func.count(OutboxJob.id)))
            return write_letter(payload, now=now)

        def write_from_elsewhere(_delivery):
            connections_in_use.append(pool.checkedout())
            with app.app_context(), transaction():
                db.session.execute(delete(OutboxJob).where(OutboxJob.id < 0))

        monkeypatch.setattr(transports, "ANSWER_LIMIT", 5)
        connections_in_use, pool = [], db.engine.pool
        registry.letters["tests.letter"] = read_and_build
        mail_server.on_letter = write_from_elsewhere
        ask(1)
        ask(2)
        outbox.run()
        assert connections_in_use == [0, 0]
        assert [job.state for job in jobs()] == [JobState.DONE, JobState.DONE]


class TestRefusal:
    @pytest.mark.parametrize(
        ("step", "reason"), [("RCPT", "AddressFails 550"), ("DATA", "Undeliverable 550")]
    )
    def test_a_letter_refused_for_good_is_given_up_at_once(
        self, mail_server, ask, outbox, jobs, step, reason
    ):
        mail_server.refusals[step] = ["550 5.1.1 person1@example.org is unknown here"]
        ask(1)
        ask(2)
        outbox.run()
        refused, fine = jobs()
        assert (refused.state, refused.attempts) == (JobState.DEAD, 1)
        assert refused.last_error == reason
        assert fine.state is JobState.DONE
        assert mail_server.connections == 1

    @pytest.mark.parametrize("step", ["RCPT", "DATA", "MAIL"])
    def test_one_refused_for_now_is_sent_later_as_the_same(
        self, mail_server, ask, outbox, jobs, step
    ):
        mail_server.refusals[step] = ["451 Try again later"]
        ask()
        outbox.run()
        (job,) = jobs()
        assert (job.state, job.last_error) == (JobState.WAITING, "SMTPResponseException 451")
        outbox.run(now=job.due_at)
        assert jobs()[0].state is JobState.DONE
        assert len(mail_server.deliveries) == 1

    def test_a_site_that_is_refused_keeps_its_letters(self, mail_server, ask, outbox, jobs):
        mail_server.refusals["MAIL"] = ["550 5.7.1 You may not send from there"]
        ask()
        outbox.run()
        (job,) = jobs()
        assert (job.state, job.last_error) == (JobState.WAITING, "SMTPResponseException 550")

    def test_a_server_that_had_enough_is_met_on_a_new_connection(
        self, mail_server, ask, outbox, jobs
    ):
        def have_enough(_delivery):
            if len(mail_server.deliveries) == 2:
                mail_server.refusals["MAIL"] = ["421 Too many letters on this connection"]

        mail_server.on_accepted = have_enough
        for number in range(4):
            ask(number)
        outbox.run()
        assert {(job.state, job.attempts) for job in jobs()} == {(JobState.DONE, 1)}
        assert [each.connection for each in mail_server.deliveries] == [1, 1, 2, 2]

    def test_each_try_has_the_same_message_id(self, mail_server, ask, outbox, jobs):
        mail_server.on_letter = lambda delivery: tries.append(delivery) or "451 Later"
        tries = []
        ask()
        outbox.run()
        outbox.run(now=jobs()[0].due_at)
        first, second = (delivery.message["Message-ID"] for delivery in tries)
        assert first == second
        assert mail_server.deliveries == []

    def test_a_server_that_is_not_there(self, use_smtp, ask, outbox, jobs):
        with MailServer() as server:
            pass
        use_smtp(server.url)
        ask()
        outbox.run()
        (job,) = jobs()
        assert (job.state, job.last_error) == (JobState.WAITING, "ConnectionRefusedError")


class TestPatience:
    @pytest.mark.parametrize("limit", ["ANSWER_LIMIT", "LETTER_LIMIT"])
    def test_an_answer_is_not_waited_for_too_long(
        self, mail_server, ask, outbox, jobs, monkeypatch, limit
    ):
        monkeypatch.setattr(transports, limit, 0.5)
        given_up = threading.Event()
        # The server answers only when the worker has written down that it gave up.
        mail_server.on_letter = lambda _: given_up.wait(PATIENCE) and "451 Too late"
        ask()
        begun = time.monotonic()
        outbox.run()
        assert time.monotonic() - begun < 10
        given_up.set()
        assert jobs()[0].state is JobState.WAITING
        assert jobs()[0].last_error in {"SMTPServerDisconnected", "TimeoutError"}

    def test_one_letter_may_not_take_longer_than_its_lease(
        self, mail_server, ask, outbox, jobs, monkeypatch
    ):
        monkeypatch.setattr(transports, "LETTER_LIMIT", 0)
        ask()
        outbox.run()
        assert (jobs()[0].state, jobs()[0].last_error) == (JobState.WAITING, "TimeoutError")

    def test_the_limits_leave_room_in_the_lease(self):
        assert timedelta(seconds=transports.LETTER_LIMIT) < LEASE
        assert transports.LETTER_LIMIT > transports.ANSWER_LIMIT


@pytest.fixture(scope="module")
def certificate_files(tmp_path_factory):
    """A certificate for localhost and its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def certificate(certificate_files, monkeypatch):
    """The certificate, trusted in this test."""
    certificate, key = certificate_files
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


LOGIN = ("mailer", "a pass:word/with@signs")
SPELLED = "mailer:a%20pass%3Aword%2Fwith%40signs"


class TestSafeTransport:
    def test_starttls_with_a_password(self, certificate, use_smtp, ask, outbox, jobs):
        options = {"tls_context": certificate, "require_starttls": True}
        with MailServer(options=options, login=LOGIN) as server:
            use_smtp(f"smtp+starttls://{SPELLED}@localhost:{server.port}")
            ask(1)
            ask(2)
            outbox.run()
        assert {job.state for job in jobs()} == {JobState.DONE}
        assert [delivery.is_signed_in for delivery in server.deliveries] == [True, True]

    def test_tls_from_the_first_byte(self, certificate, use_smtp, ask, outbox, jobs):
        with MailServer(tls=certificate, login=LOGIN) as server:
            use_smtp(f"smtps://{SPELLED}@localhost:{server.port}")
            ask()
            outbox.run()
        assert jobs()[0].state is JobState.DONE
        assert [delivery.is_signed_in for delivery in server.deliveries] == [True]

    def test_a_wrong_password_is_the_sites_trouble_not_the_letters(
        self, certificate, use_smtp, ask, outbox, jobs
    ):
        with MailServer(tls=certificate, login=LOGIN) as server:
            use_smtp(f"smtps://mailer:wrong@localhost:{server.port}")
            ask()
            outbox.run()
        (job,) = jobs()
        assert (job.state, job.last_error) == (JobState.WAITING, "SMTPAuthenticationError 535")
        assert server.deliveries == []

    def test_a_letter_never_goes_in_the_clear_instead(
        self, mail_server, use_smtp, ask, outbox, jobs
    ):
        use_smtp(f"smtp+starttls://127.0.0.1:{mail_server.port}")
        ask()
        outbox.run()
        (job,) = jobs()
        assert (job.state, job.last_error) == (JobState.WAITING, "SMTPNotSupportedError")
        assert mail_server.deliveries == []

    @pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
    def test_an_unknown_certificate_is_refused(
        self, certificate, use_smtp, ask, outbox, jobs, monkeypatch, scheme
    ):
        monkeypatch.delenv("SSL_CERT_FILE")
        tls = (
            {"tls": certificate} if scheme == "smtps" else {"options": {"tls_context": certificate}}
        )
        with MailServer(**tls) as server:
            use_smtp(f"{scheme}://localhost:{server.port}")
            ask()
            outbox.run()
        (job,) = jobs()
        assert (job.state, job.last_error) == (JobState.WAITING, "SSLCertVerificationError")
        assert server.deliveries == []

    def test_a_certificate_of_somebody_else_is_refused(
        self, certificate, use_smtp, ask, outbox, jobs
    ):
        with MailServer(tls=certificate) as server:
            use_smtp(f"smtps://127.0.0.1:{server.port}")
            ask()
            outbox.run()
        assert jobs()[0].last_error == "SSLCertVerificationError"
