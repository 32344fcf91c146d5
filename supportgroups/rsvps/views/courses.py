"""Enrolling in a course, leaving it, and what those who lead see of it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from supportgroups.access import access
from supportgroups.accounts.current import keep_own_secret, remember, signed_in_viewer, viewer
from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.views.requests import caller, this_device
from supportgroups.clock import utc_now
from supportgroups.groups import queries as group_queries
from supportgroups.groups.permissions import Permission, permits
from supportgroups.groups.services.members import AgreementChanged, AlreadyAMember
from supportgroups.languages import page_language
from supportgroups.rsvps import queries
from supportgroups.rsvps.forms import ComeForm, InviteForm, KeyForm
from supportgroups.rsvps.services import enrolments as services
from supportgroups.rsvps.services import guests, next_courses
from supportgroups.rsvps.services.answers import ApprovalNeeded
from supportgroups.rsvps.services.course_names import count_completed, count_most
from supportgroups.rsvps.views.blueprint import bp
from supportgroups.sessions.loaders import load_course
from supportgroups.sessions.models import Series
from supportgroups.sessions.queries import list_courses


@bp.post("/groups/<slug>/courses/<uuid:public_id>/enrol")
@access(Permission.SESSION_RSVP)
def enrol(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let a member take a place in a course, or a turn on its list."""
    series = load_course(slug, public_id, Permission.SESSION_RSVP)
    form = KeyForm()
    if form.validate_on_submit():
        try:
            services.enrol(
                series, actor=signed_in_viewer(), form_key=form.form_key.data, now=utc_now()
            )
        except services.NobodyEnrols:
            flash(_("Here people come to the dates one by one."), "error")
        except ApprovalNeeded:
            flash(_("The organizers let people in first. Ask them on this page."), "error")
    return _to_course(series)


@bp.route("/groups/<slug>/courses/<uuid:public_id>/come", methods=["GET", "POST"])
@access(Permission.SESSION_COME)
def come_to_course(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let somebody enrol who does not belong to the group yet, with or without an account."""
    series = load_course(slug, public_id, Permission.SESSION_COME)
    person = viewer()
    if group_queries.find_membership(series.group, person) is not None:
        return _to_course(series)
    if person is not None:
        load_course(slug, public_id, Permission.GROUP_JOIN)
    form = ComeForm.of(person)
    # Who enrols begins together with everybody else.
    del form.is_first_time
    if form.validate_on_submit():
        try:
            _come(series, person, form)
        except AgreementChanged:
            form.refuse("display_name", _("The agreement has just changed. Please read it again"))
        except (AlreadyAMember, ApprovalNeeded, services.NobodyEnrols):
            # Its page says how the course stands.
            return _to_course(series)
        else:
            return _to_course(series)
    if not series.enrols or series.admission.asks_first:
        return _to_course(series)
    form.prepare(series.group)
    return render_template(
        "rsvps/come_to_course.html",
        form=form,
        course=queries.find_course(series, person, now=utc_now()),
        group=series.group,
    ), 400 if form.errors else 200


def _come(series: Series, person: UserAccount | None, form: ComeForm) -> None:
    if person is not None:
        guests.join_and_enrol(
            series,
            actor=person,
            display_name=form.display_name.data,
            agreement_version=form.version,
            now=utc_now(),
        )
        return
    arrival = guests.come_as_guest(
        series,
        guests.GuestDetails(
            display_name=form.display_name.data,
            email=form.given_email,
            agreement_version=form.version,
            language=page_language(),
        ),
        form_key=form.key.data,
        device_name=this_device(),
        caller=caller(),
        now=utc_now(),
    )
    remember(arrival.device.sign_in, arrival.device.secret)
    keep_own_secret(arrival.link_secret)


@bp.route("/groups/<slug>/courses/<uuid:public_id>/leave", methods=["GET", "POST"])
@access(Permission.SESSION_RSVP)
def leave_course(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Let somebody give up their place in a course, or their turn on its list."""
    series = load_course(slug, public_id, Permission.SESSION_RSVP)
    member = signed_in_viewer()
    form = KeyForm()
    if form.validate_on_submit():
        services.leave_course(series, actor=member, form_key=form.form_key.data, now=utc_now())
        flash(_("You have left. Nobody asks why, and you are welcome another time."), "success")
        return _to_course(series)
    course = queries.find_course(series, member, now=utc_now())
    if course.enrolment is None:
        return _to_course(series)
    return render_template("rsvps/leave_course.html", course=course, group=series.group)


@bp.get("/groups/<slug>/courses/<uuid:public_id>/people")
@access(Permission.SESSION_ANSWERS)
def roster(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Show those who lead who is enrolled, who misses a date, and who waits for the next course."""
    series = load_course(slug, public_id, Permission.SESSION_ANSWERS)
    now = utc_now()
    course = queries.find_course(series, None, now=now)
    people = queries.list_roster(series)
    may_invite = permits(viewer(), Permission.SESSION_MANAGE, series.group)
    form = InviteForm()
    form.offer(_next_courses(series))
    return render_template(
        "rsvps/roster.html",
        course=course,
        group=series.group,
        enrolled=[line for line in people if line.enrolled_at is not None],
        listed=[line for line in people if line.enrolled_at is None],
        missed=queries.list_missed(course.dates.sessions),
        is_over=course.dates.is_over(now),
        counted=count_completed(series, course.dates, now=now),
        most=count_most(course.dates),
        may_invite=may_invite and not course.is_joining_open,
        form=form,
    )


@bp.post("/groups/<slug>/courses/<uuid:public_id>/invite")
@access(Permission.SESSION_MANAGE)
def invite_listed(slug: str, public_id: UUID) -> ResponseReturnValue:
    """Write to all on the list of a course that the next one is planned."""
    series = load_course(slug, public_id, Permission.SESSION_MANAGE)
    form = InviteForm()
    courses = _next_courses(series)
    form.offer(courses)
    if form.validate_on_submit():
        chosen = next(one for one in courses if str(one.public_id) == form.course.data)
        try:
            number = next_courses.invite_listed(
                series, chosen, actor=signed_in_viewer(), now=utc_now()
            )
        except next_courses.ListStillWaits:
            flash(_("People can still join this course, so its list waits for places."), "error")
        except next_courses.NotTheNextCourse:
            flash(_("Nobody can enrol there any more. Choose another course."), "error")
        else:
            flash(
                ngettext("One person is being told.", "%(num)s people are being told.", number),
                "success",
            )
    return redirect(url_for(".roster", slug=slug, public_id=public_id), 303)


def _next_courses(series: Series) -> list[Series]:
    """Return the courses of the same group in which people can enrol now."""
    others = [
        other for other in list_courses(series.group) if next_courses.may_be_next(series, other)
    ]
    courses = queries.list_courses_in(others, None, now=utc_now())
    return [course.series for course in courses if course.is_joining_open]


def _to_course(series: Series) -> ResponseReturnValue:
    address = url_for("pages.course", slug=series.group.slug, public_id=series.public_id)
    return redirect(address, 303)
