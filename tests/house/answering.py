"""What a calendar program does in the world of the house tests."""

from uuid import UUID

from sqlalchemy import select

from supportgroups.calendars.models import Invitation
from supportgroups.calendars.reply_addresses import reply_token
from supportgroups.calendars.services.replies import take_reply
from supportgroups.db import db
from supportgroups.sessions.queries import find_group_session
from tests.calendars.reply_files import reply_file
from tests.conftest import NOW


def answer_by_mail(session_id: UUID, sender: str) -> None:
    """Say yes to the one invitation to this session, from the address of `sender`."""
    group_session = find_group_session(session_id)
    invitation = db.session.execute(
        select(Invitation).filter_by(group_session_id=group_session.id)
    ).scalar_one()
    to = f"rsvp+{reply_token(invitation.public_id)}@reply.example"
    reply = reply_file(
        "programs/gmail",
        to=to,
        me=sender,
        uid=group_session.uid,
        sequence=0,
        stamp=f"{NOW:%Y%m%dT%H%M%SZ}",
        answer="ACCEPTED",
    )
    take_reply(reply, recipient=to, now=NOW)
