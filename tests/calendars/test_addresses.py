"""The ways from a calendar address into an app."""

from supportgroups.calendars.addresses import Ways

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
