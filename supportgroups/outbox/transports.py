"""The ways in which a letter leaves the site."""

import os
import smtplib
import ssl
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from supportgroups.config import Config
from supportgroups.outbox.bounces import AddressFails, Undeliverable, blames_address
from supportgroups.outbox.message import Message

#: The longest wait for one answer of a mail server, in seconds.
ANSWER_LIMIT = 20.0
#: The longest time for one letter with all its answers, in seconds. It ends well within the lease
#: of a job, so that no second worker sends what this one still has in hand.
LETTER_LIMIT = 40.0
#: The first digit of an answer says what it means (RFC 5321, section 4.2.1).
YES, NEVER = 2, 5
DEFAULT_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class Transport(Protocol):
    """Takes one letter after the other; used by one worker at a time."""

    def send(self, message: Message, *, name: str, sender: str) -> None:
        """Hand a message over; when this returns, somebody else answers for it.

        :param name: the same at each try; of two letters the earlier one has the smaller name
        :param sender: where the letter comes back to if it cannot be delivered
        :raises Undeliverable: it is refused for good; after any other exception a later try may do
        :raises AddressFails: so will every other letter to this address
        """

    def close(self) -> None:
        """End the connection, if there is one."""


def open_transport(config: Config) -> Transport:
    """Return the way that letters take on this site."""
    if config.smtp_url is not None:
        return SmtpTransport(config)
    if config.development:
        return MailboxTransport(config.mail_folder)
    return NoTransport()


def try_mail_server(config: Config) -> None:
    """Say hello to the mail server, sign in where that is set, and say goodbye.

    :raises smtplib.SMTPException: it does not let us in
    :raises OSError: nobody answers there
    """
    SmtpTransport(config).greet()


class NoTransport:
    """Stands where a site has no mail server: the worker withdraws letters unwritten."""

    def send(self, message: Message, *, name: str, sender: str) -> None:
        """Refuse."""
        raise Undeliverable("this site has no mail server")

    def close(self) -> None:
        """Need nothing."""


class MailboxTransport:
    """Keeps each letter as a file, for the viewer of a development site."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: Message, *, name: str, sender: str) -> None:
        """Write the file in one step; a second try of the same job replaces it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}.{os.getpid()}"
        unfinished.write_bytes(message.content)
        unfinished.replace(self.folder / f"{name}.eml")

    def close(self) -> None:
        """Need nothing."""


class SmtpTransport:
    """Sends letters through a mail server, one after the other on the same connection."""

    def __init__(self, config: Config) -> None:
        self.url = urlsplit(config.smtp_url or "")
        # The name of this machine is nobody's business, and looking it up takes time.
        self.own_name = config.host.partition(":")[0]
        self._server: _MailServer | None = None

    def send(self, message: Message, *, name: str, sender: str) -> None:
        """Hand the message to the server."""
        try:
            server = self._begin_letter(sender, time.monotonic() + LETTER_LIMIT)
            _accept_letter(_accept_address(server.rcpt(message.recipient)))
            _accept_letter(server.data(message.content))
        except Undeliverable:
            # Only this letter is refused; the next one may go through the same connection.
            with suppress(smtplib.SMTPException, OSError):
                server.rset()
            raise
        except BaseException:
            self._drop()
            raise

    def greet(self) -> None:
        """Open a connection as for a letter, and close it."""
        self._server = self._connect(time.monotonic() + ANSWER_LIMIT)
        self.close()

    def close(self) -> None:
        """Say goodbye to the server."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._drop()

    def _begin_letter(self, sender: str, deadline: float) -> "_MailServer":
        """Say MAIL FROM, on a new connection should the server have given up the one we kept."""
        if self._server is not None:
            self._server.deadline = deadline
            with suppress(smtplib.SMTPServerDisconnected, OSError):
                if _is_yes(self._server.mail(sender)):
                    return self._server
            self._drop()
        self._server = self._connect(deadline)
        reply = self._server.mail(sender)
        if not _is_yes(reply):
            # It is the site that is refused here, not the letter, and that can be put right.
            raise smtplib.SMTPResponseException(*reply)
        return self._server

    def _connect(self, deadline: float) -> "_MailServer":
        host = self.url.hostname or ""
        port = self.url.port or DEFAULT_PORTS[self.url.scheme]
        names: dict[str, Any] = {"local_hostname": self.own_name, "deadline": deadline}
        if self.url.scheme == "smtps":
            tls = ssl.create_default_context()
            server: _MailServer = _TlsMailServer(host, port, context=tls, **names)
        else:
            server = _MailServer(host, port, **names)
        try:
            if self.url.scheme == "smtp+starttls":
                # Raises where the server offers none: a letter never goes in the clear instead.
                server.starttls(context=ssl.create_default_context())
            if self.url.username:
                server.login(unquote(self.url.username), unquote(self.url.password or ""))
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


class _MailServer(smtplib.SMTP):
    """A mail server that is not waited for beyond a deadline, however many answers it gives."""

    def __init__(self, host: str, port: int, *, deadline: float, **names: Any) -> None:
        #: On the monotonic clock.
        self.deadline = deadline
        super().__init__(host, port, timeout=ANSWER_LIMIT, **names)

    def getreply(self) -> tuple[int, bytes]:
        """Read the next answer."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            self.close()
            raise TimeoutError("the mail server took too long over one letter")
        if self.sock is not None:
            self.sock.settimeout(min(left, ANSWER_LIMIT))
        return super().getreply()

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the message; a refusal before its first line is an answer like one after it."""
        try:
            return super().data(msg)
        except smtplib.SMTPDataError as error:
            return error.smtp_code, b""


class _TlsMailServer(_MailServer, smtplib.SMTP_SSL):
    """The same, inside TLS from the first byte."""


def _is_yes(reply: tuple[int, bytes]) -> bool:
    return reply[0] // 100 == YES


def _accept_address(reply: tuple[int, bytes]) -> tuple[int, bytes]:
    """Raise when the server says that nobody has this address; return any other answer."""
    if blames_address(reply[0], reply[1].decode(errors="replace")):
        raise AddressFails("the mail server says that no letter reaches this address", reply[0])
    return reply


def _accept_letter(reply: tuple[int, bytes]) -> None:
    """Raise unless the server has agreed to this step of a letter."""
    if _is_yes(reply):
        return
    if reply[0] // 100 == NEVER:
        raise Undeliverable("the mail server refuses this letter for good", reply[0])
    raise smtplib.SMTPResponseException(*reply)
