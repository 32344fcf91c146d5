"""Programs that know more about pages than we do: axe-core and html-validate.

Both come from npm and live in a folder of their own, which SUPPORTGROUPS_TEST_PAGE_CHECKERS names
(requirements/browser/ lists what goes into it). Nothing of them reaches the site.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page

CHECKERS = "SUPPORTGROUPS_TEST_PAGE_CHECKERS"
PACKAGES = ("axe-core", "html-validate")

#: Marks a test that needs the checkers, and skips it where they are missing.
needs_checkers = pytest.mark.skipif(
    CHECKERS not in os.environ,
    reason=f"set {CHECKERS} to a folder with axe-core and html-validate, see CONTRIBUTING.md",
)


def folder_of(package: str) -> Path:
    """Return where a package lies."""
    folder = Path(os.environ[CHECKERS]) / "node_modules" / package
    assert folder.is_dir(), f"{CHECKERS} names a folder without {package}: npm ci puts it there"
    return folder


# axe-core

#: Everything that axe knows, and the one rule of WCAG 2.2 that it leaves off by itself.
EVERYTHING: Mapping[str, Any] = {"rules": {"target-size": {"enabled": True}}}
#: What can differ between day and night, or between a phone and a desk.
SIGHT: Mapping[str, Any] = {
    "runOnly": ["color-contrast", "target-size", "scrollable-region-focusable"]
}


class Undecided(NamedTuple):
    """Something that axe leaves to people, and what people found."""

    rule: str
    #: A part of the element's address.
    where: str
    reason: str


SETTLED = (
    Undecided(
        "color-contrast",
        'button[value="-1"]',
        "a minus sign, which axe takes for no letter; it has the ink of the other buttons",
    ),
)


#: Runs axe, and brings back only what is wrong or undecided.
RUN = """async (options) => {
    const result = await axe.run(document, options);
    return ["violations", "incomplete"].flatMap((kind) => result[kind].flatMap((finding) =>
        finding.nodes.map((node) => [
            kind, finding.id, node.target.join(" "), node.failureSummary || finding.help,
        ])
    ));
}"""


class Axe:
    """axe-core, ready to look at the pages of one window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_init_script(path=folder_of("axe-core") / "axe.min.js")

    def faults(self, options: Mapping[str, Any] = EVERYTHING) -> Iterator[str]:
        """Tell what axe calls wrong, and what it cannot decide and nobody has settled."""
        asked = {**options, "resultTypes": ["violations", "incomplete"], "preload": False}
        for kind, rule, where, why in self.page.evaluate(RUN, asked):
            if kind == "violations" or not is_settled(rule, where):
                yield f"axe {kind}: {rule} at {where}: {' '.join(why.split())}"


def is_settled(rule: str, where: str) -> bool:
    """Tell whether people have looked at what axe could not decide."""
    return any(found.rule == rule and found.where in where for found in SETTLED)


# html-validate

#: Rules of html-validate that do not hold here, each with its reason.
NOT_OURS = {
    "require-sri": "every file comes from the site itself",
    "tel-non-breaking": "a long number may break at a space where the window is narrow",
    "no-trailing-whitespace": "nobody reads the spaces that a template leaves",
    "long-title": "a title may name a group, whose name is its organizers' affair",
}
#: Rules that hold in our way: boxes of one question share a name, and so do the buttons of a choice;
#: what is wrong with a form stands above the first heading.
OUR_WAY = {
    "form-dup-name": ["error", {"shared": ["radio", "checkbox", "submit", "button"]}],
    "heading-level": ["error", {"minInitialRank": "h2"}],
}


def faults_of_html(pages: Mapping[str, str], folder: Path) -> Iterator[str]:
    """Tell what is no valid HTML.

    :param pages: name → HTML
    :param folder: an empty one to write them in
    """
    names = {}
    for number, (name, html) in enumerate(pages.items()):
        path = folder / f"{number}.html"
        path.write_text(html, encoding="utf-8")
        names[str(path)] = name
    config = {
        "root": True,
        "extends": ["html-validate:recommended", "html-validate:document"],
        "rules": {**dict.fromkeys(NOT_OURS, "off"), **OUR_WAY},
    }
    (folder / ".htmlvalidate.json").write_text(json.dumps(config))
    node = shutil.which("node")
    assert node, "html-validate needs Node.js"
    found = folder / "found.json"
    done = subprocess.run(
        [
            *(node, folder_of("html-validate") / "bin" / "html-validate.mjs"),
            # To a file, because of a pipe it leaves the end out.
            *("--formatter", f"json={found}", folder),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.exists(), f"html-validate failed: {done.stderr}"
    for report in json.loads(found.read_text()):
        for message in report["messages"]:
            place = f"{message['line']}:{message['column']}"
            yield f"{names[report['filePath']]}:{place}: {message['ruleId']}: {message['message']}"
