"""Help lines: what the file says, how long it may be trusted, and what a person is shown."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from supportgroups.guides import queries
from supportgroups.guides.help_lines import (
    BadHelpLines,
    is_open,
    load_help_book,
    our_help_book,
    standing,
)
from supportgroups.guides.models import HelpBook, LineKind, Standing

CHECKED = date(2026, 5, 31)
HEADER = """\
[[directory]]
name = "All lines"
url = "https://lines.example/"
about = "Every line there is."

[[emergency]]
country = "GB"
number = "999"
note = "112 works too."

"""
LINE = """\
[[line]]
country = "GB"
name = "Night Owls"
kind = "crisis"
audience = "anyone"
phone = ["0800 000 111"]
always_open = true
languages = ["en"]
cost = "free"
source = { body = "Night Owls", url = "https://owls.example/" }
verified_on = 2026-05-31
"""
DAY_LINE = LINE.replace(
    "always_open = true",
    """\
hours = "Weekdays 15:30 to 00:30, Saturday 10:00 to 12:00"
open = [
    { days = ["mon", "tue", "wed", "thu", "fri"], from = 15:30:00, to = 00:30:00 },
    { days = ["sat"], from = 10:00:00, to = 12:00:00 },
]
zone = "Europe/London\"""",
)


def read(folder: Path, *parts: str) -> HelpBook:
    path = folder / "lines.toml"
    path.write_text("".join(parts), encoding="utf-8")
    return load_help_book(path)


class TestOurFile:
    def test_every_line_can_be_reached_and_was_checked(self):
        book = our_help_book()
        assert len(book.lines) >= 38
        for line in book.lines:
            assert line.phones or line.sms
            assert line.verified_on >= date(2026, 11, 23)
            assert line.source.url.startswith("https://")

    def test_no_number_is_there_twice_in_one_country(self):
        numbers = [
            (line.country, number) for line in our_help_book().lines for number in line.phones
        ]
        assert len(set(numbers)) == len(numbers)

    @pytest.mark.parametrize(
        ("country", "emergency", "number"),
        [
            ("GB", "999", "116 123"),
            ("IE", "112", "1800 247 247"),
            ("US", "911", "988"),
            ("CA", "911", "988"),
            ("AU", "000", "13 11 14"),
            ("NZ", "111", "1737"),
            ("DE", "112", "0800 111 0 111"),
            ("FR", "112", "3114"),
            ("NL", "112", "113"),
            ("CL", "131", "*4141"),
            ("JP", "119", "0120-279-338"),
        ],
    )
    def test_it_knows_the_best_number_of_a_country(self, country, emergency, number):
        found = queries.help_now_lines(country, date(2026, 12, 1))
        assert found.emergency_number == emergency
        assert found.main_lines[0].number == number

    def test_numbers_that_nobody_could_confirm_are_left_out(self):
        countries = {line.country for line in our_help_book().lines}
        assert countries.isdisjoint({"DK", "HK", "TW", "AR", "ZA", "PH", "MY"})


class TestStanding:
    @pytest.mark.parametrize(
        ("today", "expected"),
        [
            (date(2026, 5, 31), Standing.CURRENT),
            (date(2026, 11, 30), Standing.CURRENT),
            (date(2026, 12, 1), Standing.DUE),
            (date(2027, 5, 31), Standing.DUE),
            (date(2027, 6, 1), Standing.EXPIRED),
            (date(2036, 1, 1), Standing.EXPIRED),
        ],
    )
    def test_it_warns_after_six_months_and_hides_after_twelve(self, tmp_path, today, expected):
        line = read(tmp_path, HEADER, LINE).lines[0]
        assert line.verified_on == CHECKED
        assert standing(line, today) is expected


class TestHelpNowLines:
    def test_a_line_that_is_due_is_still_shown_and_an_expired_one_is_not(self, tmp_path):
        book = read(tmp_path, HEADER, LINE)
        assert len(queries.help_now_lines("GB", date(2027, 5, 31), book).lines) == 1
        found = queries.help_now_lines("GB", date(2027, 6, 1), book)
        assert found.lines == found.main_lines == ()
        assert found.emergency_number == "999"
        assert [directory.name for directory in found.directories] == ["All lines"]

    def test_a_country_that_nobody_knows_gets_the_directories(self, tmp_path):
        found = queries.help_now_lines("XX", CHECKED, read(tmp_path, HEADER, LINE))
        assert found.emergency is None
        assert found.emergency_number == ""
        assert found.lines == ()
        assert len(found.directories) == 1

    def test_the_main_lines_are_two_crisis_lines_that_an_adult_can_call(self, tmp_path):
        book = read(
            tmp_path,
            HEADER,
            LINE.replace("Night Owls", "Young").replace('"anyone"', '"young"'),
            LINE.replace("Night Owls", "Facts").replace('"crisis"', '"information"'),
            LINE.replace("Night Owls", "Text").replace('phone = ["0800 000 111"]', 'sms = "123"'),
            *(LINE.replace("Night Owls", name) for name in ("One", "Two", "Three")),
        )
        found = queries.help_now_lines("GB", CHECKED, book)
        assert len(found.lines) == 6
        assert [line.name for line in found.main_lines] == ["One", "Two"]

    def test_the_people_who_run_the_site_hear_what_to_check(self, tmp_path):
        book = read(
            tmp_path,
            HEADER,
            LINE,
            LINE.replace("Night Owls", "Old").replace("2026-05-31", "2025-01-01"),
            LINE.replace("Night Owls", "New").replace("2026-05-31", "2026-12-01"),
        )
        due = queries.list_lines_to_check(date(2026, 12, 1), country="GB", book=book)
        assert [(line.name, state) for line, state in due] == [
            ("Old", Standing.EXPIRED),
            ("Night Owls", Standing.DUE),
        ]
        assert queries.list_lines_to_check(date(2026, 12, 1), country="FR", book=book) == []
        assert len(queries.list_lines_to_check(date(2026, 12, 1), book=book)) == 2


class TestIsOpen:
    @pytest.mark.parametrize(
        ("moment", "expected"),
        [
            # Monday 23 November 2026; London keeps UTC in winter.
            (datetime(2026, 11, 23, 15, 29, tzinfo=UTC), False),
            (datetime(2026, 11, 23, 15, 30, tzinfo=UTC), True),
            (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), True),
            (datetime(2026, 11, 24, 0, 29, tzinfo=UTC), True),
            (datetime(2026, 11, 24, 0, 30, tzinfo=UTC), False),
            # The night after Friday runs into Saturday; no night begins on Saturday or Sunday.
            (datetime(2026, 11, 28, 0, 15, tzinfo=UTC), True),
            (datetime(2026, 11, 28, 11, 59, tzinfo=UTC), True),
            (datetime(2026, 11, 28, 12, 0, tzinfo=UTC), False),
            (datetime(2026, 11, 29, 0, 15, tzinfo=UTC), False),
            (datetime(2026, 11, 30, 0, 15, tzinfo=UTC), False),
            # Monday 22 June 2026: London's clocks are an hour ahead.
            (datetime(2026, 6, 22, 14, 29, tzinfo=UTC), False),
            (datetime(2026, 6, 22, 14, 30, tzinfo=UTC), True),
        ],
    )
    def test_it_follows_the_clocks_of_the_line(self, tmp_path, moment, expected):
        assert is_open(read(tmp_path, HEADER, DAY_LINE).lines[0], moment) is expected

    def test_midnight_is_an_end(self, tmp_path):
        line = read(tmp_path, HEADER, DAY_LINE.replace("00:30:00", "00:00:00")).lines[0]
        assert is_open(line, datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
        assert not is_open(line, datetime(2026, 11, 24, 0, 0, tzinfo=UTC))

    def test_a_span_from_nine_to_nine_is_a_whole_day(self, tmp_path):
        hours = DAY_LINE.replace("15:30:00, to = 00:30:00", "09:00:00, to = 09:00:00")
        line = read(tmp_path, HEADER, hours).lines[0]
        assert is_open(line, datetime(2026, 11, 24, 8, 59, tzinfo=UTC))
        assert is_open(line, datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
        assert not is_open(line, datetime(2026, 11, 23, 8, 59, tzinfo=UTC))

    def test_some_lines_never_close(self, tmp_path):
        line = read(tmp_path, HEADER, LINE).lines[0]
        assert is_open(line, datetime(2026, 12, 25, 3, 0, tzinfo=UTC))


class TestAddresses:
    def test_numbers_become_addresses_that_a_telephone_knows(self, tmp_path):
        line = read(
            tmp_path,
            HEADER,
            LINE.replace(
                'phone = ["0800 000 111"]',
                'phone = ["*41 41", "0120-279-338"]\n'
                'sms = "0477 13 11 14"\nsms_word = "HELP ME"\nwhatsapp = "6591511767"',
            ),
        ).lines[0]
        assert line.kind is LineKind.CRISIS
        assert line.calls == (("*41 41", "tel:*4141"), ("0120-279-338", "tel:0120279338"))
        assert (line.number, line.tel) == ("*41 41", "*4141")
        assert line.sms_href == "sms:0477131114?body=HELP%20ME"
        assert line.whatsapp_href == "https://wa.me/6591511767"

    def test_a_line_may_take_texts_alone(self, tmp_path):
        text = LINE.replace('phone = ["0800 000 111"]', 'sms = "85258"')
        line = read(tmp_path, HEADER, text).lines[0]
        assert (line.number, line.tel, line.calls) == ("", "", ())
        assert line.sms_href == "sms:85258"


class TestBadFiles:
    @pytest.mark.parametrize(
        ("old", "new", "complaint"),
        [
            ('country = "GB"\nname', 'country = "gb"\nname', "country: write a country code"),
            ('country = "GB"\nname', 'country = "FR"\nname', "FR has no emergency number"),
            ('name = "Night Owls"\n', "", "field name: write some words"),
            ('"crisis"', '"urgent"', "kind: must be one of crisis, listening, information"),
            ('"anyone"', '"all"', "audience: must be one of anyone, adults, young"),
            ('"0800 000 111"', '"0800 CALL"', "phone: write a telephone number"),
            ('["0800 000 111"]', '"0800 000 111"', "phone: write a list"),
            ('phone = ["0800 000 111"]\n', "", "phone: give at least one way"),
            ("always_open = true\n", "", "hours: write some words"),
            ("always_open = true", 'hours = "Mondays"', "open: say when the line answers"),
            ("always_open = true", 'always_open = true\nhours = "Now"', "always_open: leave out"),
            ('["en"]', "[]", "languages: write a list"),
            ('"free"', '"cheap"', "cost: must be one of free, call-rate, not-known"),
            ("https://owls", "http://owls", "field source, field url: must begin with https://"),
            ("source = {", "source = 3 # {", "source: write it as"),
            ("verified_on = 2026-05-31", "", "verified_on: write a date"),
            ("verified_on = 2026-05-31", 'verified_on = "2026-05-31"', "verified_on: write a date"),
            ("always_open", "open_always", "open_always: is not known"),
            ('cost = "free"', 'cost = "free"\nsms_word = "HI"', "sms_word: is of no use"),
            ('cost = "free"', 'cost = "free"\nwhatsapp = "+44 1"', "whatsapp: write the intern"),
            ('cost = "free"', 'cost = "free"\nchat_url = "chat"', "chat_url: must begin with"),
        ],
    )
    def test_it_explains_a_bad_line(self, tmp_path, old, new, complaint):
        assert old in LINE
        with pytest.raises(BadHelpLines) as caught:
            read(tmp_path, HEADER, LINE.replace(old, new, 1))
        assert str(caught.value).startswith("lines.toml, ")
        assert complaint in str(caught.value)

    @pytest.mark.parametrize(
        ("old", "new", "complaint"),
        [
            ("Europe/London", "London", "zone: must be a time zone"),
            ('["sat"]', '["sabato"]', "days: sabato is not one of mon, tue"),
            ("10:00:00, to", '"10", to', "from: write a time"),
            ('{ days = ["sat"]', '{ am = true, days = ["sat"]', "am: is not known"),
        ],
    )
    def test_it_explains_bad_hours(self, tmp_path, old, new, complaint):
        assert old in DAY_LINE
        with pytest.raises(BadHelpLines) as caught:
            read(tmp_path, HEADER, DAY_LINE.replace(old, new, 1))
        assert complaint in str(caught.value)

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [
            ("[[line]\n", "lines.toml: Expected ']]'"),
            (HEADER[HEADER.index("[[emer") :], "name at least one directory"),
            (HEADER + HEADER[HEADER.index("[[emer") :], "GB has more than one emergency number"),
            (HEADER + "[[lines]]\n", "field lines: is not known"),
            (HEADER + 'line = "a"\n', "is not known"),
            ('line = "a"\n' + HEADER, "field line: write each one under a line"),
        ],
    )
    def test_it_explains_a_bad_file(self, tmp_path, content, complaint):
        with pytest.raises(BadHelpLines) as caught:
            read(tmp_path, content)
        assert complaint in str(caught.value)
