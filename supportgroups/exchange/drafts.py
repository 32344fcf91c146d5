"""From the draft of an import to the events in it, as far as its organizer has explained them. Pure."""

from typing import Any

from supportgroups.calendars.found import FoundEvent
from supportgroups.clock import is_zone
from supportgroups.exchange.models import ImportDraft
from supportgroups.exchange.tables import Column, DayOrder, Layout, events_of_table, guess_layout


def layout_of(draft: ImportDraft) -> Layout | None:
    """Return which column says what, as told or as guessed; none for a file that is no table."""
    table = draft.found.get("table")
    if table is None:
        return None
    if "columns" not in draft.answers:
        return guess_layout(table)
    columns = {Column(name): index for name, index in draft.answers["columns"].items()}
    return Layout(columns, DayOrder(draft.answers["order"]))


def as_answers(layout: Layout) -> dict[str, Any]:
    """Return a layout as the answers of a draft keep it."""
    columns = {column.value: index for column, index in layout.columns.items()}
    return {"columns": columns, "order": layout.order}


def events_of(draft: ImportDraft, *, home: str) -> list[FoundEvent]:
    """Return the events of a draft; none while nobody knows what its columns say.

    :param home: the zone of the group
    """
    layout = layout_of(draft)
    if layout is None:
        return [FoundEvent.from_json(values) for values in draft.found["events"]]
    return events_of_table(draft.found["table"], layout, home=home) if layout.is_sure else []


def zones_of(draft: ImportDraft) -> dict[str, str]:
    """Return what the organizer said that unknown zones are."""
    return dict(draft.answers.get("zones", {}))


def unknown_zones(events: list[FoundEvent]) -> list[str]:
    """Return the zones that nobody here knows, in the order in which they come."""
    asked = (event.zone for event in events if event.trouble is None and not is_zone(event.zone))
    return list(dict.fromkeys(asked))
