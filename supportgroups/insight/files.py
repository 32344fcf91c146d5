"""Numbers as a file for a spreadsheet: no name of a group, no title, nobody singled out."""

import csv
import io
from collections.abc import Iterable

from flask_babel import gettext as _

from supportgroups.clock import to_zone
from supportgroups.insight.numbers import SessionNumbers, is_told
from supportgroups.insight.reasons import kind_of_reason
from supportgroups.text import guard_cell


def numbers_table(sessions: Iterable[SessionNumbers]) -> str:
    """Return one row for each session, after the names of the columns.

    It begins with a mark by which spreadsheets know that it is in UTF-8.
    """
    rows = [
        [
            _("Day"),
            _("Time"),
            _("Time zone"),
            _("Took place"),
            _("Why not"),
            _("Places"),
            _("Said yes"),
            _("Came"),
            _("For the first time"),
        ]
    ]
    for session in sessions:
        starts = to_zone(session.starts_at, session.time_zone)
        rows.append(
            [
                starts.date().isoformat(),
                starts.strftime("%H:%M"),
                session.time_zone,
                _("yes") if session.took_place else _("no"),
                kind_of_reason(session),
                "" if session.places is None else str(session.places),
                *(
                    _number(number)
                    for number in (session.said_yes, session.came, session.first_timers)
                ),
            ]
        )
    file = io.StringIO()
    csv.writer(file).writerows([guard_cell(cell) for cell in row] for row in rows)
    return "\ufeff" + file.getvalue()


def _number(number: int | None) -> str:
    if number is None:
        return ""
    return str(number) if is_told(number) else str(_("fewer than 5"))
