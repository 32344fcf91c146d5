"""What is read out of the mail of calendar programs, of machines, and of people who try something."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supportgroups.calendars.replies import MAX_BYTES, NotAReply, Verdict, read_reply
from supportgroups.calendars.reply_addresses import read_reply_token
from tests.calendars.reply_files import FOLDER, ODD, PROGRAMS, reply_file

FACTS = {
    "to": "rsvp+00112233445566778899aabbccddeeff@reply.example",
    "me": "sam@example.org",
    "ME": "SAM@EXAMPLE.ORG",
    "uid": "a-session@calendar.invalid",
    "sequence": 3,
    "stamp": "20261123T085800Z",
    "answer": "TENTATIVE",
}

#: What is read as an answer, however it is wrapped.
READ = {
    "address_as_a_name",
    "alarm_with_an_answer",
    "alias_attendee",
    "alias_sender",
    "capitals",
    "delegated",
    "huge_sequence",
    "latin_1",
    "lines_that_are_none",
    "needs_action",
    "nested",
    "never_closed",
    "no_attendee",
    "no_message_id",
    "no_method_in_mime",
    "no_organizer",
    "no_partstat",
    "no_sequence",
    "no_stamp",
    "octet_stream",
    "other_session",
    "request_beside_reply",
    "stranger",
    "two_attendees",
    "two_senders",
    "upper_case_everything",
}
REFUSED = {
    "bounce": Verdict.AUTOMATIC,
    "bounce_from_the_daemon": Verdict.AUTOMATIC,
    "bounce_with_calendar": Verdict.AUTOMATIC,
    "broken_calendar": Verdict.NO_ANSWER,
    "cancel_spoof": Verdict.OTHER_METHOD,
    "counter": Verdict.OTHER_METHOD,
    "empty": Verdict.NO_ANSWER,
    "forwarded": Verdict.NO_ANSWER,
    "html_alone": Verdict.NO_ANSWER,
    "lying_method": Verdict.OTHER_METHOD,
    "no_headers": Verdict.NO_ANSWER,
    "no_method": Verdict.NO_ANSWER,
    "no_uid": Verdict.NO_ANSWER,
    "not_base64": Verdict.NO_ANSWER,
    "refresh": Verdict.OTHER_METHOD,
    "request_spoof": Verdict.OTHER_METHOD,
    "todo": Verdict.NO_ANSWER,
    "two_events": Verdict.NO_ANSWER,
    "vacation": Verdict.AUTOMATIC,
    "vacation_of_old": Verdict.AUTOMATIC,
    "vacation_unmarked": Verdict.NO_ANSWER,
    "vacation_with_calendar": Verdict.AUTOMATIC,
    "words_alone": Verdict.NO_ANSWER,
}


def refusal_of(message):
    """Return why a message is not read as an answer."""
    with pytest.raises(NotAReply) as refused:
        read_reply(message)
    return refused.value.verdict


def test_every_file_is_looked_at():
    assert READ | REFUSED.keys() == set(ODD)
    assert len(PROGRAMS) * 3 + len(ODD) > 45


@pytest.mark.parametrize("answer", ["ACCEPTED", "TENTATIVE", "DECLINED"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_what_calendar_programs_send_is_read(program, answer):
    reply = read_reply(reply_file(f"programs/{program}", **FACTS | {"answer": answer}))
    assert reply.uid == FACTS["uid"]
    assert reply.participation == answer
    assert reply.attendees == ("sam@example.org",)
    assert reply.sender == "sam@example.org"
    assert reply.sequence == 3
    assert reply.stamped_at == datetime(2026, 11, 23, 8, 58, tzinfo=UTC)


@pytest.mark.parametrize("name", sorted(READ))
def test_odd_messages_are_read(name):
    reply = read_reply(reply_file(f"odd/{name}", **FACTS))
    assert reply.uid.startswith(FACTS["uid"])
    expected = {"delegated": "DELEGATED", "needs_action": "NEEDS-ACTION", "no_partstat": ""}
    assert reply.participation == (expected.get(name, "TENTATIVE") if reply.attendees else "")


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_answer_is_refused(name):
    assert refusal_of(reply_file(f"odd/{name}", **FACTS)) is REFUSED[name]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_do_not_matter(end):
    message = reply_file("programs/gmail", **FACTS).replace(b"\r\n", end.encode())
    assert read_reply(message).participation == "TENTATIVE"


def test_a_copy_of_a_message_has_the_same_name():
    message = reply_file("programs/gmail", **FACTS)
    copy = b"Received: from mx.example.org\r\n" + message
    other = reply_file("programs/gmail", **FACTS | {"answer": "DECLINED"})
    assert read_reply(copy).key == read_reply(message).key
    assert read_reply(other).key != read_reply(message).key


def test_only_the_first_words_of_what_is_missing():
    reply = read_reply(reply_file("odd/no_sequence", **FACTS))
    assert reply.sequence == 0, "RFC 5545 §3.8.7.4"
    assert read_reply(reply_file("odd/no_stamp", **FACTS)).stamped_at is None
    assert read_reply(reply_file("odd/huge_sequence", **FACTS)).sequence == 2**31 - 1
    assert read_reply(reply_file("odd/address_as_a_name", **FACTS)).sender == "stan@example.org"
    assert read_reply(reply_file("odd/two_senders", **FACTS)).sender == ""


class TestHugeAndDeep:
    def test_what_is_too_large_is_not_read(self):
        message = reply_file("odd/nested", **FACTS)
        whole = message + b"x" * (MAX_BYTES - len(message))
        assert read_reply(whole).participation == "TENTATIVE"
        assert refusal_of(whole + b"x") is Verdict.TOO_LARGE

    def test_parts_in_parts_without_end(self):
        parts = [
            f'Content-Type: multipart/mixed; boundary="b{number}"\n\n--b{number}\n'
            for number in range(3000)
        ]
        assert refusal_of("".join(parts).encode()[:MAX_BYTES]) is Verdict.NO_ANSWER

    def test_many_parts(self):
        calendar = reply_file("odd/no_method_in_mime", **FACTS).partition(b"MIME-Version: 1.0")[2]
        head = b'From: sam@example.org\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        filler = b"--b\r\n\r\nx\r\n" * 100
        assert refusal_of(head + filler + b"--b" + calendar) is Verdict.NO_ANSWER

    @pytest.mark.parametrize("line", [b"BEGIN:VEVENT\r\n", b" \r\n", b"X;", b'X;A="', b"\\,"])
    def test_one_thing_again_and_again_takes_no_time(self, line):
        head = b"Content-Type: text/calendar; method=REPLY\r\n\r\n"
        message = (head + line * MAX_BYTES)[:MAX_BYTES]
        began = time.process_time()
        assert refusal_of(message) is Verdict.NO_ANSWER
        assert time.process_time() - began < 2


MESSAGES = [
    reply_file(f"{path.parent.name}/{path.stem}", **FACTS).splitlines(keepends=True)
    for path in sorted(FOLDER.rglob("*.eml"))
]
LINES = [line for message in MESSAGES for line in message]


def spoil(message, orders):
    """Return a message with some of its lines lost, doubled, swapped or garbled.

    Each three bytes of the orders say what to do to which line.
    """
    message = message or [b""]
    for what, where, which in zip(orders[::3], orders[1::3], orders[2::3], strict=False):
        place = where % len(message)
        line = message[place]
        changed = {
            0: [],
            1: [line, line],
            2: [LINES[which * 7 % len(LINES)]],
            3: [line, LINES[which * 11 % len(LINES)]],
            4: [line[:which] + orders + line[which:]],
            5: [line.replace(b":", bytes([which]))],
            6: [line.rstrip() + b" " + line],
        }[what % 7]
        message = [*message[:place], *changed, *message[place + 1 :]] or [b""]
    return b"".join(message)


def fell_into_the_net(message):
    """Tell whether a message was not understood, but caught by the last net of the reader."""
    try:
        read_reply(message)
    except NotAReply as refusal:
        return refusal.__cause__ is not None
    return False


@given(first=st.integers(0, len(MESSAGES) - 1), orders=st.binary(max_size=40))
@settings(max_examples=2_500, deadline=None, database=None)
def test_ten_thousand_messages_do_not_break_the_reader(first, orders):
    """Four at a time, because thinking of them takes longer than reading them."""
    for number in range(first, first + 4):
        assert not fell_into_the_net(spoil(MESSAGES[number % len(MESSAGES)], orders))


@pytest.mark.parametrize(
    ("recipient", "expected"),
    [
        ("rsvp+00112233445566778899aabbccddeeff@reply.example", True),
        ("RSVP+00112233445566778899AABBCCDDEEFF@REPLY.EXAMPLE", True),
        ("<rsvp+00112233445566778899aabbccddeeff@reply.example>", True),
        ("rsvp+00112233445566778899aabbccddeef@reply.example", False),
        ("rsvp+00112233445566778899aabbccddeeff0@reply.example", False),
        ("rsvp@reply.example", False),
        ("other+00112233445566778899aabbccddeeff@reply.example", False),
        ("rsvp+00112233445566778899aabbccddeeff", False),
        ("", False),
    ],
)
def test_the_token_in_an_address(recipient, expected):
    token = "00112233445566778899aabbccddeeff"
    assert read_reply_token(recipient) == (token if expected else None)
