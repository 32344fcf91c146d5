"""Every route says who may reach it, and is named and placed as the house does it."""

import ast
import re
from collections.abc import Iterator

from flask import Flask
from werkzeug.routing import Rule, UUIDConverter

from supportgroups.access import Audience
from supportgroups.groups.permissions import RULES, Permission
from tests.house.source import ROOT, Module, calls, decorators, dotted, modules

#: Words of an address that stand alone before something named, though they are one thing: each
#: with the reason.
SINGULAR = {
    "calendar": "a calendar app is given one calendar",
    "sign-in": "a link in a letter leads to signing in",
    "sign-up": "a link in a letter leads to signing up",
    "email": "a link in a letter leads to the address to confirm",
    "link": "somebody has one link of their own",
    "mail": "the mailbox of a development site",
}


def rules(app: Flask) -> list[Rule]:
    """Return every route but that of static files."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_declares_its_access(plain_site: Flask):
    undeclared = [
        rule.endpoint
        for rule in rules(plain_site)
        if not isinstance(
            getattr(plain_site.view_functions[rule.endpoint], "access", None), Audience | Permission
        )
    ]
    assert undeclared == []


def test_every_permission_has_rules_and_is_asked_for():
    assert set(RULES) == set(Permission)
    asked = {
        dotted(node).removeprefix("Permission.")
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and dotted(node).startswith("Permission.")
        if not module.name.endswith("groups.permissions")
    }
    assert asked == {permission.name for permission in Permission}


def test_the_mark_stands_directly_above_the_view():
    """Below the route: what stands above `@bp.route` never sees a request."""
    wrong = [
        f"{module.place}:{function.lineno}"
        for module in modules()
        for function in module.functions()
        if {"bp.route", "bp.get", "bp.post"} & decorators(function)
        if dotted(function.decorator_list[-1].func) != "access"
    ]
    assert wrong == []


def test_addresses_are_written_in_small_letters_and_hyphens(plain_site: Flask):
    plain = re.compile(r"/|(/([a-z][a-z0-9-]*(\.[a-z]+)?|<[^>]+>(\.ics)?))+")
    assert [rule.rule for rule in rules(plain_site) if not plain.fullmatch(rule.rule)] == []


def test_something_named_stands_after_a_plural(plain_site: Flask):
    words = {
        word
        for rule in rules(plain_site)
        for word in re.findall(r"([a-z-]+)/<", rule.rule)
        if not word.endswith("s")
    }
    assert words == set(SINGULAR)


def test_public_ids_are_read_as_uuids(plain_site: Flask):
    untyped = [
        rule.rule
        for rule in rules(plain_site)
        for name in rule.arguments
        if (name.endswith("id")) is not isinstance(rule._converters[name], UUIDConverter)
    ]
    assert untyped == []


def test_an_endpoint_is_named_after_its_slice_and_view(plain_site: Flask):
    wrong = []
    for rule in rules(plain_site):
        view = plain_site.view_functions[rule.endpoint]
        slice_name = view.__module__.split(".")[1]
        if rule.endpoint != f"{slice_name}.{view.__name__}":
            wrong.append(f"{rule.endpoint} is {view.__module__}.{view.__name__}")
    assert wrong == []


def test_a_view_is_one_sentence_of_a_verb(plain_site: Flask):
    """Its docstring says what a person does there, with a full stop."""
    wrong = [
        rule.endpoint
        for rule in rules(plain_site)
        for words in [plain_site.view_functions[rule.endpoint].__doc__ or ""]
        if not re.match(r"[A-Z][^\n]+[.]", words)
    ]
    assert wrong == []


def templates_named(module: Module) -> Iterator[str]:
    """Go through the templates that a module renders."""
    for call in calls(module.tree):
        if dotted(call.func) == "render_template":
            for node in ast.walk(call.args[0]):
                if isinstance(node, ast.Constant):
                    yield str(node.value)


def test_a_view_renders_templates_of_its_own_slice():
    wrong = []
    for module in modules():
        parts = module.name.split(".")
        if "views" in parts:
            for name in templates_named(module):
                if name.partition("/")[0] != parts[1]:
                    wrong.append(f"{module.place} renders {name}")
                if not (ROOT / "templates" / name).is_file():
                    wrong.append(f"{module.place} renders {name}, which does not exist")
    assert wrong == []
