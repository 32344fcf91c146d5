"""Commands for development sites: `flask --app wsgi dev …`."""

import click
from flask.cli import AppGroup
from flask_migrate import upgrade

from supportgroups.clock import utc_now
from supportgroups.dev import crowd, demo

cli = AppGroup("dev", help="Demo data, for trying the product out.")


@cli.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing when the database holds people.")
@click.option("--groups", type=click.IntRange(1), help="Generate so many groups, for measuring.")
@click.option("--members", type=click.IntRange(0), help="Generate so many members, for measuring.")
def seed(*, if_empty: bool, groups: int | None, members: int | None) -> None:
    """Fill an empty database with fictional groups, people and sessions.

    With a number of groups or members it generates as many, instead of the story that a demo
    tells. A database that holds people is refused, and stays as it is.
    """
    if if_empty and demo.has_people():
        return
    try:
        if groups is None and members is None:
            demo.fill_with_demo_data(now=utc_now())
        else:
            crowd.fill_with_crowd(groups=groups or 1, members=members or 0, now=utc_now())
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
