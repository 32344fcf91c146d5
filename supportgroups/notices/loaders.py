"""How views get what a signed link is about; whoever holds the link is the person it was made for."""

from flask import abort

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.notices import queries
from supportgroups.notices.links import read_stop_token
from supportgroups.outbox.notice import Topic
from supportgroups.rsvps.answer_links import read_answer_token
from supportgroups.rsvps.models import Rsvp


def load_answer(token: str) -> Rsvp:
    """Return the answer that a reminder was about.

    :raises NotFound: the link was not made here, or the answer is erased
    """
    rsvp_id = read_answer_token(token)
    rsvp = queries.find_answer(rsvp_id) if rsvp_id is not None else None
    if rsvp is None:
        abort(404)
    return rsvp


def load_reader(token: str) -> tuple[UserAccount, Topic]:
    """Return whose letters a link stops, and of which sort.

    :raises NotFound: the link was not made here, or the account is erased
    """
    found = read_stop_token(token)
    user = db.session.get(UserAccount, found[0]) if found is not None else None
    if found is None or user is None:
        abort(404)
    return user, found[1]
