"""The product with its locks taken out, to show that the race tests would notice.

Nothing but the locks differs: writers do not queue, SQLite begins no transaction before it
reads, and PostgreSQL's rows are read without FOR UPDATE. A short pause between counting and
taking a place makes the race as wide as a slow disk would.
"""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select

from supportgroups import db as db_module
from supportgroups.app import create_app
from supportgroups.config import load_config
from supportgroups.rsvps.offers import Seats
from supportgroups.rsvps.services import answers, waiting_list
from supportgroups.sessions.models import GroupSession


@contextmanager
def _no_lock(_bind: object) -> Iterator[None]:
    yield


def _find_without_lock(group_session_id: int) -> GroupSession:
    return db_module.db.session.execute(
        select(GroupSession).where(GroupSession.id == group_session_id)
    ).scalar_one()


#: Seconds. Pauses of one length would let the threads of one process count in step, four at a time,
#: and twelve places would then be given exactly.
PAUSES = (0.05, 0.3)

_count = waiting_list.queries.find_seats


def _count_slowly(group_session: GroupSession, *, now: datetime) -> Seats:
    found = _count(group_session, now=now)
    time.sleep(random.uniform(*PAUSES))
    return found


db_module._write_lock = _no_lock
answers.lock_group_session = waiting_list.lock_group_session = _find_without_lock
waiting_list.queries.find_seats = _count_slowly

app = create_app(load_config(os.environ))
with app.app_context():
    engine = db_module.db.engine
    if engine.dialect.name == "sqlite":
        # Without listeners the driver is told to begin nothing at all: each statement is alone.
        engine.dispatch._clear()
