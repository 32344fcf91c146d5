"""The questions that other slices and pages ask about guides and help lines."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from supportgroups.db import db
from supportgroups.groups.models import Group, GroupTopic
from supportgroups.guides.help_lines import our_help_book, standing
from supportgroups.guides.models import (
    ComingKind,
    Guide,
    GuideVote,
    HelpBook,
    HelpLine,
    HelpNow,
    Standing,
)
from supportgroups.sessions.models import GroupSession, Series, SeriesKind, SessionStatus


def list_coming_sessions(guide: Guide, *, now: datetime, limit: int) -> list[GroupSession]:
    """Return the next sessions of listed groups that a reader of `guide` may want, soonest first.

    The answer is the same for everybody: whose group is not listed is not in it.
    """
    if guide.coming is ComingKind.NONE:
        return []
    query = (
        select(GroupSession)
        .join(GroupSession.group)
        .where(
            Group.is_listed,
            GroupSession.starts_at > now,
            GroupSession.status == SessionStatus.SCHEDULED,
        )
        .options(contains_eager(GroupSession.group), joinedload(GroupSession.series))
        .order_by(GroupSession.starts_at, GroupSession.id)
        .limit(limit)
    )
    if guide.coming is ComingKind.COURSES:
        query = query.join(GroupSession.series).where(Series.kind == SeriesKind.COURSE)
    if guide.topics:
        about = select(GroupTopic.group_id).where(GroupTopic.topic.in_(guide.topics))
        query = query.where(Group.id.in_(about))
    return list(db.session.execute(query).scalars())


class Helpfulness(NamedTuple):
    """What the readers of one guide said, in all months together."""

    guide: str
    helpful: int
    unhelpful: int


def list_helpfulness() -> list[Helpfulness]:
    """Return the counts of every guide that somebody has answered about, by slug."""
    rows = db.session.execute(
        select(GuideVote.guide, func.sum(GuideVote.helpful), func.sum(GuideVote.unhelpful))
        .group_by(GuideVote.guide)
        .order_by(GuideVote.guide)
    )
    return [Helpfulness(*row) for row in rows]


def help_now_lines(country: str, today: date, book: HelpBook | None = None) -> HelpNow:
    """Return the emergency number of `country` and the lines whose last check is not too old.

    A country that we do not know gets the directories alone. Needs no database and no request, so
    that an error page can show it.
    """
    book = our_help_book() if book is None else book
    return HelpNow(
        country=country,
        emergency=next((item for item in book.emergencies if item.country == country), None),
        lines=tuple(
            line
            for line in book.lines
            if line.country == country and standing(line, today) is not Standing.EXPIRED
        ),
        directories=book.directories,
    )


def list_lines_to_check(
    today: date, *, country: str | None = None, book: HelpBook | None = None
) -> list[tuple[HelpLine, Standing]]:
    """Return the lines that nobody has checked for more than six months, with their standing.

    The oldest check comes first. The people who run a site need those of its own country most.
    """
    book = our_help_book() if book is None else book
    aged = [(line, standing(line, today)) for line in book.lines if country in (None, line.country)]
    due = [(line, state) for line, state in aged if state is not Standing.CURRENT]
    return sorted(due, key=lambda entry: (entry[0].verified_on, entry[0].country, entry[0].name))
