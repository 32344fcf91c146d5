"""Erasing everything about oneself: two taps, at once, and not a byte of it is left."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text

from supportgroups.accounts.models import (
    EmailChange,
    ManageLink,
    SignIn,
    SignInLink,
    SignUp,
    UserAccount,
)
from supportgroups.accounts.services.erasure import erase_person
from supportgroups.audit import AuditEntry, record
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.db import db, transaction
from supportgroups.groups.models import Group, JoinRequest, Membership, Role, Visibility
from supportgroups.groups.services.members import LastOrganizer
from supportgroups.outbox.models import OutboxJob
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.rsvps import queries
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.answers import AnswerDetails, respond
from supportgroups.rsvps.services.names import erase_old_answers
from supportgroups.tokens import hash_secret
from tests import factories
from tests.browser_client import Browser
from tests.conftest import Cast
from tests.outbox_runner import OutboxRunner
from tests.watching import nothing_changes

#: Stands in every field that the person filled in.
CANARY = "zqcanary"
FEED = "the-secret-of-a-calendar-of-one-person"


@pytest.fixture
def mira(cast: Cast, now: datetime) -> UserAccount:
    """Somebody with something in every table that can hold something of a person."""
    person = factories.make_user(CANARY, email=f"{CANARY}@example.org", contact_email=f"{CANARY}2")
    soon = now + timedelta(minutes=5)
    with transaction():
        factories.make_membership(cast.group, person, display_name=f"{CANARY} here")
        elsewhere = factories.make_group("Elsewhere")
        factories.make_membership(elsewhere, cast.stan, Role.ORGANIZER)
        past = factories.make_session(cast.series, cast.series.wall_starts_at - timedelta(weeks=8))
        factories.make_rsvp(past, person, RsvpStatus.ACCEPTED, note=f"{CANARY} note")
        respond(
            cast.session,
            actor=person,
            status=RsvpStatus.ACCEPTED,
            details=AnswerDetails(note=f"{CANARY} note"),
            now=now,
        )
        request = JoinRequest(
            group_id=elsewhere.id, user_id=person.id, display_name=CANARY, message=CANARY,
            agreement_version=1, asked_at=now,
        )  # fmt: skip
        link = SignInLink(user_id=person.id, next_path=f"/{CANARY}", expires_at=soon)
        rows = [
            request,
            link,
            SignIn(
                secret_hash=hash_secret("phone"), user_id=person.id, device_name=CANARY,
                is_kept=False, signed_in_at=now, last_seen_at=now,
            ),
            FeedLink(
                user_id=person.id, name=CANARY, secret_hash=hash_secret(FEED),
                discretion=Discretion.NEUTRAL, neutral_word=CANARY, created_at=now, revised_at=now,
                expires_at=now,
            ),
            ManageLink(user_id=person.id, secret_hash=hash_secret("own"), created_at=now),
            EmailChange(user_id=person.id, email=f"{CANARY}3", expires_at=soon),
            SignUp(
                display_name=CANARY, email=person.email, time_zone="UTC", expires_at=soon,
                browser_hash=hash_secret("browser"),
            ),
        ]  # fmt: skip
        db.session.add_all(rows)
        db.session.flush()
        for word, number in (
            ("user_id", person.id),
            ("sign_in_link_id", link.id),
            ("join_request_id", request.id),
        ):
            enqueue("accounts.some_letter", {word: number}, key=f"{CANARY} {word}", now=now)
        record("site_admin.granted", actor_id=person.id, subject="it", now=now)
    return person


def bytes_of(app: Flask) -> bytes:
    """Return all that the database keeps, log included, as whoever has the disk reads it."""
    db.session.rollback()
    if db.engine.dialect.name == "sqlite":
        file = Path(str(db.engine.url.database))
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    found = []
    with db.engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{name}"'))
            found += [repr(tuple(row)) for row in rows]
    return "\n".join(found).encode()


@pytest.fixture
def erased(browser: Browser, mira: UserAccount, app: Flask) -> Iterator[Browser]:
    """The browser in which Mira has just pressed the button."""
    assert bytes_of(app).lower().count(CANARY.encode()) > 10
    browser.sign_in(mira)
    assert 'href="/account/erase"' in browser.get("/my").text
    response = browser.post("/account/erase")
    assert response.location == "/erased"
    return browser


class TestErasing:
    def test_not_a_byte_is_left(
        self, erased: Browser, app: Flask, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert CANARY.encode() not in bytes_of(app)
        printed = capsys.readouterr()
        assert CANARY not in printed.out + printed.err

    def test_nobody_is_asked_and_nobody_is_told(
        self, erased: Browser, outbox: OutboxRunner
    ) -> None:
        assert "Everything about you is erased" in erased.get("/erased").text
        outbox.run()
        assert outbox.letters == []

    def test_the_browser_and_the_feed_are_nobody_s(self, erased: Browser) -> None:
        assert erased.get("/my").location.startswith("/sign-in")
        assert erased.get(f"/calendar/{FEED}.ics").status_code == 404

    def test_no_job_names_her(self, erased: Browser) -> None:
        assert db.session.execute(select(OutboxJob)).scalars().all() == []

    def test_the_audit_trail_forgets_who_and_keeps_what(self, erased: Browser) -> None:
        entry = db.session.execute(
            select(AuditEntry).where(AuditEntry.act == "site_admin.granted")
        ).scalar_one()
        assert entry.actor_id is None

    def test_nobody_else_loses_anything(self, erased: Browser, cast: Cast) -> None:
        people = db.session.execute(select(UserAccount.display_name)).scalars().all()
        assert sorted(people) == ["Kofi", "Ola", "Rosa", "Sam", "Stan"]

    def test_doing_it_twice_changes_nothing(
        self, cast: Cast, mira: UserAccount, now: datetime
    ) -> None:
        erase_person(mira, now=now)
        with nothing_changes():
            erase_person(mira, now=now)
        people = db.session.execute(select(UserAccount.display_name)).scalars().all()
        assert sorted(people) == ["Kofi", "Ola", "Rosa", "Sam", "Stan"]


class TestPlacesAndNumbers:
    def test_a_place_goes_to_who_waits(
        self, cast: Cast, mira: UserAccount, now: datetime, outbox: OutboxRunner
    ) -> None:
        with transaction():
            cast.session.capacity = 1
        waiting = respond(cast.session, actor=cast.sam, status=RsvpStatus.ACCEPTED, now=now)
        assert waiting.status is RsvpStatus.WAITLISTED
        erase_person(mira, now=now)
        found = queries.find_rsvp(cast.session, cast.sam)
        assert found is not None
        assert found.status is RsvpStatus.ACCEPTED
        outbox.run()
        assert [letter["To"] for letter in outbox.letters] == [cast.sam.email]

    def test_how_many_said_yes_stays_known(
        self, cast: Cast, mira: UserAccount, now: datetime
    ) -> None:
        other = factories.make_user("Other")
        with transaction():
            factories.make_membership(cast.group, other)
            past = factories.make_session(
                cast.series, cast.series.wall_starts_at - timedelta(weeks=2)
            )
            for person in (mira, other, cast.sam):
                factories.make_rsvp(past, person, RsvpStatus.ACCEPTED)
        before = queries.tally([past], now=now)[past.id].accepted
        for person in (mira, other):
            erase_person(person, now=now)
        assert queries.tally([past], now=now)[past.id].accepted == before == 3
        # The names of the others go after thirty days; the number stays.
        erase_old_answers(now=past.ends_at + timedelta(days=31))
        assert queries.tally([past], now=now)[past.id].accepted == 3


class TestOrganizers:
    def test_the_last_one_hands_over_first(
        self, browser: Browser, cast: Cast, now: datetime
    ) -> None:
        browser.sign_in(cast.rosa)
        page = browser.get("/account/erase").text
        assert f'href="/groups/{cast.group.slug}/members"' in page
        assert "Erase everything about me" not in page
        assert browser.post("/account/erase").status_code == 409
        assert db.session.get(UserAccount, cast.rosa.id) is not None
        with pytest.raises(LastOrganizer):
            erase_person(cast.rosa, now=now)

    def test_one_of_two_just_goes(self, cast: Cast, now: datetime) -> None:
        with transaction():
            factories.find_membership(cast.group, cast.kofi).role = Role.ORGANIZER
        erase_person(cast.rosa, now=now)
        assert db.session.query(Membership).filter_by(user_id=cast.rosa.id).count() == 0

    def test_a_group_of_nobody_is_shown_to_nobody(self, cast: Cast, now: datetime) -> None:
        alone = factories.make_group("Alone")
        factories.make_membership(alone, cast.stan, Role.ORGANIZER)
        erase_person(cast.stan, now=now)
        assert db.session.get_one(Group, alone.id).visibility is Visibility.PRIVATE


class TestEraseView:
    def test_guests_sign_in_first(self, browser: Browser, app: Flask) -> None:
        assert browser.get("/account/erase").location.startswith("/sign-in")

    def test_it_works_by_one_s_own_link(self, browser: Browser, cast: Cast, now: datetime) -> None:
        light = factories.make_user("Mina", email=None, password_hash=None)
        with transaction():
            secret = hash_secret("own")
            db.session.add(ManageLink(user_id=light.id, secret_hash=secret, created_at=now))
        browser.post("/my/link/own")
        browser.get("/account/erase")
        assert browser.post("/account/erase").location == "/erased"
        assert browser.get("/my/link/own").status_code == 410

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, browser: Browser, app: Flask, method: str) -> None:
        client: Any = browser.client
        assert getattr(client, method)("/account/erase").status_code == 405
