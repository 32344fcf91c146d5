"""The directory: the groups that everybody may know about, by what a visitor looks for."""

from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from supportgroups.access import PUBLIC, access
from supportgroups.clock import utc_now
from supportgroups.groups.forms import ADMISSION_WORDS
from supportgroups.groups.freshness import is_doubtful
from supportgroups.groups.models import Group
from supportgroups.groups.queries import DirectoryFilters
from supportgroups.groups.topics import FORMAT_WORDS, LANGUAGE_NAMES, TOPIC_WORDS, Format
from supportgroups.kept_pages import keep_page
from supportgroups.pages.forms import Chosen, DirectoryForm, page_mark
from supportgroups.pages.queries import DirectorySearch, count_groups, list_groups
from supportgroups.pages.views.blueprint import bp
from supportgroups.sessions import queries as session_queries

#: So many groups stand on one page.
PAGE_SIZE = 24
#: So many more are shown that may fit, and that anybody can join from anywhere.
FURTHER_GROUPS = 6


class Widening(NamedTuple):
    """What a search that found nothing would find without one of its filters."""

    left_out: str
    total: int
    href: str


@bp.get("/groups")
@access(PUBLIC)
def directory() -> ResponseReturnValue:
    """List the groups that everybody may know about, by what a visitor looks for."""
    keep_page()
    form = DirectoryForm(request.args)
    search = form.search()
    now = utc_now()
    after = page_mark(request.args.get("after"))
    found = list_groups(search, now=now, after=after, limit=PAGE_SIZE + 1)
    groups, has_more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    total = count_groups(search, now=now)
    is_empty = total == 0 and bool(form.chosen)
    unsure = _list_unsure(search, now=now) if after is None else []
    online = _list_online(now=now) if is_empty and not unsure else []
    return render_template(
        "pages/directory.html",
        form=form,
        chosen=form.chosen,
        groups=groups,
        total=total,
        next_page=_address(_asked(), after=groups[-1].id) if has_more else None,
        unsure=unsure,
        widenings=_list_widenings(form.chosen, now=now) if is_empty else [],
        online=online,
        doubtful={
            group.id
            for group in (*groups, *unsure, *online)
            if is_doubtful(group.confirmed_at, now)
        },
        next_sessions=session_queries.find_next_of_each([*groups, *unsure, *online], now=now),
        format_words=FORMAT_WORDS,
        admission_words=ADMISSION_WORDS,
        topic_words=TOPIC_WORDS,
        language_names=LANGUAGE_NAMES,
    )


def _list_unsure(search: DirectorySearch, *, now: datetime) -> list[Group]:
    """Return groups that may have the access looked for: nobody has said yet, or one has to ask."""
    if not search.filters.access:
        return []
    return list_groups(search.with_unsure_access, now=now, after=None, limit=FURTHER_GROUPS)


def _list_online(*, now: datetime) -> list[Group]:
    search = DirectorySearch(filters=DirectoryFilters(format=Format.ONLINE))
    return list_groups(search, now=now, after=None, limit=FURTHER_GROUPS)


def _list_widenings(chosen: list[Chosen], *, now: datetime) -> list[Widening]:
    """Return the filters without which, each by itself, something would be found."""
    found = []
    for one in chosen:
        asked = _asked()
        asked.setlist(one.name, [value for value in asked.getlist(one.name) if value != one.value])
        # What was typed may have been tidied before it was looked for.
        if one.name == "q":
            del asked["q"]
        total = count_groups(DirectoryForm(asked).search(), now=now)
        if total and len(chosen) > 1:
            found.append(Widening(one.words, total, _address(asked)))
    return found


def _asked() -> MultiDict[str, str]:
    asked = MultiDict(request.args)
    asked.poplist("after")
    return asked


def _address(asked: MultiDict[str, str], **more: int) -> str:
    return "?" + urlencode([*asked.items(multi=True), *more.items()])
