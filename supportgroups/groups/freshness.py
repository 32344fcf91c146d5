"""How long the page of a group is taken to be true: rules without a database.

A listing that was true once sends somebody to a locked door (product.md, rule 3; journey J15).
"""

from datetime import datetime, timedelta

#: So long after an organizer last said that a page is true we ask again, three times.
NUDGES = (timedelta(days=45), timedelta(days=52), timedelta(days=59))
#: From then on readers are told to check before they travel.
DOUBTFUL_AFTER = timedelta(days=60)
#: From then on the group stands in no list until somebody says that it is still true.
HIDDEN_AFTER = timedelta(days=90)
#: Nobody's group leaves the lists sooner after the last question about it.
WARNED_BEFORE = HIDDEN_AFTER - NUDGES[-1]


def is_doubtful(confirmed_at: datetime, now: datetime) -> bool:
    """Tell whether readers should check before they travel."""
    return now - confirmed_at >= DOUBTFUL_AFTER


def is_nudge_due(confirmed_at: datetime, nudged_at: datetime | None, now: datetime) -> bool:
    """Tell whether the organizers should be asked now whether the page is still true.

    Whoever was asked late, because the site was not running, is not asked for all times at once.

    :param nudged_at: when they were last asked since they confirmed it
    """
    due = [confirmed_at + after for after in NUDGES if confirmed_at + after <= now]
    return bool(due) and (nudged_at is None or nudged_at < due[-1])


def is_to_be_hidden(confirmed_at: datetime, nudged_at: datetime | None, now: datetime) -> bool:
    """Tell whether nobody has confirmed the page for too long, although somebody was asked."""
    was_asked = nudged_at is not None and now - nudged_at >= WARNED_BEFORE
    return was_asked and now - confirmed_at >= HIDDEN_AFTER
