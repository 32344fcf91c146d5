"""How much one network may ask for in a minute, and what it reads then."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import pytest
import structlog
from flask import Flask

from supportgroups import request_limits
from supportgroups.app import create_app
from tests.conftest import make_config

REDIS = "SUPPORTGROUPS_TEST_REDIS_URL"
HERE, THERE = "203.0.113.7", "203.0.113.8"
MOST = 3

Ask = Callable[..., int]


@pytest.fixture
def make_site(tmp_path, monkeypatch) -> Iterator[Callable[..., Flask]]:
    """Make sites that let three pages a minute through."""
    monkeypatch.setattr(request_limits, "MOST_A_MINUTE", MOST)
    logging = structlog.get_config()
    yield lambda **settings: create_app(make_config(tmp_path, **settings))
    structlog.configure(**logging)


@pytest.fixture
def ask(make_site) -> Ask:
    """Ask one site for something; what comes back is the status."""
    return partial(status_of, make_site())


def status_of(site: Flask, place: str = HERE, path: str = "/robots.txt") -> int:
    answer = site.test_client().get(path, environ_base={"REMOTE_ADDR": place}, buffered=True)
    return answer.status_code


def statuses(ask: Ask, times: int = MOST + 1, **what: str) -> list[int]:
    return [ask(**what) for _time in range(times)]


def test_after_so_many_one_waits_and_others_do_not(ask):
    assert statuses(ask) == [200] * MOST + [429]
    assert ask(THERE) == 200


def test_one_household_is_one_network(ask):
    statuses(ask, MOST, place="2001:db8:1:2::1")
    assert ask("2001:db8:1:2::9") == 429


@pytest.mark.parametrize("path", ["/healthz", "/static/css/base.css", "/calendar/nonsense.ics"])
def test_probes_style_sheets_and_calendars_never_wait(ask, path):
    assert 429 not in statuses(ask, path=path)


def test_this_machine_never_waits(ask):
    assert statuses(ask, place="127.0.0.1") == [200] * (MOST + 1)


def test_the_page_says_when_to_come_back_and_asks_the_database_nothing(make_site):
    site = make_site(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/nowhere")
    statuses(partial(status_of, site))
    page = site.test_client().get("/my", environ_base={"REMOTE_ADDR": HERE})
    assert (page.status_code, page.headers["Retry-After"]) == (429, "60")
    assert "try again in a minute" in page.text
    assert "/help-now" in page.text


@pytest.mark.redis
def test_two_machines_count_together(make_site):
    if REDIS not in os.environ:
        pytest.skip(f"set {REDIS} to the address of a Redis server to count there")
    first, second = (partial(status_of, make_site(REDIS_URL=os.environ[REDIS])) for _site in "ab")
    # A network that no other run has asked from.
    place = f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    assert [ask(place) for ask in (first, second, first, second)] == [200] * MOST + [429]


def test_without_redis_each_counts_by_itself(make_site):
    ask = partial(status_of, make_site(REDIS_URL="redis://127.0.0.1:1/0"))
    assert statuses(ask) == [200] * MOST + [429]
