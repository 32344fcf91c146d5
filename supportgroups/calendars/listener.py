"""Where a mail server hands over answers to invitations without starting a program for each.

It speaks LMTP (RFC 2033): like SMTP, but with one reply for each recipient of a message, and
without a queue of its own. Only a mail server may reach it; whom it serves is that server's affair.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from flask import Flask

from supportgroups.config import settings

log = structlog.get_logger()


@contextmanager
def listening_for_replies(app: Flask) -> Iterator[None]:
    """Take replies while the block runs, if the site is set to (`SUPPORTGROUPS_LMTP_LISTEN`)."""
    with app.app_context():
        address = settings().lmtp_listen
    if address is None:
        yield
        return
    # The worker alone listens, where it is set to; nobody else waits for the library.
    from supportgroups.calendars.lmtp import MOST_BYTES, Handler, ReplyController  # noqa: PLC0415

    # What it would say holds addresses, and an address holds a token.
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    host, port = address
    handler = Handler(app)
    controller = ReplyController(
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
