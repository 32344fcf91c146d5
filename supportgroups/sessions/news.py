"""What an act on schedules tells the people of the sessions that it touched. Pure: no query.

Letters and the page that asks an organizer once more use the same sentences, so what is promised
there is what members read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportgroups.formatting import clock, day, full_day, when
from supportgroups.sessions.models import ChangeKind, GroupSession, ScheduleChange, SessionStatus
from supportgroups.sessions.recurrence import to_utc_by_rule
from supportgroups.sessions.states import SessionState


class NewsKind(StrEnum):
    """What there is to tell about one session."""

    MOVED = "moved"
    #: The same time on the wall, which is another moment now.
    CLOCKS = "clocks"
    NEW_PLACE = "new place"
    #: The room online has another link.
    NEW_LINK = "new link"
    #: There is no room online any more.
    NO_LINK = "no link"
    CANCELLED = "cancelled"
    RESTORED = "restored"


SUBJECTS: dict[NewsKind, LazyString] = {
    NewsKind.MOVED: _l("A new time"),
    NewsKind.CLOCKS: _l("A change of clocks"),
    NewsKind.NEW_PLACE: _l("A new place"),
    NewsKind.NEW_LINK: _l("A new way in"),
    NewsKind.NO_LINK: _l("Not online any more"),
    NewsKind.CANCELLED: _l("Cancelled"),
    NewsKind.RESTORED: _l("It takes place after all"),
}


@dataclass(frozen=True, kw_only=True)
class News:
    """What there is to tell about one session, as plain values."""

    session_id: int
    public_id: UUID
    kind: NewsKind
    time_zone: str
    starts_at: datetime
    ends_at: datetime
    old_starts_at: datetime
    #: It has another place as well as another time.
    has_new_place: bool

    def as_told_to_who_answered_for(self, wall: datetime | None) -> Self:
        """Return it with the old time that somebody said yes to, if that is another one.

        Two acts in a row leave one letter, and who reads it never heard of the time between.

        :param wall: None for somebody who gave no answer
        """
        if wall is None:
            return self
        answered = to_utc_by_rule(wall, self.time_zone)
        if self.kind is not NewsKind.MOVED or answered == self.starts_at:
            return self
        return replace(self, old_starts_at=answered)

    @property
    def asks_again(self) -> bool:
        """Whether the answers were for another time, so that people are asked once more."""
        return self.kind is NewsKind.MOVED

    @property
    def title(self) -> str:
        """Say in a word or two what sort of news it is."""
        return str(SUBJECTS[self.kind])

    @property
    def lines(self) -> list[str]:
        """Say it in one line or two; the place itself stays on the page, which asks who reads it."""
        lines = [when(self)]
        if self.kind is NewsKind.MOVED:
            old = _(
                "It was: %(day)s, %(time)s",
                day=day(self.old_starts_at, self.time_zone),
                time=clock(self.old_starts_at, self.time_zone),
            )
            lines = [str(old), str(_("It is now: %(when)s", when=when(self)))]
            if self.has_new_place:
                lines.append(str(_("The place is new too. The page says where.")))
        return lines


def news_of(
    changes: Sequence[ScheduleChange], group_sessions: Iterable[GroupSession]
) -> list[News]:
    """Return what these acts together tell about sessions, soonest first.

    Each session is compared with what it was before the first of them. What is again as it was
    is left out.

    :param changes: in their order
    """
    found = []
    for group_session in group_sessions:
        touching = [one for one in changes if str(group_session.id) in one.before["sessions"]]
        if not touching:
            continue
        kept = touching[0].before["sessions"][str(group_session.id)]
        before = SessionState.from_json(kept["state"])
        kind = _kind(touching[-1], before, group_session)
        if kind is not None:
            found.append(
                News(
                    session_id=group_session.id,
                    public_id=group_session.public_id,
                    kind=kind,
                    time_zone=group_session.time_zone,
                    starts_at=group_session.starts_at,
                    ends_at=group_session.ends_at,
                    old_starts_at=before.starts_at,
                    has_new_place=before.place_shown != group_session.place_shown,
                )
            )
    return sorted(found, key=lambda news: (news.starts_at, news.session_id))


def _kind(
    change: ScheduleChange, before: SessionState, group_session: GroupSession
) -> NewsKind | None:
    was_cancelled = before.status is SessionStatus.CANCELLED
    if group_session.is_cancelled:
        return None if was_cancelled else NewsKind.CANCELLED
    if was_cancelled:
        return NewsKind.RESTORED
    if before.starts_at != group_session.starts_at:
        return NewsKind.CLOCKS if change.kind is ChangeKind.CLOCKS else NewsKind.MOVED
    if before.place_shown != group_session.place_shown:
        return NewsKind.NEW_PLACE
    if before.online_link_shown in {None, group_session.online_link_shown}:
        return None
    return NewsKind.NEW_LINK if group_session.online_link_shown else NewsKind.NO_LINK


def is_mixed(news: Sequence[News]) -> bool:
    """Tell whether it is of several sorts, so that each has to say of which it is."""
    return len({one.kind for one in news}) > 1


def subject(news: Sequence[News]) -> str:
    """Return the subject of a letter: never a word about whom or what it is for."""
    return str(_("Some dates have changed")) if is_mixed(news) else news[0].title


def opening(news: Sequence[News], changes: Sequence[ScheduleChange]) -> str:
    """Return the sentence before the dates."""
    returns_on = {day for change in changes for day in change.before["returns_on"]}
    is_one_break = all(change.kind is ChangeKind.PAUSED for change in changes)
    if is_mixed(news):
        return str(_("Some sessions of yours have changed."))
    match news[0].kind:
        case NewsKind.MOVED:
            words = ngettext(
                "A session of yours has a new time.",
                "%(num)s sessions of yours have a new time.",
                len(news),
            )
        case NewsKind.CLOCKS:
            words = _(
                "The clocks there change on another day than planned. On the wall the time stays:"
            )
        case NewsKind.NEW_PLACE:
            words = ngettext(
                "A session of yours has a new place. The page says where:",
                "%(num)s sessions of yours have a new place. The page says where:",
                len(news),
            )
        case NewsKind.NEW_LINK:
            words = ngettext(
                "A session of yours has a new link. Its page leads you there in time:",
                "%(num)s sessions of yours have a new link. Their pages lead you there in time:",
                len(news),
            )
        case NewsKind.NO_LINK:
            words = ngettext(
                "A session of yours does not meet online any more. The page says where:",
                "%(num)s sessions of yours do not meet online any more. The page says where:",
                len(news),
            )
        case NewsKind.CANCELLED if is_one_break and len(returns_on) == 1:
            words = ngettext(
                "There is a break until %(day)s. This session does not take place:",
                "There is a break until %(day)s. These %(num)s sessions do not take place:",
                len(news),
                day=full_day(date.fromisoformat(returns_on.pop())),
            )
        case NewsKind.CANCELLED:
            words = ngettext(
                "This session is cancelled. It does not take place:",
                "%(num)s sessions are cancelled. They do not take place:",
                len(news),
            )
        case NewsKind.RESTORED:
            words = ngettext(
                "A session that was cancelled takes place after all:",
                "%(num)s sessions that were cancelled take place after all:",
                len(news),
            )
    return str(words)
