"""A small town's worth of demo data: six fictional groups, told through the product's services.

The story begins nine weeks before today, so that there are sessions behind and ahead of the
reader. Everything goes through the same services as the real thing, at the moment at which it
would have happened; nothing here writes rows of its own except the people.
"""

from datetime import datetime, time, timedelta

from sqlalchemy import delete, select

from supportgroups.accounts.models import UserAccount
from supportgroups.accounts.passwords import hash_password
from supportgroups.clock import to_zone
from supportgroups.db import db, transaction
from supportgroups.dev.past import tell_the_past
from supportgroups.dev.story import (
    GROUPS,
    NEIGHBOURS,
    PASSWORD,
    PEOPLE,
    STORY_BEGAN,
    ZONES,
    DemoGroup,
    DemoSeries,
)
from supportgroups.errors import DomainError
from supportgroups.groups import queries as group_queries
from supportgroups.groups.models import Admission, Group, JoinRequest, Membership, Role
from supportgroups.groups.services.groups import create_group
from supportgroups.groups.services.invitations import create_invitation
from supportgroups.groups.services.members import (
    change_role,
    decide_join_request,
    join_by_invitation,
    join_group,
)
from supportgroups.outbox.models import OutboxJob
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.rsvps.services.answers import respond
from supportgroups.rsvps.services.enrolments import enrol
from supportgroups.rsvps.services.might_come import say_might_come
from supportgroups.rsvps.services.series_seats import hold_seat
from supportgroups.sessions.details import SessionDetails
from supportgroups.sessions.models import GroupSession, Series, SeriesKind
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.recurrence import (
    MonthlyWeekdayRule,
    Rule,
    WeeklyRule,
    next_starts,
)
from supportgroups.sessions.services.series import (
    ListedDate,
    SeriesDetails,
    create_series,
    extend_all_series,
)
from supportgroups.sessions.services.sessions import cancel_session, edit_session
from supportgroups.sessions.services.ways_in import WayInDetails, choose_way_in
from supportgroups.sessions.ways_in import WayIn
from supportgroups.volunteering.services.cover import ask_for_cover


class DatabaseNotEmpty(DomainError):
    """Demo data would be mixed with the data of real people."""


@transaction()
def fill_with_demo_data(*, now: datetime) -> None:
    """Fill an empty database with the story.

    :raises DatabaseNotEmpty: it holds people already
    """
    if has_people():
        raise DatabaseNotEmpty
    began = now - STORY_BEGAN
    people = _make_people(began)
    for demo in GROUPS:
        _tell(demo, people, began)
    extend_all_series(now=now)
    tell_the_past(people["Rosa"], now=now)
    _give_answers(people, now=now)
    _keep_seats(people, now=now)
    _fill_the_course(people, now=now)
    # What happened before today was read long ago: only today's letters wait in the outbox.
    db.session.execute(delete(OutboxJob))
    _offer_a_place(people, now=now)
    _open_the_bench(people["Rosa"], now=now)
    _change_some_sessions(people["Rosa"], now=now)
    _let_somebody_be_unable(people["Kofi"], now=now)


def has_people() -> bool:
    """Tell whether anybody has an account."""
    return db.session.execute(select(UserAccount.id).limit(1)).first() is not None


def _make_people(now: datetime) -> dict[str, UserAccount]:
    password_hash = hash_password(PASSWORD)
    main = {person.name for person in PEOPLE}
    people = {}
    for name in (*(person.name for person in PEOPLE), *NEIGHBOURS):
        people[name] = UserAccount(
            display_name=name,
            email=f"{name.lower()}@example.org" if name in main else None,
            password_hash=password_hash if name in main else None,
            time_zone=ZONES.get(name.split()[0], "Europe/London"),
            is_site_admin=name == "Ola",
            created_at=now,
            calendar_revised_at=now.replace(microsecond=0),
        )
    db.session.add_all(people.values())
    db.session.flush()
    return people


def _tell(demo: DemoGroup, people: dict[str, UserAccount], began: datetime) -> None:
    organizer = people[demo.organizer]
    group = create_group(demo.details, actor=organizer, now=began)
    for name in (*demo.facilitators, *demo.members):
        _let_in(group, people[name], organizer, began)
    for name in demo.facilitators:
        membership = group_queries.get_membership(group, people[name])
        change_role(membership, Role.FACILITATOR, actor=organizer, now=began)
    for name in demo.asking:
        _join(group, people[name], began, message="A friend told me about you.")
    leaders = frozenset(people[name].id for name in demo.facilitators or (demo.organizer,))
    for series in demo.series:
        create_series(
            group, _series_details(series, group, leaders, began), actor=organizer, now=began
        )


def _let_in(group: Group, person: UserAccount, organizer: UserAccount, now: datetime) -> None:
    """Let somebody become a member by the way in that the group has."""
    if group.admission is Admission.INVITATION:
        link, _secret = create_invitation(group, actor=organizer, name=person.display_name, now=now)
        join_by_invitation(
            link,
            actor=person,
            display_name=person.display_name,
            agreement_version=group.agreement_version,
            now=now,
        )
        return
    outcome = _join(group, person, now)
    if not isinstance(outcome, Membership):
        decide_join_request(group, outcome.public_id, actor=organizer, approve=True, now=now)


def _join(
    group: Group, person: UserAccount, now: datetime, message: str = ""
) -> Membership | JoinRequest:
    return join_group(
        group,
        actor=person,
        display_name=person.display_name,
        agreement_version=group.agreement_version,
        message=message,
        now=now,
    )


def _series_details(
    series: DemoSeries, group: Group, leaders: frozenset[int], began: datetime
) -> SeriesDetails:
    """Return the schedule with its first date in the week after the story began."""
    day = to_zone(began, group.time_zone).date() + timedelta(days=1)
    while day.weekday() != series.weekday:
        day += timedelta(days=1)
    if not series.interval:
        # The one-off lies ahead of the reader.
        day += STORY_BEGAN + timedelta(weeks=3)
    first = datetime.combine(day, series.starts)
    rule: Rule | None = None
    if series.nth is not None:
        rule = MonthlyWeekdayRule(nth=series.nth, weekday=series.weekday)
        (first,) = next_starts(rule, first, count=1)
    elif series.interval:
        rule = WeeklyRule(weekdays=frozenset({series.weekday}), interval=series.interval)
    return SeriesDetails(
        title=series.title,
        description=series.description,
        wall_starts_at=first,
        length_minutes=series.minutes,
        time_zone=group.time_zone,
        rule=rule,
        kind=SeriesKind.COURSE if series.topics else SeriesKind.SCHEDULE,
        dates=tuple(
            ListedDate(wall_starts_at=first + timedelta(weeks=week), topic=topic)
            for week, topic in enumerate(series.topics)
        ),
        admission=WayIn.ENROL if series.topics else WayIn.RESERVE,
        late_join_until=2 if series.topics else None,
        skips_holidays=series.skips_holidays,
        capacity=series.capacity,
        place=series.place,
        online_link=series.online_link,
        facilitator_ids=leaders,
    )


def _give_answers(people: dict[str, UserAccount], *, now: datetime) -> None:
    """Give every state of an answer: coming, maybe, can't, waiting, and a list that moved up."""
    circle, walk, carers, *_others = _coming_by_group(now)
    sam = people["Sam"]
    crowd = [people[name] for name in NEIGHBOURS[:12]]
    yesterday = now - timedelta(days=1)

    full = circle[0]
    for person in crowd[:8]:
        respond(full, actor=person, status=RsvpStatus.ACCEPTED, now=yesterday)
    for person in (crowd[8], sam, crowd[9]):
        respond(full, actor=person, status=RsvpStatus.ACCEPTED, now=yesterday)
    # One place is given up: crowd[8] moves up, and Sam is number one.
    respond(full, actor=crowd[0], status=RsvpStatus.DECLINED, now=yesterday)

    respond(circle[1], actor=sam, status=RsvpStatus.ACCEPTED, now=yesterday)
    respond(circle[2], actor=sam, status=RsvpStatus.ACCEPTED, now=yesterday)
    respond(circle[2], actor=crowd[3], status=RsvpStatus.ACCEPTED, now=yesterday)
    respond(circle[3], actor=sam, status=RsvpStatus.TENTATIVE, now=yesterday)
    respond(circle[4], actor=sam, status=RsvpStatus.DECLINED, now=yesterday)
    respond(walk[0], actor=sam, status=RsvpStatus.TENTATIVE, now=yesterday)
    respond(walk[1], actor=crowd[1], status=RsvpStatus.ACCEPTED, now=yesterday)
    respond(carers[0], actor=sam, status=RsvpStatus.ACCEPTED, now=yesterday)
    for person in crowd[2:6]:
        respond(carers[0], actor=person, status=RsvpStatus.ACCEPTED, now=yesterday)


def _keep_seats(people: dict[str, UserAccount], *, now: datetime) -> None:
    """Let Sam hold a seat in every session of a schedule, and skip the second of them."""
    yesterday = now - timedelta(days=1)
    *_others, carers, _neighbours, chairs, steps = _coming_by_group(now)
    hold_seat(chairs[0].series, actor=people["Sam"], now=yesterday)
    respond(chairs[1], actor=people["Sam"], status=RsvpStatus.DECLINED, now=yesterday)
    welcome = WayInDetails(admission=WayIn.RESERVE, doors_minutes=15, max_plus_count=1)
    choose_way_in(carers[0].series, welcome, actor=people["Rosa"], now=yesterday)
    kept = WayInDetails(admission=WayIn.RESERVE, doors_minutes=30, newcomer_seats=2)
    choose_way_in(steps[0].series, kept, actor=people["Rosa"], now=yesterday)


def _fill_the_course(people: dict[str, UserAccount], *, now: datetime) -> None:
    """Let Sam and six others be enrolled in a course, and one wait. Two of them miss a date."""
    yesterday = now - timedelta(days=1)
    course = db.session.execute(select(Series).where(Series.kind == SeriesKind.COURSE)).scalar_one()
    names = ("Sam", *NEIGHBOURS[5:12])
    for name in names:
        enrol(course, actor=people[name], now=yesterday)
    dates = list_sessions_of_series(course)
    for name, week in ((names[1], 2), (names[2], 4)):
        respond(dates[week], actor=people[name], status=RsvpStatus.DECLINED, now=yesterday)


def _offer_a_place(people: dict[str, UserAccount], *, now: datetime) -> None:
    """Let one of two places for tomorrow become free while Sam waits for it."""
    walk = _coming_by_group(now)[1][0]
    details = SeriesDetails(
        title="A short walk",
        description="Once around the pond, then a bench.",
        wall_starts_at=_next_walk(walk.time_zone, now=now),
        length_minutes=60,
        time_zone=walk.time_zone,
        rule=None,
        capacity=2,
        place=walk.place_shown,
        online_link="",
    )
    series = create_series(walk.group, details, actor=people["Rosa"], now=now)
    (short,) = list_sessions_of_series(series)
    for name in (*NEIGHBOURS[:2], "Sam"):
        respond(short, actor=people[name], status=RsvpStatus.ACCEPTED, now=now)
    respond(short, actor=people[NEIGHBOURS[0]], status=RsvpStatus.DECLINED, now=now)


def _open_the_bench(rosa: UserAccount, *, now: datetime) -> None:
    """Let people just turn up somewhere, and some of them say that they might."""
    walk = _coming_by_group(now)[1][0]
    first = _next_walk(walk.time_zone, now=now) + timedelta(days=1)
    details = SeriesDetails(
        title="Tea at the lock",
        description="Nobody books. Come when you like, and go when you like.",
        wall_starts_at=first,
        length_minutes=60,
        time_zone=walk.time_zone,
        rule=WeeklyRule(weekdays=frozenset({first.weekday()})),
        admission=WayIn.DROP_IN,
        capacity=None,
        place=walk.place_shown,
        online_link="",
    )
    series = create_series(walk.group, details, actor=rosa, now=now)
    for number in range(3):
        say_might_come(
            list_sessions_of_series(series)[0], form_key=f"demo {number}", caller="demo", now=now
        )


def _next_walk(zone: str, *, now: datetime) -> datetime:
    """Return half past ten or half past six, whichever comes next in four hours or more."""
    soonest = to_zone(now + timedelta(hours=4), zone).replace(tzinfo=None)
    today = soonest.date()
    walls = [
        datetime.combine(today + timedelta(days=day), time(hour, 30))
        for day in (0, 1)
        for hour in (10, 18)
    ]
    return next(wall for wall in walls if wall >= soonest)


def _change_some_sessions(rosa: UserAccount, *, now: datetime) -> None:
    """Move one session to the day after, and cancel another."""
    circle, _walk, carers, *_others = _coming_by_group(now)
    moved = circle[2]
    edit_session(
        moved,
        SessionDetails.of(moved, wall_starts_at=moved.wall_starts_at + timedelta(days=1)),
        actor=rosa,
        now=now,
    )
    cancel_session(circle[1], actor=rosa, reason="The hall has no heating that week", now=now)
    cancel_session(carers[1], actor=rosa, now=now)


def _let_somebody_be_unable(kofi: UserAccount, *, now: datetime) -> None:
    """Let Kofi pass on a session that he was to lead, so that somebody else is looked for."""
    circle, *_others = _coming_by_group(now)
    ask_for_cover(circle[3], actor=kofi, now=now)


def _coming_by_group(now: datetime) -> list[list[GroupSession]]:
    """Return the sessions ahead of the first schedule of each group, in the order of the story."""
    first_series = db.session.execute(select(Series).order_by(Series.group_id, Series.id)).scalars()
    by_group: dict[int, Series] = {}
    for series in first_series:
        by_group.setdefault(series.group_id, series)
    return [
        [
            group_session
            for group_session in list_sessions_of_series(series)
            if group_session.starts_at > now + timedelta(days=1)
        ]
        for series in by_group.values()
    ]
