"""What a notice on the door says. It names no group, no topic and nobody: strangers pass there too."""

from supportgroups.sessions.models import GroupSession


def has_something_to_say(group_session: GroupSession) -> bool:
    """Tell whether people who come as planned would stand before the wrong door."""
    is_elsewhere = group_session.place is not None
    return group_session.is_cancelled or group_session.is_moved or is_elsewhere


def reason_given(group_session: GroupSession) -> str:
    """Return why a session does not take place, in the organizers' words; empty if they gave none."""
    pause = group_session.pause
    return group_session.cancel_reason or (pause.reason if pause is not None else "")
