"""Files stay short, nothing is left half done, and nothing tells where the project was written."""

import ast
import json
import re
from pathlib import Path

import pytest
from flask import Flask

from tests.house.source import ROOT, Module, calls, dotted, is_layer, kept_files, modules, read

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
#: Modules that may be longer, each with the reason.
LONG_FILES: dict[str, str] = {}

PYTHON = [path for path in kept_files() if path.suffix == ".py"]
DOCUMENTS = [path for path in kept_files() if path.suffix == ".md" and "content" not in path.parts]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
#: What says that somebody means to come back. Written apart, so that this file holds none.
LEFTOVERS = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
#: Places on the machine of whoever wrote a file; a reader has no such folder.
SOMEBODYS_OWN = re.compile(r"(?<![\w.~/-])/(?:root|home/\w+|Users/\w+|work|mnt|tmp/\w+)/")


def kept_text() -> list[tuple[Path, str]]:
    """Return every text file of the project."""
    found = []
    for path in kept_files():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


@pytest.mark.parametrize("folder", ["supportgroups", "tests"])
def test_no_module_is_too_long_to_read(folder: str):
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in PYTHON
        if path.is_relative_to(ROOT / folder)
    }
    too_long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    assert {name: length for name, length in too_long.items() if name not in LONG_FILES} == {}


def test_no_function_is_too_long_to_read():
    too_long = [
        f"{module.place}:{function.lineno} {function.name} has {length} lines"
        for module in [read(path) for path in PYTHON if "migrations" not in path.parts]
        for function in module.functions()
        for length in [(function.end_lineno or 0) - function.lineno + 1]
        if length > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_nothing_is_left_for_later():
    found = [
        f"{path.relative_to(ROOT)}: {leftover[0]}"
        for path, text in kept_text()
        if (leftover := LEFTOVERS.search(text))
    ]
    assert found == []


def test_no_file_names_a_place_of_its_writer():
    here = re.compile(re.escape(f"{ROOT}/"))
    found = [
        f"{path.relative_to(ROOT)}: {place[0]}"
        for path, text in kept_text()
        if path != Path(__file__)
        if (place := SOMEBODYS_OWN.search(text) or here.search(text))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("see /home/ola/notes", True),
        ("/root/x", True),
        ("'/Users/ola/x'", True),
        ("https://groups.example.org/work/x", False),
        ("/usr/bin/chromium /var/lib/support-groups /srv/support-groups", False),
        ("groups/work/x", False),
    ],
)
def test_such_a_place_would_be_found(text, is_found):
    assert bool(SOMEBODYS_OWN.search(text)) is is_found


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_a_lock_tells_no_address(path: Path):
    lines = path.read_text().splitlines()
    assert [
        line for line in lines if re.search(r"://| @ |--(index|extra|find|trusted)", line)
    ] == []
    packages = [line for line in lines if re.match(r"[a-z]", line)]
    assert len(packages) > 10
    assert [line for line in packages if not re.match(r"[\w.\[\]-]+==[\w.]+ ", line)] == []
    text = path.read_text()
    assert text.count("--hash=sha256:") >= len(packages)


def test_the_lock_of_npm_tells_no_address_and_pins_everything():
    folder = ROOT / "requirements" / "browser"
    wanted = json.loads((folder / "package.json").read_text())["devDependencies"]
    packages = json.loads((folder / "package-lock.json").read_text())["packages"]
    assert packages.pop("")["devDependencies"] == wanted
    assert [version for version in wanted.values() if not re.fullmatch(r"[\d.]+", version)] == []
    assert [name for name, found in packages.items() if "resolved" in found] == [], (
        "npm writes none with --omit-lockfile-registry-resolved"
    )
    assert [name for name, found in packages.items() if not found.get("integrity")] == []


def test_every_command_that_a_document_names_exists(plain_site: Flask):
    named = {
        words.strip()
        for path in DOCUMENTS
        for words in re.findall(r"flask --app wsgi ([a-z][a-z -]*)", path.read_text())
    }
    assert len(named) > 3
    assert sorted(words for words in named if not exists(plain_site, words.split())) == []


def exists(site: Flask, words: list[str]) -> bool:
    """Tell whether the words, up to the first option, lead to a command."""
    group: object = site.cli
    for word in words:
        commands = getattr(group, "commands", None)
        if commands is None or word.startswith("-"):
            return True
        if word not in commands:
            return False
        group = commands[word]
    return True


def test_every_setting_in_a_document_is_read():
    source = (ROOT / "supportgroups" / "config.py").read_text()
    read_by_us = set(re.findall(r'setting\("(\w+)"', source))
    named = {
        name
        for path in DOCUMENTS
        for name in re.findall(r"SUPPORTGROUPS_([A-Z_]+)\b", path.read_text())
        if not name.startswith("TEST_")
    }
    assert named - read_by_us == set()


#: What shows its words to people, by the name it is called with.
SPEAKERS = re.compile(
    r"(flash|\w+Field|DataRequired|InputRequired|Length|NumberRange|AnyOf|ValidationError"
    r"|refuse|SelectChoice|Letter)"
)


def bare_words(module: Module) -> list[str]:
    """Return the words that a form or a view shows without a translator having seen them."""
    return [
        f"{module.place}:{call.lineno} {node.value!r}"
        for call in calls(module.tree)
        if SPEAKERS.fullmatch(dotted(call.func).rpartition(".")[2])
        for node in [*call.args, *(keyword.value for keyword in call.keywords)]
        if isinstance(node, ast.Constant | ast.JoinedStr)
        if isinstance(node, ast.JoinedStr) or re.search(r"[A-Z][a-z]| ", str(node.value))
        if isinstance(node, ast.JoinedStr) or isinstance(node.value, str)
    ]


def test_what_forms_and_views_say_is_translated():
    found = [
        words
        for module in modules()
        if is_layer(module, "forms", "views", "emails", "loaders")
        for words in bare_words(module)
    ]
    assert found == []


@pytest.mark.parametrize(
    "line", ['flash("Saved.")', 'StringField("Name")', 'DataRequired(message="Enter a name")']
)
def test_bare_words_would_be_found(line):
    assert bare_words(Module(ROOT / "supportgroups/groups/forms.py", ast.parse(line))) != []
