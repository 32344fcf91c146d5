"""Two hundred hostile files and twenty hostile rules: each is read or refused, within its bounds."""

import json
import resource
import subprocess
import sys
from functools import cache
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from supportgroups.calendars.found import FoundEvent, Trouble
from supportgroups.calendars.reading import read_calendar
from supportgroups.db import db, transaction
from supportgroups.exchange import bounded
from supportgroups.exchange.bounded import CannotRead, TooLarge, read_file
from supportgroups.exchange.models import ImportDraft, ImportedEvent
from supportgroups.exchange.plans import Verdict, plan
from supportgroups.exchange.reader import MOST_BYTES, MOST_CPU_SECONDS, MOST_MEMORY
from supportgroups.exchange.views import imports
from supportgroups.sessions.models import Series
from tests.conftest import NOW
from tests.exchange.hostile_files import EVENT, RULES, calendar, endless_work, event, hostile_files

FILES = dict(hostile_files())
#: Of one file, where it holds more.
MOST_PLANNED = 5
#: Of the whole program, starting included: what a single file may take is what is left of this.
READ_THEM = f"""
import json, resource, sys, time
from supportgroups.clock import is_zone
from supportgroups.exchange.reader import read
is_zone("Europe/London")
resource.setrlimit(resource.RLIMIT_AS, ({MOST_MEMORY}, {MOST_MEMORY}))
for size in iter(sys.stdin.buffer.readline, b""):
    content = sys.stdin.buffer.read(int(size))
    begun = time.process_time()
    try:
        found = read(content, home="Europe/London")
    except MemoryError:
        # Alone, this file would have ended its process.
        found = {{"refusal": "memory"}}
    print(json.dumps([time.process_time() - begun, found]), flush=True)
"""


@cache
def read_all() -> dict[str, tuple[float, dict[str, Any]]]:
    """Return what was found in each file and how long it took, in one process with the memory of one."""
    sent = b"".join(b"%d\n%s" % (len(content), content) for content in FILES.values())
    done = subprocess.run(
        [sys.executable, "-c", READ_THEM],
        input=sent,
        capture_output=True,
        cwd=bounded.ROOT,
        env=bounded.ENVIRONMENT,
        timeout=120,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    names = list(FILES)
    assert len(lines) == len(names), f"{names[len(lines)]}: {done.stderr.decode()[-2000:]}"
    return dict(zip(names, map(tuple, lines), strict=True))


@pytest.fixture
def read_files() -> dict[str, tuple[float, dict[str, Any]]]:
    """What was found in each file, and how long it took."""
    return read_all()


def test_there_are_two_hundred_files_and_twenty_rules():
    assert len(FILES) >= 200
    assert len(RULES) >= 20
    assert max(map(len, FILES.values())) <= MOST_BYTES


def test_every_file_is_read_or_refused_in_time(read_files):
    slow = {
        name: seconds
        for name, (seconds, _found) in read_files.items()
        if seconds > MOST_CPU_SECONDS
    }
    assert slow == {}
    refused = {found["refusal"] for _seconds, found in read_files.values() if "refusal" in found}
    assert refused == {"unknown", "too_many"}


def test_whatever_was_read_can_be_shown(read_files, app):
    with app.test_request_context():
        for _seconds, found in read_files.values():
            events = [FoundEvent.from_json(values) for values in found.get("events", ())]
            rows = plan(events, zones={}, known=set(), now=NOW)
            assert all((row.schedule is not None) == (row.verdict is Verdict.NEW) for row in rows)


def test_no_file_tells_of_people_or_tags(read_files):
    for name, (_seconds, found) in read_files.items():
        told = json.dumps(found)
        assert "mailto" not in told, name
        assert "<script" not in told, name
        assert "\\u0000" not in told, name
        assert "\\u202e" not in told, name


@pytest.mark.parametrize("rule", RULES)
def test_a_hostile_rule_is_odd(rule):
    (found,) = read_calendar(calendar(event(f"{EVENT}RRULE:{rule}")).decode(), home="Europe/London")
    assert found.trouble in {Trouble.ODD_RULE, Trouble.FAR_AWAY}
    assert found.rrule is None


def test_the_process_has_only_its_means():
    spent = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    with pytest.raises(CannotRead) as refusal:
        read_file(endless_work(), home="Europe/London")
    took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - spent
    assert took < MOST_CPU_SECONDS + 1
    assert not isinstance(refusal.value, TooLarge)


# Whether a file is whole is decided above the database.
@pytest.mark.one_database
def test_each_comes_whole_or_not_at_all(importer, read_files, monkeypatch):
    """As Rosa would: send it, look at it, plan whatever is offered. It is not read once more.

    What happens then hangs on what was found, so of files in which the same was found one will do.
    """
    different = {json.dumps(found): name for name, (_seconds, found) in read_files.items()}
    found_in = {FILES[name]: json.loads(found) for found, name in different.items()}

    def read_before(content: bytes, *, home: str) -> dict[str, Any]:
        if "refusal" in found_in[content]:
            raise CannotRead
        return found_in[content]

    monkeypatch.setattr(imports, "read_file", read_before)
    monkeypatch.setattr(imports, "MOST_FILES", len(different))
    outcomes = set()
    for name in different.values():
        before, sent = count(Series), importer.upload(FILES[name])
        assert sent.status_code in {200, 303}, name
        # A page that asks about columns or zones offers nothing yet; of 500 schedules a few will do.
        offered = importer.chosen(sent.location)[:MOST_PLANNED] if sent.location else []
        planned = importer.plan(sent.location, rows=offered) if offered else None
        assert planned is None or planned.status_code in {200, 303}, name
        is_whole = planned is not None and planned.status_code == 303
        assert count(Series) - before == (len(offered) if is_whole else 0), name
        outcomes.add((bool(sent.location), is_whole))
        with transaction():
            # The next file may use the same names.
            db.session.execute(delete(ImportedEvent))
    assert outcomes == {(False, False), (True, False), (True, True)}


def count(model: type[Any]) -> int:
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


@pytest.mark.parametrize(
    "name", ["TZID 20", "only folds", "deep list", "zone in itself", "every byte", "formulas"]
)
def test_a_page_answers_each(importer, name):
    response = importer.upload(FILES[name])
    assert response.status_code in {200, 303}
    if response.status_code == 303:
        assert importer.browser.get(response.location).status_code == 200
    assert count(Series) == 1
    assert count(ImportDraft) == (response.status_code == 303)
