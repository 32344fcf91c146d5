"""Two hundred files that nobody should send, by families; each is a name and bytes."""

import json
from collections.abc import Iterator

MEBI = 1024 * 1024

EVENT = (
    "UID:x@hostile.example\r\nDTSTART;TZID=Europe/London:20261201T190000\r\n"
    "DTEND;TZID=Europe/London:20261201T203000\r\nSUMMARY:Tea\r\n"
)
#: Words that stand where a date, a zone, a rule, a length or a name is meant.
NONSENSE = (
    "", " ", "\x00", "0", "-1", "99999999999999999999", "20261301T190000", "20260230T190000",
    "00000000T000000", "99991231T235959Z", "20261201T256199", "20261201", "P", "PT", "-PT1H",
    "P99999999999W", "PT999999999999H", "NaN", "Infinity", "../../etc/passwd", "Europe", "%s%n",
    "\u202e\u202d", "é" * 300, ",".join(["20261201T190000Z"] * 600), ";" * 300, ":" * 300,
    '"' * 301, "\\" * 300, "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "BEGIN:VEVENT",
)  # fmt: skip
RULES = (
    "FREQ=SECONDLY",
    "FREQ=MINUTELY;COUNT=100000000",
    "FREQ=HOURLY;INTERVAL=1",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;INTERVAL=2",
    "FREQ=DAILY;COUNT=999999999999999999999999",
    "FREQ=WEEKLY;INTERVAL=0",
    "FREQ=WEEKLY;INTERVAL=-1",
    "FREQ=WEEKLY;INTERVAL=99999999999",
    "FREQ=WEEKLY;BYDAY=" + ",".join(["MO"] * 9999),
    "FREQ=WEEKLY;BYDAY=1MO",
    "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=WEEKLY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0;BYSECOND=0",
    "FREQ=WEEKLY;COUNT=1;COUNT=2",
    "FREQ=WEEKLY;UNTIL=never",
    "FREQ=MONTHLY;BYDAY=5FR",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=" + ",".join(map(str, range(1, 32))) + ";BYSETPOS=366",
    "FREQ=WEEKLY;RSCALE=CHINESE;SKIP=FORWARD",
    "",
    ";;;;",
    "=",
)


def endless_work() -> bytes:
    """Return a file that is well formed throughout, and would take many seconds."""
    rule = "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;COUNT=500"
    return calendar(*[event(EVENT.replace("x@", f"{n}@") + rule) for n in range(500)])


def calendar(*parts: str) -> bytes:
    """Return a calendar around these parts."""
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(parts)}END:VCALENDAR\r\n".encode()


def event(lines: str) -> str:
    """Return an event of these lines."""
    return f"BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT\r\n"


def hostile_files() -> Iterator[tuple[str, bytes]]:
    """Return all of them."""
    for number, words in enumerate(NONSENSE):
        for name in ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"):
            lines = f"UID:x\r\nDTSTART:20261201T190000\r\n{name}:{words}\r\nSUMMARY:Tea"
            yield f"{name} {number}", calendar(event(lines))
        lines = f"UID:x\r\nDTSTART;TZID={words}:20261201T190000\r\nSUMMARY:{words}"
        yield f"TZID {number}", calendar(event(lines))
    for number, rule in enumerate(RULES):
        yield f"RRULE {number}", calendar(event(f"{EVENT}RRULE:{rule}"))
    yield from _broken_shapes()
    yield from _letters()
    yield from _large_ones()
    yield from _tables()
    yield from _meetings()


def _broken_shapes() -> Iterator[tuple[str, bytes]]:
    zone = "BEGIN:VTIMEZONE\r\nTZID:Loop\r\nX-LIC-LOCATION:Loop\r\n"
    standard = (
        "BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nRRULE:FREQ=SECONDLY\r\n"
        "TZOFFSETFROM:+9999\r\nTZOFFSETTO:-9999\r\nEND:STANDARD\r\n"
    )
    yield "zone in itself", calendar(zone * 200, standard, "END:VTIMEZONE\r\n" * 200, event(EVENT))
    yield "zone of every second", calendar(zone, standard * 500, "END:VTIMEZONE\r\n", event(EVENT))
    yield "never ends", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + EVENT.encode()
    yield "ends only", b"BEGIN:VCALENDAR\r\n" + b"END:VEVENT\r\n" * 1000
    yield "event in event", calendar(*["BEGIN:VEVENT\r\n" * 500, EVENT, "END:VEVENT\r\n" * 500])
    yield "calendar in calendar", b"BEGIN:VCALENDAR\r\n" * 500 + event(EVENT).encode()
    yield "alarms", calendar(event(EVENT + "BEGIN:VALARM\r\n" * 900 + "END:VALARM\r\n" * 900))
    yield "folded oddly", calendar(event(EVENT)).replace(b"\r\n", b"\r\n \r\n\t\r\n")
    yield "cut in a letter", calendar(event(EVENT + "LOCATION:é"))[:-40]
    yield "no colon", calendar(event(EVENT + "DESCRIPTION" * 100))
    yield "open quotes", calendar(event('DTSTART;TZID="Europe/London:20261201T190000'))
    yield "one parameter often", calendar(event("DTSTART" + ";TZID=A" * 3000 + ":20261201T190000"))
    yield (
        "later ones too",
        calendar(
            event(EVENT), event("UID:x@hostile.example\r\nRECURRENCE-ID;RANGE=THISANDFUTURE:x")
        ),
    )
    yield "same name 400 times", calendar(*[event(EVENT)] * 400)
    yield (
        "changes without end",
        calendar(
            event(EVENT + "RRULE:FREQ=WEEKLY"),
            *[event(EVENT + f"RECURRENCE-ID:2027{n % 12 + 1:02}01T190000Z") for n in range(480)],
        ),
    )


def _letters() -> Iterator[tuple[str, bytes]]:
    plain = calendar(event(EVENT))
    yield "empty", b""
    yield "spaces", b" \r\n" * 1000
    yield "every byte", bytes(range(256)) * 100
    yield "nul everywhere", b"\x00".join(bytes([one]) for one in plain)
    yield "utf-16", plain.decode().encode("utf-16")
    yield "half of utf-16", plain.decode().encode("utf-16")[:-1]
    yield "utf-32", plain.decode().encode("utf-32")
    yield "wrong letters", plain.replace(b"Tea", b"\xff\xfe\xfd")
    yield "surrogates", plain.replace(b"Tea", b"\xed\xa0\x80")
    yield "old letters", plain.replace(b"Tea", "Café".encode("cp1252"))
    yield "zip", b"PK\x03\x04" + b"\x00" * 5000
    yield "gzip", b"\x1f\x8b\x08" + b"\x00" * 5000
    yield "xml bomb", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>' * 100
    yield "html", b"<html><body>" + plain
    yield "html inside", plain.replace(b"Tea", b"<![CDATA[<b><!x<" * 1000)


def _large_ones() -> Iterator[tuple[str, bytes]]:
    yield "only folds", calendar(event(EVENT + "DESCRIPTION:" + "\r\n " * (MEBI // 3 - 400)))
    yield "a fold for each letter", calendar(event(EVENT + "SUMMARY:" + "x\r\n " * 250_000))
    yield "100,000 lines", calendar(event(EVENT + "X-A:b\r\n" * 100_000))
    yield "100,000 starts", calendar(event(EVENT + "RDATE:1\r\n" * 100_000))
    yield "100,000 skips", calendar(event("UID:x\r\n" + "EXDATE:20261201T190000Z\r\n" * 40_000))
    yield "one endless line", calendar(event(EVENT + "DESCRIPTION:" + "x" * (MEBI - 400)))
    yield "one endless name", b"BEGIN:VCALENDAR\r\n" + b"X" * (MEBI - 100)
    yield "begins without end", b"BEGIN:VCALENDAR\r\n" + b"BEGIN:A\r\n" * 110_000
    yield (
        "500 rules",
        calendar(
            *[
                event(EVENT.replace("x@", f"{n}@") + "RRULE:FREQ=DAILY;COUNT=520")
                for n in range(500)
            ]
        ),
    )
    yield "tags", calendar(event(EVENT + "DESCRIPTION:" + "<b>" * 300_000))
    yield "open tags", calendar(event(EVENT + "DESCRIPTION:" + "<a <!-- " * 100_000))
    yield "open tags again", calendar(event(EVENT + "DESCRIPTION:" + "<a " * 300_000))
    yield "open quotes in tags", calendar(event(EVENT + "DESCRIPTION:" + "<a b='" * 150_000))
    yield "open remarks", calendar(event(EVENT + "DESCRIPTION:" + "<!-- >" * 150_000))


def _tables() -> Iterator[tuple[str, bytes]]:
    head = "Title,Date,Start Time\n"
    yield "formulas", (head + "=1+1,@SUM(A1),+1\n" + "-2,=HYPERLINK(1),\t=3\n").encode()
    yield "open quote", (head + '"' + "x" * 500_000).encode()
    yield "only quotes", (head + '"' * 900_000).encode()
    yield "only commas", ("," * MEBI).encode()
    yield "wide rows", ((",".join(["x"] * 5000) + "\n") * 90).encode()
    yield "many rows", (head + "Tea,2026-12-01,19:00\n" * 40_000).encode()
    yield "a huge cell", (head + "T" * 900_000 + ",2026-12-01,19:00\n").encode()
    yield "bad days", (head + "".join(f"T,{d}/{d}/0000,{d}:99\n" for d in range(90))).encode()
    yield "digits", (head + "T,2026-12-01,19:00\n" + f"T,{'9' * 90_000},{'1' * 90_000}\n").encode()


def _meetings() -> Iterator[tuple[str, bytes]]:
    yield "deep list", b"[" * 500_000
    yield "deep object", b'{"a":' * 150_000
    yield "many lists", b"[" + b"[]," * 340_000 + b"[]]"
    yield "many objects", json.dumps([{"day": 2}] * 501).encode()
    yield "huge number", b"[" + b"9" * 900_000 + b"]"
    yield "no meetings", b'[1, "x", null, true]'
    yield "bare word", b"[NaN, Infinity]"
    yield "same key", b"[{" + b'"day":1,' * 90_000 + b'"name":"x"}]'
    for number, value in enumerate((None, [], {}, -1, 7, 1e308, True, "x", ["1", 9], [[1]], "１")):
        entry = {"name": value, "slug": value, "day": value, "time": value, "timezone": value}
        yield f"meeting {number}", json.dumps([entry]).encode()
        usual = {"name": "Tea", "day": 2, "time": "19:00", "end_time": value, "location": value}
        yield f"odd meeting {number}", json.dumps([usual]).encode()
