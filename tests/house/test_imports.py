"""Imports point down, and what decides knows no browser."""

import ast
import os
import subprocess
import sys

import pytest

from tests.house.source import ROOT, Module, is_layer, modules

LINT = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)
#: Large libraries that only some pages, the worker or a command need: whoever needs one imports it there.
NOT_AT_THE_START = frozenset(
    {"aiosmtpd", "cryptography", "email_validator", "holidays", "hypothesis", "pytest"}
)
START = f"import sys, wsgi; print(*sorted({set(NOT_AT_THE_START)!r} & set(sys.modules)))"
BROWSER = frozenset({"flask", "flask_login", "flask_wtf", "werkzeug", "wtforms"})
INSIDE = ("models", "queries", "permissions", "services", "reactions")


def test_the_import_contracts_are_kept():
    run = subprocess.run(
        [sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout


def imports(module: Module) -> set[str]:
    """Return the packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("layer", INSIDE)
def test_what_decides_knows_no_browser(layer):
    found = {module.place: imports(module) & BROWSER for module in modules()}
    inside = {module.place for module in modules() if is_layer(module, layer)}
    assert inside
    assert {place: names for place, names in found.items() if names and place in inside} == {}


def test_every_module_of_a_slice_has_a_known_name_or_a_word_of_its_own():
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "base", "core", "lib", "tools"}
    assert [module.place for module in modules() if vague & set(module.name.split("."))] == []


def test_a_web_server_starts_without_what_few_requests_need(tmp_path):
    environ = os.environ | {
        "SUPPORTGROUPS_DATA_DIR": str(tmp_path),
        "SUPPORTGROUPS_DEVELOPMENT": "1",
    }
    run = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == "\n"
