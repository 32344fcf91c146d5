"""The command to which a mail server pipes answers to calendar invitations."""

import sys

import click
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from supportgroups.calendars.replies import MAX_BYTES
from supportgroups.calendars.services.replies import take_reply
from supportgroups.clock import utc_now
from supportgroups.db import Busy

calendars_commands = AppGroup("calendars", help="Look after calendar invitations.")

#: "Try again later", as mail servers understand it (EX_TEMPFAIL of sysexits.h).
TRY_LATER = 75


@calendars_commands.command("take-reply")
@click.option("--rcpt", "recipient", required=True, help="Whom the envelope names.")
def take_reply_command(*, recipient: str) -> None:
    """Take one answer to a calendar invitation, a whole message, from the standard input.

    Exits with 0 when it was taken or dropped, and with 75 when the mail server shall try later.
    """
    # One byte more shows that it is too large. The rest is read all the same, because a mail
    # server that cannot finish writing takes that for a failure.
    message = sys.stdin.buffer.read(MAX_BYTES + 1)
    while sys.stdin.buffer.read(MAX_BYTES):
        pass
    try:
        verdict = take_reply(message, recipient=recipient, now=utc_now())
    except (SQLAlchemyError, Busy) as error:
        click.echo("The database does not answer.", err=True)
        raise SystemExit(TRY_LATER) from error
    click.echo(verdict.value)
