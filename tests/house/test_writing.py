"""Only db.py commits, services see to their transactions, and a view calls one service at most."""

import ast
from pathlib import Path

import pytest

from tests.house.source import PACKAGE, Module, calls, decorators, dotted, is_layer, modules
from tests.house.writing import WRITING_CALLS, Writing

#: Public functions of services that write without a transaction of their own, each with the reason.
INSIDE_ANOTHERS = {
    "supportgroups.accounts.services.sign_ins.open_device": "the act before has shown who it is",
    "supportgroups.accounts.services.sign_ins.end_devices_of": "a part of every change of password",
    "supportgroups.accounts.services.sign_ins.end_mailed_links_of": "a part of the same",
    "supportgroups.outbox.services.jobs.enqueue": "it refuses to work outside the change it belongs to",
    "supportgroups.outbox.services.jobs.enqueue_many": "it refuses to work outside the change",
    "supportgroups.outbox.services.jobs.enqueue_each": "it refuses to work outside the change",
    "supportgroups.sessions.services.changes.revise": "it says that the change around it is one",
    "supportgroups.sessions.services.changes.put_slots": "a part of moving a list, and of undoing",
    "supportgroups.sessions.services.listed.edit_listed": "a part of every edit",
    "supportgroups.sessions.services.changes.write_facilitators": "a part of every such change",
    "supportgroups.sessions.services.successors.edit_from_here_on": "a part of every edit",
}
#: Views on whose way stand two services that write, each with the reason.
TWO_SERVICES: dict[str, str] = {}


@pytest.fixture(scope="module")
def writing() -> Writing:
    """What the package's functions write."""
    return Writing(modules())


def commits(module: Module) -> list[str]:
    """Return where a module commits, or lets something commit by itself."""
    return [
        f"{module.place}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"commit", "begin", "autocommit"}
        and dotted(node) not in ALLOWED
    ]


#: They only sound like it.
ALLOWED = frozenset({"db.session.begin_nested"})


def test_only_db_py_commits():
    found = {module.place: commits(module) for module in modules()}
    assert [place for place, where in found.items() if where] == ["supportgroups/db.py"]


@pytest.mark.parametrize(
    "line", ["db.session.commit()", "session.commit()", "with engine.begin(): pass", "f(x.commit)"]
)
def test_a_commit_would_be_found(line):
    assert commits(a_module(line)) != []


def test_services_that_write_wear_a_transaction(writing: Writing):
    unprotected = {
        known.name
        for known in writing.known.values()
        if is_layer(known.module, "services") or known.module.name == "supportgroups.limits"
        if known.is_public and writing.is_unprotected(known.name)
    }
    assert unprotected - set(INSIDE_ANOTHERS) == set()
    assert set(INSIDE_ANOTHERS) - unprotected == set(), "these need no exception any more"


def test_nobody_above_the_services_writes(writing: Writing):
    """Only services and reactions, which run inside the transaction of whoever announced the fact."""
    found = [
        f"{known.name} calls {callee}"
        for known in writing.known.values()
        if not is_layer(known.module, "services", "reactions", "models")
        for callee in known.callees & set(INSIDE_ANOTHERS)
    ]
    found += [
        f"{known.name} calls {dotted(call.func)}"
        for known in writing.known.values()
        if is_layer(known.module, "views", "cli", "emails", "loaders", "forms", "queries")
        for call in calls(known.function)
        if dotted(call.func) in WRITING_CALLS
    ]
    assert found == []


def views(writing: Writing):
    """Return the functions that answer requests."""
    return [known for known in writing.known.values() if "access" in decorators(known.function)]


def test_a_view_calls_one_service_at_most(writing: Writing):
    found = {known.name: writing.most_service_calls(known) for known in views(writing)}
    assert len(found) > 50
    assert sum(found.values()) > 25
    assert {name for name, most in found.items() if most > 1} == set(TWO_SERVICES)


@pytest.mark.parametrize(
    ("body", "most"),
    [
        ("services.act()", 1),
        ("services.act(); services.act()", 2),
        ("services.look(); services.act()", 1),
        ("services.hidden()", 1),
        ("if x:\n  services.act()\nelse:\n  services.act()", 1),
        ("if x:\n  services.act()\n  return\nservices.act()", 1),
        ("if x:\n  services.act()\nservices.act()", 2),
        ("try:\n  services.act()\nexcept E:\n  services.act()", 1),
        ("try:\n  services.act()\nexcept E:\n  pass\nelse:\n  services.act()", 2),
        ("with x:\n  services.act()", 1),
        ("for x in y:\n  services.act()", 2),
        ("_helper(); services.act()", 2),
        ("return f(services.act())", 1),
    ],
)
def test_service_calls_are_counted_along_the_way(body, most):
    services = a_module(
        "@transaction()\ndef act(): db.session.add(x)\ndef look(): return 1\ndef hidden(): act()\n",
        name="slice/services",
    )
    lines = "\n".join(f"  {line}" for line in body.split("\n"))
    view = a_module(
        f"from supportgroups.slice import services\ndef view():\n{lines}\n"
        "def _helper():\n  services.act()\n",
        name="slice/views",
    )
    found = Writing([services, view])
    assert found.most_service_calls(found.known["supportgroups.slice.views.view"]) == most


@pytest.mark.parametrize(
    "line",
    [
        "db.session.add(x)",
        "db.session.execute(delete(Group))",
        "group.name = name",
        "rsvp.status, rsvp.turn = status, 1",
        "group.revision += 1",
        "setattr(group, name, value)",
        "user.touch_calendar(now)",
        "_helper()",
    ],
)
def test_a_service_without_a_transaction_would_be_found(line):
    service = a_module(f"def act(): {line}\ndef _helper(): db.session.flush()\n")
    found = Writing([service])
    assert found.is_unprotected(f"{service.name}.act")


@pytest.mark.parametrize(
    "line", ["name = group.name", "values['a'] = 1", "self.form = form", "x()"]
)
def test_a_service_that_reads_needs_none(line):
    service = a_module(f"def look(): {line}\n")
    assert not Writing([service]).is_unprotected(f"{service.name}.look")


def a_module(source: str, name: str = "slice/services") -> Module:
    """Return a module that is not there."""
    return Module(Path(f"{PACKAGE}/{name}.py"), ast.parse(source))


def test_services_ask_no_view(writing: Writing):
    """A service takes the moment as an argument, so that it can be told any time."""
    found = [
        known.name
        for known in writing.known.values()
        if is_layer(known.module, "services")
        if any(dotted(call.func) in {"utc_now", "datetime.now"} for call in calls(known.function))
    ]
    assert found == []
