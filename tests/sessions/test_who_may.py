"""Every act on sessions, tried by everybody who may not do it."""

import pytest

from supportgroups.groups.models import Visibility
from tests.gate import ORGANIZERS, Gate, refusals
from tests.watching import nothing_changes

SESSION = {
    "title": "Another title", "day": "2026-12-02", "starts": "19:00", "ends": "20:30",
    "place": "", "online_link": "", "capacity": "", "description": "", "repeats": "once",
    "confirmed": "y", "minutes": "90",
}  # fmt: skip
PATHS = {
    "/groups/{slug}/series/new": SESSION | {"ends": "never"},
    "/sessions/{session}/edit": SESSION,
    "/sessions/{session}/cancel": {"reason": "The hall is flooded"},
    "/sessions/{session}/restore": {},
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", PATHS)
def test_nobody_else_may(app, path, method):
    gate = Gate(app)
    wanted = refusals(ORGANIZERS, is_private=False)
    with nothing_changes():
        assert gate.answers(f"{method} {path}", PATHS[path], *wanted) == wanted


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_private_group_is_not_there(app, method):
    gate = Gate(app, visibility=Visibility.PRIVATE)
    wanted = refusals(ORGANIZERS, is_private=True)
    with nothing_changes():
        for path, data in PATHS.items():
            assert gate.answers(f"{method} {path}", data, *wanted) == wanted


@pytest.mark.parametrize("path", PATHS)
def test_an_organizer_may(app, path):
    gate = Gate(app)
    with nothing_changes():
        assert gate.answers(f"GET {path}", None, "organizer") == {"organizer": "200"}
    found = gate.knock("organizer", f"POST {path}", PATHS[path])
    assert found.status_code == 303


@pytest.mark.parametrize("path", [path for path in PATHS if "session}" in path])
@pytest.mark.parametrize("missing", ["0192d3c4-0000-7000-8000-000000000000", "1", "x", "None"])
def test_a_missing_session_is_not_there(app, path, missing):
    gate = Gate(app)
    gate.ids["session"] = missing
    for method in ("GET", "POST"):
        found = gate.answers(f"{method} {path}", PATHS[path], "organizer")
        assert found == {"organizer": "404"}
