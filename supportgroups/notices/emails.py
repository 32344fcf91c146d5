"""The letters that remind somebody, and the letter of the week."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportgroups.accounts.models import Reminder, UserAccount
from supportgroups.db import db
from supportgroups.notices import queries
from supportgroups.notices.decisions import A_WEEK
from supportgroups.notices.gate import name_for
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.outbox.models import JobState
from supportgroups.outbox.notice import Notice, Topic
from supportgroups.outbox.queries import find_state
from supportgroups.rsvps.answer_links import answer_token
from supportgroups.rsvps.queries import list_concerned_sessions
from supportgroups.rsvps.services.news import key_of_news
from supportgroups.sessions.models import GroupSession
from supportgroups.sessions.news import News
from supportgroups.sessions.queries import list_changes_of_groups
from supportgroups.sessions.services.changes import list_news, touched_by
from supportgroups.volunteering.links import sign_duty

#: What is told twice harms less than what is told never: so much more than a week is looked at.
OVERLAP = timedelta(hours=1)
#: Where somebody stands with a session → how the letter of the week says it.
STANDING_WORDS = {
    "leads": _l("You lead it."),
    "accepted": _l("You’re expected."),
    "tentative": _l("You said maybe."),
    "waitlisted": _l("You are on the waiting list."),
}


@dataclass(frozen=True)
class Date:
    """A session of the coming week, as its reader stands with it."""

    group_session: GroupSession
    standing: str
    #: None where it is not to be named.
    group_name: str | None

    @property
    def address(self) -> str:
        """Where its page is."""
        return address_of("pages.session", public_id=self.group_session.public_id)


@dataclass(frozen=True)
class MissedDate:
    """A date of a course to which its reader could not come."""

    group_session: GroupSession
    group_name: str | None

    @property
    def address(self) -> str:
        """Where the page of the course is."""
        series = self.group_session.series
        return address_of("pages.course", slug=series.group.slug, public_id=series.public_id)


@dataclass(frozen=True)
class Change:
    """What has changed about one session."""

    news: News
    group_name: str | None

    @property
    def title(self) -> str:
        """What sort of change it is."""
        return self.news.title

    @property
    def lines(self) -> list[str]:
        """What it is now, and what it was."""
        return self.news.lines

    @property
    def address(self) -> str:
        """Where the page of the session is."""
        return address_of("pages.session", public_id=self.news.public_id)


def reminder(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Remind somebody of what they answered, unless that has changed since it was queued."""
    found = queries.find_reminded(payload["rsvp_id"])
    if found is None:
        return None
    rsvp, choice = found
    if rsvp.status not in queries.REMINDED_OF or rsvp.reminded_at is None:
        return None
    group_session, person = rsvp.group_session, rsvp.user
    if group_session.is_cancelled or group_session.has_started(now):
        return None
    if person.letters_go_to is None or choice is Reminder.NONE:
        return None
    with in_language(person.language):
        return Letter(
            to=person.letters_go_to,
            subject=_("A reminder"),
            notice=Notice(
                reader_id=person.id, topic=Topic.REMINDERS, group_id=group_session.group_id
            ),
            text=render_template(
                "emails/notices_reminder.txt",
                group_session=group_session,
                status=rsvp.status,
                address=address_of("pages.session", public_id=group_session.public_id),
                answer_address=address_of("notices.answer", token=answer_token(rsvp.id)),
            ),
        )


def duty(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Remind somebody that they lead a session, unless that has changed since it was queued."""
    group_session = db.session.get(GroupSession, payload["group_session_id"])
    person = db.session.get(UserAccount, payload["user_id"])
    if group_session is None or person is None or person.email is None:
        return None
    if group_session.is_cancelled or group_session.has_started(now):
        return None
    if person.id not in {leader.id for leader in group_session.facilitators}:
        return None
    token = sign_duty(group_session.public_id, person.id)
    with in_language(person.language):
        return Letter(
            to=person.email,
            subject=_("A reminder"),
            notice=Notice(reader_id=person.id, topic=Topic.DUTIES, group_id=group_session.group_id),
            text=render_template(
                "emails/notices_duty.txt",
                group_session=group_session,
                address=address_of("pages.session", public_id=group_session.public_id),
                duty_address=address_of("volunteering.pass_on_by_link", token=token),
            ),
        )


def digest(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody of their coming week, of what has changed, and what they missed of a course.

    Nothing if there is nothing.
    """
    person = db.session.get(UserAccount, payload["user_id"])
    if person is None or person.letters_go_to is None or not person.wants_digest:
        return None
    since = datetime.fromisoformat(payload["since"])
    with in_language(person.language):
        dates = [
            Date(group_session, standing, name_for(person, group_session.group))
            for group_session, standing in queries.list_dates_of_week(person.id, now=now)
        ]
        missed = [
            MissedDate(group_session, name_for(person, group_session.group))
            for group_session in queries.list_missed_dates(
                person.id, after=since, until=since + A_WEEK
            )
        ]
        changes = _changes_for(person, since=since - OVERLAP, now=now)
        if not dates and not missed and not changes:
            return None
        return Letter(
            to=person.letters_go_to,
            subject=_("Your week"),
            notice=Notice(reader_id=person.id, topic=Topic.DIGEST),
            text=render_template(
                "emails/notices_digest.txt",
                dates=dates,
                missed=missed,
                changes=changes,
                standing_words=STANDING_WORDS,
            ),
        )


def _changes_for(person: UserAccount, *, since: datetime, now: datetime) -> list[Change]:
    """Return what has changed for somebody of which no letter of its own was sent."""
    group_ids = queries.list_groups_concerning(person.id, now=now)
    found = []
    for changes in list_changes_of_groups(group_ids, since=since).values():
        untold = [
            change
            for change in changes
            if find_state(key_of_news(change, person.id)) is JobState.WITHDRAWN
        ]
        concerned = list_concerned_sessions(person.id, touched_by(untold))
        group_name = name_for(person, untold[0].group) if untold else None
        found += [
            Change(
                one.as_told_to_who_answered_for(concerned[one.session_id].answered_for), group_name
            )
            for one in list_news(untold, now=now, among=concerned)
        ]
    return sorted(found, key=lambda change: (change.news.starts_at, change.news.session_id))
