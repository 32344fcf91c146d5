"""J14: an organizer moves in from another calendar, step by step, and out again."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from supportgroups.audit import AuditEntry
from supportgroups.db import db, transaction
from supportgroups.exchange.models import Import, ImportDraft, ImportedEvent
from supportgroups.exchange.services import forget_old_drafts
from supportgroups.exchange.views.imports import MOST_FILES, PER
from supportgroups.limits import spend
from supportgroups.rsvps.models import RsvpStatus
from supportgroups.sessions.models import GroupSession, SessionStatus
from supportgroups.sessions.queries import list_sessions_of_series
from supportgroups.sessions.scopes import Scope
from supportgroups.sessions.services.sessions import edit_session
from tests.browser_client import visible_text
from tests.calendars.test_tags import details_of
from tests.conftest import NOW
from tests.exchange.conftest import MOVED, WEEKLY, ics
from tests.factories import make_rsvp, make_session

SINGLE = """
UID:{uid}
DTSTART;TZID=Europe/London:{day}T100000
DTEND;TZID=Europe/London:{day}T110000
SUMMARY:Walk
"""


def count(model) -> int:
    return db.session.execute(select(func.count()).select_from(model)).scalar_one()


def acts() -> list[str]:
    return list(db.session.execute(select(AuditEntry.act).order_by(AuditEntry.id)).scalars())


def test_moving_in(importer, cast, schedules):
    url, page = importer.review(ics(WEEKLY, MOVED))
    words = visible_text(page)
    assert "Nothing is planned yet" in words
    assert "Tea and talk Every Tuesday, 19:00–20:30" in words
    assert "until 30 March 2027" in words
    assert "not on 22 December" in words
    assert "1 date differs, as in the file." in words
    assert "mira" not in page
    assert "alex" not in page
    assert schedules(cast) == []

    assert importer.plan(url).location == importer.url
    (series,) = schedules(cast)
    assert (series.title, series.place, series.description) == (
        "Tea and talk", "The old mill", "Bring a cup.",
    )  # fmt: skip
    assert series.rrule == "FREQ=WEEKLY;UNTIL=20270330T235959;BYDAY=TU;WKST=MO"
    assert [skip.day for skip in series.skips] == [date(2026, 12, 22)]
    first, second, third, *_rest, last = list_sessions_of_series(series)
    assert first.wall_starts_at == datetime(2026, 12, 1, 19, 0)  # noqa: DTZ001
    assert second.wall_starts_at == datetime(2026, 12, 9, 18, 0)  # noqa: DTZ001
    assert second.recurrence_id == datetime(2026, 12, 8, 19, 0)  # noqa: DTZ001
    assert second.title_shown == "Tea and talk, on a Wednesday"
    assert third.recurrence_id.date() == date(2026, 12, 15)
    assert last.starts_at.hour == 18, "the clocks have gone forward"
    assert acts() == ["import.read", "import.done"]
    assert count(ImportDraft) == 0


def test_pressing_twice_plans_once(importer, cast, schedules):
    url = importer.bring(ics(WEEKLY))
    assert importer.browser.post(url, {"rows": ["x"], "admission": "drop_in"}).status_code == 303
    assert len(schedules(cast)) == 1


def test_the_same_file_again_is_known(importer, cast, schedules):
    importer.bring(ics(WEEKLY))
    _url, page = importer.review(ics(WEEKLY, SINGLE.format(uid="new", day="20261205")))
    words = visible_text(page)
    assert "There is nothing new" not in words
    assert "New: 1 Already here: 1" in words
    assert "Tea and talk Already here." in words
    _url, page = importer.review(ics(WEEKLY))
    assert "There is nothing new to plan" in page


def test_what_was_not_chosen_stays_out(importer, cast, schedules):
    url, _page = importer.review(ics(WEEKLY))
    response = importer.browser.post(url, {"admission": "drop_in"})
    assert response.status_code == 200
    assert "Choose at least one" in response.text
    assert schedules(cast) == []


def test_single_events_that_are_alike_become_one_schedule(importer, cast, schedules):
    days = ["20261212", "20261205", "20261220", "20201231"]
    url, page = importer.review(ics(*(SINGLE.format(uid=day, day=day) for day in days)))
    words = visible_text(page)
    assert "On 5 December, 12 December and 20 December, 10:00–11:00" in words, words
    assert "Walk In the past." in visible_text(page)
    importer.plan(url)
    (series,) = schedules(cast)
    assert series.rrule is None
    assert len(list_sessions_of_series(series)) == 3


def test_a_long_past_rule_goes_on_from_here(importer, cast, schedules):
    long_ago = WEEKLY.replace("20261201", "20190101").replace(
        "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2"
    )
    importer.bring(ics(long_ago))
    (series,) = schedules(cast)
    # Whole fortnights after 1 January 2019.
    assert series.wall_starts_at == datetime(2026, 11, 24, 19, 0)  # noqa: DTZ001
    assert (series.wall_starts_at - datetime(2019, 1, 1, 19, 0)).days % 14 == 0  # noqa: DTZ001


def test_an_unknown_zone_is_asked(importer, cast, schedules):
    url, page = importer.review(ics(WEEKLY.replace("Europe/London", "Europe")))
    assert "What the file calls “Europe”" in page
    assert "Enter" not in page
    assert "Choose a time zone" in importer.browser.post(url, {"zone_0": "Europe"}).text
    assert importer.browser.post(url, {"zone_0": "Europe/Madrid"}).status_code == 303
    assert "Madrid" in visible_text(importer.browser.get(url).text)
    importer.plan(url)
    assert schedules(cast)[0].time_zone == "Europe/Madrid"


def test_a_table_is_explained_and_planned(importer, cast, schedules):
    table = "What,When,At,Room\n=1+1 walk,3/12/2026,10:00,Park\n'=cmd,4/12/2026,7 pm,Hall\n"
    url, page = importer.review(table)
    assert "Which column says what?" in page
    answer = {"title": "0", "day": "1", "starts": "2", "place": "3", "order": "day_first"}
    assert "Choose a column" in importer.browser.post(url, {**answer, "title": ""}).text
    assert importer.browser.post(url, answer).status_code == 303
    words = visible_text(importer.browser.get(url).text)
    assert "=1+1 walk Once, on 3 December, 10:00–11:30" in words
    assert "=cmd Once, on 4 December, 19:00–20:30" in words
    importer.plan(url)
    assert [series.title for series in schedules(cast)] == ["=1+1 walk", "=cmd"]


def test_a_table_with_known_headings_needs_no_question(importer):
    table = (
        "Subject,Start Date,Start Time,End Time,Location\nWalk,12/30/2026,10:00 AM,11:00 AM,Park\n"
    )
    _url, page = importer.review(table)
    assert "Walk Once, on 30 December, 10:00–11:00" in visible_text(page)


def test_the_way_into_a_room_is_kept_apart(importer, cast, schedules):
    room = "https://us02web.zoom.us/j/123?pwd=abc"
    importer.bring(
        ics(
            WEEKLY.replace("The old mill", room).replace(
                "Bring", f"Join: {room}\\nPasscode: 7\\nBring"
            )
        )
    )
    (series,) = schedules(cast)
    assert series.online_link == room
    assert series.place == ""
    assert series.description == "Bring a cup."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file, or paste what is in it"),
        (b"PK\x03\x04 zip", "We cannot read this"),
        (b"<html>", "We cannot read this"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 501, "too much at once"),
    ],
)
def test_what_cannot_be_read_is_explained(importer, content, words):
    response = importer.upload(content)
    assert response.status_code == 200
    assert words in response.text


def test_a_file_can_be_pasted(importer):
    response = importer.browser.post(importer.url, {"pasted": ics(WEEKLY)})
    assert response.status_code == 303


def test_a_file_that_is_none_is_explained(importer):
    assert "Choose a file" in importer.browser.post(importer.url, {"file": "words"}).text


def test_a_large_file_can_be_pasted_up_to_its_limit(importer):
    padding = "X-NOTE:" + "x" * 900 + "\n"
    large = ics(WEEKLY, head=padding * (1024 * 1024 // (len(padding) + 1) - 1))
    assert importer.browser.post(importer.url, {"pasted": large}).status_code == 303
    too_large = importer.browser.post(importer.url, {"pasted": large + padding * 2})
    assert "too much at once" in too_large.text


def test_nobody_lets_files_be_read_all_day(importer, cast):
    for _time in range(MOST_FILES - 1):
        spend(f"import {cast.rosa.id}", limit=MOST_FILES, per=PER, now=NOW)
    assert importer.upload(b"[]").status_code == 200
    assert importer.upload(b"[]").status_code == 429


def test_a_draft_is_its_bringers_own_and_is_forgotten(importer, cast, browser):
    url, _page = importer.review(ics(WEEKLY))
    browser.sign_in(cast.sam)
    assert browser.get(url).status_code == 403
    browser.sign_in(cast.rosa)
    forget_old_drafts(now=NOW)
    assert browser.get(url).status_code == 200
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        browser.sign_in(cast.rosa)
        assert browser.get(url).status_code == 404
    forget_old_drafts(now=NOW + timedelta(hours=25))
    assert count(ImportDraft) == 0


class TestUndo:
    def test_what_nobody_answered_is_gone(self, importer, cast, schedules):
        url = importer.bring(ics(WEEKLY, MOVED))
        page = importer.browser.get(f"{url}/undo").text
        assert "dates to come go" in page
        assert "is cancelled" not in page
        assert importer.browser.post(f"{url}/undo").status_code == 303
        assert schedules(cast) == []
        assert count(GroupSession) == 1, "the group's own session stays"
        assert count(ImportedEvent) == 0
        assert acts() == ["import.read", "import.done", "import.undone"]

    def test_what_somebody_answered_is_cancelled_and_told(self, importer, cast, schedules, outbox):
        url = importer.bring(ics(WEEKLY))
        (series,) = schedules(cast)
        _first, second, *_rest = list_sessions_of_series(series)
        make_rsvp(second, cast.sam, RsvpStatus.ACCEPTED)
        assert "1 date is cancelled" in importer.browser.get(f"{url}/undo").text
        importer.browser.post(f"{url}/undo")
        (kept,) = list_sessions_of_series(schedules(cast)[0])
        assert (kept.id, kept.status) == (second.id, SessionStatus.CANCELLED)
        with time_machine.travel(NOW + timedelta(minutes=6), tick=False):
            outbox.run()
        assert [letter["To"] for letter in outbox.letters] == ["sam@example.org"]

    def test_what_is_over_stays(self, importer, cast, schedules):
        url = importer.bring(ics(WEEKLY))
        (series,) = schedules(cast)
        with transaction():
            past = make_session(series, NOW.replace(tzinfo=None) - timedelta(days=1))
        importer.browser.post(f"{url}/undo")
        (series,) = schedules(cast)
        assert [one.id for one in list_sessions_of_series(series)] == [past.id]
        assert series.stops_before is not None

    def test_what_goes_on_in_its_place_goes_too(self, importer, cast, schedules):
        url = importer.bring(ics(WEEKLY))
        third = list_sessions_of_series(schedules(cast)[0])[2]
        details = details_of(third, place="Elsewhere")
        edit_session(third, details, scope=Scope.LATER, actor=cast.rosa, now=NOW)
        assert len(schedules(cast)) == 2
        importer.browser.post(f"{url}/undo")
        left = [one for series in schedules(cast) for one in list_sessions_of_series(series)]
        assert len(left) == 2, "the dates before the change belong to what was there before it"

    def test_it_is_too_late_after_seven_days(self, importer, cast, schedules, browser):
        url = importer.bring(ics(WEEKLY))
        with time_machine.travel(NOW + timedelta(days=7), tick=False):
            browser.sign_in(cast.rosa)
            browser.post(f"{url}/undo")
        assert len(schedules(cast)) == 1
        assert count(Import) == 1

    def test_it_can_be_brought_again(self, importer, cast, schedules):
        url = importer.bring(ics(WEEKLY))
        importer.browser.post(f"{url}/undo")
        importer.browser.post(f"{url}/undo")
        importer.bring(ics(WEEKLY))
        assert len(schedules(cast)) == 1
