"""News reaches somebody, letters are written by somebody, and the audit trail only grows."""

import ast
import re
from collections.abc import Iterator

import pytest
from blinker import Signal

from supportgroups import events
from supportgroups.app import ERRANDS, LETTERS, TASKS, WIRES
from supportgroups.audit import AuditEntry
from supportgroups.db import db
from supportgroups.outbox.models import TASK_PREFIX
from tests.house.filled_forms import filled_form
from tests.house.route_table import RUN_DO, TABLE
from tests.house.source import Module, calls, dotted, imported, is_layer, modules, strings
from tests.house.town import Town

FACTS = {name: fact for name, fact in vars(events).items() if isinstance(fact, Signal)}
#: The calls that put a job into the outbox, by its kind as the first argument.
ENQUEUE = {"enqueue", "enqueue_many", "enqueue_each"}


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_is_heard(name):
    assert [reaction for fact, reaction in WIRES if fact is FACTS[name]] != []


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_is_announced(name):
    announced = [
        module.place
        for module in modules()
        for call in calls(module.tree)
        if dotted(call.func) == f"events.{name}.send"
    ]
    assert announced != []
    assert [place for place in announced if "/services" not in place] == []


@pytest.mark.parametrize("name", FACTS)
def test_a_fact_is_named_in_the_past_tense(name):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*_[a-z]*(ed|en|n|t)", name)


def test_every_reaction_is_wired():
    wired = {(reaction.__module__, reaction.__name__) for _fact, reaction in WIRES}
    written = {
        (module.name, function.name)
        for module in modules()
        if is_layer(module, "reactions")
        for function in module.top_functions()
        if not function.name.startswith("_")
    }
    assert wired == written


def test_a_reaction_leaves_the_commit_to_the_act():
    words = {"commit", "rollback", "transaction", "after_commit"}
    found = [
        f"{module.place}:{node.lineno} {name}"
        for module in modules()
        if is_layer(module, "reactions")
        for node in ast.walk(module.tree)
        for name in [dotted(node).rpartition(".")[2]]
        if name in words
    ]
    assert found == []


def forwarders() -> set[str]:
    """Return the functions that hand a `kind` on to the outbox: theirs are jobs as well."""
    found = set(ENQUEUE)
    for module in modules():
        for function in module.top_functions():
            takes_kind = [argument.arg for argument in function.args.args][:1] == ["kind"]
            hands_on = any(
                dotted(call.func).rpartition(".")[2] in found
                and call.args
                and dotted(call.args[0]) == "kind"
                for call in calls(function)
            )
            if takes_kind and hands_on:
                found.add(function.name)
    return found


def kinds_in(module: Module, names: set[str]) -> Iterator[str]:
    """Go through the kinds of jobs that a module asks for, each as a regular expression."""
    for call in calls(module.tree):
        if dotted(call.func).rpartition(".")[2] not in names or not call.args:
            continue
        match call.args[0]:
            case ast.Constant(value=str(kind)):
                yield re.escape(kind)
            case ast.JoinedStr(values=parts):
                yield "".join(
                    re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+"
                    for part in parts
                )
            case ast.Name(id="kind"):
                continue
            case other:
                yield ast.unparse(other)


def test_every_letter_is_asked_for_and_every_job_is_known():
    names = forwarders()
    asked = {kind for module in modules() for kind in kinds_in(module, names)}
    # The worker asks for the periodic tasks by their names.
    asked -= {"TASK_PREFIX + name"}
    known = {*LETTERS, *ERRANDS}
    assert {kind for kind in asked if not any(re.fullmatch(kind, one) for one in known)} == set()
    assert {one for one in known if not any(re.fullmatch(kind, one) for kind in asked)} == set()


def test_a_letter_is_written_in_the_slice_that_its_kind_names():
    for kind, builder in LETTERS.items():
        slice_name, _, name = kind.partition(".")
        assert builder.__module__ == f"supportgroups.{slice_name}.emails", kind
        assert builder.__name__ == name, kind
        assert not kind.startswith(TASK_PREFIX)


def test_a_task_is_a_service_of_the_part_that_its_name_tells():
    for name, task in TASKS.items():
        part, _, function = name.partition(".")
        assert task.function.__module__.startswith(f"supportgroups.{part}"), name
        assert task.function.__name__ == function, name


def test_the_audit_trail_is_only_added_to():
    """Nobody but audit.py makes a row, nobody changes or deletes one, not even by cascade."""
    found = []
    for module in modules():
        names = {name for name, whole in imported(module).items() if whole.endswith("AuditEntry")}
        for call in calls(module.tree):
            inside = {dotted(node) for node in ast.walk(call)} - {""}
            if dotted(call.func) in {"update", "delete"} and inside & (names | {"AuditEntry"}):
                found.append(f"{module.place}:{call.lineno}")
            if dotted(call.func) in names | {"AuditEntry"} and module.name != "supportgroups.audit":
                found.append(f"{module.place}:{call.lineno}")
        found += [
            f"{module.place} names {AuditEntry.__tablename__}"
            for text in strings(module.tree)
            if AuditEntry.__tablename__ in text and module.name != "supportgroups.audit"
        ]
    assert found == []
    keys = AuditEntry.__table__.foreign_keys
    assert {key.ondelete for key in keys} == {"SET NULL"}


@pytest.mark.parametrize("line", [line for line in TABLE if TABLE[line] == RUN_DO])
def test_what_an_organizer_does_leaves_one_row(town: Town, line: str):
    endpoint = line.split()[1]
    form = filled_form(town.world, endpoint, "organizer", "listed")
    before = rows_of_the_trail()
    data = {"csrf_token": town.token, **form}
    town.send("organizer", "POST", town.url(endpoint, "listed"), data=data)
    after = rows_of_the_trail()
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1


def rows_of_the_trail() -> list[tuple[object, ...]]:
    """Return the audit trail as a new reader sees it."""
    with db.engine.connect() as connection:
        query = AuditEntry.__table__.select().order_by(AuditEntry.__table__.c.id)
        return [tuple(row) for row in connection.execute(query)]
