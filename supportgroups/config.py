"""Every setting of the product, read once from `SUPPORTGROUPS_*` variables.

A value that makes no sense stops the program at start with one sentence that names the
variable, because a wrong setting found at night by a member is found too late.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from supportgroups.key_files import read_key_file

PREFIX = "SUPPORTGROUPS_"
#: Below this many characters a secret key can be guessed.
MIN_SECRET_KEY = 32
MAX_PORT = 2**16 - 1
#: Labels of letters, digits and hyphens (RFC 1123 §2.1).
DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*", re.IGNORECASE)


class BadSetting(Exception):
    """A setting that the program refuses to start with; the message names the variable."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one running site."""

    secret_key: str
    #: An SQLAlchemy address; SQLite in the data directory unless told otherwise.
    database_url: str
    #: So many connections to the database one process may hold: at least one for each thread.
    database_connections: int
    redis_url: str | None
    #: smtp://, smtp+starttls:// or smtps://; without it no mail leaves the site.
    smtp_url: str | None
    mail_from: str
    #: So many letters a minute go to addresses of the same domain; 0 means any number.
    mail_pace: int
    #: Undeliverable letters come back to `bounces+…@` this domain; none where nobody takes them.
    bounce_domain: str | None
    #: Where people reach the site: scheme, host and port, without a trailing slash.
    base_url: str
    site_name: str
    #: How many proxies in front of us may be believed about the caller's address.
    trusted_proxies: int
    #: ISO 3166 code of the country whose help lines come first.
    country: str
    data_dir: Path
    #: Shows the mail viewer and demo tools, never to be set on a public site.
    development: bool
    #: The neutral, unchanging right-hand side of every calendar UID.
    uid_domain: str
    #: The domain at which answers to calendar invitations arrive; without it none are asked for.
    reply_domain: str | None = None
    #: Host and port at which the worker takes such answers from a mail server (LMTP, RFC 2033).
    lmtp_listen: tuple[str, int] | None = None

    @property
    def host(self) -> str:
        """The host and port of the site, as a browser sends it."""
        return urlsplit(self.base_url).netloc

    @property
    def is_https(self) -> bool:
        """Whether people reach the site through TLS."""
        return self.base_url.startswith("https://")

    @property
    def mail_domain(self) -> str:
        """The domain that mail comes from."""
        return parseaddr(self.mail_from)[1].rpartition("@")[2]

    @property
    def mail_folder(self) -> Path:
        """Where letters are kept on a development site, instead of being sent."""
        return self.data_dir / "mail"

    @property
    def can_send_mail(self) -> bool:
        """Whether letters go anywhere at all: to a mail server, or to the development mailbox."""
        return self.smtp_url is not None or self.development


def load_config(environ: Mapping[str, str]) -> Config:
    """Read the settings from `environ`.

    :raises BadSetting: a value is missing or makes no sense; the message says which and why
    """

    def setting(name: str, default: str = "") -> str:
        return environ.get(PREFIX + name, "").strip() or default

    data_dir = Path(setting("DATA_DIR", "data")).absolute()
    _make_writable(data_dir)
    development = _yes_or_no("DEVELOPMENT", setting("DEVELOPMENT", "0"))
    base_url = _web_address("BASE_URL", setting("BASE_URL", "http://127.0.0.1:8000"))
    mail_from = setting("MAIL_FROM", "Updates <updates@localhost>")
    if "@" not in parseaddr(mail_from)[1]:
        raise BadSetting(f"{PREFIX}MAIL_FROM is not an e-mail address: {mail_from!r}")
    return Config(
        secret_key=_secret_key(setting("SECRET_KEY"), data_dir),
        database_url=_database_url(setting("DATABASE_URL"), data_dir),
        database_connections=_database_connections(setting("DATABASE_CONNECTIONS", "20")),
        redis_url=setting("REDIS_URL") or None,
        smtp_url=_smtp_url(setting("SMTP_URL")),
        mail_from=mail_from,
        bounce_domain=setting("BOUNCE_DOMAIN") or None,
        mail_pace=_whole_number("MAIL_PACE", setting("MAIL_PACE", "600")),
        base_url=base_url,
        site_name=setting("SITE_NAME", "Gatherings"),
        trusted_proxies=_whole_number("TRUSTED_PROXIES", setting("TRUSTED_PROXIES", "0")),
        country=_country(setting("COUNTRY", "GB")),
        data_dir=data_dir,
        development=development,
        uid_domain=setting("UID_DOMAIN", "calendar.invalid"),
        reply_domain=_domain("REPLY_DOMAIN", setting("REPLY_DOMAIN")),
        lmtp_listen=_host_and_port("LMTP_LISTEN", setting("LMTP_LISTEN")),
    )


def settings() -> Config:
    """Return the settings of the application that is running now."""
    config: Config = current_app.config["SETTINGS"]
    return config


def _make_writable(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(f"{PREFIX}DATA_DIR cannot be made: {error}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadSetting(f"{PREFIX}DATA_DIR is not writable: {folder}")


def _secret_key(value: str, data_dir: Path) -> str:
    """Return the key given, or one made at the first start and kept in the data directory."""
    if value:
        if len(value) < MIN_SECRET_KEY:
            raise BadSetting(f"{PREFIX}SECRET_KEY needs at least {MIN_SECRET_KEY} characters")
        return value
    path = data_dir / "secret-key"
    key = read_key_file(path, lambda: secrets.token_urlsafe(48).encode()).decode().strip()
    if len(key) < MIN_SECRET_KEY:
        raise BadSetting(f"{path} holds no usable key; delete it to have a new one made")
    return key


def _database_url(value: str, data_dir: Path) -> str:
    if not value:
        return f"sqlite:///{data_dir / 'supportgroups.sqlite3'}"
    return database_address(value)


def database_address(value: str) -> str:
    """Return what somebody typed as an SQLAlchemy address.

    :raises BadSetting: it is of no database that the program knows
    """
    if value.startswith(("postgres://", "postgresql://")):
        # The driver we install is psycopg 3; SQLAlchemy's own default is another.
        return "postgresql+psycopg://" + value.partition("://")[2]
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting(f"{PREFIX}DATABASE_URL must be a sqlite:/// or postgresql:// address")
    return value


def _database_connections(value: str) -> int:
    if not value.isdecimal() or int(value) == 0:
        raise BadSetting(f"{PREFIX}DATABASE_CONNECTIONS must be a whole number, 1 or more")
    return int(value)


def _smtp_url(value: str) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtp+starttls", "smtps"} or not parts.hostname:
        raise BadSetting(
            f"{PREFIX}SMTP_URL must look like smtp+starttls://user:password@mail.example.org:587"
        )
    return value


def _web_address(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
        raise BadSetting(f"{PREFIX}{name} must look like https://groups.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _domain(name: str, value: str) -> str | None:
    if not value:
        return None
    if not DOMAIN.fullmatch(value):
        raise BadSetting(f"{PREFIX}{name} must be a domain, such as reply.example.org")
    return value.lower()


def _host_and_port(name: str, value: str) -> tuple[str, int] | None:
    if not value:
        return None
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > MAX_PORT:
        raise BadSetting(f"{PREFIX}{name} must be a host and a port, such as 127.0.0.1:8024")
    return host.strip("[]"), int(port)


def _whole_number(name: str, value: str) -> int:
    if not value.isdecimal():
        raise BadSetting(f"{PREFIX}{name} must be a whole number, 0 or more")
    return int(value)


def _yes_or_no(name: str, value: str) -> bool:
    known = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    try:
        return known[value.lower()]
    except KeyError:
        raise BadSetting(f"{PREFIX}{name} must be 1 or 0") from None


def _country(value: str) -> str:
    if len(value) != 2 or not value.isascii() or not value.isalpha():  # noqa: PLR2004 (ISO 3166)
        raise BadSetting(f"{PREFIX}COUNTRY must be a two-letter country code, such as GB")
    return value.upper()
