import subprocess
import sys
from pathlib import Path

import pytest
from flask import render_template
from jinja2 import Environment

from supportgroups.app import create_app
from supportgroups.guides.library import BadGuide
from tests.conftest import make_config

ROOT = Path(__file__).parent.parent.parent


class TestTemplates:
    @pytest.fixture
    def compiled(self, monkeypatch):
        """List the names of the templates that are compiled."""
        names = []
        compile_template = Environment.compile

        def note(environment, source, name=None, *args, **kwargs):
            names.append(name)
            return compile_template(environment, source, name, *args, **kwargs)

        monkeypatch.setattr(Environment, "compile", note)
        return names

    def test_they_are_compiled_once_and_not_at_every_start(self, tmp_path, compiled):
        for _start in range(2):
            create_app(make_config(tmp_path)).jinja_env.get_template("layouts/plain.html")
        assert compiled == ["layouts/plain.html"]

    def test_one_that_changes_is_compiled_again(self, tmp_path, compiled):
        folder = tmp_path / "templates"
        folder.mkdir()
        for words in ("Old words", "New words"):
            (folder / "page.html").write_text(words)
            app = create_app(make_config(tmp_path))
            app.jinja_loader.searchpath.insert(0, str(folder))
            with app.app_context():
                assert render_template("page.html") == words
        assert compiled == ["page.html", "page.html"]

    def test_what_was_compiled_is_for_its_owner_alone(self, tmp_path):
        create_app(make_config(tmp_path))
        assert (tmp_path / "compiled-templates").stat().st_mode & 0o077 == 0


def test_a_mistake_in_a_guide_of_the_operator_stops_the_start(tmp_path):
    guides = tmp_path / "guides"
    guides.mkdir()
    (guides / "tea.md").write_text("No header.")
    with pytest.raises(BadGuide, match=r"tea\.md, line 1"):
        create_app(make_config(tmp_path))


def test_nothing_that_a_server_has_loaded_is_looked_through_for_garbage(tmp_path):
    code = "import wsgi, gc; print(gc.isenabled(), gc.get_freeze_count() > 100_000)"
    environ = {"SUPPORTGROUPS_DATA_DIR": str(tmp_path), "SUPPORTGROUPS_DEVELOPMENT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environ, capture_output=True, check=True
    )
    assert done.stdout.split() == [b"True", b"True"]
