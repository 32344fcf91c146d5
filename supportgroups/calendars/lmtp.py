"""How answers are taken over LMTP: the protocol, and what is done with each message."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import Envelope, Session
from flask import Flask

from supportgroups.calendars.replies import MAX_BYTES
from supportgroups.calendars.services.replies import take_reply
from supportgroups.clock import utc_now

log = structlog.get_logger()

TAKEN = "250 2.0.0 Thank you"
TRY_LATER = "451 4.3.0 Please try again later"
#: Beyond this nothing is kept in memory. Between the two limits a message is dropped in silence,
#: as every other one that is no reply.
MOST_BYTES = 4 * MAX_BYTES


class Protocol(LMTP):
    """LMTP that takes lines as long as the whole message: base64 of some programs has no breaks."""

    line_length_limit = MOST_BYTES


class ReplyController(Controller):
    """Listens in a thread of its own."""

    def factory(self) -> LMTP:
        """Return what speaks to one mail server."""
        return Protocol(self.handler, **self.SMTP_kwargs)


class Handler:
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
