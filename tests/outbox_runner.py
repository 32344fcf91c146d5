"""The worker's hands in a test: does what is due and shows the letters that left."""

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from flask import Flask

from supportgroups.clock import utc_now
from supportgroups.db import db
from supportgroups.outbox.worker import run_due_jobs, schedule_tasks


class OutboxRunner:
    """Runs due jobs in this process and reads the development mailbox."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def run(self, *, now: datetime | None = None) -> int:
        """Do every job that is due; return how many were taken in hand."""
        # What the test read before is read again afterwards, as in another request.
        assert not (db.session.new or db.session.dirty or db.session.deleted)
        db.session.rollback()
        return run_due_jobs(now or utc_now())

    def run_tasks(self, *, now: datetime | None = None) -> int:
        """Do the periodic tasks too; return how many jobs were taken in hand."""
        schedule_tasks(now or utc_now())
        return self.run(now=now)

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters that left, oldest first."""
        folder = self.app.config["SETTINGS"].mail_folder
        return [
            BytesParser(policy=policy.default).parsebytes(path.read_bytes())
            for path in sorted(folder.glob("*.eml"))
        ]
