"""Style sheets, scripts and pictures: served from memory, kept by browsers for ever.

The address of each file carries a hash of its content, so a new version has a new address.
"""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from supportgroups.config import Config
from supportgroups.headers import SECURITY_HEADERS

FOR_EVER = 365 * 24 * 3600
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

    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(folder),
        prefix="/static/",
        max_age=0 if config.development else FOR_EVER,
        autorefresh=config.development,
        add_headers_function=_add_headers,
    )


def _add_headers(headers: Any, path: str, _url: str | StaticFile) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    if str(path).endswith(".svg"):
        headers["Cache-Control"] = f"max-age={A_DAY}, public"
