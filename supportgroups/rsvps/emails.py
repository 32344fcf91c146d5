"""Letters about places and about changes of sessions.

Each looks at the state once more, just before it leaves: a letter about something that is no
longer so is withdrawn.
"""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.outbox.models import JobState
from supportgroups.outbox.notice import Notice
from supportgroups.outbox.queries import find_state
from supportgroups.rsvps import queries
from supportgroups.rsvps.answer_links import answer_token
from supportgroups.rsvps.models import (
    Enrolment,
    OfferOutcome,
    Rsvp,
    RsvpStatus,
    SeriesRsvp,
    WaitingListOffer,
)
from supportgroups.rsvps.offer_links import offer_token
from supportgroups.rsvps.queries import find_next_start
from supportgroups.rsvps.services.news import key_of_news
from supportgroups.rsvps.services.series_seats import ANSWER_WITHIN
from supportgroups.sessions import news as session_news
from supportgroups.sessions.models import GroupSession, ScheduleChange, Series
from supportgroups.sessions.news import NewsKind
from supportgroups.sessions.queries import (
    find_course_dates,
    list_changes_told_by,
    list_sessions_by_id,
)
from supportgroups.sessions.services.changes import list_news, touched_by


def promoted(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who waited that a place is theirs."""
    return _about_place(payload, _l("A place is free for you"), "rsvps_promoted", now=now)


def place_offered(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Ask somebody who waits whether they take a place, and say until when it is theirs."""
    offer = db.session.get(WaitingListOffer, payload["offer_id"])
    if offer is None or not offer.is_open(now):
        return None
    group_session = offer.rsvp.group_session
    if group_session.is_cancelled or group_session.has_started(now):
        return None
    return _letter(
        offer.rsvp.user,
        _about(offer.rsvp.user, group_session),
        _l("A place is kept for you for a while"),
        "rsvps_place_offered",
        group_session=group_session,
        offer=offer,
        zone=offer.rsvp.user.time_zone,
        answer_address=address_of("rsvps.answer_offer", token=offer_token(offer.public_id)),
    )


def offer_expired(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody that the place they were offered has passed on, unless they answered since."""
    offer = db.session.get(WaitingListOffer, payload["offer_id"])
    if offer is None or offer.outcome is not OfferOutcome.EXPIRED:
        return None
    rsvp, group_session = offer.rsvp, offer.rsvp.group_session
    if rsvp.status is not RsvpStatus.DECLINED:
        return None
    if group_session.is_cancelled or group_session.has_started(now):
        return None
    return _letter(
        rsvp.user,
        Notice(reader_id=rsvp.user_id, group_id=group_session.group_id),
        _l("The place has passed on"),
        "rsvps_offer_expired",
        group_session=group_session,
        address=address_of("pages.session", public_id=group_session.public_id),
    )


def still_coming(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Ask somebody who missed some dates whether they keep their seat in a schedule."""
    held = db.session.get(SeriesRsvp, payload["series_rsvp_id"])
    group_session = find_next_start(held.series_id, now=now) if held is not None else None
    if held is None or held.asked_at is None or group_session is None:
        return None
    series = held.series
    return _letter(
        held.user,
        Notice(reader_id=held.user_id, group_id=series.group_id),
        _l("Still coming?"),
        "rsvps_still_coming",
        group_session=group_session,
        until=held.asked_at + ANSWER_WITHIN,
        zone=held.user.time_zone,
        address=address_of("rsvps.series_seat", slug=series.group.slug, public_id=series.public_id),
    )


def enrolled(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody on the list of a course that a place for all its dates is theirs."""
    enrolment = db.session.get(Enrolment, payload["enrolment_id"])
    if enrolment is None or enrolment.enrolled_at is None:
        return None
    group_session = find_next_start(enrolment.series_id, now=now)
    if group_session is None:
        return None
    return _letter(
        enrolment.user,
        _about(enrolment.user, group_session),
        _l("A place is free for you"),
        "rsvps_enrolled",
        group_session=group_session,
        address=_course_address(enrolment.series),
    )


def date_added(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who is enrolled in a course that it has one date more."""
    return _about_place(payload, _l("One date more"), "rsvps_date_added", now=now)


def _about_place(
    payload: dict[str, Any], subject: LazyString, template: str, *, now: datetime
) -> Letter | None:
    """Return a letter about a place that somebody holds, unless it is too late for it."""
    rsvp = db.session.get(Rsvp, payload["rsvp_id"])
    if rsvp is None or not rsvp.holds_a_place:
        return None
    group_session = rsvp.group_session
    if group_session.is_cancelled or group_session.has_started(now):
        return None
    return _letter(
        rsvp.user,
        _about(rsvp.user, group_session),
        subject,
        template,
        group_session=group_session,
        address=address_of("pages.session", public_id=group_session.public_id),
    )


def next_course(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who waited for the next course that it is planned."""
    turn = db.session.get(Enrolment, payload["enrolment_id"])
    if turn is None or turn.invited_to is None:
        return None
    dates = find_course_dates([turn.invited_to])[turn.invited_to.id]
    first = dates.find_next(now)
    if first is None or not dates.is_joining_open(now):
        return None
    return _letter(
        turn.user,
        Notice(reader_id=turn.user_id, group_id=turn.series.group_id),
        _l("New dates are planned"),
        "rsvps_next_course",
        group_session=first,
        address=_course_address(turn.invited_to),
    )


def _course_address(series: Series) -> str:
    return address_of("pages.course", slug=series.group.slug, public_id=series.public_id)


def schedule_changed(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody about acts on schedules: all of their dates that these touched, old and new.

    What was undone, or is again as it was, is left out. An act of which they were to hear before,
    and have not yet, is told with the others.
    """
    change = db.session.get(ScheduleChange, payload["change_id"])
    person = db.session.get(UserAccount, payload["user_id"])
    if change is None or person is None:
        return None
    changes = [
        one
        for one in list_changes_told_by(change)
        if one.tells_at == change.tells_at
        or find_state(key_of_news(one, person.id)) is JobState.WAITING
    ]
    concerned = queries.list_concerned_sessions(person.id, touched_by(changes))
    news = [
        one.as_told_to_who_answered_for(concerned[one.session_id].answered_for)
        for one in list_news(changes, now=now, among=concerned)
    ]
    if not news:
        return None
    soonest = min(
        moment for one in news for moment in (one.starts_at, one.old_starts_at) if moment > now
    )
    with in_language(person.language):
        subject = session_news.subject(news)
    return _letter(
        person,
        Notice(
            reader_id=person.id,
            group_id=change.group_id,
            hurries_for=soonest,
            digest_before=soonest,
        ),
        subject,
        "rsvps_schedule_changed",
        opening=lambda: session_news.opening(news, changes),
        news=news,
        is_mixed=session_news.is_mixed(news),
        addresses={
            one.session_id: address_of("pages.session", public_id=one.public_id) for one in news
        },
        answer_addresses={
            one.session_id: address_of("notices.answer", token=answer_token(rsvp_id))
            for one in news
            if one.asks_again and (rsvp_id := concerned[one.session_id].rsvp_id) is not None
        },
        led={session_id for session_id, part in concerned.items() if part.is_led},
        is_restored=any(
            one.kind is NewsKind.RESTORED and concerned[one.session_id].rsvp_id is not None
            for one in news
        ),
    )


def schedule_change_undone(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody who has been told of an act that it was undone."""
    change = db.session.get(ScheduleChange, payload["change_id"])
    person = db.session.get(UserAccount, payload["user_id"])
    if change is None or person is None or find_state(payload["first"]) is not JobState.DONE:
        return None
    if change.undone_at and change.tells_at and change.undone_at < change.tells_at:
        # That letter told of other acts.
        return None
    concerned = queries.list_concerned_sessions(person.id, touched_by([change]))
    sessions = [one for one in list_sessions_by_id(concerned) if not one.has_started(now)]
    if not sessions:
        return None
    sessions.sort(key=lambda one: (one.starts_at, one.id))
    return _letter(
        person,
        _about(person, sessions[0]),
        _l("As it was before"),
        "rsvps_schedule_change_undone",
        sessions=sessions,
        addresses={
            one.id: address_of("pages.session", public_id=one.public_id) for one in sessions
        },
    )


def _about(person: UserAccount, group_session: GroupSession) -> Notice:
    """Return a notice that somebody has to have before a session begins."""
    return Notice(
        reader_id=person.id,
        group_id=group_session.group_id,
        hurries_for=group_session.starts_at,
    )


def _letter(
    person: UserAccount, notice: Notice, subject: str | LazyString, template: str, **facts: Any
) -> Letter | None:
    address = person.letters_go_to
    if address is None:
        return None
    with in_language(person.language):
        return Letter(
            to=address,
            subject=str(subject),
            text=render_template(f"emails/{template}.txt", **facts),
            notice=notice,
        )
