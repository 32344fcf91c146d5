"""Markdown to safe HTML, for text written by people of the project.

Raw HTML is switched off in the parser, so it comes out as harmless letters, and the result goes
through an allow-list all the same: one of the two may have a hole some day.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from supportgroups.guides.models import Heading

#: Ids of headings begin with this, so that none can meet an id of the layout.
ANCHOR_PREFIX = "part-"
#: The headings that a contents list names.
CONTENTS_LEVEL = "h2"

_TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "blockquote", "hr", "br", "code"}
_ATTRIBUTES: dict[str, set[str]] = {"*": set(), "a": {"href"}, "h2": {"id"}, "h3": {"id"}}
# Authors type the quotation marks of a keyboard; readers get those of a book.
_PARSER = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable("smartquotes")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Rendered:
    """A rendered text, its contents list and its bare words."""

    html: Markup
    headings: tuple[Heading, ...]
    text: str


class UnwantedHeading(ValueError):
    """The text has a first-level heading, which belongs to the title of the page alone."""

    def __init__(self, line: int) -> None:
        super().__init__("begin headings with ##; the title is the only first-level heading")
        #: Counted from 1, within the text given.
        self.line = line


def render(text: str) -> Rendered:
    """Return `text` as safe HTML whose headings have ids.

    Links may lead to https, mailto and tel addresses and to pages of this site; all carry
    `rel="noopener noreferrer"`.

    :raises UnwantedHeading: the text has a heading of the first level
    """
    tokens = _PARSER.parse(text)
    headings = tuple(_name_headings(tokens))
    html = nh3.clean(
        _PARSER.renderer.render(tokens, _PARSER.options, {}),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )
    return Rendered(Markup(html), headings, _plain(tokens))  # noqa: S704 (nh3 cleaned it)


def _name_headings(tokens: list[Token]) -> Iterator[Heading]:
    """Give every heading an id of its own, and return those that the contents list names."""
    taken: set[str] = set()
    for position, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        if token.tag == "h1":
            raise UnwantedHeading((token.map or [0])[0] + 1)
        words = _words(tokens[position + 1])
        anchor = _anchor(words, taken)
        token.attrSet("id", anchor)
        if token.tag == CONTENTS_LEVEL:
            yield Heading(anchor, words)


def _anchor(words: str, taken: set[str]) -> str:
    ascii_words = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    stem = ANCHOR_PREFIX + (_NOT_WORD.sub("-", ascii_words).strip("-") or "section")
    anchor, count = stem, 1
    while anchor in taken:
        count += 1
        anchor = f"{stem}-{count}"
    taken.add(anchor)
    return anchor


def _plain(tokens: list[Token]) -> str:
    return "\n".join(_words(token) for token in tokens if token.type == "inline")


def _words(inline: Token) -> str:
    """Return the words of one heading, paragraph or list entry, without mark-up."""
    parts = (
        " " if child.type in {"softbreak", "hardbreak"} else child.content
        for child in inline.children or ()
    )
    return "".join(parts)
