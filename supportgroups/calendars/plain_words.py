"""Words from other programs as plain ones: no tags, no control characters, no way into a room. Pure.

People write the link to a call into the description or the place of an event. Here both are shown
to everybody who may read of a session, so the link moves to where only those expected find it.
"""

import re
from html.parser import HTMLParser

from supportgroups.calendars.found import MAX_LINK, MAX_PLACE, MAX_TITLE, MAX_WORDS
from supportgroups.text import clean_line, clean_text

#: More than this is not looked at, in characters.
MOST_LOOKED_AT = 20_000
#: Tags after which a new line begins.
BREAKS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4"})
#: Tags whose content nobody reads.
UNREAD = frozenset({"script", "style", "head", "template"})

_TAG = re.compile(r"</?[a-zA-Z!]")
#: What looks like a tag and never ends. The parser would search the rest of the words for the end of each.
_ENDLESS = re.compile(r"<(?!!--)(?![^<>]*>)")
#: Where groups meet online; the address of each call stands on one of these.
_ROOM = re.compile(
    r"https?://(?:[\w.-]{1,80}\.)?"
    r"(?:zoom\.us|zoom\.com|zoomgov\.com|meet\.google\.com|teams\.microsoft\.com|teams\.live\.com"
    r"|webex\.com|whereby\.com|meet\.jit\.si|gotomeeting\.com|meet\.goto\.com|skype\.com)"
    r"/[^\s<>\"'\)\]]{1,450}",
    re.IGNORECASE,
)
#: Lines that only help into a call.
_HELPS_IN = re.compile(
    r"passcode|password|meeting id|\bpin\b|dial[ -]?in|one tap mobile|join with|join zoom|-::~",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://\S{1,490}", re.IGNORECASE)


class _Reader(HTMLParser):
    """Collects the words of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag in BREAKS:
            self.words.append("\n")
        self._unread += tag in UNREAD

    def handle_endtag(self, tag: str) -> None:
        if tag in {"p", "li", "div"}:
            self.words.append("\n")
        if tag in UNREAD and self._unread:
            self._unread -= 1

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.words.append(data)


def without_tags(words: str) -> str:
    """Return what a reader sees of HTML; other words as they are."""
    words = words[:MOST_LOOKED_AT]
    if not _TAG.search(words):
        return words
    reader = _Reader()
    try:
        reader.feed(_ENDLESS.sub("&lt;", words))
        reader.close()
    except AssertionError:
        # The parser gives up on some declarations that no browser minds.
        return re.sub(r"<[^>]*>?", " ", words)
    return re.sub(r"\n{3,}", "\n\n", "".join(reader.words))


def line(words: str, most: int = MAX_TITLE) -> str:
    """Return one tidy line without tags, cut to `most` characters."""
    return cut(clean_line(without_tags(words)) or "", most)


def text(words: str) -> str:
    """Return tidy paragraphs without tags, cut to what a description may hold."""
    return cut(clean_text(without_tags(words)) or "", MAX_WORDS)


def cut(words: str, most: int) -> str:
    """Return the words, or as many as fit with a sign that there were more."""
    return words if len(words) <= most else words[: most - 1].rstrip() + "…"


def apart_from_room(place: str, description: str, given: str = "") -> tuple[str, str, str]:
    """Return place and description without the way into an online room, and that way.

    :param given: a link that the file itself calls the way into a room
    """
    place, description = line(place, MAX_PLACE), text(description)
    found = _ADDRESS.fullmatch(given.strip()) or _ROOM.search(f"{place} {description}")
    if found is None and _ADDRESS.fullmatch(place):
        # A place that is nothing but an address of the web is a room.
        found = _ADDRESS.fullmatch(place)
    if found is None:
        return place, description, ""
    link = (clean_line(found[0]) or "").rstrip(".,;")[:MAX_LINK]
    if _ADDRESS.fullmatch(place) or _ROOM.search(place):
        place = (clean_line(_ROOM.sub("", _ADDRESS.sub("", place))) or "").strip(",;– ")
    kept = [row for row in description.split("\n") if not _helps_in(row, link)]
    return place, clean_text("\n".join(kept)) or "", link


def _helps_in(row: str, link: str) -> bool:
    return link in row or _ROOM.search(row) is not None or _HELPS_IN.search(row) is not None
