"""Which family of calendar apps somebody uses, from what the app says of itself. Pure.

Only the family is ever kept: the whole string tells the make of a phone and the day of its last
update, and nobody needs that to recognise an app of their own.
"""

from enum import StrEnum


class ClientFamily(StrEnum):
    """Whose app fetches a feed."""

    APPLE = "apple"
    GOOGLE = "google"
    OUTLOOK = "outlook"
    THUNDERBIRD = "thunderbird"
    ANDROID = "android"
    OTHER = "other"


#: What stands in a User-Agent, in small letters, in the order in which it is looked for: Outlook
#: for Mac names the system too, and many apps of Android the library that fetches for them.
SIGNS: tuple[tuple[ClientFamily, tuple[str, ...]], ...] = (
    (ClientFamily.GOOGLE, ("google-calendar", "googlecalendar", "feedfetcher-google")),
    (ClientFamily.OUTLOOK, ("outlook", "microsoft office", "microsoft.exchange", "exchange/")),
    (ClientFamily.THUNDERBIRD, ("thunderbird", "lightning")),
    (ClientFamily.ANDROID, ("android", "icsx5", "davx5", "okhttp", "dalvik")),
    (
        ClientFamily.APPLE,
        ("dataaccessd", "calendaragent", "ios/", "ipados/", "macos/", "mac_os_x", "mac+os+x",
         "darwin/"),
    ),
)  # fmt: skip


def family_of(user_agent: str) -> ClientFamily:
    """Return the family of the app that calls itself so."""
    words = user_agent.lower()
    for family, signs in SIGNS:
        if any(sign in words for sign in signs):
            return family
    return ClientFamily.OTHER
