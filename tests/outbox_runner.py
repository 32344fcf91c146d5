"""The worker's hands in a test: does what is due and shows the letters that left."""

from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from flask import Flask

from supportgroups.clock import utc_now
from supportgroups.db import db
from supportgroups.outbox.worker import run_due_jobs, schedule_tasks


class ReceivedLetter(EmailMessage):
    """A letter whose text has the line ends that a test is written with."""

    def get_content(self, *arguments: Any, **names: Any) -> Any:
        """Return the words of this part; of a whole letter those of its plain part."""
        if self.is_multipart():
            return self.get_body(("plain",)).get_content(*arguments, **names)
        content = super().get_content(*arguments, **names)
        return content.replace("\r\n", "\n") if isinstance(content, str) else content


def read_letter(content: bytes) -> EmailMessage:
    """Return a letter as its reader's program understands it."""
    rules = policy.default.clone(message_factory=ReceivedLetter)
    return BytesParser(policy=rules).parsebytes(content)


class OutboxRunner:
    """Runs due jobs in this process and reads the development mailbox."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def run(self, *, now: datetime | None = None) -> int:
        """Do every job that is due; return how many were taken in hand."""
        unsaved = [*db.session.new, *db.session.dirty, *db.session.deleted]
        assert unsaved == [], "a job sees only what was committed"
        taken = run_due_jobs(now or utc_now())
        # What the test has read before, it reads anew, as in another request.
        db.session.rollback()
        db.session.expire_all()
        return taken

    def run_tasks(self, *, now: datetime | None = None) -> int:
        """Do the periodic tasks too; return how many jobs were taken in hand."""
        schedule_tasks(now or utc_now())
        return self.run(now=now)

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters that left, oldest first."""
        folder = self.app.config["SETTINGS"].mail_folder
        return [read_letter(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]
