"""Reads a form as a browser would: what it would send, and what it says is wrong."""

import re
from html.parser import HTMLParser


class _FormReader(HTMLParser):
    """Collects the fields of the form that a person fills in on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str | list[str]]] = []
        self._select: tuple[str, bool] | None = None
        self._options: list[tuple[str, bool]] = []
        self._area: str | None = None
        self._words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        name = found.get("name") or ""
        match tag:
            case "form":
                self.forms.append({})
            case "input" if name and self.forms:
                self._take_input(name, found)
            case "select":
                self._select, self._options = (name, "multiple" in found), []
            case "option":
                self._options.append((found.get("value") or "", "selected" in found))
            case "textarea":
                self._area, self._words = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            # The line break right after the tag is not part of the text.
            words = self._words.replace("\r\n", "\n")
            self.forms[-1][self._area] = words.removeprefix("\n")
            self._area = None
        if tag == "select" and self._select:
            name, _is_multiple = self._select
            chosen = [value for value, selected in self._options if selected]
            self.forms[-1][name] = chosen[0] if chosen else self._options[0][0]
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._words += data

    def _take_input(self, name: str, found: dict[str, str | None]) -> None:
        value = found.get("value") or ""
        match found.get("type"):
            case "checkbox":
                kept = self.forms[-1].setdefault(name, [])
                if "checked" in found and isinstance(kept, list):
                    kept.append(value)
            case "radio":
                if "checked" in found:
                    self.forms[-1][name] = value
            case "submit" | "button":
                pass
            case _:
                self.forms[-1][name] = value


def filled_in(html: str, *, with_field: str) -> dict[str, str | list[str]]:
    """Return what the form that has this field would send, without its token."""
    found = [form for form in _FormReader(html).forms if with_field in form]
    assert len(found) == 1, f"{len(found)} forms have the field {with_field}"
    return {name: value for name, value in found[0].items() if name != "csrf_token"}


def complaints(html: str) -> dict[str, str]:
    """Return what the page says beside each field that was filled in wrongly."""
    found = re.findall(r'<p class="field__error" id="([^"]+)-error">(.*?)</p>', html, re.DOTALL)
    return {
        name: re.sub(r"\s+", " ", re.sub(r"<span.*?</span>", "", words)).strip()
        for name, words in found
    }
