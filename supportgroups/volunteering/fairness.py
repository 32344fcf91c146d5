"""Whom to ask to lead, in which order, how long to wait, and when to call: rules without a database."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

#: Longer nobody is waited for before the next person is asked as well.
LONGEST_PATIENCE = timedelta(hours=4)
#: A letter is not read at once.
SHORTEST_PATIENCE = timedelta(minutes=15)


class Alarm(StrEnum):
    """When organizers are told that nobody leads a session yet."""

    #: Everybody was asked, and everybody said no.
    NOBODY_LEFT = "nobody-left"
    THREE_DAYS = "72-hours"
    ONE_DAY = "24-hours"


#: So long before the start each of these is given.
ALARM_BEFORE = {Alarm.ONE_DAY: timedelta(hours=24), Alarm.THREE_DAYS: timedelta(hours=72)}


def fair_order(user_ids: Iterable[int], last_led: Mapping[int, datetime]) -> list[int]:
    """Return the ids in the order in which they are asked: who has not led for longest first.

    :param last_led: when each last led a session of the group; who never did stands not in it
    """
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(user_ids, key=lambda user_id: (last_led.get(user_id, never), user_id))


def patience(*, starts_at: datetime, now: datetime, unasked: int) -> timedelta:
    """Return how long to wait for an answer, so that everybody's turn comes in good time.

    :param unasked: how many are still to be asked
    """
    share = (starts_at - now) / (unasked + 1)
    return min(max(share / 2, SHORTEST_PATIENCE), LONGEST_PATIENCE)


def alarm_at(starts_at: datetime, now: datetime) -> Alarm | None:
    """Return the alarm of this moment, if the session comes so soon and nobody leads it."""
    for alarm, before in ALARM_BEFORE.items():
        if starts_at - before <= now < starts_at:
            return alarm
    return None
