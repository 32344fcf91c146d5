"""The demo's story: six fictional groups, the people in them, and when they meet."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import NamedTuple

from supportgroups.groups.models import Admission, Visibility
from supportgroups.groups.services.groups import GroupDetails
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Format, Topic

PASSWORD = "demo-password"  # noqa: S105 (printed for everybody who tries the demo)
#: It begins so long before today, so that there are sessions behind and ahead of the reader.
STORY_BEGAN = timedelta(weeks=9)


class Person(NamedTuple):
    """One of the people who can be tried out."""

    name: str
    does: str


#: Each signs in as name@example.org with the demo password.
PEOPLE = (
    Person("Rosa", "organizes groups"),
    Person("Kofi", "facilitates sessions"),
    Person("Sam", "is a member"),
    Person("Stan", "is a stranger to every group"),
    Person("Ola", "runs the site"),
)
#: Everyone else in the story; they have no address, so no letter is written to them.
NEIGHBOURS = (
    "Amara", "Béatrice", "Chidi", "Dolores", "Eun-ji", "Farid", "Grete", "Hinewai", "Ioana",
    "Jedediah Featherstonehaugh-Cholmondeley", "Kasia", "Luc", "Maryam", "Nils", "نور",
)  # fmt: skip
ZONES = {"نور": "Australia/Sydney", "Hinewai": "Australia/Sydney", "Jedediah": "America/New_York"}


@dataclass(frozen=True, kw_only=True)
class DemoSeries:
    """A schedule of the story."""

    title: str
    #: 0 for Monday.
    weekday: int
    starts: time
    minutes: int = 90
    #: Weeks from one session to the next; 0 for a single date.
    interval: int = 1
    #: Which such weekday of every month, -1 for the last; none for every week.
    nth: int | None = None
    #: What each week of a course is about; none for a schedule. People enrol in courses.
    topics: tuple[str, ...] = ()
    skips_holidays: bool = False
    capacity: int | None = 12
    place: str = ""
    online_link: str = ""
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoGroup:
    """A group of the story, who is in it, and when it meets."""

    details: GroupDetails
    series: tuple[DemoSeries, ...]
    members: tuple[str, ...]
    organizer: str = "Rosa"
    facilitators: tuple[str, ...] = ("Kofi",)
    asking: tuple[str, ...] = field(default=())


AGREEMENT = (
    "What is said here stays here, unless somebody is in danger.\n"
    "We share the time, and passing is fine.\n"
    "We speak for ourselves and give advice only when asked.\n"
    "We may leave whenever we need to."
)
FIRST_VISIT = (
    "Come ten minutes early if you like. Somebody with a yellow scarf waits by the door.\n"
    "We begin with a round of first names. You may just say hello, or pass.\n"
    "You can listen the whole time. After 90 minutes there is tea for those who want to stay."
)
HALL_ACCESS = {
    AccessFeature.STEP_FREE: AccessAnswer.YES,
    AccessFeature.ACCESSIBLE_TOILET: AccessAnswer.YES,
    AccessFeature.HEARING_LOOP: AccessAnswer.NO,
    AccessFeature.PUBLIC_TRANSPORT: AccessAnswer.YES,
    AccessFeature.QUIET_SPACE: AccessAnswer.ASK,
}

GROUPS = (
    DemoGroup(
        details=GroupDetails(
            name="Lantern Street evening circle",
            purpose="For everyone who has lost somebody, last month or long ago. We talk, we are"
            " quiet, we remember.",
            audience="Adults who grieve for somebody",
            first_visit=FIRST_VISIT,
            format=Format.HYBRID,
            language="en",
            time_zone="Europe/London",
            cost="",
            visibility=Visibility.LISTED,
            admission=Admission.OPEN,
            agreement=AGREEMENT,
            topics=frozenset({Topic.BEREAVEMENT}),
            access=HALL_ACCESS | {AccessFeature.CAPTIONS: AccessAnswer.YES},
        ),
        series=(
            DemoSeries(
                title="Tuesday evening",
                weekday=1,
                starts=time(19),
                capacity=8,
                place="Lantern Street Hall, 4 Lantern Street",
                online_link="https://meet.example.org/lantern",
                description="The blue side door. Bring nothing but yourself.",
            ),
            DemoSeries(
                title="Remembering together",
                weekday=6,
                nth=-1,
                starts=time(15),
                minutes=120,
                capacity=20,
                place="Lantern Street Hall, 4 Lantern Street",
                description="Bring a picture or a story, if you like.",
            ),
        ),
        members=("Sam", *NEIGHBOURS[:13]),
    ),
    DemoGroup(
        details=GroupDetails(
            name="Walk and talk by the canal",
            purpose="An easy hour outside, at the pace of the slowest. Talking is easier side by"
            " side.",
            audience="Anyone who would like company, whatever the reason",
            first_visit="Look for the person with the green umbrella, rain or shine.",
            format=Format.IN_PERSON,
            language="en",
            time_zone="Europe/London",
            cost="",
            visibility=Visibility.LISTED,
            admission=Admission.OPEN,
            agreement=AGREEMENT,
            topics=frozenset({Topic.LONELINESS, Topic.STRESS}),
            access={AccessFeature.STEP_FREE: AccessAnswer.YES},
        ),
        series=(
            DemoSeries(
                title="Saturday walk",
                weekday=5,
                starts=time(10, 30),
                minutes=60,
                capacity=None,
                place="The bench at the lock, Mill Lane",
            ),
            DemoSeries(
                title="A longer walk with soup, for everybody who would rather not be alone that day",
                weekday=3,
                starts=time(11),
                minutes=120,
                interval=0,
                place="The bench at the lock, Mill Lane",
            ),
        ),
        members=("Sam", *NEIGHBOURS[:4]),
    ),
    DemoGroup(
        details=GroupDetails(
            name="Caring for somebody: a breathing space for relatives, partners and friends",
            purpose="You look after somebody who is ill. Here somebody asks how you are.",
            audience="People who care for a relative, a partner or a friend",
            first_visit="The link opens a quarter of an hour early, so that you can test the sound.",
            format=Format.ONLINE,
            language="en",
            time_zone="America/New_York",
            cost="",
            visibility=Visibility.LISTED,
            admission=Admission.REQUEST,
            agreement=AGREEMENT
            + "\nOnline: we sit where nobody else can hear, and nobody records.",
            topics=frozenset({Topic.CARERS, Topic.STRESS}),
            access={AccessFeature.CAPTIONS: AccessAnswer.YES},
        ),
        series=(
            DemoSeries(
                title="Thursday online",
                weekday=3,
                starts=time(20),
                capacity=10,
                online_link="https://meet.example.org/breathing-space",
            ),
        ),
        members=("Sam", *NEIGHBOURS[2:8]),
        asking=("Kasia", "Luc"),
    ),
    DemoGroup(
        details=GroupDetails(
            name="مجموعة الجيران الجدد",
            purpose="لقاء هادئ لكل من وصل حديثًا إلى المدينة. نتحدث ونستمع ونتعرف على بعضنا.",
            audience="كل من انتقل إلى بلد جديد",
            first_visit="نستقبلكم عند الباب. يمكنكم الاستماع فقط.",
            format=Format.IN_PERSON,
            language="ar",
            time_zone="Australia/Sydney",
            cost="",
            visibility=Visibility.LISTED,
            admission=Admission.OPEN,
            agreement="ما يقال هنا يبقى هنا.\nنحترم وقت الجميع، ويمكن لكل شخص أن يكتفي بالاستماع.",
            topics=frozenset({Topic.MIGRATION, Topic.LONELINESS}),
            access=HALL_ACCESS,
        ),
        series=(
            DemoSeries(
                title="لقاء يوم الأحد",
                weekday=6,
                starts=time(16),
                place="مكتبة الحي",
            ),
        ),
        members=("نور", "Farid", "Maryam", "Hinewai"),
        facilitators=(),
    ),
    DemoGroup(
        details=GroupDetails(
            name="Six quiet chairs",
            purpose="A small circle of people who lost somebody by suicide.",
            audience="Members of the circle",
            first_visit="We talk with each person before their first evening.",
            format=Format.IN_PERSON,
            language="en",
            time_zone="Europe/London",
            cost="",
            visibility=Visibility.PRIVATE,
            admission=Admission.INVITATION,
            agreement=AGREEMENT,
            topics=frozenset({Topic.SUICIDE_LOSS}),
        ),
        series=(
            DemoSeries(
                title="Every second Monday",
                weekday=0,
                starts=time(18, 30),
                interval=2,
                skips_holidays=True,
                capacity=6,
                place="The small room above the bakery",
            ),
        ),
        members=("Sam", *NEIGHBOURS[:3]),
    ),
    DemoGroup(
        details=GroupDetails(
            name="Small steps workshop",
            purpose="Stress and what helps: one small experiment a week, tried at home, talked over"
            " together.",
            audience="Adults who feel under pressure",
            first_visit="There is a name card for you. First names, or any name.",
            format=Format.HYBRID,
            language="en",
            time_zone="America/New_York",
            cost="Tea and paper: 2 dollars if you can",
            visibility=Visibility.UNLISTED,
            admission=Admission.OPEN,
            agreement=AGREEMENT,
            topics=frozenset({Topic.STRESS, Topic.WORK}),
        ),
        series=(
            DemoSeries(
                title="Wednesday workshop",
                weekday=2,
                starts=time(18),
                minutes=120,
                place="Riverside library, room 2",
                online_link="https://meet.example.org/small-steps",
            ),
            DemoSeries(
                title="Six weeks of better nights",
                weekday=3,
                starts=time(18, 30),
                interval=0,
                topics=(
                    "How sleep works",
                    "Evenings",
                    "Worries at night",
                    "Days and daylight",
                    "Bad nights happen",
                    "What we keep",
                ),
                capacity=7,
                place="Riverside library, room 2",
            ),
        ),
        members=("Sam", *NEIGHBOURS[5:12]),
    ),
)
