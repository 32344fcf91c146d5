"""Every language says everything: the catalogues hold what pages say, complete and compiled."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import dev
from supportgroups.languages import LANGUAGES

CATALOGUES = sorted(dev.CATALOGUES.glob("*/LC_MESSAGES/messages.po"))


def read(path: Path) -> Catalog:
    """Read one catalogue."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def messages(catalogue: Catalog) -> list[Message]:
    """Return what a catalogue translates, without its header."""
    return [message for message in catalogue if message.id]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> set[str | tuple[str, ...]]:
    """What pages and letters say, read from the source as `dev.py translate` does."""
    path = tmp_path_factory.mktemp("words") / "messages.pot"
    command = [sys.executable, *dev.PYBABEL, *dev.EXTRACT, "-o", str(path), "."]
    subprocess.run(command, cwd=dev.ROOT, check=True)
    return {message.id for message in messages(read(path))}


def test_each_language_but_the_first_has_a_catalogue():
    assert {path.parent.parent.name for path in CATALOGUES} == set(LANGUAGES) - {"en"}


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parent.parent.name)
class TestCatalogue:
    def test_it_holds_what_pages_say_and_nothing_else(self, path: Path, spoken):
        assert len(spoken) > 500
        assert {message.id for message in messages(read(path))} == spoken

    def test_it_leaves_nothing_untranslated(self, path: Path):
        empty = [message.id for message in messages(read(path)) if not all(words_of(message))]
        assert empty == []
        assert [message.id for message in messages(read(path)) if message.fuzzy] == []

    def test_what_is_filled_in_is_the_same(self, path: Path):
        catalogue = read(path)
        wrong = {
            str(message.id): [str(error) for error in message.check(catalogue)]
            for message in messages(catalogue)
        }
        assert {words: errors for words, errors in wrong.items() if errors} == {}

    def test_no_white_space_is_lost_or_won(self, path: Path):
        def edges(words: str) -> tuple[int, int]:
            return len(words) - len(words.lstrip()), len(words) - len(words.rstrip())

        wrong = [
            message.id
            for message in messages(read(path))
            if isinstance(message.id, str) and edges(message.id) != edges(str(message.string))
        ]
        assert wrong == []

    def test_it_is_compiled(self, path: Path):
        compiled = BytesIO()
        write_mo(compiled, read(path))
        assert path.with_suffix(".mo").read_bytes() == compiled.getvalue()


def words_of(message: Message) -> tuple[str, ...]:
    """Return the translations of a message, one for each number that the language tells apart."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)
