"""What those who run the site ask it: is it alive, is it ready, what may robots read."""

from flask import Blueprint, Response, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from supportgroups.access import PUBLIC, access
from supportgroups.config import settings
from supportgroups.db import db

bp = Blueprint("operations", __name__)

#: Calendar importers obey robots.txt too, so feeds stay readable; pages say `noindex` themselves.
ROBOTS = """\
User-agent: *
Disallow: /account
Disallow: /my
Disallow: /sign-in
Disallow: /sign-up
Disallow: /invitations/
"""


@bp.get("/healthz")
@access(PUBLIC)
def healthz() -> ResponseReturnValue:
    """Say that the process answers."""
    return _plain("ok\n")


@bp.get("/readyz")
@access(PUBLIC)
def readyz() -> ResponseReturnValue:
    """Say whether the database answers and has the tables that this version expects."""
    try:
        version = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        db.session.rollback()
        return _plain("the database does not answer\n"), 503
    if version != current_app.config["MIGRATION_HEAD"]:
        return _plain("the database needs `flask --app wsgi db upgrade`\n"), 503
    return _plain("ready\n")


@bp.get("/robots.txt")
@access(PUBLIC)
def robots() -> ResponseReturnValue:
    """Tell robots which pages are no use to them."""
    response = _plain(f"{ROBOTS}Sitemap: {settings().base_url}/sitemap.xml\n")
    response.cache_control.public = True
    response.cache_control.max_age = 3600
    return response


def _plain(words: str) -> Response:
    return Response(words, mimetype="text/plain")
