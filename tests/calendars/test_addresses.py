"""The ways from a calendar address into an app."""

import re

import segno

from supportgroups.calendars.addresses import QUIET, QrCode, Ways

ADDRESS = "https://gatherings.example/calendar/s3cret_-x.ics"


def test_webcal_changes_the_scheme_alone() -> None:
    assert Ways(ADDRESS, "").webcal == "webcal://gatherings.example/calendar/s3cret_-x.ics"
    assert Ways("http://127.0.0.1:8000/a.ics", "").webcal == "webcal://127.0.0.1:8000/a.ics"


def test_google_takes_it_as_cid() -> None:
    assert Ways(ADDRESS, "").google == (
        "https://calendar.google.com/calendar/r?cid="
        "webcal%3A%2F%2Fgatherings.example%2Fcalendar%2Fs3cret_-x.ics"
    )


def test_outlook_takes_address_and_name() -> None:
    assert Ways(ADDRESS, "My & time").outlook == (
        "https://outlook.live.com/calendar/0/addfromweb?"
        "url=https%3A%2F%2Fgatherings.example%2Fcalendar%2Fs3cret_-x.ics&name=My%20%26%20time"
    )


def test_the_qr_code_has_every_module_in_its_place() -> None:
    code = QrCode(ADDRESS)
    drawn = [[0] * code.size for _ in range(code.size)]
    strokes = re.findall(r"M(\d+) (\d+)\.5h(\d+)", code.path)
    for x, y, length in strokes:
        for offset in range(int(length)):
            drawn[int(y)][int(x) + offset] += 1
    expected = [list(row) for row in segno.make_qr(ADDRESS).matrix_iter(border=QUIET)]
    assert drawn == expected
    assert "".join(f"M{x} {y}.5h{length}" for x, y, length in strokes) == code.path
