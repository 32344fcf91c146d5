"""What a page is made of, and what is wrong with it."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

#: Elements that have no end tag.
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "data", "srcset"})
#: What a tap on a phone opens, and nothing of which a page asks anybody.
HARMLESS_SCHEMES = frozenset({"tel", "sms"})
CHOICES = frozenset({"radio", "checkbox"})
#: Fields about a person, which browsers and password managers fill in.
PERSONAL_NAMES = frozenset({"display_name", "email", "password", "present", "new"})
#: What browsers may fill into fields of a kind.
FILLED_IN_WITH = {
    "email": {"email", "username", "off"},
    "password": {"current-password", "new-password"},
    "tel": {"tel", "off"},
}
EMPTY_LINK_TEXTS = frozenset(
    {"here", "click here", "more", "read more", "link", "this", "this page"}
)


@dataclass
class Element:
    """One element with what stands in it."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None"
    words: list[str] = field(default_factory=list)
    tags_inside: set[str] = field(default_factory=set)
    names_inside: set[str] = field(default_factory=set)

    @property
    def text(self) -> str:
        """The words in it, in one line."""
        return " ".join("".join(self.words).split())

    def within(self, tag: str) -> "Element | None":
        """Return the element of this kind around it."""
        above = self.parent
        while above is not None and above.tag != tag:
            above = above.parent
        return above


class Page(HTMLParser):
    """All elements of a page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: Element | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        element = Element(tag, values, self._open)
        self.elements.append(element)
        above = self._open
        while above is not None:
            above.tags_inside.add(tag)
            above.names_inside.add(values.get("name", ""))
            above = above.parent
        if tag not in VOID:
            self._open = element

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open is not None:
            closed, self._open = self._open, self._open.parent
            if closed.tag == tag:
                break

    def handle_data(self, data: str) -> None:
        above = self._open
        while above is not None:
            above.words.append(data)
            above = above.parent

    def all(self, *tags: str) -> list[Element]:
        """Return the elements of these kinds."""
        return [element for element in self.elements if element.tag in tags]


def title_of(html: str) -> str:
    """Return what the tab says."""
    return html.partition("<title>")[2].partition("</title>")[0]


def faults(page: Page, *, own_address: str) -> list[str]:
    """Return everything that no page of ours may have."""
    return [
        *_inline(page),
        *_foreign(page, own_address),
        *_bare_forms(page),
        *_bare_choices(page),
        *_bare_tables(page),
        *_fields_nobody_can_fill_in(page),
        *_links_that_say_nothing(page),
        *_words_that_some_never_see(page),
        *_focus_taken_away(page),
        *_helps_that_nobody_hears(page),
    ]


def _inline(page: Page) -> list[str]:
    """Find what the Content-Security-Policy forbids: style and script inside the page."""
    found = []
    for element in page.elements:
        found += [
            f"<{element.tag} {name}> is inline"
            for name in element.attributes
            if name == "style" or name.startswith("on")
        ]
        # A block of data is no script: no browser runs it, and the policy lets it be.
        is_data = element.attributes.get("type") == "application/ld+json"
        is_script = element.tag == "script" and "src" not in element.attributes and not is_data
        if element.tag == "style" or is_script:
            found.append(f"<{element.tag}> is inline")
        if any(value.lower().startswith("javascript:") for value in element.attributes.values()):
            found.append(f"<{element.tag}> leads to a script")
    return found


def _foreign(page: Page, own_address: str) -> list[str]:
    """Find what reaches out to others: only a link may, over TLS, and without telling who sends."""
    found = []
    for element in page.elements:
        for name in ADDRESSES & set(element.attributes):
            address = element.attributes[name]
            parts = urlsplit(address)
            if not parts.scheme and not parts.netloc:
                continue
            if parts.scheme in HARMLESS_SCHEMES:
                continue
            if address.startswith((own_address, own_address.replace("http", "webcal", 1))):
                continue
            rel = set(element.attributes.get("rel", "").split())
            is_link_out = element.tag == "a" and name == "href" and parts.scheme == "https"
            if not is_link_out or not {"noopener", "noreferrer"} <= rel:
                found.append(f'<{element.tag} {name}="{address}"> leads out')
    return found


def _bare_forms(page: Page) -> list[str]:
    return [
        f"the form to {form.attributes.get('action', 'its own page')} carries no token"
        for form in page.all("form")
        if form.attributes.get("method", "get").lower() == "post"
        and "csrf_token" not in form.names_inside
    ]


def _bare_choices(page: Page) -> list[str]:
    """Find radio buttons and groups of checkboxes without a question above them."""
    inputs = [box for box in page.all("input") if box.attributes.get("type") in CHOICES]
    times = Counter((id(box.within("form")), box.attributes.get("name")) for box in inputs)
    found = []
    for box in inputs:
        key = id(box.within("form")), box.attributes.get("name")
        if box.attributes["type"] == "checkbox" and times[key] == 1:
            continue
        fieldset = box.within("fieldset")
        if fieldset is None or "legend" not in fieldset.tags_inside:
            found.append(f"{box.attributes.get('name')} stands in no fieldset with a legend")
    return found


def _bare_tables(page: Page) -> list[str]:
    found = [
        f"a heading of a table has no scope: {cell.text}"
        for cell in page.all("th")
        if cell.attributes.get("scope") not in {"col", "row", "colgroup", "rowgroup"}
    ]
    found += [
        "a table has no headings" for table in page.all("table") if "th" not in table.tags_inside
    ]
    return found


def _fields_nobody_can_fill_in(page: Page) -> list[str]:
    """Find fields about a person that say nothing, or the wrong thing, to a browser that fills in."""
    found = []
    for box in page.all("input"):
        kind, name = box.attributes.get("type", "text"), box.attributes.get("name")
        if kind in {"hidden", "submit", *CHOICES}:
            continue
        offered = box.attributes.get("autocomplete", "")
        is_personal = kind in FILLED_IN_WITH or name in PERSONAL_NAMES
        if is_personal and not offered:
            found.append(f"{name} has no autocomplete")
        elif offered and kind in FILLED_IN_WITH and offered not in FILLED_IN_WITH[kind]:
            found.append(f"{name} is a field of type {kind}, but is filled in with {offered}")
        if "pattern" in box.attributes and kind == "text" and "inputmode" not in box.attributes:
            found.append(f"{name} asks for certain signs without bringing up the keys for them")
    return found


def _links_that_say_nothing(page: Page) -> list[str]:
    return [
        f"a link to {link.attributes.get('href')} says only {link.text!r}"
        for link in page.all("a")
        if link.text.lower().strip(" .…›»") in EMPTY_LINK_TEXTS | {""}
    ]


def _words_that_some_never_see(page: Page) -> list[str]:
    """Find meaning that hangs on a colour, on a pointer that rests, or on a field that is empty."""
    found = [
        f'the mark <{tag.tag} class="{tag.attributes["class"]}"> says nothing but its colour'
        for tag in page.elements
        if "tag" in tag.attributes.get("class", "").split() and not tag.text
    ]
    found += [
        f"<{element.tag} title> shows {element.attributes['title']!r} to a mouse alone"
        for element in page.elements
        if "title" in element.attributes and element.tag not in {"iframe", "abbr", "link"}
    ]
    labelled = {label.attributes.get("for") for label in page.all("label")}
    found += [
        f"the placeholder {box.attributes['placeholder']!r} stands in for a label"
        for box in page.all("input", "textarea")
        if "placeholder" in box.attributes and box.attributes.get("id") not in labelled
    ]
    return found


def _focus_taken_away(page: Page) -> list[str]:
    """Find what moves people about: an order of its own, a field that grabs, a window that opens."""
    found = [
        f"<{element.tag}> has tabindex {element.attributes['tabindex']}"
        for element in page.elements
        if element.attributes.get("tabindex", "0") not in {"0", "-1"}
    ]
    found += [
        f"<{element.tag} autofocus> takes the focus, though nothing is wrong"
        for element in page.elements
        if "autofocus" in element.attributes
        if "error-summary" not in element.attributes.get("class", "").split()
    ]
    found += [
        f"<{element.tag} {name}> takes a key or a window that is the reader's own"
        for element in page.elements
        for name in ("accesskey", "target")
        if name in element.attributes
    ]
    return found


def _helps_that_nobody_hears(page: Page) -> list[str]:
    """Find hints and errors that are not tied to their field, for people who listen to the page."""
    tied = {
        name
        for element in page.elements
        for name in element.attributes.get("aria-describedby", "").split()
    }
    return [
        f"no field is described by {element.text!r}"
        for element in page.elements
        if {"field__hint", "field__error", "check__hint"}
        & set(element.attributes.get("class", "").split())
        if element.attributes.get("id") not in tied
    ]
