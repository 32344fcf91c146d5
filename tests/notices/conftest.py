"""What tests of letters before a session share."""

from datetime import timedelta

import pytest


@pytest.fixture
def due(cast):
    """A day before the session."""
    return cast.session.starts_at - timedelta(hours=24)


@pytest.fixture
def letters_after(outbox):
    """Do a task of the worker at a moment, and what it asks for; return the letters that came of it."""

    def letters_after(task, at):
        before = len(outbox.letters)
        task(now=at)
        outbox.run(now=at)
        return outbox.letters[before:]

    return letters_after
