"""One JSON line per happening on standard error, never with a token, an address or a name."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

from supportgroups.config import Config


def init_app(app: Flask, config: Config) -> None:
    """Log each request by its endpoint: its path may hold the secret of a calendar link."""
    # A developer's terminal shows what went wrong; a site's log shows all that happened.
    least = logging.WARNING if config.development else logging.INFO
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
    log = structlog.get_logger()

    @app.before_request
    def start_the_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def log_request(response: Response) -> Response:
        took = time.perf_counter() - g.get("started", time.perf_counter())
        log.info(
            "request",
            endpoint=request.endpoint,
            method=request.method,
            status=response.status_code,
            milliseconds=round(took * 1000, 1),
        )
        return response
