"""An application without a database, for rules that never ask one."""

from collections.abc import Iterator

import pytest
from flask import Flask

from supportgroups.app import create_app
from tests.conftest import make_config


@pytest.fixture(scope="session")
def plain_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application whose database has no tables."""
    app = create_app(make_config(tmp_path_factory.mktemp("plain")))
    app.testing = True
    return app


@pytest.fixture
def request_context(plain_app: Flask) -> Iterator[None]:
    """The middle of a request of a guest."""
    with plain_app.test_request_context():
        yield
