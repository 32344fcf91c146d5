"""`flask guides check` tells what has grown old, broken or hard to read."""

from datetime import date
from pathlib import Path

import pytest
import time_machine

from supportgroups.guides.check import find_faults
from supportgroups.guides.help_lines import our_help_book
from supportgroups.guides.library import CONTENT_FOLDER, load_library, our_library

EASY = """\
+++
title = "Tea"
summary = "How to make tea."
audience = "member"
reviewed = 2026-11-25
review_by = 2027-11-25

[[sources]]
body = "The Kettle Society"
title = "On tea"
url = "https://kettle.example/tea"

[[sources]]
body = "The Kettle Society"
title = "On cups"
url = "https://kettle.example/cups"
+++

## Boil

Boil the water. It takes a while. [More](/help-now)
"""
HARD = (
    "Notwithstanding methodological heterogeneity, epidemiological investigations demonstrate it."
)
TODAY = date(2026, 12, 1)


def faults(folder: Path, text: str = EASY, today: date = TODAY) -> list[str]:
    (folder / "tea.md").write_text(text, encoding="utf-8")
    return [
        fault
        for fault in find_faults(
            load_library(folder), our_help_book(), today=today, is_page="/help-now".__eq__
        )
        if not fault.startswith("help line")
    ]


class TestFindFaults:
    def test_ours_have_none_today(self):
        found = find_faults(our_library(), our_help_book(), today=TODAY, is_page=lambda _path: True)
        assert found == []

    def test_an_easy_guide_has_none(self, tmp_path):
        assert faults(tmp_path) == []

    @pytest.mark.parametrize(
        ("today", "expected"),
        [
            (date(2027, 9, 26), []),
            (date(2027, 9, 27), ["tea.md: is due for a review on 2027-11-25"]),
            (date(2027, 11, 25), ["tea.md: is due for a review on 2027-11-25"]),
            (date(2027, 11, 26), ["tea.md: was due for a review on 2027-11-25"]),
        ],
    )
    def test_a_review_is_announced_two_months_ahead(self, tmp_path, today, expected):
        assert faults(tmp_path, today=today) == expected

    @pytest.mark.parametrize(
        ("old", "new", "fault"),
        [
            ("/help-now", "/nowhere", "leads to /nowhere, where there is no page"),
            ("It takes a while.", "It will heal you.", 'says "heal", which promises too much'),
            ("It takes a while.", f"{HARD} {HARD}", "is hard to read: school year "),
            ("It takes", "It " + "so " * 26 + "takes", "has a sentence of more than 25 words"),
            (EASY[EASY.rindex("[[") : EASY.rindex("+++")], "", "names only one source"),
        ],
    )
    def test_it_says_what_is_wrong(self, tmp_path, old, new, fault):
        assert old in EASY
        [found] = faults(tmp_path, EASY.replace(old, new))
        assert found.startswith(f"tea.md: {fault}")

    def test_a_translation_that_is_behind_says_what_to_write(self, tmp_path):
        (tmp_path / "es").mkdir()
        text = '+++\ntitle = "Té"\nsummary = "Té."\ntranslates = "old"\n+++\n\n## Hervir\n\nAgua.\n'
        (tmp_path / "es" / "tea.md").write_text(text, encoding="utf-8")
        [found] = faults(tmp_path)
        digest = load_library(tmp_path).find("tea").digest
        assert found == (
            "es/tea.md: is a translation of older words; read it again, then write "
            f'translates = "{digest}"'
        )

    @pytest.mark.parametrize(
        ("today", "words"),
        [(date(2027, 5, 24), "should be checked soon"), (date(2027, 11, 24), "is hidden")],
    )
    def test_help_lines_that_nobody_checked_are_named(self, today, words):
        found = find_faults(our_library(), our_help_book(), today=today, is_page=lambda _path: True)
        about = [fault for fault in found if fault.startswith("help line GB Samaritans")]
        assert about == [f"help line GB Samaritans: was last checked on 2026-11-23, so it {words}"]


class TestCommand:
    def test_it_says_that_all_is_well(self, app):
        with time_machine.travel(TODAY, tick=False):
            result = app.test_cli_runner().invoke(args=["guides", "check"])
        assert result.exit_code == 0
        assert result.output == (
            f"20 guides and {len(our_help_book().lines)} help lines: nothing to do.\n"
        )

    def test_it_fails_when_there_is_something_to_do(self, app, monkeypatch, tmp_path):
        for path in ("/nowhere", "/guides/nothing", "/guides/sheets/nothing", "/guides/tea#part"):
            (tmp_path / "tea.md").write_text(EASY.replace("/help-now", path), encoding="utf-8")
            library = load_library(CONTENT_FOLDER, tmp_path)
            monkeypatch.setitem(app.extensions, "guide_library", library)
            with time_machine.travel(TODAY, tick=False):
                result = app.test_cli_runner().invoke(args=["guides", "check"])
            is_there = path == "/guides/tea#part"
            assert result.exit_code == (0 if is_there else 1)
            assert ("Error: 1 to look at" in result.output) is not is_there
