"""A facilitator who cannot lead, and who does instead (journey J6), with JavaScript and without."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from supportgroups.clock import utc_now
from supportgroups.db import db
from supportgroups.groups.models import Group, Role
from supportgroups.sessions.models import Series
from supportgroups.volunteering.links import sign_duty
from supportgroups.volunteering.services.cover import allow_leading_alone
from tests import factories
from tests.browser.site import Site, Someone, account_of, group_of, weekly_sessions_of
from tests.browser.window import OpenWindow, Way, Window


@pytest.fixture
def rosa(fresh_site: Site) -> Someone:
    """Somebody who organizes a group."""
    return fresh_site.newcomer("Rosa")


@pytest.fixture
def kofi(fresh_site: Site) -> Someone:
    """Somebody who leads its sessions."""
    return fresh_site.newcomer("Kofi")


@pytest.fixture
def amina(fresh_site: Site) -> Someone:
    """Somebody who could lead them as well."""
    return fresh_site.newcomer("Amina")


@pytest.fixture
def sam(fresh_site: Site) -> Someone:
    """Somebody who comes to them."""
    return fresh_site.newcomer("Sam")


@pytest.fixture
def sessions(
    fresh_site: Site, rosa: Someone, kofi: Someone, amina: Someone, sam: Someone
) -> list[str]:
    """The addresses of the sessions that Kofi and Rosa lead; one of them may lead alone."""
    with fresh_site.app.app_context():
        slug = group_of(rosa, sam, name="Lantern circle")
        group = db.session.execute(select(Group).filter_by(slug=slug)).scalar_one()
        for someone in (kofi, amina):
            factories.make_membership(group, account_of(someone), Role.FACILITATOR)
        leaders = frozenset({account_of(kofi).id, account_of(rosa).id})
        paths = weekly_sessions_of(
            slug, rosa, facilitator_ids=leaders, online_link="https://meet.example/lanterns"
        )
        (series,) = db.session.execute(select(Series).filter_by(group_id=group.id)).scalars()
        allow_leading_alone(series, is_allowed=True, actor=account_of(rosa), now=utc_now())
        return paths


@pytest.mark.parametrize("way", [Way.SCRIPTED, Way.PLAIN], ids=["with-JavaScript", "without"])
def test_the_first_yes_counts_and_otherwise_an_organizer_decides(
    fresh_site: Site,
    open_window: OpenWindow,
    way: Way,
    rosa: Someone,
    kofi: Someone,
    amina: Someone,
    sessions: list[str],
    pictures: Path,
) -> None:
    """One test for both ends, because each server takes seconds to start."""
    facilitator = open_window(fresh_site, kofi, way, width=390)
    guest = open_window(fresh_site, None, way, width=390)
    covered, alone = sessions[1], sessions[2]

    say_that_one_cannot(facilitator, covered)
    # The answer needs no sign-in.
    assert guest.read_letter(amina.email) == "Can you help out?"
    guest.follow_letter()
    guest.heads("Can you lead this?")
    guest.page.screenshot(path=pictures / f"can-you-lead-{way}.png")
    guest.press("Yes, I can lead it")
    guest.says("You lead it")
    guest.visit(covered)
    guest.says(re.compile(r"Led by\s+Amina, Rosa"))
    assert facilitator.read_letter(kofi.email) == "It is settled"

    say_that_one_cannot(facilitator, alone)
    guest.read_letter(amina.email)
    guest.follow_letter()
    guest.press("No, not this time")
    organizer = open_window(fresh_site, rosa, way)
    # Other letters have come before it.
    while organizer.read_letter(rosa.email) != "Somebody is needed":
        pass
    organizer.follow_letter()
    organizer.heads("Who leads it")
    organizer.page.screenshot(path=pictures / f"if-nobody-can-{way}.png")
    organizer.press("Leave it to Rosa")
    organizer.says("Settled. Everybody who was asked is told.")
    guest.visit(alone)
    guest.says(re.compile(r"Led by\s+Rosa"))


@pytest.mark.parametrize("way", [Way.SCRIPTED, Way.PLAIN], ids=["with-JavaScript", "without"])
def test_one_says_so_from_the_reminder_without_signing_in(
    fresh_site: Site,
    open_window: OpenWindow,
    way: Way,
    kofi: Someone,
    amina: Someone,
    sessions: list[str],
) -> None:
    with fresh_site.app.app_context():
        token = sign_duty(UUID(sessions[1].removeprefix("/sessions/")), account_of(kofi).id)
    guest = open_window(fresh_site, None, way, width=390)
    guest.visit(f"/duties/{token}")
    guest.heads("You lead this")
    guest.press("I can’t make it")
    guest.says("We are asking the others now.")
    assert guest.read_letter(amina.email) == "Can you help out?"
    guest.follow_letter()
    guest.press("Yes, I can lead it")
    guest.visit(sessions[1])
    guest.says(re.compile(r"Led by\s+Amina, Rosa"))


@pytest.mark.parametrize("way", [Way.SCRIPTED, Way.PLAIN], ids=["with-JavaScript", "without"])
def test_when_nobody_can_it_goes_online_or_is_cancelled(
    fresh_site: Site,
    open_window: OpenWindow,
    way: Way,
    rosa: Someone,
    kofi: Someone,
    amina: Someone,
    sam: Someone,
    sessions: list[str],
) -> None:
    """One test for both ends, because each server takes seconds to start."""
    facilitator = open_window(fresh_site, kofi, way, width=390)
    deputy = open_window(fresh_site, amina, way)
    member = open_window(fresh_site, sam, way, width=390)
    organizer = open_window(fresh_site, rosa, way)
    online, cancelled = sessions[1], sessions[2]
    for session in (online, cancelled):
        member.visit(session)
        member.press("I’m coming")
        member.heads("You’re expected")

    say_that_one_cannot(facilitator, online)
    assert deputy.read_letter(amina.email) == "Can you help out?"
    deputy.follow_letter()
    deputy.press("No, not this time")
    while organizer.read_letter(rosa.email) != "Somebody is needed":
        pass
    organizer.follow_letter()
    organizer.press("Hold it online")
    organizer.says("Settled. Everybody who was asked is told.")
    organizer.says(re.compile(r"Where\s+Online"))
    organizer.says(re.compile(r"Led by\s+Rosa"))
    assert facilitator.read_letter(kofi.email) == "It is settled"
    facilitator.says("This will be held online, so you need not do anything:")

    say_that_one_cannot(facilitator, cancelled)
    assert deputy.read_letter(amina.email) == "Can you help out?"
    # Nobody has to wait for an answer.
    organizer.visit(cancelled)
    organizer.follow("I can’t lead it")
    organizer.press("Cancel the session")
    organizer.says("This session is cancelled")
    fresh_site.hurry_letters()
    for window, someone in ((facilitator, kofi), (deputy, amina)):
        assert window.read_letter(someone.email) == "It is settled"
        window.says("This is cancelled, so nobody has to lead it:")
    # What came within five minutes is one letter.
    assert member.read_letter(sam.email) == "Some dates have changed"
    member.says("A new place")
    member.says("Cancelled")
    member.visit(online)
    member.says(re.compile(r"Where\s+Online"))


def say_that_one_cannot(window: Window, session: str) -> None:
    """Say so in two taps, without a reason."""
    window.visit(session)
    window.follow("I can’t lead it")
    window.press("I can’t lead it")
    window.says("Thank you for saying so. We are asking the others now.")
