"""The search page. Nothing of what is asked is kept, counted or logged."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from supportgroups.access import PUBLIC, access
from supportgroups.accounts.current import viewer
from supportgroups.accounts.models import UserAccount
from supportgroups.clock import utc_now
from supportgroups.forms import known
from supportgroups.groups.models import Group
from supportgroups.groups.topics import FORMAT_WORDS
from supportgroups.guides import loaders as guide_loaders
from supportgroups.guides.models import Guide
from supportgroups.languages import page_language
from supportgroups.search import queries
from supportgroups.search.forms import KIND_WORDS, LONGEST_QUESTION, MORE_WORDS, Kind, SearchForm
from supportgroups.search.guides import find_guides
from supportgroups.search.snippets import snippet
from supportgroups.search.words import Question, all_of, any_of, nearly_all_of, words_asked
from supportgroups.sessions import queries as session_queries
from supportgroups.sessions.models import GroupSession

bp = Blueprint("search", __name__)

#: How many of each kind are shown beside the others, and how many of one kind alone.
OF_EACH, OF_ONE = 5, 40
#: Words after which the help lines come before anything else, in the languages of our guides.
DISTRESS = (
    *("suicid", "suizid", "killing", "kill", "selfharm", "overdose", "die", "dying"),
    *("morir", "matarme", "suicidio"),
)


@dataclass(frozen=True)
class Found:
    """What was found, and how far the question had to be widened for it."""

    guides: list[Guide]
    groups: list[Group]
    sessions: list[GroupSession]
    widened: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.guides or self.groups or self.sessions)


@bp.get("/search")
@access(PUBLIC)
def search() -> ResponseReturnValue:
    """Look for guides, groups and coming sessions, of those that this person may know about."""
    form = SearchForm(request.args)
    words = words_asked((form.q.data or "")[:LONGEST_QUESTION])
    kind = known(Kind, form.kind.data)
    now = utc_now()
    found = _find(words, kind, viewer(), now) if words else Found([], [], [])
    return render_template(
        "search/search.html",
        form=form,
        words=words,
        kind=kind,
        kind_words=KIND_WORDS,
        more_words=MORE_WORDS,
        found=found,
        next_sessions=session_queries.find_next_of_each(found.groups, now=now)
        if found.groups
        else {},
        snippet=snippet,
        format_words=FORMAT_WORDS,
        is_in_distress=any(word.startswith(DISTRESS) for word in words),
        of_each=OF_EACH,
    )


def _find(
    words: tuple[str, ...], kind: Kind | None, person: UserAccount | None, now: datetime
) -> Found:
    """Ask for all words; where nothing holds them, allow slips; then ask for any of them."""
    ways: list[tuple[str, Callable[[tuple[str, ...]], Question]]] = [
        ("", all_of),
        ("nearly", nearly_all_of),
    ]
    if len(words) > 1:
        ways.append(("any", any_of))
    found = Found([], [], [])
    for widened, ask in ways:
        found = _ask(ask(words), kind, person, now, widened)
        if not found.is_empty:
            break
    return found


def _ask(
    question: Question, kind: Kind | None, person: UserAccount | None, now: datetime, widened: str
) -> Found:
    limit = OF_EACH if kind is None else OF_ONE
    library = guide_loaders.load_library()
    guides = (library.in_language(guide, page_language()) for guide in library)
    return Found(
        guides=find_guides(guides, question)[:limit] if kind in (None, Kind.GUIDES) else [],
        groups=queries.find_groups(question, person=person, limit=limit)
        if kind in (None, Kind.GROUPS)
        else [],
        sessions=queries.find_sessions(question, person=person, now=now, limit=limit)
        if kind in (None, Kind.SESSIONS)
        else [],
        widened=widened,
    )
