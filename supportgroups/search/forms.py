"""What somebody types into the search box."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from wtforms import SearchField, SelectField

from supportgroups.forms import Form, choices_of
from supportgroups.text import clean_line

LONGEST_QUESTION = 100


class Kind(StrEnum):
    """What somebody looks for."""

    GUIDES = "guides"
    GROUPS = "groups"
    SESSIONS = "sessions"


KIND_WORDS = {
    Kind.GUIDES: _l("Guides"),
    Kind.GROUPS: _l("Groups"),
    Kind.SESSIONS: _l("Coming sessions"),
}
MORE_WORDS = {
    Kind.GUIDES: _l("More guides"),
    Kind.GROUPS: _l("More groups"),
    Kind.SESSIONS: _l("More sessions"),
}


class SearchForm(Form):
    """One box, and what to look in. Read from the address; nothing is kept."""

    class Meta(Form.Meta):
        """Looking something up changes nothing, so it needs no token."""

        csrf = False

    q = SearchField(_l("What are you looking for?"), filters=[clean_line])
    kind = SelectField(_l("Look in"), choices=choices_of(KIND_WORDS, first=_l("Everything")))
