"""The time zone to begin with, before a person says which one is theirs."""

from functools import cache
from importlib.resources import files

FALLBACK = "Europe/London"

#: Countries whose first row in the zone table is not where most of their people live: the table
#: goes from east to west, and begins with an island or an outpost there.
MOST_PEOPLE = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "FM": "Pacific/Pohnpei",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}


def zone_of_country(country: str) -> str:
    """Return the zone of most people in a country, given by its ISO 3166 code."""
    return MOST_PEOPLE.get(country) or _first_zones().get(country, FALLBACK)


@cache
def _first_zones() -> dict[str, str]:
    """Return the first zone of each country in the zone table of the pinned tzdata package."""
    first: dict[str, str] = {}
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _place, zone, *_comment = line.split("\t")
            first.setdefault(country, zone)
    return first
