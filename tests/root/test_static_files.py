"""Style sheets, scripts and pictures, as browsers get them."""

import gzip
import os
import re
import time
from functools import partial
from pathlib import Path

import pytest
import structlog
from flask import Flask

from supportgroups import static_files
from supportgroups.app import ROOT, create_app
from tests.conftest import make_config


@pytest.fixture
def get(tmp_path: Path):
    """Ask a site that is not a development site."""
    config = make_config(tmp_path, DEVELOPMENT="0")
    logging = structlog.get_config()
    client = create_app(config).test_client()
    structlog.configure(**logging)
    return partial(client.get, buffered=True)


def test_each_page_names_the_version_of_its_files(get):
    page = get("/sign-in").text
    assert re.findall(r'href="(/static/css/base\.css\?v=[0-9a-f]{12})"', page) != []


@pytest.mark.parametrize("name", ["css/base.css", "js/always.js"])
def test_a_file_comes_compressed_and_never_again(get, name):
    response = get(f"/static/{name}", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Vary"] == "Accept-Encoding"
    assert response.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert gzip.decompress(response.data) == (ROOT / "static" / name).read_bytes()


def test_a_developer_sees_a_change_at_once(tmp_path):
    folder = tmp_path / "static"
    (folder / "css").mkdir(parents=True)
    sheet = folder / "css" / "base.css"
    app = Flask("site", static_folder=str(folder))
    before, after = "p { color: red }\n" * 100, "p { color: blue }\n" * 100
    sheet.write_text(before)
    static_files.init_app(app, make_config(tmp_path))
    get = partial(app.test_client().get, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.decompress(get("/static/css/base.css").data) == before.encode()

    sheet.write_text(after)
    os.utime(sheet, (later := time.time() + 1, later))
    (folder / "css" / "new.css").write_text(after)
    assert gzip.decompress(get("/static/css/base.css").data) == after.encode()
    assert gzip.decompress(get("/static/css/new.css").data) == after.encode()
    assert get("/static/css/base.css").headers["Cache-Control"] == "max-age=0, public"


def test_who_cannot_unpack_it_gets_it_as_it_is(get):
    response = get("/static/css/base.css")
    assert "Content-Encoding" not in response.headers
    assert response.data == (ROOT / "static" / "css" / "base.css").read_bytes()


def test_a_drawing_without_a_version_is_asked_for_after_a_day(get):
    assert get("/static/img/room.svg").headers["Cache-Control"] == "max-age=86400, public"


def test_what_a_page_needs_is_light():
    """The bar of the pages: style sheets up to 15 kB and scripts up to 8 kB, compressed."""
    for folder, most in (("css", 15_000), ("js", 8_000)):
        files = (ROOT / "static" / folder).glob("*")
        assert sum(len(gzip.compress(path.read_bytes())) for path in files) < most
