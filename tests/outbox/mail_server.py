"""A real mail server in a thread of the test, which keeps every letter and can be told to refuse."""

import asyncio
import subprocess
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from ssl import SSLContext
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.outbox_runner import read_letter
from tests.outgoing import posted

#: How long a test waits for something that ought to happen at once, in seconds.
PATIENCE = 30


@dataclass(frozen=True)
class Delivery:
    """One letter with its envelope, and the name and connection of the client that brought it."""

    sender: str
    recipients: list[str]
    content: bytes
    client: str
    connection: int
    is_signed_in: bool

    @property
    def message(self) -> EmailMessage:
        """The letter as its reader sees it."""
        return read_letter(self.content)


@dataclass
class MailServer:
    """Listens on a free port of this machine while it is entered."""

    #: What it answers next to MAIL, RCPT or DATA instead of its usual yes.
    refusals: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    #: Called with each letter before it is accepted; may return another answer.
    on_letter: Callable[[Delivery], str | None] | None = None
    #: Called with each letter after it was accepted, before the client is told so.
    on_accepted: Callable[[Delivery], None] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    #: Speaks TLS from the first byte.
    tls: SSLContext | None = None
    #: The name and password that clients may give.
    login: tuple[str, str] | None = None

    deliveries: list[Delivery] = field(default_factory=list)
    #: Connections that said who they are.
    connections: int = 0

    def __enter__(self) -> Self:
        """Listen."""
        self.arrival = threading.Condition()
        self.loop = asyncio.new_event_loop()
        self.listener = self.loop.run_until_complete(
            self.loop.create_server(self._talk, "127.0.0.1", 0, ssl=self.tls)
        )
        self.port = self.listener.sockets[0].getsockname()[1]
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """Close everything."""
        asyncio.run_coroutine_threadsafe(self._close(), self.loop).result(PATIENCE)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(PATIENCE)
        self.loop.close()

    @property
    def url(self) -> str:
        """The address for a client without TLS."""
        return f"smtp://127.0.0.1:{self.port}"

    def wait_for_readers(self, number: int, *, patience: float = PATIENCE) -> None:
        """Wait until letters to so many different people were accepted."""
        with self.arrival:
            done = self.arrival.wait_for(lambda: len(self._readers()) >= number, patience)
            assert done, f"letters reached {len(self._readers())} people instead of {number}"

    def _readers(self) -> set[str]:
        return {recipient for each in self.deliveries for recipient in each.recipients}

    def _talk(self) -> SMTP:
        return SMTP(
            self,
            hostname="mail.example",
            loop=self.loop,
            authenticator=self._authenticate if self.login else None,
            auth_require_tls=self.tls is None,
            **self.options,
        )

    def _authenticate(self, *arguments: Any) -> AuthResult:
        given: LoginPassword = arguments[-1]
        assert self.login is not None
        expected = tuple(word.encode() for word in self.login)
        return AuthResult(success=(given.login, given.password) == expected, handled=False)

    async def _close(self) -> None:
        self.listener.close()
        conversations = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in conversations:
            task.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)

    async def handle_EHLO(  # noqa: N802 (aiosmtpd looks for this name)
        self, server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        """Count the connection."""
        self.connections += 1
        session.host_name = name
        server.connection_number = self.connections
        return answers

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, sender: str, _options: list[str]
    ) -> str:
        """Take the sender."""
        if self.refusals["MAIL"]:
            return self.refusals["MAIL"].pop(0)
        envelope.mail_from = sender
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: list[str]
    ) -> str:
        """Take a recipient."""
        if self.refusals["RCPT"]:
            return self.refusals["RCPT"].pop(0)
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take the letter."""
        if self.refusals["DATA"]:
            return self.refusals["DATA"].pop(0)
        delivery = Delivery(
            sender=str(envelope.mail_from),
            recipients=list(envelope.rcpt_tos),
            content=bytes(envelope.original_content or b""),
            client=str(session.host_name),
            connection=server.connection_number,
            is_signed_in=bool(session.authenticated),
        )
        # In a thread of its own, so that other clients are served while a test takes its time.
        answer = await asyncio.to_thread(self._take, delivery)
        return answer or "250 OK"

    def _take(self, delivery: Delivery) -> str | None:
        if self.on_letter is not None:
            answer = self.on_letter(delivery)
            if answer is not None:
                return answer
        posted.extend((delivery.content, to, delivery.sender) for to in delivery.recipients)
        with self.arrival:
            self.deliveries.append(delivery)
            self.arrival.notify_all()
        if self.on_accepted is not None:
            self.on_accepted(delivery)
        return None


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate for `localhost` that nobody trusts yet; return it and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-newkey", "ec"),
            *("-pkeyopt", "ec_paramgen_curve:prime256v1", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
