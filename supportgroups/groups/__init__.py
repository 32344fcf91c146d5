"""Groups, memberships, join requests, invitations, agreement, directory; the permission table."""
