"""Another version of the program has other tags."""

from pathlib import Path

import pytest

from supportgroups.calendars import feeds, form
from supportgroups.calendars.form import fingerprint
from tests.calendars.conftest import Subscriber
from tests.conftest import Cast


@pytest.fixture
def program(tmp_path: Path) -> Path:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "entries.py").write_text("SUMMARY = 'Busy'")
    (tmp_path / "messages.mo").write_bytes(b"Busy")
    return tmp_path


def test_the_same_program_is_the_same_version(program: Path) -> None:
    before = fingerprint(program)
    (program / "notes.txt").write_text("Nothing that writes a feed")
    assert fingerprint(program) == before


@pytest.mark.parametrize("name", ["calendars/entries.py", "messages.mo", "new.py"])
def test_other_words_are_another_version(program: Path, name: str) -> None:
    before = fingerprint(program)
    (program / name).write_text("SUMMARY = 'Taken'")
    assert fingerprint(program) != before


def test_another_library_is_another_version(program: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint(program)
    monkeypatch.setattr(form, "version", lambda _name: "0")
    assert fingerprint(program) != before


@pytest.mark.parametrize("url", ["/calendar.ics", "/groups/evening-circle/calendar.ics"])
def test_every_tag_depends_on_it(
    cast: Cast, subscriber: Subscriber, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    before = subscriber.ask(url).headers["ETag"]
    monkeypatch.setattr(feeds, "FORM", "another")
    assert subscriber.ask(url).headers["ETag"] != before
