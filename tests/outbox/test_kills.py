"""Workers that are killed while they send: nothing is lost, and hardly anything comes twice.

Three real worker processes send through a real mail server. Again and again the one that talks
to the server is killed, before or after the server has taken its letter, or another one in the
middle of whatever it does. Each time a new one takes its place.
"""

from collections import Counter

from supportgroups.clock import utc_now
from supportgroups.db import transaction
from supportgroups.outbox import queries
from supportgroups.outbox.mail import message_id
from supportgroups.outbox.models import JobState
from supportgroups.outbox.services.jobs import enqueue_many
from supportgroups.outbox.worker import run_due_jobs
from tests.outbox.crew import LEASE, Crew
from tests.outbox.mail_server import PATIENCE, MailServer
from tests.outbox.worker_process import site_environ

LETTERS = 240
KILL_EVERY = 14
LEAST_KILLS = 12


def test_no_letter_is_lost_and_repeats_are_rarer_than_kills(live_app, registry, use_smtp):
    config = live_app.config["SETTINGS"]
    with MailServer() as server:
        expected = ask_for_letters()
        crew = Crew(lambda name: site_environ(config, server.url, name), kill_every=KILL_EVERY)
        server.on_letter = crew.before_it_is_taken
        server.on_accepted = crew.after_it_was_taken
        with crew:
            server.wait_for_readers(LETTERS, patience=4 * PATIENCE)
            assert crew.dismiss() == {0}, "a worker that is told to stop finishes and says so"

        # Whoever was killed last left a lease. When it has run out, the rest is done.
        server.on_letter = server.on_accepted = None
        use_smtp(server.url)
        run_due_jobs(utc_now() + LEASE)

    arrived = Counter(str(delivery.message["Message-ID"]) for delivery in server.deliveries)
    repeats = arrived.total() - len(arrived)
    kills = crew.kills.total()
    assert kills >= LEAST_KILLS
    assert set(arrived) == expected, "a letter is lost, or has another Message-ID at its next try"
    assert crew.kills["after"] <= repeats <= kills
    assert all(len(delivery.recipients) == 1 for delivery in server.deliveries)
    assert queries.count_jobs_by_state()[JobState.DONE] == LETTERS


def ask_for_letters():
    """Ask for all letters in one change; return the Message-IDs that they have to have."""
    jobs = [(f"tests.letter:{number}", {"number": number}) for number in range(LETTERS)]
    with transaction():
        enqueue_many("tests.letter", jobs, now=utc_now())
    return {message_id(key) for key, _ in jobs}
