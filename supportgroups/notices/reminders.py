"""When somebody is reminded of a session: rules without a database or a clock."""

from datetime import datetime, timedelta

from supportgroups.accounts.models import Reminder
from supportgroups.accounts.quiet_hours import QuietHours

LEADS = {Reminder.DAY_BEFORE: timedelta(hours=24), Reminder.TWO_HOURS: timedelta(hours=2)}
#: No reminder leaves longer before its session than this, whatever the hour.
LONGEST_LEAD = timedelta(hours=36)
#: A letter that comes later than this before the start finds people on their way.
SHORTEST_LEAD = timedelta(minutes=30)


def remind_at(starts_at: datetime, choice: Reminder, quiet: QuietHours) -> datetime | None:
    """Return when to remind somebody with these quiet hours; none for who wants none.

    What would come in quiet hours waits until they are over. Where that is too late, as for an
    early start, it comes some time before they begin.
    """
    if choice is Reminder.NONE:
        return None
    over_at = quiet.over(starts_at - LEADS[choice])
    return over_at if over_at <= starts_at - SHORTEST_LEAD else quiet.ahead(starts_at)
