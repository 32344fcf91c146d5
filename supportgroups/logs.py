"""One JSON line per happening on standard error, never with a token, an address or a name."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request

from supportgroups.config import Config

log = structlog.get_logger()


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

    @app.before_request
    def start_the_clock() -> None:
        g.started = time.perf_counter()

    @app.after_request
    def log_request(response: Response) -> Response:
        took = time.perf_counter() - g.get("started", time.perf_counter())
        log_answer(request.endpoint, request.method, response.status_code, took)
        return response


def log_answer(endpoint: str | None, method: str, status: int, seconds: float) -> None:
    """Log one request, and how long it took."""
    log.info(
        "request",
        endpoint=endpoint,
        method=method,
        status=status,
        milliseconds=round(seconds * 1000, 1),
    )
