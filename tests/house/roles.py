"""Who looks: the roles of the route table, in the order of its columns, with those inside last."""

ANONYMOUS = "anonymous"
#: Signed in, but outside: a stranger, somebody who asked to join, somebody who holds an invitation
#: link, somebody whom the organizers removed, the organizer of another group, who runs the site.
OUTSIDERS = ("stranger", "pending", "invited", "removed", "elsewhere", "admin")
INSIDERS = ("member", "waitlisted", "facilitator", "organizer")
SIGNED_IN = (*OUTSIDERS, *INSIDERS)
ROLES = (ANONYMOUS, *SIGNED_IN)
#: Comes by their own link alone, without e-mail or password. In groups they are what everybody is
#: there, so the table has no column for them, only a few lines that nobody else can do.
VISITOR = "visitor"

#: One group of each kind. The listed one wants to be asked, the unlisted one is open to everybody
#: who has its address, the private one is by invitation alone.
VISIBILITIES = ("listed", "unlisted", "private")
