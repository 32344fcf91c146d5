"""What search engines are told of a listed group's sessions, in the words of schema.org/Event."""

from collections.abc import Iterable

from supportgroups.groups.models import Group
from supportgroups.groups.topics import Format
from supportgroups.sessions.models import GroupSession

_MODES = {
    Format.IN_PERSON: "OfflineEventAttendanceMode",
    Format.ONLINE: "OnlineEventAttendanceMode",
    Format.PHONE: "OnlineEventAttendanceMode",
    Format.HYBRID: "MixedEventAttendanceMode",
}


def coming_events(
    group: Group, sessions: Iterable[GroupSession], *, address: str, shows_place: bool
) -> dict[str, object]:
    """Return the descriptions of coming sessions.

    :param address: the whole address of the group's page
    :param shows_place: whether everybody may know where they take place
    """
    return {
        "@context": "https://schema.org",
        "@graph": [
            _event(group, one, address=address, shows_place=shows_place) for one in sessions
        ],
    }


def _event(
    group: Group, group_session: GroupSession, *, address: str, shows_place: bool
) -> dict[str, object]:
    state = "EventCancelled" if group_session.is_cancelled else "EventScheduled"
    event: dict[str, object] = {
        "@type": "Event",
        "name": f"{group.name}: {group_session.title_shown}",
        "description": group.audience,
        "startDate": group_session.starts_at.isoformat(),
        "endDate": group_session.ends_at.isoformat(),
        "eventStatus": f"https://schema.org/{state}",
        "eventAttendanceMode": f"https://schema.org/{_MODES[group.format]}",
        "inLanguage": group.language,
        "organizer": {"@type": "Organization", "name": group.name, "url": address},
    }
    if group.format in {Format.ONLINE, Format.PHONE}:
        event["location"] = {"@type": "VirtualLocation", "url": address}
    elif shows_place and group_session.place_shown:
        event["location"] = {"@type": "Place", "name": group_session.place_shown}
    return event
