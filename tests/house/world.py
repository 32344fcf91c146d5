"""The world of the house tests: one person for each role, one group for each visibility.

Every private field holds a word of its own, a marker, so that a page which tells something can be
caught at it. The world is made once for each database and put back after each change.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import update

from supportgroups.accounts.models import UserAccount
from supportgroups.audit import record
from supportgroups.calendars.models import Discretion
from supportgroups.db import Model, db, transaction
from supportgroups.form_keys import use_form_key
from supportgroups.groups.models import (
    AccessFact,
    Admission,
    Group,
    GroupDraft,
    ProblemKind,
    ProblemReport,
    Role,
    Visibility,
)
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Format
from supportgroups.guides.models import GuideVote
from supportgroups.insight import links
from supportgroups.limits import spend
from supportgroups.outbox.models import DayCount, FailingAddress, JobState, OutboxJob
from supportgroups.outbox.queries import address_hash
from supportgroups.outbox.services.jobs import enqueue
from supportgroups.rsvps.models import RsvpStatus, SeriesRsvp, WaitingListOffer
from supportgroups.rsvps.queries import find_rsvp
from supportgroups.sessions.models import (
    ChangeKind,
    GroupSession,
    Pause,
    ScheduleChange,
    SeriesDate,
    SeriesFacilitator,
    SeriesSkip,
    SessionFacilitator,
    SessionStatus,
    SiteBreak,
    WayIn,
    ZoneData,
)
from supportgroups.volunteering import links as cover_links
from tests.conftest import NOW
from tests.factories import (
    LONG_AGO,
    make_group,
    make_membership,
    make_rsvp,
    make_series,
    make_session,
    make_user,
)
from tests.house.bringing import make_draft, make_import
from tests.house.courses import make_courses
from tests.house.joining import make_invitation, make_join_request
from tests.house.leading import let_be_long_over, look_for_cover
from tests.house.messages import write_messages
from tests.house.roles import SIGNED_IN, VISIBILITIES
from tests.house.world_keys import (
    add,
    add_push_device,
    invite_by_mail,
    make_device,
    make_links,
    make_tokens,
    make_visitor,
)

ADMISSIONS = {
    "listed": Admission.REQUEST,
    "unlisted": Admission.OPEN,
    "private": Admission.INVITATION,
}
GROUP_ROLES = {
    "member": Role.MEMBER,
    "waitlisted": Role.MEMBER,
    "facilitator": Role.FACILITATOR,
    "organizer": Role.ORGANIZER,
    # A second organizer, so that the first one may leave.
    "deputy": Role.ORGANIZER,
}


DEPUTY_EMAIL = "deputy@example.org"


@dataclass
class GroupFacts:
    """The addresses of one group and of what belongs to it."""

    slug: str
    agreement_version: int = 1
    #: The next session has one place: the member has it, the waitlisted person waits, and then
    #: the deputy, who holds the ticket `last_turn`.
    session: UUID | None = None
    last_turn: int = 2
    #: The number of the member's answer to the next session.
    answer: int = 0
    #: This evening, with a place that the waitlisted person may take, and the link to do so.
    offer: UUID | None = None
    cancelled_session: UUID | None = None
    #: Its online room has opened a moment ago.
    open_session: UUID | None = None
    past_session: UUID | None = None
    #: One that can be taken back.
    announcement: UUID | None = None
    #: A break next summer, and an act on its schedules that can still be undone.
    pause: UUID | None = None
    change: UUID | None = None
    series: UUID | None = None
    #: A session of another schedule, to which people come without booking.
    drop_in_session: UUID | None = None
    #: A course to come with one place: the member has it, the waitlisted person is on its list.
    course: UUID | None = None
    #: A course that is over; the waitlisted person would like to come to the next one.
    old_course: UUID | None = None
    #: The facilitator cannot lead it, and the organizer was asked.
    uncovered_session: UUID | None = None
    cover_token: str = ""
    #: What reminds the facilitator of the next session.
    duty_token: str = ""
    #: What the facilitator was mailed after it.
    count_token: str = ""
    memberships: dict[str, UUID] = field(default_factory=dict)
    join_request: UUID | None = None
    invitation: UUID | None = None
    invitation_secret: str = ""
    #: What the organizer has brought and not decided about, the key of the one schedule in it, and
    #: what was brought a moment ago.
    draft: UUID | None = None
    draft_row: str = ""
    imported: UUID | None = None


@dataclass
class World:
    """Plain facts about the world, good for the whole run."""

    #: Role → the secret that its browser carries.
    devices: dict[str, str] = field(default_factory=dict)
    groups: dict[str, GroupFacts] = field(default_factory=dict)
    #: The group that somebody outside the other three organizes.
    elsewhere: GroupFacts | None = None
    #: The member's second device, and the member's calendar link.
    tablet: UUID | None = None
    link: UUID | None = None
    #: Role → the secret of the private feed that shows all it may.
    feeds: dict[str, str] = field(default_factory=dict)
    #: The member's discreet feeds.
    discreet_feeds: dict[Discretion, str] = field(default_factory=dict)
    #: A break of the whole site, next autumn.
    site_break: UUID | None = None
    #: The number of the member.
    member: int = 0
    sign_in_token: str = ""
    sign_up_token: str = ""
    email_token: str = ""
    own_link_token: str = ""
    #: What it is → the word that stands there and nowhere else.
    markers: dict[str, str] = field(default_factory=dict)

    def mark(self, label: str) -> str:
        """Return the marker of this field: a word that no page would hold otherwise."""
        word = "zq" + "".join(letter for letter in label if letter.isalnum())
        return self.markers.setdefault(label, word)


@transaction()
def build_world() -> World:
    """Fill an empty database, with at least one row in every table."""
    world = World()
    people = {role: _make_person(world, role) for role in SIGNED_IN}
    world.member = people["member"].id
    hashed = address_hash(people["member"].letters_go_to)
    add(FailingAddress(address_hash=hashed, failures=1, failed_at=LONG_AGO))
    people["deputy"] = make_user("Deputy", email=DEPUTY_EMAIL)
    for visibility in VISIBILITIES:
        world.groups[visibility] = _make_group(world, visibility, people)
    autumn = NOW.date() + timedelta(weeks=45)
    world.site_break = add(
        SiteBreak(
            starts_on=autumn,
            returns_on=autumn + timedelta(weeks=1),
            reason=world.mark("reason of the site"),
            created_at=LONG_AGO,
        )
    ).public_id
    elsewhere = make_group("Elsewhere", slug="elsewhere")
    make_membership(elsewhere, people["elsewhere"], Role.ORGANIZER)
    world.elsewhere = GroupFacts(slug=elsewhere.slug)
    make_links(world, people)
    invite_by_mail(world, people["member"])
    make_tokens(world, people["member"])
    make_visitor(world)
    _leave_traces(people["organizer"])
    add(
        GuideVote(
            guide="your-first-session", month=NOW.date().replace(day=1), helpful=1, unhelpful=0
        )
    )
    return world


def empty_tables() -> list[str]:
    """Return the tables without a row."""
    return [
        table.name
        for table in Model.metadata.sorted_tables
        if db.session.execute(table.select().limit(1)).first() is None
    ]


def _make_person(world: World, role: str) -> UserAccount:
    person = make_user(
        world.mark(f"account of {role}"),
        email=world.mark(f"e-mail of {role}") + "@example.org",
        is_site_admin=role == "admin",
    )
    name = world.mark(f"device of {role}")
    world.devices[role] = make_device(person, name, is_kept=role == "member")[0]
    _secret, tablet = make_device(person, f"Tablet of {world.mark(f'device of {role}')}")
    if role == "member":
        world.tablet = tablet
        add_push_device(world.devices[role], world.mark(f"push of {role}"))
    add(_make_draft(person, world.mark(f"draft of {role}")))
    return person


def _make_draft(person: UserAccount, words: str) -> GroupDraft:
    """Return a group that is ready to be published."""
    answers = {
        "what": {"name": [words], "purpose": [words], "audience": [words], "language": ["en"]},
        "when": {
            "repeats": ["once"],
            "day": ["2026-12-02"],
            "starts": ["19:00"],
            "minutes": ["90"],
            "ends": ["never"],
            "time_zone": ["Europe/London"],
        },
        "where": {"format": ["in-person"], "place": [words], "way_in": ["reserve"]},
    }
    return GroupDraft(user_id=person.id, answers=answers, changed_at=LONG_AGO)


def _make_group(world: World, visibility: str, people: dict[str, UserAccount]) -> GroupFacts:
    def words(what: str) -> str:
        return world.mark(f"{what} of {visibility}")

    group = make_group(
        words("name"),
        slug=words("slug"),
        purpose=words("purpose"),
        audience=words("audience"),
        first_visit=words("visit"),
        agreement=words("agreement"),
        cost=words("cost"),
        mailbox=words("mailbox") + "@example.org",
        format=Format.HYBRID,
        visibility=Visibility(visibility),
        admission=ADMISSIONS[visibility],
    )
    add(AccessFact(group_id=group.id, feature=AccessFeature.STEP_FREE, answer=AccessAnswer.YES))
    facts = GroupFacts(slug=group.slug, agreement_version=group.agreement_version)
    for role, group_role in GROUP_ROLES.items():
        facts.memberships[role] = make_membership(
            group, people[role], group_role, display_name=words(f"{role}'s name")
        ).public_id
    facts.memberships["removed"] = make_membership(
        group, people["removed"], display_name=words("removed's name"), removed_at=LONG_AGO
    ).public_id
    if visibility != "private":
        report = {"note": words("report"), "reporter": "another", "reported_at": LONG_AGO}
        add(ProblemReport(group_id=group.id, kind=ProblemKind.WRONG, **report))
    facts.join_request = make_join_request(world, group, people["pending"])
    facts.invitation, facts.invitation_secret = make_invitation(world, group)
    _make_sessions(world, group, facts, people)
    title, topic = words("title"), words("topic")
    facts.course, facts.old_course = make_courses(group, people, title=title, topic=topic)
    facts.draft, facts.draft_row = make_draft(group, people["organizer"], words("file"))
    facts.imported = make_import(make_series(group, title="Brought here", place=""))
    return facts


def _make_sessions(
    world: World, group: Group, facts: GroupFacts, people: dict[str, UserAccount]
) -> None:
    series = make_series(
        group,
        title=world.mark(f"title of {group.visibility}"),
        description=world.mark(f"directions of {group.visibility}"),
        place=world.mark(f"place of {group.visibility}"),
        online_link=f"https://{world.mark(f'room of {group.visibility}')}.example.org/",
    )
    facts.series = series.public_id
    add(SeriesFacilitator(series_id=series.id, user_id=people["facilitator"].id))
    topic = world.mark(f"topic of {group.visibility}")
    add(SeriesDate(series_id=series.id, wall_starts_at=series.wall_starts_at, topic=topic))
    holiday = series.wall_starts_at.date() + timedelta(weeks=9)
    add(SeriesSkip(series_id=series.id, day=holiday, reason="Holidays"))
    add(
        SeriesRsvp(
            series_id=series.id,
            user_id=people["member"].id,
            held_since=LONG_AGO,
            counted_until=LONG_AGO,
        )
    )

    def make(wall: datetime, **overrides: object) -> GroupSession:
        group_session = make_session(series, wall, **overrides)
        add(SessionFacilitator(group_session_id=group_session.id, user_id=people["facilitator"].id))
        make_rsvp(group_session, people["member"], RsvpStatus.ACCEPTED)
        return group_session

    today = NOW.replace(tzinfo=None)
    coming = make(series.wall_starts_at, capacity=1, last_turn=facts.last_turn)
    answer = find_rsvp(coming, people["member"])
    facts.answer = answer.id if answer is not None else 0
    note = world.mark(f"note of {group.visibility}")
    make_rsvp(coming, people["waitlisted"], RsvpStatus.WAITLISTED, turn=1, note=note)
    make_rsvp(coming, people["deputy"], RsvpStatus.WAITLISTED, turn=facts.last_turn)
    facts.session = coming.public_id
    kinds = ("announcement", "announcement about a session", "waiting announcement")
    texts = [world.mark(f"{kind} of {group.visibility}") for kind in kinds]
    facts.announcement = write_messages(coming, people["organizer"], texts)
    facts.cancelled_session = make(
        series.wall_starts_at + timedelta(weeks=1),
        status=SessionStatus.CANCELLED,
        cancel_reason=world.mark(f"reason of {group.visibility}"),
    ).public_id
    facts.open_session = make(today + timedelta(minutes=10)).public_id
    facts.offer = _make_offer(make(today + timedelta(hours=9), capacity=2), people["waitlisted"])
    facts.past_session = make(today - timedelta(weeks=1)).public_id
    _change_schedules(world, group, facts, people["organizer"])
    drop_in = make_series(group, title="Open door", admission=WayIn.DROP_IN, place="")
    facts.drop_in_session = make_session(drop_in).public_id
    facts.count_token = links.sign(facts.past_session, people["facilitator"].id)
    cover = look_for_cover(series, people["facilitator"], people["organizer"])
    facts.uncovered_session = cover.group_session.public_id
    facts.duty_token = cover_links.sign_duty(coming.public_id, people["facilitator"].id)
    facts.cover_token = cover_links.sign(cover.public_id, people["organizer"].id)
    let_be_long_over(group, people["facilitator"])


def _change_schedules(
    world: World, group: Group, facts: GroupFacts, organizer: UserAccount
) -> None:
    summer = NOW.date() + timedelta(weeks=35)
    facts.pause = add(
        Pause(
            group_id=group.id,
            starts_on=summer,
            returns_on=summer + timedelta(weeks=4),
            reason=world.mark(f"why of {group.visibility}"),
            created_at=LONG_AGO,
        )
    ).public_id
    facts.change = add(
        ScheduleChange(
            group_id=group.id,
            actor_id=organizer.id,
            kind=ChangeKind.EDITED,
            changed_at=NOW - timedelta(minutes=5),
            before={"sessions": {}, "series": {}, "begun": [], "paused": [], "resumed": []},
        )
    ).public_id


def _make_offer(group_session: GroupSession, person: UserAccount) -> UUID:
    rsvp = make_rsvp(group_session, person, RsvpStatus.WAITLISTED)
    offer = add(
        WaitingListOffer(rsvp_id=rsvp.id, offered_at=NOW, expires_at=NOW + timedelta(hours=4))
    )
    return offer.public_id


def _leave_traces(organizer: UserAccount) -> None:
    """Write a row of the audit trail, a counter, the key of a form and a finished job."""
    record("group.created", actor_id=organizer.id, subject="it", now=LONG_AGO)
    use_form_key("something", by=organizer.id, now=NOW)
    spend("something", limit=1, per=timedelta(hours=1), now=NOW)
    add(ZoneData(version="2020.1", derived_at=LONG_AGO))
    enqueue("accounts.password_changed", {"user_id": organizer.id}, key="long ago", now=LONG_AGO)
    add(DayCount(day=LONG_AGO.date(), kind="rsvps.promoted", state=JobState.DONE, how_many=3))
    db.session.execute(
        update(OutboxJob)
        .where(OutboxJob.state != JobState.DEAD)
        .values(state=JobState.DONE, finished_at=LONG_AGO)
    )
