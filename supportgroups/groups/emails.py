"""Letters about joining and about whether a page is true. None names the group; the page behind the link does."""

from datetime import datetime
from typing import Any

from flask import render_template
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from supportgroups.accounts.models import UserAccount
from supportgroups.db import db
from supportgroups.groups.freshness import NUDGES
from supportgroups.groups.models import Group, JoinRequest, ProblemReport
from supportgroups.groups.permissions import Permission, permits
from supportgroups.groups.queries import find_membership, list_open_reports
from supportgroups.outbox.mail import Letter, address_of, in_language
from supportgroups.outbox.notice import Notice


def join_requested(payload: dict[str, Any], *, now: datetime) -> Letter | None:  # noqa: ARG001
    """Tell an organizer that somebody asks to join, unless it was answered meanwhile."""
    request = db.session.get(JoinRequest, payload["join_request_id"])
    organizer = db.session.get(UserAccount, payload["user_id"])
    if request is None or not permits(organizer, Permission.GROUP_MEMBERS, request.group):
        return None
    address = address_of("groups.members", slug=request.group.slug)
    return _letter(
        organizer, _l("A request to join"), "groups_join_requested", address, request.group_id
    )


def join_request_approved(payload: dict[str, Any], *, now: datetime) -> Letter | None:  # noqa: ARG001
    """Tell somebody that they are in."""
    group = db.session.get(Group, payload["group_id"])
    person = db.session.get(UserAccount, payload["user_id"])
    if group is None or find_membership(group, person) is None:
        return None
    address = address_of("pages.group", slug=group.slug)
    return _letter(person, _l("You are in"), "groups_join_request_approved", address, group.id)


def join_request_declined(payload: dict[str, Any], *, now: datetime) -> Letter | None:  # noqa: ARG001
    """Tell somebody, kindly, that they are not."""
    person = db.session.get(UserAccount, payload["user_id"])
    address = address_of("pages.directory")
    return _letter(
        person,
        _l("About your request"),
        "groups_join_request_declined",
        address,
        payload["group_id"],
    )


def confirmation_wanted(payload: dict[str, Any], *, now: datetime) -> Letter | None:
    """Ask an organizer whether a page is still true, unless somebody has said so meanwhile."""
    group = db.session.get(Group, payload["group_id"])
    organizer = db.session.get(UserAccount, payload["user_id"])
    if group is None or not permits(organizer, Permission.GROUP_EDIT, group):
        return None
    was_reported = any(report.kind.is_about_facts for report in list_open_reports(group))
    if not was_reported and now - group.confirmed_at < NUDGES[0]:
        return None
    return _letter(
        organizer,
        _l("A short question"),
        "groups_confirmation_wanted",
        address_of("insight.organizing"),
        group.id,
        was_reported=was_reported,
    )


def hidden(payload: dict[str, Any], *, now: datetime) -> Letter | None:  # noqa: ARG001
    """Tell an organizer that a group stands in no list, unless it does again."""
    group = db.session.get(Group, payload["group_id"])
    organizer = db.session.get(UserAccount, payload["user_id"])
    if group is None or not permits(organizer, Permission.GROUP_EDIT, group):
        return None
    if group.hidden_because is None:
        return None
    address = address_of("pages.group", slug=group.slug)
    return _letter(organizer, _l("Please look at your page"), "groups_hidden", address, group.id)


def problem_reported(payload: dict[str, Any], *, now: datetime) -> Letter | None:  # noqa: ARG001
    """Tell somebody who runs the site that a report waits, unless it was answered meanwhile."""
    report = db.session.get(ProblemReport, payload["report_id"])
    admin = db.session.get(UserAccount, payload["user_id"])
    if report is None or report.settled_at is not None:
        return None
    if not permits(admin, Permission.GROUP_HIDE, report.group):
        return None
    address = address_of("pages.reports")
    return _letter(
        admin, _l("A report to read"), "groups_problem_reported", address, report.group_id
    )


def _letter(
    person: UserAccount | None,
    subject: LazyString,
    template: str,
    address: str,
    group_id: int,
    **words: object,
) -> Letter | None:
    if person is None or person.letters_go_to is None:
        return None
    with in_language(person.language):
        text = render_template(f"emails/{template}.txt", address=address, **words)
        return Letter(
            to=person.letters_go_to,
            subject=str(subject),
            text=text,
            notice=Notice(reader_id=person.id, group_id=group_id),
        )
