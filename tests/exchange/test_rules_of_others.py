"""Which rules, times and zones of other programs are read, and as what."""

from datetime import date, datetime

import pytest

from supportgroups.calendars.found import FoundEvent, Trouble
from supportgroups.calendars.plain_words import without_tags
from supportgroups.calendars.reading import read_calendar
from supportgroups.exchange.plans import Verdict, plan
from supportgroups.exchange.tables import DayOrder, guess_order, read_clock, read_day
from supportgroups.sessions.recurrence import endless_starts, parse_rule, start_after
from tests.conftest import NOW
from tests.exchange.conftest import ics

LONDON, BERLIN = "Europe/London", "Europe/Berlin"


def wall(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 (a wall time)


def read(lines: str, home: str = LONDON, head: str = "") -> list[FoundEvent]:
    return read_calendar(ics(f"UID:x\nSUMMARY:Tea\n{lines}", head=head), home=home)


def read_rule(rule: str, start: str = "DTSTART;TZID=Europe/London:20261201T190000") -> FoundEvent:
    (found,) = read(f"{start}\nRRULE:{rule}")
    return found


@pytest.mark.parametrize(
    ("rule", "ours"),
    [
        ("FREQ=WEEKLY", "FREQ=WEEKLY;BYDAY=TU"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;WKST=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"),
        ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"),
        ("FREQ=DAILY;BYDAY=TU,WE", "FREQ=WEEKLY;BYDAY=TU,WE"),
        ("FREQ=DAILY;INTERVAL=14", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"),
        ("FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("FREQ=MONTHLY;BYDAY=1TU", "FREQ=MONTHLY;BYDAY=1TU"),
        ("FREQ=MONTHLY;BYDAY=-1TU;INTERVAL=3", "FREQ=MONTHLY;INTERVAL=3;BYDAY=-1TU"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=2TU"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=MONTHLY;BYMONTHDAY=31"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
            "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
        ),
        ("FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;UNTIL=20261215T235959;BYDAY=TU"),
        ("FREQ=WEEKLY;UNTIL=20261215", "FREQ=WEEKLY;UNTIL=20261215T235959;BYDAY=TU"),
        ("FREQ=WEEKLY;UNTIL=20261215T190000Z", "FREQ=WEEKLY;UNTIL=20261215T235959;BYDAY=TU"),
        ("FREQ=WEEKLY;UNTIL=20261215T000000Z", "FREQ=WEEKLY;UNTIL=20261214T235959;BYDAY=TU"),
    ],
)
def test_a_rule_becomes_one_of_ours(rule, ours):
    assert read_rule(rule).rrule == f"{ours};WKST=MO"


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=MONTHLY;BYDAY=5TU",
        "FREQ=MONTHLY;BYDAY=1TU,3TU",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO;WKST=SU",
        "FREQ=WEEKLY;BYMONTH=1",
        "FREQ=WEEKLY;INTERVAL=13",
        "FREQ=WEEKLY;COUNT=521",
    ],
)
def test_an_odd_rule_is_not_guessed(rule):
    assert read_rule(rule).trouble is Trouble.ODD_RULE


@pytest.mark.parametrize(
    ("start", "zone", "starts"),
    [
        ("DTSTART;TZID=Europe/Paris:20261201T190000", "Europe/Paris", wall(2026, 12, 1, 19)),
        ("DTSTART:20261201T190000", BERLIN, wall(2026, 12, 1, 19)),
        ("DTSTART:20261201T190000Z", BERLIN, wall(2026, 12, 1, 20)),
        ('DTSTART;TZID="W. Europe Standard Time":20261201T190000', BERLIN, wall(2026, 12, 1, 19)),
        (
            "DTSTART;TZID=/x.org/2026/Europe/Rome:20261201T190000",
            "Europe/Rome",
            wall(2026, 12, 1, 19),
        ),
        ("DTSTART;TZID=Somewhere:20261201T190000", "Somewhere", wall(2026, 12, 1, 19)),
    ],
)
def test_a_time_is_on_the_wall_of_its_zone(start, zone, starts):
    (found,) = read(start, home=BERLIN)
    assert (found.zone, found.starts) == (zone, starts)


def test_the_calendar_may_name_the_zone_of_all_and_explain_its_own_names():
    (found,) = read("DTSTART:20261201T190000Z", head="X-WR-TIMEZONE:Europe/Athens\n")
    assert (found.zone, found.starts) == ("Europe/Athens", wall(2026, 12, 1, 21))
    zone = "BEGIN:VTIMEZONE\nTZID:Ours\nX-LIC-LOCATION:Europe/Oslo\nEND:VTIMEZONE\n"
    (found,) = read("DTSTART;TZID=Ours:20261201T190000", head=zone)
    assert found.zone == "Europe/Oslo"


def test_a_weekday_in_utc_is_another_one_on_the_wall():
    (found,) = read("DTSTART:20261201T233000Z\nRRULE:FREQ=WEEKLY;BYDAY=TU", home=BERLIN)
    assert (found.starts, found.rrule) == (wall(2026, 12, 2, 0, 30), "FREQ=WEEKLY;BYDAY=WE;WKST=MO")


@pytest.mark.parametrize(
    ("lines", "trouble"),
    [
        ("DTSTART;VALUE=DATE:20261201", Trouble.NO_TIME),
        ("DTSTART:20261201T190000\nDTEND:20261203T190000", Trouble.BAD_LENGTH),
        ("DTSTART:20261201T190000\nDURATION:P1W", Trouble.BAD_LENGTH),
        ("DTSTART:20261201T190000\nSTATUS:CANCELLED", Trouble.CALLED_OFF),
        ("DTSTART:99981201T190000", Trouble.FAR_AWAY),
        ("LOCATION:Nowhere", Trouble.NO_START),
    ],
)
def test_trouble_is_named(lines, trouble):
    (found,) = read(lines)
    assert found.trouble is trouble


def test_dates_beside_a_rule_become_a_list():
    rule, extra = read(
        "DTSTART:20261201T190000\nRRULE:FREQ=WEEKLY\nRDATE:20261205T190000,20261206T190000"
    )
    assert rule.rrule is not None
    assert extra.dates == (wall(2026, 12, 5, 19), wall(2026, 12, 6, 19))


def test_a_cancelled_date_is_left_out():
    (found,) = read_calendar(
        ics(
            "UID:x\nDTSTART:20261201T190000\nRRULE:FREQ=WEEKLY",
            "UID:x\nRECURRENCE-ID:20261208T190000\nDTSTART:20261208T190000\nSTATUS:CANCELLED",
        ),
        home=LONDON,
    )
    assert (found.skips, found.changes) == ((date(2026, 12, 8),), ())


@pytest.mark.parametrize(
    ("event", "verdict", "trouble"),
    [
        ({"starts": wall(2026, 11, 1, 19)}, Verdict.PAST, None),
        ({"starts": wall(2029, 1, 1, 19)}, Verdict.IMPOSSIBLE, Trouble.FAR_AWAY),
        ({"starts": wall(2027, 3, 28, 1, 30)}, Verdict.IMPOSSIBLE, Trouble.ON_CLOCK_CHANGE),
        ({"starts": wall(2026, 12, 1, 19), "zone": "Europe"}, Verdict.ASK, None),
        ({"starts": wall(2026, 12, 1, 19)}, Verdict.NEW, None),
        (
            {
                "starts": wall(2020, 1, 7, 19),
                "rrule": "FREQ=WEEKLY;UNTIL=20200301T235959;BYDAY=TU;WKST=MO",
            },
            Verdict.PAST,
            None,
        ),
        (
            {
                "starts": wall(2026, 12, 1, 19),
                "rrule": "FREQ=WEEKLY;UNTIL=20261201T235959;BYDAY=TU;WKST=MO",
                "skips": (date(2026, 12, 1),),
            },
            Verdict.IMPOSSIBLE,
            Trouble.NO_DATE_LEFT,
        ),
    ],
)
def test_the_verdict(app, event, verdict, trouble):
    found = FoundEvent(**{"uid": "x", "title": "Tea", "zone": LONDON, **event})
    (row,) = plan([found], zones={}, known=set(), now=NOW)
    assert (row.verdict, row.trouble) == (verdict, trouble)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU;WKST=MO",
        "FREQ=WEEKLY;BYDAY=TU;WKST=MO",
        "FREQ=MONTHLY;INTERVAL=5;BYDAY=-1SU;WKST=MO",
        "FREQ=MONTHLY;INTERVAL=7;BYMONTHDAY=31;WKST=MO",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1;WKST=MO",
    ],
)
@pytest.mark.parametrize("after", [wall(2019, 1, 1), wall(2024, 2, 29, 19), wall(2026, 11, 23, 9)])
def test_a_rule_goes_on_where_counting_through_would_lead(rule, after):
    ours = parse_rule(rule)
    first = next(endless_starts(ours, wall(2020, 1, 1, 19)))
    counted = next(start for start in endless_starts(ours, first) if start > after)
    assert start_after(ours, first, after=after) == counted


@pytest.mark.parametrize(
    ("words", "read_as"),
    [
        ("a &lt; b", "a &lt; b"),
        ("1 < 2", "1 < 2"),
        ("Bring <b>a cup</b>.<br>Or two.", "Bring a cup.\nOr two."),
        ("<script>alert(1)</script>Tea", "Tea"),
        ("<p>One</p><p>Two &amp; three</p>", "\nOne\n\nTwo & three\n"),
    ],
)
def test_tags_are_not_read(words, read_as):
    assert without_tags(words).strip("\n ") == read_as.strip("\n ")


@pytest.mark.parametrize(
    ("words", "hour", "minute"),
    [
        ("19:00", 19, 0),
        ("7 pm", 19, 0),
        ("7.30 p.m.", 19, 30),
        ("12:05 AM", 0, 5),
        ("19h15", 19, 15),
    ],
)
def test_a_time_of_day_is_read(words, hour, minute):
    found = read_clock(words)
    assert found is not None
    assert (found.hour, found.minute) == (hour, minute)


@pytest.mark.parametrize("words", ["", "7", "25:00", "13 pm", "soon"])
def test_what_is_no_time_of_day(words):
    assert read_clock(words) is None


def test_how_days_are_written_is_asked_only_where_it_matters():
    assert guess_order(["3/12/2026", "4/12/2026"]) is None
    assert guess_order(["3/12/2026", "14/12/2026"]) is DayOrder.DAY_FIRST
    assert guess_order(["3/12/2026", "3/14/2026"]) is DayOrder.MONTH_FIRST
    assert guess_order(["3.12.2026"]) is DayOrder.DAY_FIRST
    assert read_day("2026-12-03", None) == date(2026, 12, 3)
    assert read_day("3/12/2026", DayOrder.MONTH_FIRST) == date(2026, 3, 12)
    assert read_day("30/2/2026", DayOrder.DAY_FIRST) is None
