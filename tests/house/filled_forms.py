"""What the forms of the route table are filled in with: always something that is accepted."""

from collections.abc import Mapping
from typing import Any

from supportgroups.calendars.forms import ALL_GROUPS
from tests.factories import PASSWORD
from tests.house.roles import ANONYMOUS
from tests.house.world import World

LONG_WORDS = "seven grey herons stood"

GROUP = {
    "name": "Other words",
    "purpose": "Other words",
    "audience": "Other words",
    "format": "online",
    "language": "en",
    "time_zone": "Europe/London",
    "agreement": "Other words",
}
SESSION = {
    "title": "Other words",
    "day": "2026-12-02",
    "starts": "19:00",
    "ends": "20:30",
    "capacity": "3",
    "confirmed": "y",
}

SERIES = {
    "repeats": "once",
    "day": "2026-12-02",
    "starts": "19:00",
    "minutes": "90",
    "ends": "never",
    "way_in": "reserve",
}

CALENDAR = (
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:other\r\nSUMMARY:Other words\r\n"
    "DTSTART:20261202T190000\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)

#: Forms that are a button alone.
BUTTONS = frozenset(
    {
        "accounts.come_back",
        "accounts.confirm_email",
        "accounts.confirm_sign_up",
        "accounts.end_device",
        "accounts.end_other_devices",
        "accounts.renew_own_link",
        "accounts.sign_out",
        "accounts.use_sign_in_link",
        "accounts.write_again",
        "announcements.take_back",
        "calendars.renew_link",
        "calendars.revoke_link",
        "exchange.undo_import",
        "calendars.stop_invitations",
        "groups.ask_for_approval",
        "groups.confirm",
        "groups.guard",
        "groups.leave",
        "groups.readmit_member",
        "groups.remove_member",
        "groups.revoke_invitation",
        "groups.withdraw_join_request",
        "notices.stop",
        "notices.stop_pushing",
        "pages.erase",
        "pages.hide_group",
        "pages.keep_group",
        "rsvps.enrol",
        "rsvps.leave_course",
        "sessions.lift_pause",
        "sessions.lift_site_break",
        "sessions.restore",
        "sessions.undo",
        "upkeep.retry_group_letters",
        "upkeep.retry_site_letters",
        "volunteering.ask_for_cover",
    }
)
#: What those who lead send.
LEADING: dict[str, Mapping[str, Any]] = {
    "announcements.write": {"words": "Other words", "confirmed": "y"},
    "announcements.write_about": {"words": "Other words", "confirmed": "y"},
    "insight.count_by_link": {"heads": "7", "outcome": "held"},
    "insight.count_heads": {"heads": "7", "outcome": "held"},
    "volunteering.allow_leading_alone": {"allowed": "yes"},
    "volunteering.answer": {"answer": "yes"},
    "volunteering.answer_by_link": {"answer": "no"},
    "volunteering.pass_on_by_link": {"answer": "no"},
    "volunteering.decide": {"decision": "cancel"},
}
ROOM = {"policy": "approval", "online_link": "https://other.example.org/", "confirmed": "y"}
BREAK = {"starts_on": "2027-01-05", "returns_on": "2027-01-20", "confirmed": "y"}
#: What everybody sends alike.
VISITING: dict[str, Mapping[str, Any]] = {
    "guides.say_helpful": {"answer": "yes"},
    "pages.report_problem": {"kind": "wrong", "note": "Other words"},
    "rsvps.might_come": {"key": "a key of this page"},
    "rsvps.respond": {"status": "tentative"},
    "sessions.add_make_up": {"day": "2027-01-20", "starts": "19:00", "minutes": "60"},
    "sessions.create_pause": BREAK,
    "sessions.create_site_break": BREAK,
    "sessions.edit_course": {"topics-0": "Other words", "late_join_until": "", "capacity": "9"},
    "sessions.set_up_review": {"visibility": "listed", "admission": "open"},
}
#: What goes into calendars, and comes out of them.
CALENDARS: dict[str, Mapping[str, Any]] = {
    "calendars.create_link": {
        "name": "Other words",
        "scope": ALL_GROUPS,
        "discretion": "neutral",
        "reach": "year",
    },
    "calendars.edit_link": {"name": "Other words", "discretion": "busy", "reach": "quarter"},
    "calendars.invitations": {"is_on": "y", "discretion": "busy"},
    "exchange.import_dates": {"pasted": CALENDAR},
}


def filled_form(world: World, endpoint: str, role: str, visibility: str) -> Mapping[str, Any]:
    """Return what this person sends to a route that changes something."""
    if endpoint in BUTTONS:
        return {}
    for table in (LEADING, VISITING, CALENDARS):
        if endpoint in table:
            return table[endpoint]
    if endpoint == "exchange.review_import":
        return {"rows": world.groups[visibility].draft_row, "admission": "drop_in"}
    same_for_all = LEADING | VISITING
    if endpoint in same_for_all:
        return same_for_all[endpoint]
    version = world.groups[visibility].agreement_version
    address = "member" if role == ANONYMOUS else role
    own_email = world.markers[f"e-mail of {address}"] + "@example.org"
    joining = {"agrees": "y", "agreement_version": str(version), "display_name": "Other words"}
    admission = "invitation" if visibility == "private" else "open"
    forms: dict[str, Mapping[str, Any]] = {
        "accounts.email": {"email": "other@example.org", "present": PASSWORD},
        "accounts.password": {"present": PASSWORD, "new": LONG_WORDS},
        "accounts.profile": {
            "display_name": "Other words",
            "time_zone": "Europe/Paris",
        },
        "accounts.request_sign_in_link": {"email": own_email},
        "accounts.sign_in": {"email": own_email, "password": PASSWORD},
        "accounts.sign_up": {"display_name": "Other words", "email": "other@example.org"},
        "groups.accept_agreement": joining,
        "groups.accept_invitation": joining,
        "groups.change_role": {"role": "facilitator"},
        "groups.create_invitation": {"name": "Other words"},
        "groups.decide_join_request": {"decision": "approve"},
        "groups.edit": {**GROUP, "visibility": visibility, "admission": admission},
        "groups.join": joining,
        "groups.welcome": {"welcome_note": "Other words", "expected_wait": "Other words"},
        "rsvps.come": {**joining, "key": "a key made for this page alone, and long enough"},
        "rsvps.come_to_course": {**joining, "key": "a key of this page alone, and long enough"},
        "rsvps.invite_listed": {"course": str(world.groups[visibility].course)},
        "rsvps.edit_room": ROOM,
        "rsvps.edit_way_in": {"admission": "drop_in", "doors_minutes": "15"},
        "notices.answer": {"status": "declined"},
        "notices.start_pushing": {"endpoint": "https://push.example.org/other"},
        "notices.news": {"reminder": "none", "quiet_from": "21", "quiet_until": "9"},
        "rsvps.answer_offer": {"status": "accepted"},
        "rsvps.move_up": {"turn": str(world.groups[visibility].last_turn)},
        # The member holds a seat already.
        "rsvps.series_seat": {"seat": "give_up" if role == "member" else "hold"},
        "sessions.cancel": {"reason": "Other words"},
        "sessions.create_series": SERIES,
        "sessions.edit": SESSION,
        "sessions.set_up_what": GROUP,
        "sessions.set_up_when": {**SERIES, "time_zone": "Europe/London"},
        "sessions.set_up_where": {"format": "online", "way_in": "reserve"},
    }
    if endpoint not in forms:
        raise LookupError(f"say in tests/house/filled_forms.py what is sent to {endpoint}")
    return forms[endpoint]
