"""Reads templates as Jinja does, and tells what of them a person would read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser

from jinja2 import Environment, nodes

from tests.house.source import ROOT

FOLDER = ROOT / "templates"
#: Calls whose words are translated.
GETTEXT = frozenset({"_", "gettext", "ngettext"})
#: Attributes that people read or hear.
READ_ATTRIBUTES = frozenset({"alt", "aria-label", "placeholder", "title"})
#: What of a macro's or a filter's arguments is read by machines.
FOR_MACHINES = frozenset(
    [
        "accent",
        "autocapitalize",
        "autocomplete",
        "class",
        "formaction",
        "href",
        "id",
        "inputmode",
        "kind",
        "level",
        "name",
        "rel",
        "role",
        "section",
        "spellcheck",
        "target",
        "tone",
        "value",
    ]
)
#: Stands where an expression stood.
GAP = "\ufffc"


@dataclass(frozen=True)
class Template:
    """One file."""

    name: str
    source: str

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.name.endswith(".html")


@cache
def templates() -> list[Template]:
    """Return all templates."""
    return [
        Template(path.relative_to(FOLDER).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file()
    ]


def unused_names(environment: Environment, template: Template) -> list[str]:
    """Return what a template imports or sets up and never uses."""
    tree = environment.parse(template.source)
    used = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    brought = [
        name if isinstance(name, str) else name[1]
        for node in tree.find_all(nodes.FromImport)
        for name in node.names
    ]
    brought += [node.target for node in tree.find_all(nodes.Import)]
    if any(tree.find_all(nodes.Include)):
        # What is included sees these names as well.
        for node in tree.find_all(nodes.Include):
            assert isinstance(node.template, nodes.Const)
            included = next(one for one in templates() if one.name == node.template.value)
            used |= {
                name.name
                for name in environment.parse(included.source).find_all(nodes.Name)
                if name.ctx == "load"
            }
    return [name for name in brought if name not in used]


def macros_in(environment: Environment, template: Template) -> set[str]:
    """Return the macros that a template offers or keeps for itself."""
    return {node.name for node in environment.parse(template.source).find_all(nodes.Macro)}


def templates_asked_for(environment: Environment, template: Template) -> Iterator[str]:
    """Go through the templates that this one extends, imports or includes."""
    tree = environment.parse(template.source)
    for node in tree.find_all((nodes.Extends, nodes.FromImport, nodes.Import, nodes.Include)):
        if isinstance(node.template, nodes.Const):
            yield node.template.value


def names_imported(environment: Environment, template: Template) -> Iterator[tuple[str, str]]:
    """Go through (template, macro) of what this one imports."""
    for node in environment.parse(template.source).find_all(nodes.FromImport):
        for name in node.names:
            yield node.template.value, name if isinstance(name, str) else name[0]


def addresses_built(environment: Environment, template: Template) -> Iterator[tuple[str, set[str]]]:
    """Go through (endpoint, names of the values) of every `url_for`."""
    for call in environment.parse(template.source).find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "url_for":
            assert isinstance(call.args[0], nodes.Const), f"{template.name} builds an endpoint"
            yield call.args[0].value, {keyword.key for keyword in call.kwargs}


class Words(HTMLParser):
    """Collects what stands between tags, and in the attributes that are read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.found.append(data)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attributes if name in READ_ATTRIBUTES]


def untranslated(environment: Environment, template: Template) -> list[str]:
    """Return the words of a template that no translator gets to see."""
    if template.name.endswith(".css"):
        return []
    source = re.sub(r"\{% block width %\}\w+\{%", "{% block width %}{%", template.source)
    text = "".join(
        content if kind == "data" else GAP if kind == "variable_begin" else ""
        for _line, kind, content in environment.lex(source)
    )
    bare = Words(text).found if template.is_page else [text]
    found = [words.replace(GAP, "").strip() for words in bare if has_letters(words)]
    tree = environment.parse(template.source)
    for node in tree.find_all((nodes.Output, nodes.CallBlock, nodes.Assign)):
        found += [words for words in shown_strings(node) if reads_as_words(words)]
    return found


def has_letters(text: str) -> bool:
    """Tell whether there is something to read in it.

    Entities such as &nbsp; are signs, and a macro may write an attribute for the tag around it.
    """
    return bool(re.search(r"[^\W\d_]", re.sub(r'&\w+;|[a-z-]+="[^"]*"', "", text)))


def reads_as_words(text: str) -> bool:
    """Tell words for people from those for machines, which have no capitals and no spaces."""
    return bool(re.search(r"[A-Z][a-z]|[^\W\d_] [^\W\d_]", text))


def shown_strings(node: nodes.Node) -> Iterator[str]:
    """Go through the strings of an expression that are shown as they stand."""
    if isinstance(node, nodes.Const):
        if isinstance(node.value, str):
            yield node.value
        return
    for child in parts_shown(node):
        yield from shown_strings(child)


def parts_shown(node: nodes.Node) -> list[nodes.Node]:
    """Return those parts of an expression that may end up on the page."""
    match node:
        case nodes.Call(node=nodes.Name(name=name)) if name in GETTEXT | {"url_for"}:
            return []
        case nodes.Keyword(key=key) if key in FOR_MACHINES:
            return []
        case nodes.Compare() | nodes.Test() | nodes.TemplateData():
            return []
        case nodes.Getitem(node=of) | nodes.Getattr(node=of) | nodes.Pair(value=of):
            return [of]
        case nodes.CondExpr(expr1=one, expr2=other):
            return [one] if other is None else [one, other]
    return list(node.iter_child_nodes())
