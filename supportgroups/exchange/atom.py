"""The coming sessions of a group as an Atom feed (RFC 4287). Pure.

Feed readers show what is new by `updated`, so a session that is moved or cancelled comes up again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

NAMESPACE = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, kw_only=True)
class AtomEntry:
    """One session, as everybody may read it."""

    public_id: UUID
    title: str
    summary: str
    updated: datetime
    address: str


def build_feed(
    entries: Iterable[AtomEntry],
    *,
    title: str,
    language: str,
    updated: datetime,
    own_address: str,
    page_address: str,
) -> bytes:
    """Return the feed as UTF-8, the same bytes for the same entries.

    :param own_address: where the feed is; also its id (RFC 4287 §4.2.6)
    :param page_address: the page on which people read the same
    """
    feed = Element("feed", {"xmlns": NAMESPACE, "xml:lang": language})
    _text(feed, "id", own_address)
    _text(feed, "title", title)
    _text(feed, "updated", _moment(updated))
    SubElement(feed, "link", rel="self", type="application/atom+xml", href=own_address)
    SubElement(feed, "link", rel="alternate", type="text/html", href=page_address)
    _text(SubElement(feed, "author"), "name", title)
    for entry in entries:
        node = SubElement(feed, "entry")
        _text(node, "id", entry.public_id.urn)
        _text(node, "title", entry.title)
        _text(node, "updated", _moment(entry.updated))
        SubElement(node, "link", rel="alternate", type="text/html", href=entry.address)
        _text(node, "summary", entry.summary)
    body: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return body


def _text(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = words


def _moment(moment: datetime) -> str:
    """Return a moment in UTC as RFC 3339 writes it, in whole seconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
