"""Writing to members: who gets it, when it leaves, how it is taken back, what is left of it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from supportgroups.accounts.services.erasure import erase_person
from supportgroups.announcements import queries, services
from supportgroups.announcements.models import Announcement
from supportgroups.announcements.services import A_DAY, SHOWN_FOR, UNDO, announce, take_back
from supportgroups.audit import AuditEntry
from supportgroups.db import db, transaction
from supportgroups.errors import PermissionDenied
from supportgroups.form_keys import new_form_key
from supportgroups.groups.models import Role
from supportgroups.groups.queries import find_past_or_present_membership
from supportgroups.rsvps.models import RsvpStatus
from tests.factories import make_group, make_membership, make_rsvp
from tests.watching import afresh, at_once

WORDS = "We meet in the small room.\n\nBring a cup."
EVERYBODY = {"rosa@example.org", "kofi@example.org", "sam@example.org"}


@pytest.fixture
def write(cast, now):
    """Let Rosa write to her group, or as somebody else, or about a session."""

    def write(words=WORDS, *, actor=None, at=now, **options):
        announce(cast.group, words, actor=actor or cast.rosa, now=at, **options)
        return queries.list_written(cast.group)[0]

    return write


@pytest.fixture
def readers(outbox, now):
    """Let the letters leave; return who got one."""

    def readers(later=UNDO):
        outbox.run(now=now + later)
        addresses = [letter["To"] for letter in outbox.letters]
        assert len(addresses) == len(set(addresses))
        return set(addresses)

    return readers


class TestAnnounce:
    def test_each_member_gets_a_letter_after_ten_minutes(self, write, readers):
        announcement = write()
        assert readers(UNDO - timedelta(seconds=1)) == set()
        assert readers() == EVERYBODY
        assert announcement.letters == 3

    def test_the_letter_says_what_was_written_and_nothing_on_the_envelope(
        self, write, readers, outbox, cast
    ):
        write()
        readers()
        letter = outbox.letters[0]
        assert letter["Subject"] == "A message"
        assert letter["Reply-To"] is None
        words = letter.get_content()
        assert words.startswith("You have an update.\n\nWe meet in the small room.\n\nBring a cup.")
        assert "nobody reads the answers" in words
        assert cast.group.name not in letter.as_string()
        assert "List-Unsubscribe" in letter

    def test_answers_go_to_the_mailbox_of_the_group_alone(self, write, readers, outbox, cast):
        with transaction():
            cast.group.mailbox = "answers@example.org"
        write()
        readers()
        assert {letter["Reply-To"] for letter in outbox.letters} == {"answers@example.org"}
        assert "those who wrote it read your answer" in outbox.letters[0].get_content()

    def test_about_a_session_it_is_for_those_who_answered(self, write, readers, cast, make_user):
        waits = make_user("Wim", email="wim@example.org")
        make_membership(cast.group, waits)
        make_rsvp(cast.session, cast.sam, RsvpStatus.TENTATIVE)
        make_rsvp(cast.session, waits, RsvpStatus.WAITLISTED, turn=1)
        make_rsvp(cast.session, cast.kofi, RsvpStatus.DECLINED)
        assert write(group_session=cast.session).letters == 2
        assert readers() == {"sam@example.org", "wim@example.org"}

    def test_who_wants_none_or_has_no_address_is_not_counted(self, write, readers, cast):
        with transaction():
            cast.sam.wants_announcements = False
            cast.kofi.email = None
        assert write().letters == 1
        assert readers() == {"rosa@example.org"}

    def test_who_left_meanwhile_gets_none(self, write, readers, cast, now):
        write()
        with transaction():
            find_past_or_present_membership(cast.group, cast.sam).removed_at = now
        assert readers() == EVERYBODY - {"sam@example.org"}

    @pytest.mark.parametrize("name", ["kofi", "sam", "stan"])
    def test_only_organizers_may(self, write, cast, name):
        with pytest.raises(PermissionDenied):
            write(actor=getattr(cast, name))
        assert queries.list_written(cast.group) == []

    def test_so_many_a_day_and_no_more(self, write, cast, now):
        for _ in range(A_DAY):
            write()
        with pytest.raises(services.EnoughForToday):
            write()
        assert len(queries.list_written(cast.group)) == A_DAY
        write(at=now + timedelta(days=1))
        elsewhere = make_group("Elsewhere", slug="elsewhere")
        make_membership(elsewhere, cast.rosa, Role.ORGANIZER)
        announce(elsewhere, WORDS, actor=cast.rosa, now=now)

    def test_racing_organizers_send_no_more_either(self, app, cast, now):
        read = afresh(cast.group, cast.rosa)

        def send():
            group, rosa = read()
            return announce(group, WORDS, actor=rosa, now=now)

        outcomes = at_once(app, *[send] * (A_DAY + 3))
        assert [type(outcome) for outcome in outcomes if outcome is not None] == [
            services.EnoughForToday
        ] * 3
        assert len(queries.list_written(cast.group)) == A_DAY

    def test_a_form_that_arrives_twice_counts_once(self, write, cast, readers):
        key = new_form_key()
        write(form_key=key)
        write(form_key=key)
        assert len(queries.list_written(cast.group)) == 1

    def test_it_leaves_one_row_in_the_audit_trail(self, write, cast):
        announcement = write()
        (entry,) = db.session.execute(select(AuditEntry)).scalars()
        assert (entry.act, entry.actor_id, entry.group_id, entry.subject) == (
            "announcement.sent",
            cast.rosa.id,
            cast.group.id,
            str(announcement.public_id),
        )


class TestTakeBack:
    def test_no_letter_leaves_and_the_words_are_gone(self, write, readers, cast, now):
        announcement = write()
        take_back(announcement, actor=cast.rosa, now=now + UNDO - timedelta(seconds=1))
        assert readers() == set()
        assert announcement.words is None
        assert queries.list_for_reader(cast.sam, now=now + UNDO) == []

    def test_twice_is_harmless(self, write, cast, now):
        announcement = write()
        for minutes in (1, 30):
            take_back(announcement, actor=cast.rosa, now=now + timedelta(minutes=minutes))
        acts = db.session.execute(select(AuditEntry.act)).scalars().all()
        assert acts == ["announcement.sent", "announcement.taken_back"]

    def test_what_has_left_stays(self, write, readers, cast, now):
        announcement = write()
        with pytest.raises(services.AlreadyLeft):
            take_back(announcement, actor=cast.rosa, now=now + UNDO)
        assert readers() == EVERYBODY

    def test_only_organizers_may(self, write, cast, now):
        with pytest.raises(PermissionDenied):
            take_back(write(), actor=cast.kofi, now=now)


class TestReading:
    def words_for(self, person, now):
        return [announcement.words for announcement in queries.list_for_reader(person, now=now)]

    def test_members_read_it_from_when_it_left_for_a_week(self, write, cast, now):
        write()
        moments = [UNDO - timedelta(seconds=1), UNDO, UNDO + SHOWN_FOR - timedelta(seconds=1)]
        shown = [self.words_for(cast.sam, now + moment) for moment in moments]
        assert shown == [[], [WORDS], [WORDS]]
        assert self.words_for(cast.sam, now + UNDO + SHOWN_FOR) == []
        assert self.words_for(cast.stan, now + UNDO) == []

    def test_about_a_session_only_those_who_answered_and_until_it_is_over(self, write, cast, now):
        make_rsvp(cast.session, cast.sam, RsvpStatus.ACCEPTED)
        write(group_session=cast.session)
        last_moment = cast.session.ends_at - timedelta(seconds=1)
        assert self.words_for(cast.sam, last_moment) == [WORDS]
        assert self.words_for(cast.kofi, last_moment) == []

    def test_then_its_words_are_erased_and_the_numbers_stay(self, write, now):
        announcement = write()
        services.erase_old_words(now=now + UNDO + SHOWN_FOR - timedelta(seconds=1))
        assert announcement.words == WORDS
        services.erase_old_words(now=now + UNDO + SHOWN_FOR)
        assert (announcement.words, announcement.letters) == (None, 3)

    def test_the_words_of_somebody_erased_are_erased(self, write, cast, now):
        write()
        with transaction():
            find_past_or_present_membership(cast.group, cast.kofi).role = Role.ORGANIZER
        erase_person(cast.rosa, now=now)
        kept = db.session.execute(select(Announcement.words, Announcement.author_id)).one()
        assert kept == (None, None)
