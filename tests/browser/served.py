"""The product as the browser tests serve it, different in four small ways.

"Leave now" ends at a page on this machine, because no test may fetch one of the outside world; two
pages fail on purpose, and a calendar says whatever it is asked to; and a browser that brings a
certain cookie is not told to forget pages.
"""

import os

from flask import Response, request
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.views import sign_out
from supportgroups.app import create_app
from supportgroups.config import load_config
from supportgroups.db import Busy

sign_out.HARMLESS_PAGE = os.environ["SUPPORTGROUPS_TEST_OUTSIDE"]

app = create_app(load_config(os.environ))


@app.get("/fails")
@access(PUBLIC)
def fail() -> ResponseReturnValue:
    """Break as a bug would."""
    raise RuntimeError


@app.get("/busy")
@access(PUBLIC)
def be_busy() -> ResponseReturnValue:
    """Find the database locked for too long."""
    raise Busy


@app.get("/says/<words>.ics")
@access(PUBLIC)
def say(words: str) -> ResponseReturnValue:
    """Hand out a calendar that tells everybody what it should not."""
    return Response(f"BEGIN:VCALENDAR\r\nNAME:{words}\r\n", content_type="text/calendar")


@app.after_request
def let_pages_be_kept(response: Response) -> Response:
    """Say nothing of what keeps private pages from the way back, to show what a browser does then."""
    if "keeps-pages" in request.cookies:
        response.headers.pop("Clear-Site-Data", None)
        response.headers["Cache-Control"] = "private"
    return response
