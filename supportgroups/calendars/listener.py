"""Where a mail server hands over answers to invitations without starting a program for each.

It speaks LMTP (RFC 2033): like SMTP, but with one reply for each recipient of a message, and
without a queue of its own. Only a mail server may reach it; whom it serves is that server's affair.
"""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask

from supportgroups.calendars.replies import MAX_BYTES
from supportgroups.calendars.services.replies import take_reply
from supportgroups.clock import utc_now
from supportgroups.config import settings

log = structlog.get_logger()

TAKEN = "250 2.0.0 Thank you"
TRY_LATER = "451 4.3.0 Please try again later"
#: Beyond this nothing is kept in memory. Between the two limits a message is dropped in silence,
#: as every other one that is no reply.
MOST_BYTES = 4 * MAX_BYTES


class _Protocol(LMTP):
    """LMTP that takes lines as long as the whole message: base64 of some programs has no breaks."""

    line_length_limit = MOST_BYTES


class _Controller(Controller):
    """Listens in a thread of its own."""

    def factory(self) -> LMTP:
        """Return what speaks to one mail server."""
        return _Protocol(self.handler, **self.SMTP_kwargs)


class _Handler:
    """Gives each message to the one function that takes replies, one after the other."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.hand = ThreadPoolExecutor(max_workers=1)

    async def handle_DATA(  # noqa: N802 (the name that aiosmtpd calls)
        self, _server: Any, _session: Session, envelope: Envelope
    ) -> str:
        """Answer for each recipient in turn (RFC 2033 §4.2)."""
        content = envelope.content
        message = content.encode() if isinstance(content, str) else content or b""
        # Whoever delivers a message for good writes down who sent it (RFC 5321 §4.4); of a bounce
        # that is nobody.
        sender = (envelope.mail_from or "").strip("<>")
        message = f"Return-Path: <{sender}>\r\n".encode() + message
        loop = asyncio.get_running_loop()
        answers = [
            await loop.run_in_executor(self.hand, self._take, message, recipient)
            for recipient in envelope.rcpt_tos
        ]
        return "\r\n".join(answers)

    def _take(self, message: bytes, recipient: str) -> str:
        try:
            with self.app.app_context():
                take_reply(message, recipient=recipient, now=utc_now())
        except Exception as error:  # noqa: BLE001 (the mail server keeps it until we can)
            log.warning("calendars.reply_failed", error=type(error).__name__)
            return TRY_LATER
        return TAKEN


@contextmanager
def listening_for_replies(app: Flask) -> Iterator[None]:
    """Take replies while the block runs, if the site is set to (`SUPPORTGROUPS_LMTP_LISTEN`)."""
    with app.app_context():
        address = settings().lmtp_listen
    if address is None:
        yield
        return
    # What it would say holds addresses, and an address holds a token.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    host, port = address
    handler = _Handler(app)
    controller = _Controller(
        handler,
        hostname=host,
        port=port,
        # Asking for the name of this machine takes time, and tells it.
        server_hostname="localhost",
        data_size_limit=MOST_BYTES,
        ident="LMTP",
    )
    try:
        controller.start()
    except OSError as error:
        # Another worker listens there, or somebody else does. Letters have to leave all the same.
        log.error("calendars.not_listening", error=type(error).__name__)  # noqa: TRY400 (one line)
        controller.loop.close()
        yield
        return
    log.info("calendars.listening")
    try:
        yield
    finally:
        controller.stop()
        handler.hand.shutdown()
