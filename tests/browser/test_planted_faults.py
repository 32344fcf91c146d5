"""Shows that the checks of every page can fail: faults are planted in real pages, one at a time."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Route

from tests.browser.checkers import faults_of_html, needs_checkers
from tests.browser.inspection import Inspector, faults_of_refusal, forms_to_send_empty, send_empty
from tests.browser.looks import PHONE
from tests.browser.site import Site
from tests.browser.window import OpenWindow

#: How many of the faults the checks have to see; the rest are for people to see.
LEAST_SEEN = 20

HTML, CSS, SCRIPT = "html", "base.css", "always.js"


@dataclass(frozen=True)
class Fault:
    """Something wrong, and how it is brought into what the server sends."""

    name: str
    path: str
    #: Which answer is changed: the page, or the file of this name.
    what: str
    change: Callable[[str], str]
    #: Whether it shows only once the page's form was sent empty.
    after_sending: bool = False


def swap(old: str, new: str) -> Callable[[str], str]:
    """Return a change of one piece of text for another."""
    return lambda text: text.replace(old, new, 1)


def rule(css: str) -> Callable[[str], str]:
    """Return a change that adds a rule to a style sheet."""
    return lambda text: f"{text}\n{css}\n"


def into_main(html: str) -> Callable[[str], str]:
    """Return a change that puts something at the end of what the page is about."""
    return swap("</main>", f"{html}</main>")


FAULTS = (
    Fault("pale words", "/", CSS, rule(".lede { color: #a9a9a9 }")),
    Fault(
        "words that are pale by night alone", "/", CSS,
        rule("@media (prefers-color-scheme: dark) { .lede { color: #5a5a5a } }"),
    ),
    Fault("a field without a label", "/sign-up", HTML, swap('for="email"', 'for="elsewhere"')),
    Fault("a picture without words", "/", HTML, into_main('<img src="/static/img/room.svg">')),
    Fault(
        "a button smaller than a finger", "/groups", CSS,
        rule("main .button { min-block-size: 0; padding: 0; font-size: 0.6rem; line-height: 1 }"),
    ),
    Fault("a page wider than a phone", "/guides", CSS, rule("main > * { min-inline-size: 30rem }")),
    Fault(
        "words cut off for who needs space between letters", "/", CSS,
        rule(".lede { max-block-size: 9em; overflow: hidden }"),
    ),
    Fault("a focus that nobody sees", "/groups", CSS, rule("*:focus-visible { outline: none }")),
    Fault("a style inside the page", "/", HTML, into_main('<p style="color: red">Look</p>')),
    Fault("a script inside the page", "/", HTML, into_main("<script>document.title = 1</script>")),
    Fault("a script that breaks", "/", SCRIPT, lambda text: f"{text}\nnobody.home();"),
    Fault(
        "a picture from elsewhere", "/guides", HTML,
        into_main('<img alt="" src="https://elsewhere.example/pixel.png">'),
    ),
    Fault(
        "a visit that is remembered", "/guides", SCRIPT,
        lambda text: f'{text}\nlocalStorage.setItem("was here", "yes");',
    ),
    Fault(
        "a page that jumps", "/help-now", SCRIPT,
        lambda text: f'{text}\nsetTimeout(() => document.querySelector("main").prepend('
        'Object.assign(document.createElement("p"), { textContent: "News! ".repeat(99) })), 60);',
    ),
    Fault("a style sheet too heavy for an old phone", "/", CSS, lambda text: text + noise()),
    Fault("two headings of the first level", "/groups", HTML, into_main("<h1>Groups</h1>")),
    Fault("a page that is in no language", "/", HTML, lambda text: re.sub(r'lang="\w+"', "", text)),
    Fault("a link that says nothing", "/", HTML, into_main('<a href="/groups">Click here</a>')),
    Fault(
        "a question without its words", "/groups", HTML,
        into_main('<label><input type="radio" name="day" value="1"> Monday</label>'),
    ),
    Fault(
        "mistakes that nobody is led to", "/sign-up", HTML, swap(" autofocus", ""),
        after_sending=True,
    ),
    Fault("tags in the wrong order", "/guides", HTML, into_main("<p><div>News</p></div>")),
    # What follows takes a person to see, or nearly.
    Fault(
        "a mark that speaks by its colour alone", "/sessions", HTML,
        into_main('<span class="tag tag--stop"> </span>'),
    ),
    Fault(
        "parts that stand in another order than they are read", "/", CSS,
        rule("main { display: flex; flex-direction: column-reverse }"),
    ),
    Fault(
        "foreign words that say nothing of their language", "/groups", HTML,
        lambda text: re.sub(r'lang="ar"( dir="rtl")?', "", text),
    ),
)  # fmt: skip


def noise() -> str:
    """Return a comment that cannot be packed well."""
    digits = [f"{number * 2654435761 % 2**32:x}" for number in range(9_000)]
    return f"/* {' '.join(digits)} */"


@needs_checkers
def test_twenty_of_twenty_four_are_seen(
    demo_site: Site,
    open_window: OpenWindow,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    assert len({fault.name for fault in FAULTS}) == 24
    seen: dict[str, list[str]] = {}
    pages: dict[str, str] = {}
    for fault in FAULTS:
        window = open_window(demo_site, width=PHONE)
        inspector = Inspector(window.page, demo_site.base_url, is_guest=True)
        planted = plant(inspector, fault)
        with inspector.scales.beside(window.page):
            seen[fault.name] = look_at(inspector, fault)
        assert planted, f"{fault.name} never got into the page"
        # The window listens for what no page may do; here that was meant.
        seen[fault.name] += window.faults.found
        window.faults.found.clear()
        pages[fault.name] = inspector.html[fault.name]
    for words in faults_of_html(pages, tmp_path):
        seen[words.partition(":")[0]].append(words)
    missed = [name for name, words in seen.items() if not words]
    for name, words in seen.items():
        record_property(name, words[0] if words else "not seen")
    assert len(seen) - len(missed) >= LEAST_SEEN, f"not seen: {missed}"


@needs_checkers
def test_without_them_nothing_is_seen(
    demo_site: Site, open_window: OpenWindow, tmp_path: Path
) -> None:
    """Otherwise the test above would show nothing."""
    inspector = Inspector(open_window(demo_site).page, demo_site.base_url, is_guest=True)
    found: list[str] = []
    with inspector.scales.beside(inspector.page):
        for path in sorted({fault.path for fault in FAULTS}):
            found += inspector.look(path, inspector.open(path))
    assert [*found, *faults_of_html(inspector.html, tmp_path)] == []


def plant(inspector: Inspector, fault: Fault) -> list[str]:
    """Let the window get a page with the fault; return a list that fills when it does."""
    planted: list[str] = []

    def serve(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        changed = fault.change(text)
        if changed != text:
            planted.append(route.request.url)
        route.fulfill(response=answer, body=changed)

    whole = inspector.base_url + fault.path if fault.what == HTML else f"/{fault.what}"
    inspector.page.route(re.compile(rf"{re.escape(whole)}(\?.*)?$"), serve)
    return planted


def look_at(inspector: Inspector, fault: Fault) -> list[str]:
    """Look at the page as the tour does."""
    answer = inspector.open(fault.path)
    found: list[str] = []
    if fault.after_sending:
        inspector.scales.clear()
        answer = send_empty(inspector.page, forms_to_send_empty(inspector.page)[0])
        found += faults_of_refusal(inspector.page)
    return [*found, *inspector.look(fault.name, answer)]
