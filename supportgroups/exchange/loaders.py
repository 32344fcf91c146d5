"""The only ways in which a view gets a file on its way in, or an import."""

from uuid import UUID

from flask import abort

from supportgroups.accounts.current import signed_in_viewer
from supportgroups.clock import utc_now
from supportgroups.exchange import queries
from supportgroups.exchange.models import Import, ImportDraft
from supportgroups.groups.models import Group


def load_draft(group: Group, public_id: UUID) -> ImportDraft:
    """Return a file that the person who is signed in has brought to a group.

    :raises NotFound: there is none, or it is a day old, or somebody else's
    """
    draft = queries.find_import_draft(group, signed_in_viewer(), public_id, now=utc_now())
    if draft is None:
        abort(404)
    return draft


def load_import(group: Group, public_id: UUID) -> Import:
    """Return an import of a group.

    :raises NotFound: there is none
    """
    imported = queries.find_import(group, public_id)
    if imported is None:
        abort(404)
    return imported
