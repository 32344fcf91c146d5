"""Worker processes that are killed again and again, while others go on."""

import random
import threading
from collections import Counter
from datetime import timedelta

from tests.outbox import worker_process
from tests.outbox.mail_server import PATIENCE

WORKERS = 3
#: Longer than any letter takes, even on a machine that has much else to do.
LEASE = timedelta(seconds=5)


class Crew:
    """The workers, each known by the name that it greets the mail server with."""

    def __init__(self, environ_for, *, kill_every):
        #: After so many letters a worker is killed.
        self.kill_every = kill_every
        self.environ_for = environ_for
        self.lock = threading.Lock()
        self.hired = 0
        self.working = {}
        self.killed = []
        self.kills = Counter()
        self.letters = 0
        self.doomed = set()
        self.chance = random.Random(1)

    def __enter__(self):
        with self.lock:
            for _ in range(WORKERS):
                self.hire()
        return self

    def __exit__(self, *exception):
        with self.lock:
            for process in self.working.values():
                process.kill()
                process.join(PATIENCE)

    def hire(self):
        self.hired += 1
        name = f"worker{self.hired}.example"
        self.working[name] = worker_process.start(self.environ_for(name), LEASE)

    def kill(self, name, when):
        process = self.working.pop(name)
        process.kill()
        process.join(PATIENCE)
        self.killed.append(process)
        self.kills[when] += 1
        self.hire()

    def before_it_is_taken(self, delivery):
        with self.lock:
            if delivery.client not in self.working:
                # It was killed while it said this; a real server may take such a letter or not.
                return None
            self.letters += 1
            match divmod(self.letters, self.kill_every):
                case (turn, 0) if turn % 3 == 0:
                    self.kill(delivery.client, "before")
                    return "451 Nobody hears this"
                case (turn, 0) if turn % 3 == 1:
                    self.doomed.add(delivery.client)
                case (_, 0):
                    others = sorted(set(self.working) - {delivery.client})
                    self.kill(self.chance.choice(others), "at some moment")
            return None

    def after_it_was_taken(self, delivery):
        with self.lock:
            if delivery.client in self.doomed and delivery.client in self.working:
                self.kill(delivery.client, "after")

    def dismiss(self):
        with self.lock:
            for process in self.working.values():
                process.terminate()
            for process in self.working.values():
                process.join(PATIENCE)
            return {process.exitcode for process in self.working.values()}
