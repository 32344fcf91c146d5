"""The documents say what is there, and what they point to exists."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import dev
from supportgroups.config import load_config
from tests.door.stand_in import REAL_ROOT

DOCUMENTS = sorted([*REAL_ROOT.glob("*.md"), *REAL_ROOT.glob("docs/**/*.md")])
README = (REAL_ROOT / "README.md").read_text()


class Watched(Mapping[str, str]):
    """An environment that remembers which variables were asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values_set = values
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.values_set[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_set)

    def __len__(self) -> int:
        return len(self.values_set)


def test_the_readme_lists_the_settings_that_there_are(tmp_path: Path):
    environ = Watched({"SUPPORTGROUPS_DATA_DIR": str(tmp_path)})
    load_config(environ)
    listed = re.findall(r"^\| `(SUPPORTGROUPS_\w+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(environ.asked)


def test_the_readme_names_every_command_of_the_door():
    line = next(line for line in README.splitlines() if line.startswith("| `dev.py` |"))
    for command in dev.COMMANDS:
        assert f"`{command}`" in line or f"dev.py {command}`" in line


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path):
    text = re.sub(r"```.*?```", "", document.read_text(), flags=re.DOTALL)
    targets = [link.partition("#") for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    for path, _, heading in targets:
        if "://" in path:
            continue
        target = document.parent / path if path else document
        assert target.exists(), f"{document.name} points to {path}"
        if heading:
            headings = re.findall(r"^#+ (.+)$", target.read_text(), re.MULTILINE)
            anchors = [re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings]
            assert heading in anchors
