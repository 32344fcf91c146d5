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

    root = Path(mkdtemp(prefix="static-"))
    finalize(app, rmtree, root, ignore_errors=True)
    for path in folder.rglob("*"):
        if path.is_file():
            copy_with_gzip(path, root / path.relative_to(folder))
    app.wsgi_app = FreshFiles(  # type: ignore[method-assign]
        app.wsgi_app,
        source=folder,
        root=str(root),
        prefix="/static/",
        max_age=0,
        allow_all_origins=False,
        autorefresh=config.development,
        # For ten years, without asking again.
        immutable_file_test=lambda path, _url: not config.development and not _is_drawing(path),
        add_headers_function=_add_headers,
    )


class FreshFiles(WhiteNoise):  # type: ignore[misc]
    """Serves the copies, and on a development site copies a file again that was changed.

    :param source: where the files lie that were copied
    """

    def __init__(self, application: Any, *, source: Path, root: str, **settings: Any) -> None:
        self.source = source
        self.copies = Path(root)
        super().__init__(application, root=root, **settings)

    def find_file_at_path(self, path: str, url: str) -> Any:
        """Return a file that is asked for, as it is now."""
        copy = Path(path)
        source = self.source / copy.relative_to(self.copies)
        if source.is_file() and _is_newer(source, copy):
            copy_with_gzip(source, copy)
        return super().find_file_at_path(path, url)


def copy_with_gzip(source: Path, copy: Path) -> None:
    """Copy a file, and put a compressed one beside it, which browsers get instead."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    content = source.read_bytes()
    copy.write_bytes(content)
    copy.with_name(f"{copy.name}.gz").write_bytes(gzip.compress(content, mtime=0))


def _is_newer(source: Path, copy: Path) -> bool:
    return not copy.exists() or source.stat().st_mtime_ns > copy.stat().st_mtime_ns


def _is_drawing(path: str) -> bool:
    return path.endswith(".svg")


def _add_headers(headers: Any, path: str, _url: str | StaticFile) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    if _is_drawing(path):
        headers["Cache-Control"] = f"max-age={A_DAY}, public"
