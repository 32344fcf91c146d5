"""Asking an organizer once more, with the words that members will get, and saying who gets them."""

from datetime import datetime

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from supportgroups.sessions import news
from supportgroups.sessions.models import ScheduleChange
from supportgroups.sessions.services.changes import NotConfirmed, has_readers, list_news

#: What the page of the question sends along when the answer is yes, or "let me change that".
CONFIRMED, BACK = "confirmed", "back"
#: So many dates are spelt out on it.
DATES_SHOWN = 4


def is_confirmed() -> bool:
    """Tell whether the person has seen what members will read."""
    return CONFIRMED in request.form


def wants_back() -> bool:
    """Tell whether the person wants to change the form first; nothing typed is lost."""
    return BACK in request.form


def ask_to_confirm(question: NotConfirmed) -> ResponseReturnValue:
    """Show what would happen, with what was typed in hidden fields."""
    told = question.news
    return render_template(
        "sessions/confirm.html",
        kind=question.kind,
        how_many=question.how_many,
        subject=news.subject(told) if told else None,
        opening=question.opening,
        has_readers=question.has_readers,
        is_mixed=news.is_mixed(told),
        told=told[:DATES_SHOWN],
        more=max(0, len(told) - DATES_SHOWN),
        asks_again=any(one.asks_again for one in told),
        typed=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in {"csrf_token", CONFIRMED, BACK}
        ],
        names={"confirmed": CONFIRMED, "back": BACK},
    )


def say_done(words: str, change: ScheduleChange | None, *, now: datetime) -> None:
    """Say on the next page that an act is done, and whether anybody is told of it.

    :param words: what was done, as a sentence
    :param change: what is kept of the act; none if everything is as it was
    """
    sentences = [words]
    told = list_news([change], now=now) if change is not None else []
    if change is not None and told and has_readers(change, told):
        sentences.append(_("Everyone who answered or leads is being told."))
    elif told:
        sentences.append(_("Nobody has said yes or maybe so far, so nobody gets a message."))
    flash(" ".join(sentences), "success")
