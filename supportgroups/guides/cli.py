"""What whoever runs the site does about guides and help lines."""

import click
from flask import current_app
from flask.cli import AppGroup
from werkzeug.exceptions import HTTPException

from supportgroups.clock import utc_now
from supportgroups.guides import loaders, queries
from supportgroups.guides.check import find_faults

guides_commands = AppGroup("guides", help="Look after guides and help lines.")


@guides_commands.command("check")
def check() -> None:
    """Tell what is out of date, broken or too hard to read. Fails if there is anything."""
    library, book = loaders.load_library(), loaders.load_help_book()
    faults = find_faults(library, book, today=utc_now().date(), is_page=_is_page)
    for fault in faults:
        click.echo(fault)
    if faults:
        raise click.ClickException(f"{len(faults)} to look at")
    click.echo(f"{len(library.guides)} guides and {len(book.lines)} help lines: nothing to do.")


@guides_commands.command("helpful")
def helpful() -> None:
    """Show how many readers found each guide helpful."""
    for found in queries.list_helpfulness():
        click.echo(f"{found.guide}: {found.helpful} yes, {found.unhelpful} no")


def _is_page(path: str) -> bool:
    site = current_app.url_map.bind("")
    try:
        endpoint, values = site.match(path.partition("#")[0].partition("?")[0], method="GET")
    except HTTPException:
        return False
    library = loaders.load_library()
    if endpoint == "guides.show":
        return library.find(values["slug"]) is not None
    if endpoint == "guides.sheet":
        return any(guide.sheet == values["sheet"] for guide in library)
    return True
