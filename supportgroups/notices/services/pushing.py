"""Notes to devices: who gets them, queueing them, and sending one. See docs/adr/0009-push.md."""

from datetime import datetime
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select

from supportgroups.accounts.models import SignIn
from supportgroups.accounts.queries import is_alive
from supportgroups.config import settings
from supportgroups.db import db, transaction
from supportgroups.errors import DomainError
from supportgroups.notices.endpoints import Answer, is_endpoint
from supportgroups.notices.models import PushDevice
from supportgroups.outbox.models import JobState
from supportgroups.outbox.queries import list_states
from supportgroups.outbox.services.jobs import enqueue_many

if TYPE_CHECKING:
    from supportgroups.notices.push import PushSender

#: Written once, because the worker asks it for every letter.
DEVICES = (
    select(PushDevice.id, SignIn)
    .join(PushDevice.sign_in)
    .where(SignIn.user_id == bindparam("user_id"))
    .order_by(PushDevice.id)
)


class NotAnEndpoint(DomainError):
    """No push service gives such an address."""


class NotKept(DomainError):
    """The device is signed in for this evening only, so notes would soon stop by themselves."""


@transaction()
def start_pushing(device: SignIn, endpoint: str, *, now: datetime) -> None:
    """Push notes to this device as long as it is signed in.

    :raises NotAnEndpoint: `endpoint` is not what a browser is given by its push service
    :raises NotKept: it is not kept signed in
    """
    if not is_endpoint(endpoint):
        raise NotAnEndpoint
    if not device.is_kept:
        raise NotKept
    # A browser has one endpoint: with another sign-in it belongs to that alone.
    db.session.execute(
        delete(PushDevice).where(
            (PushDevice.endpoint == endpoint) | (PushDevice.sign_in_id == device.id)
        )
    )
    db.session.add(PushDevice(sign_in_id=device.id, endpoint=endpoint, created_at=now))


@transaction()
def stop_pushing(device: SignIn) -> None:
    """Push nothing to this device any more."""
    db.session.execute(delete(PushDevice).where(PushDevice.sign_in_id == device.id))


def is_pushed_to(device: SignIn) -> bool:
    """Tell whether this device gets notes."""
    found = select(PushDevice.id).where(PushDevice.sign_in_id == device.id)
    return db.session.execute(found).first() is not None


def list_devices(user_id: int, *, now: datetime) -> list[int]:
    """Return the ids of somebody's devices that get notes, of those that are still signed in."""
    rows = db.session.execute(DEVICES, {"user_id": user_id}).all()
    return [device_id for device_id, sign_in in rows if is_alive(sign_in, now)]


@transaction()
def queue_notes(devices: list[int], *, key: str, now: datetime) -> None:
    """Queue a note to each of these devices, once for each letter that has this key."""
    jobs = [(_key_of_note(device, key), {"push_device_id": device}) for device in devices]
    enqueue_many("notices.push", jobs, now=now)


def list_states_of_notes(devices: list[int], *, key: str) -> list[JobState]:
    """Return where the notes to these devices stand that were queued for the letter of this key."""
    return list_states([_key_of_note(device, key) for device in devices])


def _key_of_note(device: int, key: str) -> str:
    return f"notices.push:{device}:{key}"


def find_endpoint(payload: dict[str, Any], *, now: datetime) -> str | None:
    """Return where the note of a job goes; none when the device has signed out meanwhile."""
    device = db.session.get(PushDevice, payload["push_device_id"])
    return device.endpoint if device is not None and is_alive(device.sign_in, now) else None


def send(endpoint: str, *, now: datetime) -> Answer:
    """Push a note.

    :raises PushFailed: it was not taken, and a later try may do
    """
    return open_sender().send(endpoint, now=now)


@transaction()
def note_answer(payload: dict[str, Any], answer: Answer) -> None:
    """Forget a device that takes no more notes."""
    if answer is Answer.GONE:
        db.session.execute(delete(PushDevice).where(PushDevice.id == payload["push_device_id"]))


def open_sender() -> "PushSender":
    """Return what signs and sends pushes of this site."""
    config = settings()
    return _sender(config.data_dir, f"mailto:{parseaddr(config.mail_from)[1]}")


def site_key() -> str:
    """Return the key by which a browser knows that pushes are this site's."""
    from supportgroups.notices.push import public_key  # noqa: PLC0415

    return public_key(open_sender().key)


@cache
def _sender(folder: Path, contact: str) -> "PushSender":
    # Signing takes a large library, which a web server that nobody asks for it never loads.
    from supportgroups.notices.push import KEY_FILE, PushSender, load_key  # noqa: PLC0415

    return PushSender(load_key(folder / KEY_FILE), contact)
