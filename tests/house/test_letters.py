"""Every letter that this site can write: to one person, discreet, and about nothing but its reason."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
import time_machine
from sqlalchemy import select

from supportgroups.accounts.models import UserAccount
from supportgroups.announcements.services import UNDO, announce
from supportgroups.app import LETTERS
from supportgroups.calendars.queries import find_link
from supportgroups.calendars.services.expiry import tell_of_expired
from supportgroups.calendars.services.invitations import bring_calendars_into_step
from supportgroups.db import db, transaction
from supportgroups.groups.queries import find_group
from supportgroups.guides.services import ask_to_check_lines
from supportgroups.insight.services import ask_for_head_counts
from supportgroups.notices.services.letters import (
    queue_digests,
    queue_duty_reminders,
    queue_reminders,
)
from supportgroups.outbox.models import JobState, OutboxJob
from supportgroups.rsvps.models import RsvpStatus, SeriesRsvp
from supportgroups.rsvps.queries import find_offer, find_rsvp
from supportgroups.rsvps.services.news import SHORT_WAIT, WAIT
from supportgroups.rsvps.services.series_seats import MISSES, look_after_seats
from supportgroups.rsvps.services.waiting_list import pass_on_places
from supportgroups.sessions.models import ScheduleChange
from supportgroups.sessions.queries import find_group_session
from tests.conftest import NOW
from tests.factories import make_rsvp
from tests.house.answering import answer_by_mail
from tests.house.filled_forms import LONG_WORDS, SESSION
from tests.house.reading_letters import look_over
from tests.house.roles import ANONYMOUS, INSIDERS
from tests.house.town import LETTER, Town, address
from tests.house.world import DEPUTY_EMAIL
from tests.outbox_runner import OutboxRunner


class Post:
    """Lets people act in the town, and reads what is written to whom."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.outbox = OutboxRunner(town.app)
        (town.app.config["SETTINGS"].mail_folder / f"{LETTER}.eml").unlink()

    def act(self, role: str, endpoint: str, visibility: str, **data: str) -> None:
        """Send a form, and let what it changed stand."""
        url = self.town.url(endpoint, visibility)
        form = {"csrf_token": self.town.token, **data}
        response = self.town.send(role, "POST", url, data=form)
        assert response.status_code == 303, f"{endpoint} as {role}: {response.status_code}"

    def deliver(self, *, later: timedelta = WAIT + SHORT_WAIT) -> dict[str, list[EmailMessage]]:
        """Write the letters that are due; return them by the kind of their job."""
        folder = self.town.app.config["SETTINGS"].mail_folder
        seen = {path.name for path in folder.glob("*.eml")}
        # Letters about acts on schedules wait a little.
        self.outbox.run(now=NOW + later)
        db.session.rollback()
        kinds = {
            job.id: job.kind
            for job in db.session.execute(select(OutboxJob)).scalars()
            if job.state is JobState.DONE
        }
        written: dict[str, list[EmailMessage]] = {}
        for path, letter in zip(sorted(folder.glob("*.eml")), self.outbox.letters, strict=True):
            if path.name not in seen:
                # A file is named after its moment and the number of its job.
                kind = kinds[int(path.stem.rpartition("-")[2])]
                written.setdefault(kind, []).append(letter)
        return written


@pytest.fixture
def post(town: Town) -> Iterator[Post]:
    """The post office of the town."""
    book = town.app.extensions["help_book"]
    yield Post(town)
    town.app.extensions["help_book"] = book


def e_mail(town: Town, role: str) -> str:
    """Return somebody's address."""
    return town.world.markers[f"e-mail of {role}"] + "@example.org"


def end_a_session(post: Post) -> None:
    """A day after the last session; the letter is sent some days later."""
    ask_for_head_counts(now=NOW - timedelta(days=6, hours=12))


def pass_it_on(post: Post) -> None:
    """The facilitator leads the listed group's session with nobody else."""
    post.act("facilitator", "volunteering.ask_for_cover", "listed")


def find_somebody(post: Post) -> None:
    post.act("organizer", "volunteering.answer", "private", answer="yes")


def nobody_can(post: Post) -> None:
    """The only one who was asked says no."""
    post.act("organizer", "volunteering.answer", "private", answer="no")


def report_a_problem(post: Post) -> None:
    post.act("stranger", "pages.report_problem", "unlisted", kind="wrong", note="Something")


def report_it_twice(post: Post) -> None:
    """Somebody else has reported the listed group before."""
    post.act("stranger", "pages.report_problem", "listed", kind="unsafe")


def let_help_lines_grow_old(post: Post) -> None:
    """Half a year and a day after all of them were checked."""
    book = post.town.app.extensions["help_book"]
    old = NOW.date() - timedelta(days=190)
    lines = tuple(replace(line, verified_on=old) for line in book.lines)
    post.town.app.extensions["help_book"] = replace(book, lines=lines)
    ask_to_check_lines(now=NOW)


def ask_to_join(post: Post) -> None:
    joining = {"agrees": "y", "agreement_version": "1", "display_name": "Marisol"}
    post.act("stranger", "groups.join", "listed", **joining)


def move(post: Post) -> None:
    post.act("organizer", "sessions.edit", "private", **SESSION)


def remind(post: Post) -> None:
    """Two sessions of each group are near: the one whose room is open, and the one of tonight."""
    assert queue_reminders(now=NOW) == 6


def remind_who_leads(post: Post) -> None:
    """The facilitator leads the session of each group whose room is open, and that of tonight."""
    queue_duty_reminders(now=NOW)


def end_the_week(post: Post) -> None:
    """The member has one letter a week, and it is Sunday evening."""
    with transaction():
        member = db.session.get_one(UserAccount, post.town.world.member)
        member.wants_digest = True
    queue_digests(now=NOW - timedelta(hours=15))


def let_an_offer_expire(post: Post) -> None:
    """Nobody answers what was offered for this evening, so it passes on."""
    with transaction():
        for group in post.town.world.groups.values():
            find_offer(group.offer).expires_at = NOW
    pass_on_places(now=NOW)


def move_and_take_it_back(post: Post) -> None:
    """Take a move back after everybody was told of it."""
    move(post)
    post.deliver(later=WAIT)
    db.session.rollback()
    newest = select(ScheduleChange).order_by(ScheduleChange.id.desc()).limit(1)
    change = db.session.execute(newest).scalar_one()
    slug = post.town.world.groups["private"].slug
    url = f"/groups/{slug}/changes/{change.public_id}/undo"
    with time_machine.travel(NOW + WAIT, tick=False):
        response = post.town.send("organizer", "POST", url, data={"csrf_token": post.town.token})
    assert response.status_code == 303


def make_room(post: Post) -> None:
    post.act("member", "rsvps.respond", "private", status="declined")


def free_a_place_on_the_day(post: Post) -> None:
    """The deputy waits for this evening, and the member gives up a place."""
    group_session = find_offer(post.town.world.groups["private"].offer).rsvp.group_session
    deputy = db.session.execute(select(UserAccount).filter_by(email=DEPUTY_EMAIL)).scalar_one()
    make_rsvp(group_session, deputy, RsvpStatus.WAITLISTED)
    url = address(post.town.app, "rsvps.respond", public_id=group_session.public_id)
    form = {"csrf_token": post.town.token, "status": "declined"}
    assert post.town.send("member", "POST", url, data=form).status_code == 303


def miss_three_dates(post: Post) -> None:
    """The member could not come to the last session, nor to two before it."""
    with transaction():
        missed = find_group_session(post.town.world.groups["private"].past_session)
        (held,) = db.session.execute(
            select(SeriesRsvp).filter_by(series_id=missed.series_id)
        ).scalars()
        held.missed, held.counted_until = MISSES - 1, missed.starts_at - timedelta(minutes=1)
        find_rsvp(missed, held.user).status = RsvpStatus.DECLINED
    look_after_seats(now=NOW)


def leave_a_course(post: Post) -> None:
    """The member leaves the course in which somebody waits for a place."""
    post.act("member", "rsvps.leave_course", "private")


def add_a_date(post: Post) -> None:
    form = {"day": "2027-01-20", "starts": "19:00", "minutes": "60"}
    post.act("organizer", "sessions.add_make_up", "private", **form)


def plan_the_next_course(post: Post) -> None:
    """Who waits for a place in it already would not be told."""
    course = post.town.world.groups["private"].course
    post.act("waitlisted", "rsvps.leave_course", "private")
    post.act("organizer", "rsvps.invite_listed", "private", course=str(course))


def confirm_another_address(post: Post) -> None:
    post.act("member", "accounts.confirm_email", "listed")


def change_password(post: Post) -> None:
    form = {"present": "demo-password", "new": LONG_WORDS}
    post.act("member", "accounts.password", "listed", **form)


def sign_up(post: Post) -> None:
    form = {"display_name": "Marisol", "email": "somebody@example.org"}
    post.act(ANONYMOUS, "accounts.sign_up", "listed", **form)


def sign_up_again(post: Post) -> None:
    form = {"display_name": "Marisol", "email": e_mail(post.town, "member")}
    post.act(ANONYMOUS, "accounts.sign_up", "listed", **form)


def come_as_a_guest(post: Post) -> None:
    form = {"display_name": "Marisol", "email": "somebody@example.org", "agreement_version": "1"}
    post.act(ANONYMOUS, "rsvps.come", "unlisted", key="a key for this page and no other", **form)


def ask_for_a_link(post: Post) -> None:
    post.act(
        ANONYMOUS, "accounts.request_sign_in_link", "listed", email=e_mail(post.town, "member")
    )


def wish_for_another_address(post: Post) -> None:
    form = {"email": "somebody@example.org", "present": "demo-password"}
    post.act("member", "accounts.email", "listed", **form)


def wish_for_somebody_s_address(post: Post) -> None:
    form = {"email": e_mail(post.town, "stranger"), "present": "demo-password"}
    post.act("member", "accounts.email", "listed", **form)


def write_to_all(post: Post) -> None:
    group = find_group(post.town.world.groups["private"].slug)
    organizer = select(UserAccount).filter_by(email=e_mail(post.town, "organizer"))
    author = db.session.execute(organizer).scalar_one()
    announce(group, LONG_WORDS, actor=author, now=NOW - UNDO)


def invite(post: Post) -> None:
    """The member wants to be invited by mail, and goes to some sessions of each group."""
    assert bring_calendars_into_step(now=NOW) == INVITED_TO


def answer_in_the_calendar(post: Post, sender: str) -> None:
    """A program answers the member's invitation to the private group's session."""
    answer_by_mail(post.town.world.groups["private"].session, sender)


def answer_from_elsewhere(post: Post) -> None:
    invite(post)
    answer_in_the_calendar(post, "somebody@example.org")


def answer_what_is_cancelled(post: Post) -> None:
    invite(post)
    post.act("organizer", "sessions.cancel", "private", reason="Snow")
    answer_in_the_calendar(post, e_mail(post.town, "member"))


def let_no_app_come(post: Post) -> None:
    """Nobody has fetched the member's calendar for long."""
    tell_of_expired(now=NOW)
    with transaction():
        link = find_link(
            db.session.get_one(UserAccount, post.town.world.member), post.town.world.link
        )
        link.expires_at = NOW
    tell_of_expired(now=NOW)
    tell_of_expired(now=NOW)


ORGANIZERS = ["organizer", "deputy"]
INVITED_TO = 15
GOERS = ["member", "waitlisted", "deputy"]
#: What happens → the kind of the letters, and who gets one.
STORIES: list[tuple[Callable[[Post], None], str, list[str]]] = [
    (let_help_lines_grow_old, "guides.lines_to_check", ["admin"]),
    (ask_to_join, "groups.join_requested", ORGANIZERS),
    (report_a_problem, "groups.confirmation_wanted", ORGANIZERS),
    (report_a_problem, "groups.problem_reported", ["admin"]),
    (report_it_twice, "groups.hidden", ORGANIZERS),
    (invite, "calendars.invitation", ["member"] * INVITED_TO),
    (answer_what_is_cancelled, "calendars.answer_differs", ["member"]),
    (answer_from_elsewhere, "calendars.answer_unsure", ["member"]),
    (
        lambda post: post.act(
            "organizer", "groups.decide_join_request", "private", decision="approve"
        ),
        "groups.join_request_approved",
        ["pending"],
    ),
    (
        lambda post: post.act(
            "organizer", "groups.decide_join_request", "private", decision="decline"
        ),
        "groups.join_request_declined",
        ["pending"],
    ),
    (move, "rsvps.schedule_changed", GOERS),
    (move_and_take_it_back, "rsvps.schedule_change_undone", GOERS),
    (
        lambda post: post.act("organizer", "sessions.cancel", "private", reason="Snow"),
        "rsvps.schedule_changed",
        [*GOERS, "facilitator"],
    ),
    (
        lambda post: post.act("organizer", "sessions.restore", "private"),
        "rsvps.schedule_changed",
        ["member", "facilitator"],
    ),
    (make_room, "rsvps.promoted", ["waitlisted"]),
    (remind, "notices.reminder", ["member"] * 6),
    (remind_who_leads, "notices.duty", ["facilitator"] * 6),
    (let_no_app_come, "calendars.link_expired", ["member"]),
    (end_the_week, "notices.digest", ["member"]),
    (let_an_offer_expire, "rsvps.offer_expired", ["waitlisted"] * 3),
    (miss_three_dates, "rsvps.still_coming", ["member"]),
    (leave_a_course, "rsvps.enrolled", ["waitlisted"]),
    (add_a_date, "rsvps.date_added", ["member"]),
    (plan_the_next_course, "rsvps.next_course", ["waitlisted"]),
    (free_a_place_on_the_day, "rsvps.place_offered", ["deputy"]),
    (pass_it_on, "volunteering.cover_wanted", ["organizer"]),
    (find_somebody, "volunteering.cover_settled", ["facilitator", "deputy"]),
    (nobody_can, "volunteering.lead_missing", ["organizer", "deputy"]),
    (end_a_session, "insight.head_count_wanted", ["facilitator"] * 3),
    (write_to_all, "announcements.announcement", [*INSIDERS, "deputy"]),
    (sign_up, "accounts.confirm_sign_up", ["somebody@example.org"]),
    (sign_up_again, "accounts.confirm_sign_up", ["member"]),
    (ask_for_a_link, "accounts.sign_in_link", ["member"]),
    (come_as_a_guest, "accounts.own_link", ["somebody@example.org"]),
    (wish_for_another_address, "accounts.confirm_email", ["somebody@example.org"]),
    (wish_for_somebody_s_address, "accounts.confirm_email", ["stranger"]),
    (confirm_another_address, "accounts.email_changed", ["member"]),
    (change_password, "accounts.password_changed", ["member"]),
]


def test_every_letter_has_its_story():
    assert {kind for _happens, kind, _readers in STORIES} == set(LETTERS)


@pytest.mark.parametrize(
    ("happens", "kind", "readers"),
    STORIES,
    # Every process that shares the tests must call each by the same name.
    ids=[f"{number}-{kind}" for number, (_happens, kind, _readers) in enumerate(STORIES)],
)
def test_a_letter_tells_nobody_but_its_reader(
    post: Post, happens: Callable[[Post], None], kind: str, readers: list[str]
):
    happens(post)
    letters = post.deliver().get(kind, [])
    addresses = [reader if "@" in reader else addresses_of(post.town)[reader] for reader in readers]
    assert sorted(letter["To"] for letter in letters) == sorted(addresses)
    for letter in letters:
        look_over(post.town, letter)


def addresses_of(town: Town) -> dict[str, str]:
    """Return the address of each role, and of the other organizer."""
    found = {role: e_mail(town, role) for role in town.world.devices}
    return found | {"deputy": DEPUTY_EMAIL}
