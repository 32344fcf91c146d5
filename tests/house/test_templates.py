"""Every template is whole, used, translated, and holds nothing that our pages may not hold."""

import ast
import re

import pytest
from flask import Flask

from supportgroups.errors import PAGES as PAGES_OF_ERRORS
from tests.house.source import calls, dotted, modules, strings
from tests.house.templates import (
    Template,
    addresses_built,
    macros_in,
    names_imported,
    templates,
    templates_asked_for,
    untranslated,
    unused_names,
)
from tests.house.town import rule_of

PAGES = [template for template in templates() if template.is_page]
#: Words in templates that are the same in every language, by template.
SAME_EVERYWHERE = {
    "dev/mailbox.html": {"(UTC)"},
}
#: A letter has no address from which to get a style sheet, and no policy forbids it one inside.
MAY_HOLD_STYLE = "emails/letter.html"
#: Samples on the page of components, which only developers see.
SAMPLES = "dev/components.html"


@pytest.fixture(scope="module")
def jinja(plain_site: Flask):
    """The environment in which the site renders."""
    return plain_site.jinja_env


@pytest.mark.parametrize("template", templates(), ids=lambda template: template.name)
def test_it_is_whole(jinja, template: Template):
    jinja.compile(template.source, template.name)
    assert template.source.endswith("\n")
    assert unused_names(jinja, template) == [], "imported for nothing"
    if template.name != SAMPLES:
        assert set(untranslated(jinja, template)) == SAME_EVERYWHERE.get(template.name, set())


#: What search engines read and no browser runs.
DATA_BLOCK = '<script type="application/ld+json">'


@pytest.mark.parametrize("template", PAGES, ids=lambda template: template.name)
def test_it_holds_nothing_forbidden(template: Template):
    plain = re.sub(r"\{#.*?#\}", "", template.source, flags=re.DOTALL)
    assert re.findall(r"\|\s*safe\b|autoescape|Markup", plain) == []
    assert re.findall(r"\sstyle\s*=|\son[a-z]+\s*=|javascript:", plain, re.IGNORECASE) == []
    assert plain.count("<style") == (1 if template.name == MAY_HOLD_STYLE else 0)
    assert [
        tag
        for tag in re.findall(r"<script[^>]*>", plain)
        if "src=" not in tag and tag != DATA_BLOCK
    ] == []


@pytest.mark.parametrize("template", PAGES, ids=lambda template: template.name)
def test_every_form_that_changes_something_carries_a_token(template: Template):
    for form in re.findall(r"<form\b.*?</form>", template.source, re.DOTALL):
        opening = form.partition(">")[0]
        if re.search(r"method\s*=\s*[\"']?post", opening, re.IGNORECASE):
            assert "form_token()" in form


def test_every_address_leads_to_a_route(plain_site: Flask, jinja):
    wrong = []
    for template in templates():
        for endpoint, values in addresses_built(jinja, template):
            slice_name = template.name.partition("/")[0]
            whole = slice_name + endpoint if endpoint.startswith(".") else endpoint
            wrong += wrong_address(plain_site, template.name, whole, values)
    assert wrong == []


def test_every_address_in_the_code_leads_to_a_route(plain_site: Flask):
    wrong = []
    for module in modules():
        for call in calls(module.tree):
            if dotted(call.func) not in {"url_for", "address_of"} or not call.args:
                continue
            if isinstance(call.args[0], ast.Constant):
                endpoint = call.args[0].value
                whole = module.name.split(".")[1] + endpoint if endpoint[0] == "." else endpoint
                values = {keyword.arg or "" for keyword in call.keywords}
                wrong += wrong_address(plain_site, module.place, whole, values)
    assert wrong == []


def wrong_address(app: Flask, place: str, endpoint: str, values: set[str]) -> list[str]:
    """Return what is wrong with an address."""
    if endpoint == "static":
        return [] if "filename" in values else [f"{place}: static without a file"]
    if endpoint not in app.view_functions:
        return [f"{place}: there is no {endpoint}"]
    missing = set(rule_of(app, endpoint).arguments) - values
    return [f"{place}: {endpoint} needs {sorted(missing)}"] if missing else []


def test_every_template_is_used(jinja):
    asked = {name for template in templates() for name in templates_asked_for(jinja, template)}
    asked |= {text for module in modules() for text in strings(module.tree)}
    # Letters and error pages are named by their last word.
    asked |= {f"emails/{text}.txt" for text in asked}
    asked |= {f"errors/{status}.html" for status in PAGES_OF_ERRORS}
    assert [template.name for template in templates() if template.name not in asked] == []


def test_every_macro_is_used(jinja):
    used = {pair for template in templates() for pair in names_imported(jinja, template)}
    for template in templates():
        own = template.source
        for macro in macros_in(jinja, template):
            is_called_here = len(re.findall(rf"\b{macro}\(", own)) > 1
            assert (template.name, macro) in used or is_called_here, f"{template.name}: {macro}"


def test_every_import_finds_its_macro(jinja):
    offered = {
        (template.name, macro) for template in templates() for macro in macros_in(jinja, template)
    }
    asked = {pair for template in templates() for pair in names_imported(jinja, template)}
    assert asked - offered == set()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("Hello {{ name }}", ["Hello"]),
        ('<a aria-label="Close">×</a>', ["Close"]),
        ('{{ "Close it" }}', ["Close it"]),
        ('{{ button("Save") }}', ["Save"]),
        ('{{ "Save" if new else _("Change") }}', ["Save"]),
        ('{{ field(form.name, hint="Any name") }}', ["Any name"]),
        ('{% call notice("info", title="Please note") %}{% endcall %}', ["Please note"]),
        ('{% set words = {"a": "Coming soon"} %}', ["Coming soon"]),
    ],
)
def test_bare_words_would_be_found(jinja, source, words):
    assert untranslated(jinja, page(source)) == words


@pytest.mark.parametrize(
    "source",
    [
        '<p class="lede">{{ _("Hello") }}</p>',
        "<p>{{ count }} · {{ when }} – 15%</p>",
        '{{ button(_("Save"), kind="quiet", rel="noopener noreferrer") }}',
        '{% if status == "Not yet" %}{% endif %}',
        '{{ url_for("pages.home", next="Some where") }}',
        '<a href="/my" title="{{ _("Mine") }}">{{ name }}</a>&nbsp;',
        '{{ {"info": _("Note")}[kind] }}',
        "{# Some words about this file #}",
    ],
)
def test_translated_words_are_let_pass(jinja, source):
    assert untranslated(jinja, page(source)) == []


def test_something_imported_for_nothing_would_be_found(jinja):
    source = '{% from "components/tag.html" import tag, rsvp_tag %}{{ tag("x") }}'
    assert unused_names(jinja, page(source)) == ["rsvp_tag"]


def page(source: str) -> Template:
    """Return a template that is not there."""
    return Template("pages/made_up.html", source)
