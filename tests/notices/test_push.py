"""Notes to devices: asked for, pushed through a push service over TLS, and never to our own network."""

import base64
import json
import stat
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from sqlalchemy import select

from supportgroups.accounts.models import Channel, SignIn
from supportgroups.db import db, transaction
from supportgroups.notices import push
from supportgroups.notices.decisions import NOTE_LIMIT
from supportgroups.notices.models import PushDevice
from supportgroups.notices.push import PushSender
from supportgroups.notices.services import pushing
from supportgroups.notices.services.letters import queue_reminders
from supportgroups.outbox.models import JobState, OutboxJob
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.news import WAIT
from supportgroups.sessions.services.sessions import cancel_session
from tests import factories
from tests.notices.push_service import push_service

ENDPOINT = "https://push.example.org/to/a-device"


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def device(cast, now):
    """Sam's phone, which is kept signed in."""
    with transaction():
        found = SignIn(
            secret_hash="a", user_id=cast.sam.id, device_name="Phone", is_kept=True,
            signed_in_at=now, last_seen_at=now,
        )  # fmt: skip
        db.session.add(found)
    return found


@pytest.fixture
def service(tmp_path):
    with push_service(tmp_path) as service:
        yield service


@pytest.fixture
def key(tmp_path):
    return push.load_key(tmp_path / push.KEY_FILE)


@pytest.fixture
def sender(service, key, monkeypatch):
    """The site's sender, which trusts the service of the tests and may reach this machine."""
    sender = PushSender(
        key, "mailto:updates@gatherings.example", service.trusts_it, lambda _address: True
    )
    monkeypatch.setattr(pushing, "open_sender", lambda: sender)
    return sender


@pytest.fixture
def pushed_to(device, service, now):
    """Sam's phone gets notes from the service of the tests, whose port no browser would be given."""
    with transaction():
        db.session.add(PushDevice(sign_in_id=device.id, endpoint=service.endpoint, created_at=now))
    return device


@pytest.fixture
def told(cast, now, outbox):
    """Tell Sam that a session is cancelled."""

    def told():
        factories.make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        cancel_session(cast.session, actor=cast.rosa, now=now)
        outbox.run(now=now + WAIT)

    return told


def devices() -> list[PushDevice]:
    db.session.rollback()
    return list(db.session.execute(select(PushDevice)).scalars())


def job(kind: str = "notices.push") -> OutboxJob:
    return db.session.execute(select(OutboxJob).filter_by(kind=kind)).scalar_one()


class TestPush:
    def test_an_empty_message_comes_with_the_letter(
        self, cast, pushed_to, sender, service, told, outbox
    ):
        told()
        assert len(outbox.letters) == 1
        (message,) = service.taken
        assert message.body == b""
        assert message.path == "/to/a-device?of=somebody"
        assert message.headers["ttl"] == "172800"
        assert set(message.headers) <= {
            "host", "accept-encoding", "authorization", "ttl", "topic", "content-length",
        }  # fmt: skip
        assert job().state is JobState.DONE

    def test_it_is_signed_by_the_key_that_the_browser_was_given(
        self, pushed_to, sender, service, told, now
    ):
        told()
        scheme, token, public = service.taken[0].headers["authorization"].split(" ")
        assert scheme == "vapid"
        signed, _dot, signature = token.removeprefix("t=").rstrip(",").rpartition(".")
        point = decode(public.removeprefix("k="))
        halves = decode(signature)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point).verify(
            encode_dss_signature(int.from_bytes(halves[:32]), int.from_bytes(halves[32:])),
            signed.encode(),
            ec.ECDSA(hashes.SHA256()),
        )
        header, claims = (json.loads(decode(part)) for part in signed.split("."))
        assert header == {"typ": "JWT", "alg": "ES256"}
        assert claims == {
            "aud": service.endpoint.partition("/to/")[0],
            "exp": int((now + WAIT + timedelta(hours=12)).timestamp()),
            "sub": "mailto:updates@gatherings.example",
        }

    def test_nothing_of_anybody_is_in_it(self, cast, pushed_to, sender, service, told):
        told()
        words = json.dumps(service.taken[0].headers)
        assert cast.sam.email not in words
        assert cast.group.name not in words
        assert str(cast.session.public_id) not in words

    @pytest.mark.parametrize("status", [404, 410])
    def test_a_device_that_is_gone_is_forgotten(self, pushed_to, sender, service, told, status):
        service.status = status
        told()
        assert devices() == []
        assert job().state is JobState.DONE

    def test_a_service_that_is_not_well_is_tried_again(self, pushed_to, sender, service, told):
        service.status = 503
        told()
        assert (job().state, job().last_error) == (JobState.WAITING, "PushFailed")
        assert len(devices()) == 1

    def test_a_machine_of_our_own_network_is_never_reached(self, pushed_to, sender, service, told):
        sender.may_reach = push.is_public
        told()
        assert service.taken == []
        assert devices() == []

    def test_a_service_that_nobody_vouches_for_is_not_told(self, pushed_to, sender, service, told):
        sender.context = PushSender(sender.key, "mailto:a@b.example").context
        told()
        assert service.taken == []
        assert job().state is JobState.WAITING

    def test_after_signing_out_nothing_comes(self, pushed_to, sender, service, told):
        with transaction():
            db.session.delete(pushed_to)
        assert devices() == []
        told()
        assert service.taken == []

    def test_who_waits_for_the_morning_gets_no_note_at_night(
        self, cast, pushed_to, sender, service, outbox, now
    ):
        factories.make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        night = now + timedelta(hours=14)
        cancel_session(cast.session, actor=cast.rosa, now=night)
        outbox.run(now=night + WAIT)
        assert service.taken == []
        outbox.run(now=now + timedelta(hours=23))
        assert len(service.taken) == 1


class TestNoteAlone:
    @pytest.fixture(autouse=True)
    def _chosen(self, cast, pushed_to, sender):
        """Sam is reminded, and hears of changes, by a note."""
        with transaction():
            cast.sam.reminders_by = cast.sam.changes_by = Channel.NOTE

    @pytest.fixture
    def reminded(self, cast, outbox):
        """Remind Sam the day before a session; return the moment at which the letter would take over."""

        def reminded():
            due = cast.session.starts_at - timedelta(hours=24)
            factories.make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
            queue_reminders(now=due)
            outbox.run(now=due)
            return due + NOTE_LIMIT

        return reminded

    def test_what_a_device_has_taken_needs_no_letter(self, service, reminded, outbox):
        takes_over_at = reminded()
        assert (len(service.taken), outbox.letters) == (1, [])
        assert job("notices.reminder").state is JobState.WAITING
        outbox.run(now=takes_over_at)
        assert (len(service.taken), outbox.letters) == (1, [])
        letter = job("notices.reminder")
        assert (letter.state, letter.last_error) == (JobState.WITHDRAWN, "told by a note")

    @pytest.mark.parametrize("status", [404, 410, 403, 503])
    def test_a_letter_takes_over_when_no_note_gets_through(self, service, reminded, outbox, status):
        service.status = status
        takes_over_at = reminded()
        assert outbox.letters == []
        outbox.run(now=takes_over_at)
        assert len(outbox.letters) == 1
        assert job("notices.reminder").state is JobState.DONE

    def test_a_letter_comes_when_the_device_has_signed_out_meanwhile(
        self, pushed_to, service, reminded, outbox
    ):
        service.status = 503
        takes_over_at = reminded()
        with transaction():
            db.session.delete(pushed_to)
        outbox.run(now=takes_over_at)
        assert len(outbox.letters) == 1

    def test_without_a_device_the_letter_comes_at_once(self, pushed_to, reminded, outbox):
        with transaction():
            db.session.delete(pushed_to)
        reminded()
        assert len(outbox.letters) == 1

    def test_one_device_of_two_is_enough(self, cast, service, reminded, outbox, now):
        with transaction():
            old = SignIn(
                secret_hash="b", user_id=cast.sam.id, device_name="Old phone", is_kept=True,
                signed_in_at=now, last_seen_at=now,
            )  # fmt: skip
            endpoint = "https://gone.invalid/a"
            db.session.add(PushDevice(sign_in=old, endpoint=endpoint, created_at=now))
        takes_over_at = reminded()
        outbox.run(now=takes_over_at)
        assert (len(service.taken), outbox.letters) == (1, [])

    @pytest.mark.parametrize(("hours", "letters"), [(49, 0), (48, 1)])
    def test_a_change_of_the_next_days_comes_by_letter_too(
        self, cast, service, outbox, hours, letters
    ):
        factories.make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        told_at = cast.session.starts_at - timedelta(hours=hours)
        cancel_session(cast.session, actor=cast.rosa, now=told_at - WAIT)
        outbox.run(now=told_at)
        assert (len(service.taken), len(outbox.letters)) == (1, letters)

    def test_what_waits_in_vain_for_its_session_is_not_sent(self, cast, service, reminded, outbox):
        service.status = 503
        takes_over_at = reminded()
        cancel_session(cast.session, actor=cast.rosa, now=takes_over_at)
        outbox.run(now=takes_over_at)
        assert job("notices.reminder").state is JobState.WITHDRAWN


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "http://push.example.org/a",
        "https://push.example.org:8443/a",
        "https://somebody@push.example.org/a",
        "https:///a",
        "https://push.example.org/a b",
        "https://push.example.org/a\nHost: b",
        "https://push.example.org/" + "a" * 1000,
        "https://push.example.org:port/",
        "file:///etc/passwd",
        "https://push.example.org/ä",
    ],
)
def test_what_no_push_service_gives_is_refused(endpoint, device, now):
    with pytest.raises(pushing.NotAnEndpoint):
        pushing.start_pushing(device, endpoint, now=now)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("142.250.74.10", True),
        ("2a00:1450:4001:80b::200a", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("192.168.1.1", False),
        ("172.16.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
    ],
)
def test_which_machines_may_be_reached(address, expected):
    assert push.is_public(address) is expected


def test_the_key_is_made_once_and_is_nobody_else_s(tmp_path):
    path = tmp_path / push.KEY_FILE
    first, second = push.load_key(path), push.load_key(path)
    assert push.public_key(first) == push.public_key(second)
    assert len(decode(push.public_key(first))) == 65
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == [push.KEY_FILE]


class TestPages:
    def test_a_device_that_is_not_kept_is_told_how(self, browser, cast):
        browser.sign_in(cast.sam)
        page = browser.get("/my/news").text
        assert "Keep me signed in on this device" in page
        assert "device.js" not in page
        assert browser.post("/my/news/notes", {"endpoint": ENDPOINT}).status_code == 303
        assert devices() == []

    @pytest.fixture
    def phone(self, browser, cast):
        """Sam's browser, kept signed in."""
        browser.sign_in(cast.sam)
        with transaction():
            for sign_in in db.session.execute(select(SignIn)).scalars():
                sign_in.is_kept = True
        return browser

    def test_a_kept_one_can_ask_for_notes_and_end_them(self, phone):
        page = phone.get("/my/news").text
        assert f'data-push-key="{pushing.site_key()}"' in page
        assert "device.js" in page
        assert phone.post("/my/news/notes", {"endpoint": ENDPOINT}).status_code == 303
        assert [device.endpoint for device in devices()] == [ENDPOINT]
        assert "No more notes on this device" in phone.get("/my/news").text
        phone.post("/my/news/notes/stop", {})
        assert devices() == []

    def test_the_same_again_changes_nothing_and_another_takes_its_place(self, phone):
        for endpoint in (ENDPOINT, ENDPOINT, ENDPOINT + "-new"):
            phone.post("/my/news/notes", {"endpoint": endpoint})
        assert [device.endpoint for device in devices()] == [ENDPOINT + "-new"]

    def test_who_gets_notes_chooses_for_what(self, phone, cast):
        chosen = {"reminder": "day-before", "quiet_from": "22", "quiet_until": "8"}
        channels = {"reminders_by": "note", "changes_by": "letter", "other_news_by": "letter"}
        assert "By note alone" not in phone.get("/my/news").text
        phone.post("/my/news", chosen | channels)
        db.session.refresh(cast.sam)
        assert cast.sam.reminders_by is Channel.BOTH
        phone.post("/my/news/notes", {"endpoint": ENDPOINT})
        assert "By note alone" in phone.get("/my/news").text
        phone.post("/my/news", chosen | channels)
        db.session.refresh(cast.sam)
        person = cast.sam
        assert [person.reminders_by, person.changes_by, person.other_news_by] == [
            Channel.NOTE,
            Channel.LETTER,
            Channel.LETTER,
        ]
        # What could ask for something never comes by a note alone.
        assert phone.post("/my/news", chosen | {"other_news_by": "note"}).status_code == 400

    def test_nonsense_is_refused(self, phone):
        phone.post("/my/news/notes", {"endpoint": "http://127.0.0.1/"})
        assert devices() == []
        assert "This device cannot get notes" in phone.get("/my/news").text

    def test_signing_out_ends_them(self, phone):
        phone.post("/my/news/notes", {"endpoint": ENDPOINT})
        phone.post("/sign-out", {})
        assert devices() == []
