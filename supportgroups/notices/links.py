"""The signed link that stops one sort of letters: whoever holds it is the person to whom it went."""

from itsdangerous import BadData

from supportgroups.forms import known
from supportgroups.outbox.notice import Topic
from supportgroups.tokens import signer

PURPOSE = "notices.stop"


def stop_token(user_id: int, topic: Topic) -> str:
    """Return the signed name of a person and a sort of letters, for the address that stops them.

    It names no group and works for years: a letter may be found late (RFC 8058 §3.1).
    """
    return str(signer(PURPOSE).dumps([user_id, topic.value]))


def read_stop_token(token: str) -> tuple[int, Topic] | None:
    """Return whose letters of which sort a token stops; none for one that was not made here."""
    try:
        user_id, value = signer(PURPOSE).loads(token)
    except BadData:
        return None
    topic = known(Topic, value)
    return (user_id, topic) if topic is not None else None
