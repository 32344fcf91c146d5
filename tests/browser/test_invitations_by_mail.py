"""A member's sessions come by mail into their calendar until they stop that, and come again."""

import re
from email.message import EmailMessage

from icalendar import Calendar

from supportgroups.calendars.services.invitations import bring_calendars_into_step
from supportgroups.clock import utc_now
from supportgroups.groups.models import Visibility
from tests.browser.site import Site, Someone, group_of, weekly_sessions_of
from tests.browser.window import OpenWindow, Way, Window
from tests.outbox_runner import OutboxRunner


def test_they_begin_with_a_choice_and_end_with_a_link(
    demo_site: Site, open_window: OpenWindow, way: Way
) -> None:
    rosa, robin = demo_site.newcomer("Rosalind"), demo_site.newcomer()
    with demo_site.app.app_context():
        slug = group_of(rosa, robin, name="Lantern circle", visibility=Visibility.UNLISTED)
        first, second, third = weekly_sessions_of(slug, rosa)[:3]
    member = open_window(demo_site, robin, way, width=390)
    # Whoever reads the mail is signed in nowhere.
    mail = open_window(demo_site, None, way)

    choose(member)
    answer(demo_site, member, first)
    assert mail.read_letter(robin.email).startswith("Appointment: ")
    mail.says("This letter puts it into your calendar.")
    (letter,) = letters_to(demo_site, robin)
    see_request(letter, robin)

    mail.go(mail.main.locator(".card").get_by_role("link").last)
    mail.heads("Stop the calendar invitations?")
    mail.press("Stop them")
    mail.heads("You get no more calendar invitations")
    member.visit("/my/calendars")
    member.says(re.compile(r"You get them\s*No"))
    answer(demo_site, member, second)
    assert len(letters_to(demo_site, robin)) == 1

    choose(member)
    # What was answered in between is made up for; what the calendar holds is not told again.
    answer(demo_site, member, third)
    for _session in (second, third):
        mail.read_letter(robin.email)
    assert len(letters_to(demo_site, robin)) == 3


def test_a_new_address_is_shown_where_it_was_made_and_nowhere_else(
    demo_site: Site, open_window: OpenWindow, way: Way
) -> None:
    robin = demo_site.newcomer()
    window = open_window(demo_site, robin, way, width=390)
    window.visit("/my/calendars")
    window.follow("Make an address")
    window.write("Name", "phone")
    window.press("Make the address")
    window.heads("Your new calendar address")
    path = window.path
    address = window.main.get_by_label("Or copy the address").input_value()
    assert address.startswith(f"{demo_site.base_url}/calendar/")
    window.follow("Done")
    assert window.path == "/my/calendars"
    window.says("phone")
    # A phone loses the page while its owner is in the calendar app.
    window.visit(path)
    window.heads("Your new calendar address")

    elsewhere = open_window(demo_site, robin, way)
    elsewhere.visit(path)
    elsewhere.heads("This address can no longer be shown")
    elsewhere.follow("Switch off “phone”")
    elsewhere.press("Switch off")
    elsewhere.says("The address no longer works.")
    elsewhere.says("No calendar yet")


def choose(window: Window) -> None:
    """Choose invitations, from the page of one's calendars."""
    window.visit("/my/calendars")
    window.says(re.compile(r"You get them\s*No"))
    window.follow("Choose calendar invitations")
    window.heads("Calendar invitations")
    window.tick("Send me my sessions as calendar invitations")
    window.press("Save")
    window.says("The first letters come within a minute or two.")
    window.says(re.compile(r"You get them\s*Yes"))


def answer(site: Site, window: Window, session: str) -> None:
    """Say yes to a session, and let the minute pass after which calendars are told."""
    window.visit(session)
    window.press("I’m coming")
    window.heads("You’re expected")
    with site.app.app_context():
        bring_calendars_into_step(now=utc_now())


def letters_to(site: Site, someone: Someone) -> list[EmailMessage]:
    """Return the letters that somebody got, the oldest first."""
    return [letter for letter in OutboxRunner(site.app).letters if letter["To"] == someone.email]


def see_request(letter: EmailMessage, someone: Someone) -> None:
    """See that a letter asks one calendar program to hold one entry that tells nothing."""
    (part,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert part.get_param("method") == "REQUEST"
    (event,) = Calendar.from_ical(part.get_payload(decode=True)).events
    assert event["ATTENDEE"] == f"mailto:{someone.email}"
    assert event["ORGANIZER"].endswith("@reply.example")
    assert event["SUMMARY"] == "Appointment"
