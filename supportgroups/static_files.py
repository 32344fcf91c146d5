"""Style sheets, scripts and pictures: compressed once, and kept by browsers for ever.

The address of each file carries a hash of its content, so a new version has a new address.
"""

import gzip
import hashlib
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from weakref import finalize

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from supportgroups.config import Config
from supportgroups.headers import SECURITY_HEADERS

#: Style sheets name drawings without a version, so those are asked for again after a day.
A_DAY = 24 * 3600


def init_app(app: Flask, config: Config) -> None:
    """Serve the static folder before the application is even asked."""
    folder = Path(str(app.static_folder))
    versions = {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, Any]) -> None:
        # A file that is not there has no version: the address then fails in a test, not silently.
        if endpoint == "static" and "v" not in values:
            values["v"] = versions[values["filename"]]

    if config.development:
        root = folder
    else:
        root = Path(mkdtemp(prefix="static-"))
        finalize(app, rmtree, root, ignore_errors=True)
        copy_with_gzip(folder, root)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(root),
        prefix="/static/",
        max_age=0,
        autorefresh=config.development,
        # For ten years, without asking again.
        immutable_file_test=lambda path, _url: not config.development and not _is_drawing(path),
        add_headers_function=_add_headers,
    )


def copy_with_gzip(folder: Path, root: Path) -> None:
    """Copy all files, each with a compressed one beside it, which browsers get instead."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            copy = root / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            content = path.read_bytes()
            copy.write_bytes(content)
            copy.with_name(f"{copy.name}.gz").write_bytes(gzip.compress(content, mtime=0))


def _is_drawing(path: str) -> bool:
    return path.endswith(".svg")


def _add_headers(headers: Any, path: str, _url: str | StaticFile) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    if _is_drawing(path):
        headers["Cache-Control"] = f"max-age={A_DAY}, public"
