"""What whoever runs the site does with the schedules of all its groups."""

from datetime import datetime

import click
from flask.cli import AppGroup

from supportgroups.clock import utc_now
from supportgroups.sessions.services import pauses
from supportgroups.sessions.services.site_breaks import begin_site_break

sessions_commands = AppGroup("sessions", help="Look after the schedules of all groups.")

DAY = click.DateTime(formats=["%Y-%m-%d"])


@sessions_commands.command("pause-all")
@click.option("--from", "starts_on", type=DAY, required=True, help="First day of the break.")
@click.option("--until", "returns_on", type=DAY, required=True, help="First day after it.")
@click.option("--reason", default="", help="What members read as the reason.")
def pause_all(*, starts_on: datetime, returns_on: datetime, reason: str) -> None:
    """Let no group meet in these days; everyone who answered is told.

    The organizers of each group can end the break for their own group; "Breaks of the whole site"
    ends all that are left.
    """
    try:
        found = begin_site_break(
            starts_on=starts_on.date(),
            returns_on=returns_on.date(),
            reason=reason,
            actor=None,
            now=utc_now(),
        )
    except (pauses.BreakEndsTooEarly, pauses.BreakIsOver) as error:
        raise click.BadParameter(
            "This day has to come after the first one, and after today.", param_hint="--until"
        ) from error
    listed = [one for one in found if one.group.is_listed]
    for one in sorted(listed, key=lambda one: one.group.name):
        click.echo(f"{one.sessions:>8} sessions cancelled: {one.group.name}")
    others = [one.sessions for one in found if not one.group.is_listed]
    if others:
        which = "1 group that is" if len(others) == 1 else f"{len(others)} groups that are"
        click.echo(f"{sum(others):>8} sessions cancelled in {which} not listed")
