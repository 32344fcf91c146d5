"""A look at everything that can be wrong with a site, each in one line."""

import shutil
import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from supportgroups.clock import utc_now
from supportgroups.config import Config, settings
from supportgroups.db import db
from supportgroups.outbox import queries as outbox
from supportgroups.outbox.transports import try_mail_server
from supportgroups.upkeep.copies import is_sqlite, version_of_database

#: A worker does something every minute; without a sign for so long there is none.
SIGN_OF_LIFE = timedelta(minutes=10)
#: The oldest job that is due has waited no longer than this where all is well.
LONGEST_WAIT = timedelta(minutes=15)
#: Free bytes on the disk of the data: less, and the next copy or rush may fail.
LEAST_SPACE = 500 * 1024 * 1024
#: So far the clocks of the site and its database may be apart.
CLOCK_SLACK = timedelta(seconds=5)


class Finding(NamedTuple):
    """What one look found."""

    what: str
    is_well: bool
    words: str


def look_at_everything(now: datetime) -> list[Finding]:
    """Return what was found, one finding for each look; a look that fails is a finding too."""
    return [_look(what, look, now) for what, look in LOOKS.items()]


def _look(what: str, look: Callable[[datetime], str], now: datetime) -> Finding:
    try:
        return Finding(what, True, look(now))
    except Trouble as trouble:
        return Finding(what, False, str(trouble))
    except SQLAlchemyError as error:
        db.session.rollback()
        return Finding(what, False, f"the database does not answer: {type(error).__name__}")


class Trouble(Exception):
    """Something is wrong; the message says what, and what to do."""


def _settings(_now: datetime) -> str:
    troubles = list(_bad_settings(settings()))
    if troubles:
        raise Trouble("; ".join(troubles))
    return settings().base_url


def _bad_settings(config: Config) -> Iterator[str]:
    if config.development:
        yield "SUPPORTGROUPS_DEVELOPMENT is 1, which shows everybody the letters of others"
    if not config.is_https:
        yield "SUPPORTGROUPS_BASE_URL does not begin with https:"
    if config.mail_domain == "localhost":
        yield "SUPPORTGROUPS_MAIL_FROM is not set, so letters come from nowhere"
    if config.uid_domain == "calendar.invalid":
        yield "SUPPORTGROUPS_UID_DOMAIN is not set; choose it before people subscribe"


def _tables(_now: datetime) -> str:
    version, expected = version_of_database(), current_app.config["MIGRATION_HEAD"]
    if version != expected:
        raise Trouble(f"they are those of {version}; run `flask --app wsgi db upgrade`")
    return str(version)


def _whole(_now: datetime) -> str:
    if not is_sqlite():
        db.session.execute(text("SELECT 1"))
        return "PostgreSQL looks after itself"
    found = db.session.execute(text("PRAGMA integrity_check(1)")).scalar()
    if found != "ok":
        raise Trouble("the file is damaged; put a copy back (docs/operate.md, Copies)")
    orphans = db.session.execute(text("PRAGMA foreign_key_check")).all()
    if orphans:
        tables = ", ".join(sorted({row[0] for row in orphans}))
        raise Trouble(f"{len(orphans)} rows refer to nothing, in {tables}; tell who writes this")
    return "every page of the file and every reference"


def _worker(now: datetime) -> str:
    seen = outbox.find_last_sign_of_life()
    if seen is None:
        raise Trouble("none has ever done anything; start `flask --app wsgi worker`")
    if seen < now - SIGN_OF_LIFE:
        raise Trouble(f"none has done anything since {seen:%Y-%m-%d %H:%M} UTC; is it running?")
    due = outbox.find_oldest_due(now=now)
    if due is not None and due < now - LONGEST_WAIT:
        raise Trouble(f"a job has been due since {due:%Y-%m-%d %H:%M} UTC; is one worker enough?")
    return f"last seen {seen:%H:%M} UTC"


def _letters(_now: datetime) -> str:
    dead = sum(jobs.how_many for jobs in outbox.list_dead_jobs())
    if dead:
        raise Trouble(f"{dead} were given up; `flask --app wsgi worker --status` says why")
    return "none was given up"


def _mail_server(_now: datetime) -> str:
    config = settings()
    if config.smtp_url is None:
        if config.development:
            return "letters are kept in files"
        raise Trouble("SUPPORTGROUPS_SMTP_URL is not set, so no letter leaves")
    try:
        try_mail_server(config)
    except (smtplib.SMTPException, OSError) as error:
        code = getattr(error, "smtp_code", "")
        raise Trouble(f"it does not take us: {type(error).__name__} {code}".rstrip()) from error
    return "answers, and lets us in"


def _space(_now: datetime) -> str:
    free = shutil.disk_usage(settings().data_dir).free
    if free < LEAST_SPACE:
        raise Trouble(f"{free // 2**20} MiB are free beside the data; make room")
    return f"{free // 2**20} MiB free"


def _clock(_now: datetime) -> str:
    # Not the moment that was asked about: it is the machine's clock that is looked at.
    here = utc_now()
    newest = outbox.find_last_sign_of_life()
    if newest is not None and newest > here + CLOCK_SLACK:
        raise Trouble(f"it is behind what was done at {newest:%Y-%m-%d %H:%M} UTC; set it right")
    if abs(_clock_of_database() - here) > CLOCK_SLACK:
        raise Trouble("it and the clock of the database are apart; set both right")
    return f"{here:%Y-%m-%d %H:%M} UTC"


def _clock_of_database() -> datetime:
    """Return what the clock of the database's machine shows; SQLite is on this one."""
    if is_sqlite():
        return utc_now()
    moment: datetime = db.session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return moment


#: What is looked at, in the order in which it is told.
LOOKS: dict[str, Callable[[datetime], str]] = {
    "settings": _settings,
    "tables": _tables,
    "database": _whole,
    "worker": _worker,
    "letters": _letters,
    "mail server": _mail_server,
    "disk": _space,
    "clock": _clock,
}
