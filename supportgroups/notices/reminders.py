"""When somebody is reminded of a session: rules without a database or a clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from supportgroups.accounts.models import Reminder
from supportgroups.clock import to_zone
from supportgroups.rsvps.offers import morning_after

LEADS = {Reminder.DAY_BEFORE: timedelta(hours=24), Reminder.TWO_HOURS: timedelta(hours=2)}
#: No reminder leaves longer before its session than this, whatever the hour.
LONGEST_LEAD = timedelta(hours=36)
#: A letter that comes later than this before the start finds people on their way.
SHORTEST_LEAD = timedelta(minutes=30)
#: Where the morning would be too late, the evening before serves.
EVENING = time(20)


def remind_at(starts_at: datetime, choice: Reminder, zone: str) -> datetime | None:
    """Return when to remind somebody whose clocks are those of `zone`; none for who wants none.

    What would come at night waits until eight in the morning. Where that is too late, as for an
    early start, it comes the evening before.
    """
    if choice is Reminder.NONE:
        return None
    by_day = morning_after(starts_at - LEADS[choice], zone)
    if by_day <= starts_at - SHORTEST_LEAD:
        return by_day
    eve = to_zone(starts_at, zone).date() - timedelta(days=1)
    return datetime.combine(eve, EVENING, ZoneInfo(zone)).astimezone(UTC)
