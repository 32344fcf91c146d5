"""A language that nobody speaks: every translated word wears brackets, so that bare ones show.

`⟦Ĵöîñ ţĥé ĝŕöûþ ···⟧` is a third longer than English, as many languages are.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from gettext import NullTranslations
from html.parser import HTMLParser

import pytest
from flask_babel import Domain

OPEN, CLOSE = "⟦", "⟧"
_LETTERS = str.maketrans("aceghijlnorsuyACEGHIJLNORSUY", "áçéĝĥîĵļñöŕšûýÁÇÉĜĤÎĴĻÑÖŔŠÛÝ")
#: What is filled in later stays as it is, and so does a character reference.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|&\w+;|\{\})")
_INNERMOST = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")


def pseudo(words: str) -> str:
    """Return the words as this language writes them."""
    parts = _KEPT.split(words)
    written = "".join(part if n % 2 else part.translate(_LETTERS) for n, part in enumerate(parts))
    return f"{OPEN}{written}{'·' * (len(words) // 3)}{CLOSE}"


class PseudoTranslations(NullTranslations):
    """The catalogue of that language: it knows every word."""

    def gettext(self, message: str) -> str:
        """Translate."""
        return pseudo(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Translate, counting as English does."""
        return pseudo(msgid1 if n == 1 else msgid2)

    # Flask-Babel asks by the older names where a catalogue has them.
    ugettext, ungettext = gettext, ngettext


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Let every page speak that language until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Domain, "get_translations", lambda _self: PseudoTranslations())
        yield


def bare(text: str) -> str:
    """Return what of a text no catalogue knows."""
    while OPEN in text:
        shorter = _INNERMOST.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text


class WordsOfOurs(HTMLParser):
    """Collects the words of a page that are ours in `text`, leaving out those that people typed.

    What somebody typed stands in a `<bdi>`, in an element with a direction or a language of its
    own, or in a field.
    """

    #: Attributes that somebody reads or hears.
    SPOKEN = ("alt", "aria-label", "title", "placeholder")
    NOT_READ = frozenset({"script", "style", "textarea", "svg"})
    VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "wbr", "source", "col"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self._found: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self.feed(html)
        # A translated sentence may have an element in its middle, so the whole is one text.
        self.text = "\n".join(self._found)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        is_typed = tag == "bdi" or (tag != "html" and ("dir" in values or "lang" in values))
        is_silent = is_typed or tag in self.NOT_READ or self._is_silent
        if not is_silent:
            self._found += [str(values[name]) for name in self.SPOKEN if values.get(name)]
            if tag == "input" and values.get("type") in {"submit", "button"}:
                self._found.append(str(values.get("value")))
        if tag not in self.VOID:
            self._open.append((tag, is_silent))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._is_silent:
            self._found.append(data)

    @property
    def _is_silent(self) -> bool:
        return bool(self._open) and self._open[-1][1]
