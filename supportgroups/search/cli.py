"""What whoever runs the machine does about search."""

import click
from flask.cli import AppGroup

from supportgroups.search import services

search_commands = AppGroup("search", help="Look after what search knows.")


@search_commands.command("rebuild")
def rebuild() -> None:
    """Write anew what search knows of every group. Needed only after rows came in by other ways."""
    click.echo(f"Search knows {services.rebuild()} groups.")
