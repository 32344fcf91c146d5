"""The town, and what everybody saw on a walk through all of its pages."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from argon2 import PasswordHasher
from flask import Flask

from supportgroups.accounts import passwords
from supportgroups.app import create_app
from tests.conftest import NOW, _emptied, make_config
from tests.house.keepers import Keeper, make_keeper
from tests.house.town import Seen, Town
from tests.house.world import World, build_world


@pytest.fixture(scope="session")
def built(application: Flask, database: Any) -> Iterator[tuple[World, Keeper, Seen]]:
    """The world, made once for each database, and what was seen of it so far."""
    with time_machine.travel(NOW, tick=False), _emptied(application, database):
        world = build_world()
        keeper = make_keeper()
    yield world, keeper, {}
    with application.app_context():
        keeper.close()


@pytest.fixture
def town(
    app: Flask, built: tuple[World, Keeper, Seen], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """The world in the database of this test."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    world, keeper, seen = built
    yield Town(app, world, keeper, seen)
    keeper.leave()


@pytest.fixture(scope="session")
def plain_site(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application as a development site has it, without tables."""
    return create_app(make_config(tmp_path_factory.mktemp("plain")))
