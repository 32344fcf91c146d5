"""Making, changing and revoking private addresses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from supportgroups.calendars.clients import ClientFamily
from supportgroups.calendars.models import Discretion, FeedLink
from supportgroups.calendars.queries import find_link, list_links
from supportgroups.calendars.services.links import (
    MOST_LINKS,
    TooManyFeedLinks,
    change_feed_link,
    create_feed_link,
    note_fetched,
    revoke_feed_link,
)
from supportgroups.db import db
from supportgroups.errors import PermissionDenied
from supportgroups.tokens import hash_secret
from tests.conftest import Cast

MakeLink = Callable[..., tuple[FeedLink, str]]


class TestCreateFeedLink:
    def test_it_keeps_no_secret(self, cast: Cast, now: datetime) -> None:
        link, secret = create_feed_link(
            actor=cast.sam,
            name="phone",
            group=None,
            discretion=Discretion.NEUTRAL,
            neutral_word="Appointment",
            now=now,
        )
        assert link.secret_hash == hash_secret(secret)
        stored = [getattr(link, column.key) for column in FeedLink.__table__.columns]
        assert secret not in stored

    def test_every_secret_is_another(self, cast: Cast, make_link: MakeLink) -> None:
        assert make_link(cast.sam)[1] != make_link(cast.sam)[1]

    def test_its_revision_is_in_whole_seconds(self, cast: Cast, make_link: MakeLink) -> None:
        moment = datetime.fromisoformat("2026-11-23T09:00:00.123456+00:00")
        link, _ = make_link(cast.sam, now=moment)
        assert link.revised_at == moment.replace(microsecond=0)

    def test_a_stranger_cannot_follow_a_group(self, cast: Cast, make_link: MakeLink) -> None:
        with pytest.raises(PermissionDenied):
            make_link(cast.stan, group=cast.group)
        assert list_links(cast.stan) == []

    def test_twenty_are_enough(self, cast: Cast, make_link: MakeLink, now: datetime) -> None:
        links = [make_link(cast.sam)[0] for _ in range(MOST_LINKS)]
        with pytest.raises(TooManyFeedLinks):
            make_link(cast.sam)
        make_link(cast.rosa)
        revoke_feed_link(links[0], actor=cast.sam, now=now)
        make_link(cast.sam)
        assert len(list_links(cast.sam)) == MOST_LINKS == 20


class TestChangeFeedLink:
    @pytest.fixture
    def link(self, cast: Cast, make_link: MakeLink) -> FeedLink:
        return make_link(cast.sam)[0]

    @pytest.fixture
    def change(self, cast: Cast, link: FeedLink, now: datetime) -> Callable[..., None]:
        def act(**changes: Any) -> None:
            values: dict[str, Any] = {
                "actor": cast.sam,
                "name": "phone",
                "discretion": Discretion.PLAIN,
                "neutral_word": "Appointment",
                "now": now,
            }
            change_feed_link(link, **values | changes)

        return act

    def test_it_changes(self, link: FeedLink, change: Callable[..., None]) -> None:
        change(name="tablet", discretion=Discretion.NEUTRAL, neutral_word="Dentist")
        db.session.refresh(link)
        assert (link.name, link.discretion, link.neutral_word) == (
            "tablet",
            Discretion.NEUTRAL,
            "Dentist",
        )

    @pytest.mark.parametrize(
        "changes", [{"discretion": Discretion.BUSY}, {"neutral_word": "Dentist"}]
    )
    def test_each_change_that_shows_is_a_later_one(
        self, link: FeedLink, change: Callable[..., None], changes: dict[str, Any]
    ) -> None:
        before = link.revised_at
        change(**changes)
        assert link.revised_at == before + timedelta(seconds=1)

    def test_a_new_name_shows_nowhere(self, link: FeedLink, change: Callable[..., None]) -> None:
        before = link.revised_at
        change(name="tablet")
        assert link.revised_at == before

    def test_only_its_owner_can(
        self, cast: Cast, link: FeedLink, change: Callable[..., None]
    ) -> None:
        with pytest.raises(PermissionDenied):
            change(actor=cast.rosa, name="mine")
        assert link.name == "phone"

    def test_a_revoked_one_stays_as_it_is(
        self, cast: Cast, link: FeedLink, change: Callable[..., None], now: datetime
    ) -> None:
        revoke_feed_link(link, actor=cast.sam, now=now)
        with pytest.raises(PermissionDenied):
            change(name="tablet")


class TestRevokeFeedLink:
    def test_it_forgets_all_but_the_hash(
        self, cast: Cast, make_link: MakeLink, now: datetime
    ) -> None:
        link, _ = make_link(cast.sam, group=cast.group)
        note_fetched(link.id, client=ClientFamily.APPLE, now=now)
        revoke_feed_link(link, actor=cast.sam, now=now)
        db.session.refresh(link)
        assert link.revoked_at == now
        assert (link.name, link.neutral_word, link.group_id, link.last_fetched_at) == (
            "",
            "",
            None,
            None,
        )
        assert list_links(cast.sam) == []
        assert find_link(cast.sam, link.public_id) is None

    def test_only_its_owner_can(self, cast: Cast, make_link: MakeLink, now: datetime) -> None:
        link, _ = make_link(cast.sam)
        with pytest.raises(PermissionDenied):
            revoke_feed_link(link, actor=cast.rosa, now=now)
        assert list_links(cast.sam) == [link]

    def test_it_happens_once(self, cast: Cast, make_link: MakeLink, now: datetime) -> None:
        link, _ = make_link(cast.sam)
        revoke_feed_link(link, actor=cast.sam, now=now)
        with pytest.raises(PermissionDenied):
            revoke_feed_link(link, actor=cast.sam, now=now + timedelta(days=1))
        assert link.revoked_at == now


class TestNoteFetched:
    def test_a_revoked_link_notes_nothing(
        self, cast: Cast, make_link: MakeLink, now: datetime
    ) -> None:
        link, _ = make_link(cast.sam)
        revoke_feed_link(link, actor=cast.sam, now=now)
        note_fetched(link.id, client=ClientFamily.APPLE, now=now)
        db.session.refresh(link)
        assert link.last_fetched_at is None
