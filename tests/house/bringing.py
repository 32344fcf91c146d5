"""What organizers of the world of the house tests have brought from other calendars."""

from datetime import datetime
from uuid import UUID

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars.found import FoundEvent
from supportgroups.exchange.models import Import, ImportDraft, ImportedEvent
from supportgroups.exchange.plans import plan
from supportgroups.groups.models import Group
from supportgroups.sessions.models import Series
from supportgroups.tokens import hash_secret, uuid7
from tests.conftest import NOW
from tests.house.world_keys import add


def make_draft(group: Group, person: UserAccount, words: str) -> tuple[UUID, str]:
    """Let somebody have brought one event; return its draft and the key of its row."""
    found = FoundEvent(
        uid=words,
        title=words,
        zone=group.time_zone,
        starts=datetime(2026, 12, 5, 10, 0),  # noqa: DTZ001 (a wall time)
    )
    draft = add(
        ImportDraft(
            group_id=group.id,
            user_id=person.id,
            found={"events": [found.as_json()]},
            answers={},
            made_at=NOW,
        )
    )
    (row,) = plan([found], zones={}, known=set(), now=NOW)
    return draft.public_id, row.key


def make_import(series: Series) -> UUID:
    """Let a schedule have come from another calendar a moment ago."""
    imported = add(Import(public_id=uuid7(), group_id=series.group_id, imported_at=NOW))
    add(
        ImportedEvent(
            import_id=imported.id,
            group_id=series.group_id,
            series_id=series.id,
            uid_hash=hash_secret("an event of elsewhere"),
        )
    )
    return imported.public_id
