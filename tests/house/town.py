"""The world in a database, visited by each role."""

from collections.abc import Callable, Mapping
from contextvars import Context
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, url_for
from flask import session as flask_session
from flask_wtf.csrf import generate_csrf
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from supportgroups.calendars.stop_links import stop_token as stop_invitations_token
from supportgroups.db import db
from supportgroups.notices.links import stop_token
from supportgroups.outbox.notice import Topic
from supportgroups.rsvps.answer_links import answer_token
from supportgroups.rsvps.offer_links import offer_token
from tests.house.keepers import Keeper
from tests.house.roles import ANONYMOUS, ROLES, VISITOR
from tests.house.world import GroupFacts, World

LETTER = "20261123T080000.000000-0000000001"
LETTER_BODY = (
    b"From: a@b.example\nTo: c@d.example\nDate: Mon, 23 Nov 2026 08:00:00 +0000\n\nHello.\n"
)
NOWHERE = UUID("0192d3c4-0000-7000-8000-000000000000")

SHOWN, CHANGED, MOVED_ON, TO_SIGN_IN, NOT_FOUND = ".", "+", ">", "S", "N"
#: How the route table writes refusals.
REFUSALS = {400: "B", 403: "F", 404: NOT_FOUND, 405: "M", 409: "C", 410: "G", 429: "T"}


@dataclass(frozen=True)
class Answer:
    """What came of one request."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    #: The tables of which a row is other than it was.
    changed: tuple[str, ...] = ()

    @property
    def symbol(self) -> str:
        """How the route table writes it. A refusal that changed something has no symbol."""
        if self.status in {302, 303}:
            to_sign_in = urlsplit(self.header("Location")).path == "/sign-in"
            meaning = TO_SIGN_IN if to_sign_in else MOVED_ON
        else:
            meaning = SHOWN if self.status == 200 else REFUSALS.get(self.status, str(self.status))
        if not self.changed:
            return meaning
        done = meaning in {SHOWN, MOVED_ON}
        return CHANGED if done else f"{meaning}, yet {', '.join(self.changed)} changed"

    @property
    def is_page(self) -> bool:
        """Whether it is HTML that a person reads."""
        return self.header("Content-Type").startswith("text/html") and self.status not in {302, 303}

    @property
    def text(self) -> str:
        """The words of the body."""
        return self.body.decode()

    def header(self, name: str) -> str:
        """Return one header; empty where it is missing."""
        return dict(self.headers).get(name, "")

    def without_date(self) -> tuple[object, ...]:
        """Return all that reaches a browser, but the moment."""
        return (self.status, [item for item in self.headers if item[0] != "Date"], self.body)


#: What each role saw at each address. The world is always put back, so it stays true.
Seen = dict[tuple[str, str], Answer]


class Town:
    """The world, ready to be visited."""

    def __init__(self, app: Flask, world: World, keeper: Keeper, seen: Seen) -> None:
        self.app = app
        self.world = world
        self.keeper = keeper
        self.seen = seen
        self.token, self.cookies = _make_cookies(app, world)
        # Without a memory, so that a message for the next page never stands on another's.
        self.client = app.test_client(use_cookies=False)
        self._urls: dict[tuple[str, str], str] = {}
        self.put_back()

    def put_back(self) -> None:
        """Let everything be as it was."""
        db.session.rollback()
        db.session.expire_all()
        self.keeper.put_back()
        folder = self.app.config["SETTINGS"].mail_folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{LETTER}.eml").write_bytes(LETTER_BODY)

    def look(self, role: str, url: str) -> Answer:
        """Look at a page as somebody; what was seen before, in any test, is not asked for again."""
        key = role, url
        if key not in self.seen:
            self.seen[key] = self.ask(role, "GET", url)
        return self.seen[key]

    def post(self, role: str, url: str, data: Mapping[str, Any] | None = None) -> Answer:
        """Send a form as somebody, with its token."""
        return self.ask(role, "POST", url, data={"csrf_token": self.token, **(data or {})})

    def ask(self, role: str, method: str, url: str, **options: Any) -> Answer:
        """Send any request as somebody, and put back whatever it changed."""
        response = self.send(role, method, url, **options)
        changed = self.keeper.changed_tables()
        if changed:
            self.put_back()
        return Answer(response.status_code, tuple(response.headers), response.data, tuple(changed))

    def send(self, role: str, method: str, url: str, **options: Any) -> TestResponse:
        """Send any request as somebody, and let what it changed stand."""
        headers = dict(options.pop("headers", {}))
        if role != ANONYMOUS or method == "POST":
            # A guest who only looks has no cookie; who sends a form got one together with it.
            headers["Cookie"] = self.cookies[role]
        # In a context of its own: inside the test's, all requests would share who is signed in.
        return Context().run(self.client.open, url, method=method, headers=headers, **options)

    def url(self, endpoint: str, visibility: str) -> str:
        """Return the address of a route: of one of the groups, or of what stands in for it."""
        key = endpoint, visibility
        if key not in self._urls:
            group = self.world.groups[visibility]
            names = arguments_of(self.app, endpoint)
            values = {name: _find(endpoint, name)(self.world, group) for name in names}
            self._urls[key] = address(self.app, endpoint, **values)
        return self._urls[key]

    def url_of_nothing(self, endpoint: str) -> str:
        """Return an address of a route at which there is nothing."""
        names = arguments_of(self.app, endpoint)
        values = {name: NOWHERE if name == "public_id" else "nowhere" for name in names}
        return address(self.app, endpoint, **values)


#: What fills the addresses: for one route, for the routes of a slice, or for all of that name.
VALUES: dict[str, Callable[[World, GroupFacts], Any]] = {
    "slug": lambda world, group: group.slug,
    "guides.sheet sheet": lambda world, group: "gratitude",
    "guides.say_helpful slug": lambda world, group: "your-first-session",
    "guides.show slug": lambda world, group: "your-first-session",
    "groups.change_role public_id": lambda world, group: group.memberships["waitlisted"],
    "groups.remove_member public_id": lambda world, group: group.memberships["waitlisted"],
    "groups.readmit_member public_id": lambda world, group: group.memberships["removed"],
    "groups.decide_join_request public_id": lambda world, group: group.join_request,
    "groups.revoke_invitation public_id": lambda world, group: group.invitation,
    "groups.accept_invitation token": lambda world, group: group.invitation_secret,
    "announcements.take_back public_id": lambda world, group: group.announcement,
    "announcements.write_about public_id": lambda world, group: group.session,
    "sessions.undo public_id": lambda world, group: group.change,
    "sessions.lift_pause public_id": lambda world, group: group.pause,
    "sessions.lift_site_break public_id": lambda world, group: world.site_break,
    "sessions.door_notice public_id": lambda world, group: group.cancelled_session,
    "sessions.restore public_id": lambda world, group: group.cancelled_session,
    "sessions public_id": lambda world, group: group.session,
    "rsvps.edit_room public_id": lambda world, group: group.series,
    "rsvps.edit_way_in public_id": lambda world, group: group.series,
    "rsvps.might_come public_id": lambda world, group: group.drop_in_session,
    "pages.course public_id": lambda world, group: group.course,
    "calendars.course_file public_id": lambda world, group: group.course,
    "sessions.add_make_up public_id": lambda world, group: group.course,
    "sessions.edit_course public_id": lambda world, group: group.course,
    "rsvps.come_to_course public_id": lambda world, group: group.course,
    "rsvps.enrol public_id": lambda world, group: group.course,
    "rsvps.invite_listed public_id": lambda world, group: group.old_course,
    "rsvps.leave_course public_id": lambda world, group: group.course,
    "rsvps.roster public_id": lambda world, group: group.course,
    "rsvps public_id": lambda world, group: group.session,
    "rsvps.series_seat public_id": lambda world, group: group.series,
    "calendars.stop_invitations token": lambda world, group: stop_invitations_token(world.member),
    "notices.answer token": lambda world, group: answer_token(group.answer),
    "notices.stop token": lambda world, group: stop_token(world.member, Topic.DUTIES),
    "rsvps.answer_offer token": lambda world, group: offer_token(group.offer),
    "pages.session public_id": lambda world, group: group.session,
    "calendars.session_file public_id": lambda world, group: group.session,
    "volunteering public_id": lambda world, group: group.uncovered_session,
    "volunteering.ask_for_cover public_id": lambda world, group: group.session,
    "volunteering.answer_by_link token": lambda world, group: group.cover_token,
    "volunteering.pass_on_by_link token": lambda world, group: group.duty_token,
    "insight.count_heads public_id": lambda world, group: group.past_session,
    "insight.count_by_link token": lambda world, group: group.count_token,
    "exchange.review_import public_id": lambda world, group: group.draft,
    "exchange.undo_import public_id": lambda world, group: group.imported,
    "calendars public_id": lambda world, group: world.link,
    "calendars.private_feed secret": lambda world, group: world.feeds["member"],
    "accounts.end_device public_id": lambda world, group: world.tablet,
    "accounts.use_sign_in_link token": lambda world, group: world.sign_in_token,
    "accounts.confirm_sign_up token": lambda world, group: world.sign_up_token,
    "accounts.come_back token": lambda world, group: world.own_link_token,
    "accounts.confirm_email token": lambda world, group: world.email_token,
    "dev.letter name": lambda world, group: LETTER,
    "dev.letter_html name": lambda world, group: LETTER,
}


def _find(endpoint: str, name: str) -> Callable[[World, GroupFacts], Any]:
    for known in (f"{endpoint} {name}", f"{endpoint.partition('.')[0]} {name}", name):
        if known in VALUES:
            return VALUES[known]
    raise LookupError(f"say in tests/house/town.py what {name} is for {endpoint}")


def arguments_of(app: Flask, endpoint: str) -> set[str]:
    """Return the names in the address of a route."""
    return set(rule_of(app, endpoint).arguments)


def rule_of(app: Flask, endpoint: str) -> Rule:
    """Return the one rule of an endpoint."""
    (rule,) = app.url_map.iter_rules(endpoint)
    return rule


def address(app: Flask, endpoint: str, **values: Any) -> str:
    """Return the path of a route."""
    with app.test_request_context():
        return url_for(endpoint, **values)


def _make_cookies(app: Flask, world: World) -> tuple[str, dict[str, str]]:
    """Return a form's token, and the cookie of each role's browser that carries its other half."""
    with app.test_request_context():
        token, raw = str(generate_csrf()), flask_session["csrf_token"]
    signer = app.session_interface.get_signing_serializer(app)
    cookies = {}
    for role in (*ROLES, VISITOR):
        kept = {"csrf_token": raw}
        if role in world.devices:
            kept |= {"_user_id": world.devices[role], "_fresh": True}
        cookies[role] = f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(kept)}"
    return token, cookies
