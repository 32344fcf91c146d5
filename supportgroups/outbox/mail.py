"""Letters, and the ways in which they leave."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One letter to one person. The subject never names a group or its topic."""

    to: str
    subject: str
    text: str
    html: str | None = None
