"""What whoever runs the machine does about accounts."""

import click
from flask.cli import AppGroup

from supportgroups.accounts.services import profiles as services
from supportgroups.clock import utc_now

accounts_commands = AppGroup("accounts", help="Look after accounts.")


@accounts_commands.command("grant-site-admin")
@click.argument("email")
def grant_site_admin(email: str) -> None:
    """Let the person with this EMAIL run the site."""
    try:
        services.grant_site_admin(email.strip(), now=utc_now())
    except services.UnknownPerson as error:
        raise click.ClickException("nobody has an account with this address") from error
    click.echo("They run the site now.")
