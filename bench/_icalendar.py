"""A feed of 200 events that icalendar builds at each poll, as a program without kept bytes does."""

from datetime import UTC, datetime, timedelta

from flask import Flask, Response
from icalendar import Calendar, Event

EVENTS = 200
FIRST = datetime(2026, 12, 1, 19, 0, tzinfo=UTC)

app = Flask("icalendar", static_folder=None)


@app.route("/feed")
@app.route("/readyz")
def feed() -> Response:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Bench//EN")
    for index in range(EVENTS):
        event = Event()
        starts_at = FIRST + timedelta(days=index)
        event.add("uid", f"{index:032}@calendar.invalid")
        event.add("sequence", 0)
        event.add("dtstamp", FIRST)
        event.add("dtstart", starts_at)
        event.add("dtend", starts_at + timedelta(minutes=90))
        event.add("summary", "Tuesday evening – Evening circle")
        event.add("location", "The library, High Street")
        event.add("description", "Tuesday 1 December 2026, 19:00–20:30 (London time)")
        event.add("status", "CONFIRMED")
        event.add("url", f"https://groups.example/sessions/{index:032}")
        calendar.add_component(event)
    return Response(calendar.to_ical(), mimetype="text/calendar")
