"""Letters about what is in a member's calendar, what it answers, and an address that nobody fetches."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from supportgroups.accounts.models import UserAccount
from supportgroups.calendars import queries
from supportgroups.calendars.entries import ADDRESSES
from supportgroups.calendars.invitations import entry_of, invitation_part, organizer_of
from supportgroups.calendars.models import Discretion
from supportgroups.calendars.reply_addresses import reply_address
from supportgroups.calendars.services.invitations import News, issue_letter
from supportgroups.calendars.stop_links import stop_token
from supportgroups.config import settings
from supportgroups.formatting import full_day
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.outbox.notice import Notice
from supportgroups.rsvps.answer_links import answer_token
from supportgroups.rsvps.models import Rsvp
from supportgroups.rsvps.queries import find_rsvp


def invitation(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody's calendar of a session, or that it is to drop it; none if that is not so."""
    news = issue_letter(payload["invitation_id"], sequence=payload["sequence"], now=now)
    if news is None:
        return None
    person = news.invitation.user
    with in_language(person.language):
        return _invitation(news, person, to=person.email or "")


def _invitation(news: News, person: UserAccount, *, to: str) -> Letter:
    group_session, rsvp = news.invitation.group_session, news.rsvp
    organizer = organizer_of(
        reply_address(news.invitation.public_id), mail_from=settings().mail_from
    )
    entry = entry_of(news.invitation, news.choice, rsvp, addresses=ADDRESSES)
    stop_address = address_of("calendars.stop_invitations", token=stop_token(person.id))
    is_standing = news.invitation.is_standing
    day = full_day(group_session.wall_starts_at.date())
    return Letter(
        to=to,
        sender=organizer.sender if organizer else None,
        subject=_("%(title)s: %(day)s", title=_title(news, entry.summary), day=day),
        unsubscribe_address=stop_address,
        notice=Notice(reader_id=person.id, hurries_for=group_session.starts_at),
        calendar=invitation_part(
            news.invitation,
            news.choice,
            rsvp,
            organizer=organizer,
            attendee=to,
            addresses=ADDRESSES,
        ),
        text=render_template(
            "emails/calendars_invitation.txt" if is_standing else "emails/calendars_withdrawn.txt",
            group_session=group_session,
            rsvp=rsvp,
            title=entry.summary if news.choice.discretion is Discretion.PLAIN else "",
            place=entry.location,
            takes_replies=organizer is not None,
            answer_address=_answer_address(rsvp),
            stop_address=stop_address,
        ),
    )


def _title(news: News, summary: str) -> str:
    """Return what the entry is called; of one that leaves the calendar, that it does."""
    if news.invitation.is_standing or news.invitation.group_session.is_cancelled:
        return summary
    return str(_("Out of your calendar"))


def answer_differs(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody that what they clicked in their calendar is not what holds."""
    found = queries.find_invitation(payload["invitation_id"])
    if found is None or found.group_session.has_started(now):
        return None
    rsvp = find_rsvp(found.group_session, found.user)
    if rsvp is None:
        return None
    if rsvp.status == payload["status"] and not found.group_session.is_cancelled:
        # It became so in another way.
        return None
    return _about_answer(found.user, _l("About your answer"), "calendars_answer_differs", rsvp)


def answer_unsure(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Ask a member whether an answer was theirs that came from an address we do not know.

    Whose address that is stays out of the letter.
    """
    found = queries.find_invitation(payload["invitation_id"])
    if found is None or found.group_session.has_started(now) or found.group_session.is_cancelled:
        return None
    rsvp = find_rsvp(found.group_session, found.user)
    if rsvp is None:
        return None
    return _about_answer(found.user, _l("Was it you?"), "calendars_answer_unsure", rsvp)


def _about_answer(
    person: UserAccount, subject: LazyString, template: str, rsvp: Rsvp
) -> Letter | None:
    if person.letters_go_to is None:
        return None
    with in_language(person.language):
        return Letter(
            to=person.letters_go_to,
            subject=str(subject),
            text=render_template(
                f"emails/{template}.txt",
                group_session=rsvp.group_session,
                status=rsvp.status,
                answer_address=_answer_address(rsvp),
            ),
        )


def _answer_address(rsvp: Rsvp | None) -> str | None:
    """Return where somebody changes their answer in one tap; none of who has none to change."""
    if rsvp is None:
        return None
    return address_of("notices.answer", token=answer_token(rsvp.id))


def link_expired(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Tell somebody that a calendar address carries nothing more, unless that has changed since.

    The name that they gave it stays out of the letter: it may say more than they want read.
    """
    link = queries.find_link_by_id(payload["link_id"])
    if link is None or link.revoked_at is not None or not link.has_expired(now):
        return None
    person = link.user
    if person.letters_go_to is None:
        return None
    with in_language(person.language):
        return Letter(
            to=person.letters_go_to,
            subject=_("Your calendar"),
            notice=Notice(reader_id=person.id),
            text=render_template(
                "emails/calendars_link_expired.txt", address=address_of("calendars.links")
            ),
        )
