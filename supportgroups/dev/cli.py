"""Commands for development sites: `flask --app wsgi dev …`."""

import click
from flask.cli import AppGroup
from flask_migrate import upgrade

from supportgroups.clock import utc_now
from supportgroups.dev import demo

cli = AppGroup("dev", help="Demo data, for trying the product out.")


@cli.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database holds people.")
def seed(*, if_empty: bool) -> None:
    """Fill an empty database with fictional groups, people and sessions.

    A database that holds people is refused, and stays as it is.
    """
    if if_empty and demo.has_people():
        return
    try:
        demo.fill_with_demo_data(now=utc_now())
    except demo.DatabaseNotEmpty:
        raise click.ClickException(
            "this database already holds people; demo data only goes into an empty one"
        ) from None


@cli.command("prepare")
@click.pass_context
def prepare(context: click.Context) -> None:
    """Bring the tables up to date, and fill an empty database with demo data."""
    upgrade()
    context.invoke(seed, if_empty=True)
