"""The commands with which a site is copied, put back, looked over and moved."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from supportgroups.clock import utc_now
from supportgroups.config import BadSetting, database_address, settings
from supportgroups.upkeep import copies, moving
from supportgroups.upkeep.checks import look_at_everything

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("backup")
@click.argument("file", type=FILE)
@with_appcontext
def backup_command(file: Path) -> None:
    """Copy the whole database to a new FILE, while the site runs.

    It holds who goes to which group: encrypt it, and let few people reach it.
    """
    try:
        copies.back_up(file.absolute())
    except copies.CopyFailed as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Copied to {file}, {file.stat().st_size // 1024} KiB, and checked.")
    key = settings().data_dir / "secret-key"
    if key.exists():
        click.echo(f"Keep {key} beside it: without it, links and calendars of people end.")


@click.command("restore")
@click.argument("file", type=FILE)
@click.option("--overwrite", is_flag=True, help="Lose what the database holds now.")
@with_appcontext
def restore_command(file: Path, *, overwrite: bool) -> None:
    """Put a FILE made by `backup` back. Stop the server and the worker first.

    A database with anything in it is left alone, unless you say --overwrite. Who was erased after
    the copy was made is back again: erase them once more.
    """
    try:
        copies.put_back(file.absolute(), is_overwriting=overwrite)
    except copies.CopyFailed as error:
        raise click.ClickException(str(error)) from error
    version = copies.version_of_database()
    click.echo(f"Put back from {file}.")
    if version != current_app.config["MIGRATION_HEAD"]:
        click.echo("It is of an older version. Next: flask --app wsgi db upgrade")
    click.echo("Then look it over: flask --app wsgi doctor")


@click.command("doctor")
@with_appcontext
def doctor_command() -> None:
    """Look at everything that can be wrong with the site. Fails if something is."""
    findings = look_at_everything(utc_now())
    for finding in findings:
        mark = "well " if finding.is_well else "WRONG"
        click.echo(f"{mark}  {finding.what}: {finding.words}")
    if not all(finding.is_well for finding in findings):
        raise click.exceptions.Exit(1)


@click.command("move-to")
@click.argument("url")
@with_appcontext
def move_to_command(url: str) -> None:
    """Copy every row from SQLite to the empty PostgreSQL database at URL.

    Stop the server and the worker first, and start them with SUPPORTGROUPS_DATABASE_URL set to URL
    afterwards. The file stays as it is, as the last copy.
    """
    try:
        counts = moving.move_to(database_address(url))
    except (moving.CannotMove, BadSetting) as error:
        raise click.ClickException(str(error)) from error
    for name, how_many in counts.items():
        click.echo(f"{how_many:>8} {name}")
    click.echo("Everything is there. Set SUPPORTGROUPS_DATABASE_URL to it, then start the site.")
