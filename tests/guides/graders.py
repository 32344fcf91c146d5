"""The library whose measure of reading grades is widely used, for comparison with ours."""

import importlib
import sys
from importlib.resources import files
from statistics import median
from types import ModuleType


def textstat_grade(text: str) -> float:
    """Return the median of the same three formulas as textstat counts them.

    Each line counts as a sentence, as a reader would take a heading or an entry of a list.
    """
    textstat = _textstat()
    lines = "\n".join(
        line if line.rstrip().endswith((".", "!", "?")) else f"{line}."
        for line in text.splitlines()
    )
    return median(
        (
            textstat.flesch_kincaid_grade(lines),
            textstat.automated_readability_index(lines),
            textstat.coleman_liau_index(lines),
        )
    )


def _textstat() -> ModuleType:
    # textstat 0.7.4 opens its word lists through pkg_resources, which setuptools has since dropped.
    if "textstat" not in sys.modules:
        door = ModuleType("pkg_resources")
        door.resource_stream = lambda package, name: files(package).joinpath(name).open("rb")
        sys.modules["pkg_resources"] = door
        try:
            importlib.import_module("textstat")
        finally:
            del sys.modules["pkg_resources"]
    return importlib.import_module("textstat")
