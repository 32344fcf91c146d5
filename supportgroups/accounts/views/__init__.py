"""Pages about accounts: coming in, going out, and what is one's own."""

from supportgroups.accounts.views import own_link, profile, sign_in, sign_out, sign_up
from supportgroups.accounts.views.blueprint import bp

__all__ = ["bp", "own_link", "profile", "sign_in", "sign_out", "sign_up"]
