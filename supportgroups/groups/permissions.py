"""Who may do what: one table, from a permission to the rules of which any one is enough.

Services call `ensure`, loaders and templates ask `permits`. Nothing else decides.
"""

from collections.abc import Callable
from enum import StrEnum

from supportgroups.accounts.models import UserAccount
from supportgroups.errors import PermissionDenied
from supportgroups.groups import queries
from supportgroups.groups.models import Admission, Group, Role, Visibility


class Permission(StrEnum):
    """An action that somebody may take in a group."""

    GROUP_READ = "group:read"
    #: See where an in-person session takes place.
    GROUP_PLACE = "group:place"
    GROUP_JOIN = "group:join"
    GROUP_LEAVE = "group:leave"
    #: Tell those who run the site that something is wrong.
    GROUP_REPORT = "group:report"
    #: Take it out of all lists, and put it back.
    GROUP_HIDE = "group:hide"
    GROUP_EDIT = "group:edit"
    #: Membership, requests and invitations.
    GROUP_MEMBERS = "group:members"
    #: Write to all members at once.
    GROUP_ANNOUNCE = "group:announce"
    #: See how many came and answered, session by session.
    GROUP_NUMBERS = "group:numbers"
    SESSION_RSVP = "session:rsvp"
    #: Say that one comes and become a member by it, also without an account.
    SESSION_COME = "session:come"
    #: Plan, edit, cancel and restore sessions.
    SESSION_MANAGE = "session:manage"
    #: See who answered what: those who open the door need to know who may come.
    SESSION_ANSWERS = "session:answers"
    #: Lead a session, ask somebody else to, and answer when one is asked.
    SESSION_LEAD = "session:lead"
    #: Say how many people came.
    SESSION_COUNT = "session:count"


Rule = Callable[[UserAccount | None, Group], bool]


def anyone_unless_private(_actor: UserAccount | None, group: Group) -> bool:
    """Whoever has the address of a listed or unlisted group."""
    return group.visibility is not Visibility.PRIVATE


def anyone_if_open(_actor: UserAccount | None, group: Group) -> bool:
    """Everybody, in a group that everybody may join."""
    return group.visibility is not Visibility.PRIVATE and group.admission_now is Admission.OPEN


def newcomer(actor: UserAccount | None, group: Group) -> bool:
    """Somebody signed in who has never belonged to a group that is not by invitation alone."""
    return (
        actor is not None
        and group.visibility is not Visibility.PRIVATE
        and group.admission is not Admission.INVITATION
        and queries.find_past_or_present_membership(group, actor) is None
    )


def site_admin(actor: UserAccount | None, group: Group) -> bool:
    """Whoever runs the site, about a group that its visitors can meet."""
    return actor is not None and actor.is_site_admin and anyone_unless_private(actor, group)


def member(actor: UserAccount | None, group: Group) -> bool:
    """Anyone who belongs to the group."""
    return queries.find_membership(group, actor) is not None


def _role(*roles: Role) -> Rule:
    def has_role(actor: UserAccount | None, group: Group) -> bool:
        membership = queries.find_membership(group, actor)
        return membership is not None and membership.role in roles

    return has_role


organizer = _role(Role.ORGANIZER)
leader = _role(Role.ORGANIZER, Role.FACILITATOR)

#: A permission is granted when any one of its rules holds. Whoever runs the site looks after the
#: machine, not the groups: that role opens no door here, and only takes a group out of the lists.
RULES: dict[Permission, tuple[Rule, ...]] = {
    Permission.GROUP_READ: (anyone_unless_private, member),
    Permission.GROUP_PLACE: (anyone_if_open, member),
    Permission.GROUP_JOIN: (newcomer,),
    Permission.GROUP_LEAVE: (member,),
    Permission.GROUP_REPORT: (anyone_unless_private,),
    Permission.GROUP_HIDE: (site_admin,),
    Permission.GROUP_EDIT: (organizer,),
    Permission.GROUP_MEMBERS: (organizer,),
    Permission.GROUP_ANNOUNCE: (organizer,),
    Permission.GROUP_NUMBERS: (leader,),
    Permission.SESSION_RSVP: (member,),
    Permission.SESSION_COME: (anyone_if_open, member),
    Permission.SESSION_MANAGE: (organizer,),
    Permission.SESSION_ANSWERS: (leader,),
    Permission.SESSION_COUNT: (leader,),
    Permission.SESSION_LEAD: (leader,),
}


def permits(actor: UserAccount | None, permission: Permission, group: Group) -> bool:
    """Tell whether `actor` (None for a guest) may do this in `group`."""
    return any(rule(actor, group) for rule in RULES[permission])


def ensure(actor: UserAccount | None, permission: Permission, group: Group) -> None:
    """Let the actor pass, or stop the act.

    :raises PermissionDenied: they may not do this
    """
    if not permits(actor, permission, group):
        raise PermissionDenied(permission)
