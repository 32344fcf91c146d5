"""Which time zone belongs to which country: a place to begin, before people say what is theirs."""

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
def country_of_zone(zone: str) -> str:
    """Return the country in which a zone lies, by its ISO 3166 code; empty for none, as UTC."""
    return next((country for country, name in _zone_table() if name == zone), "")


@cache
def _first_zones() -> dict[str, str]:
    first: dict[str, str] = {}
    for country, zone in _zone_table():
        first.setdefault(country, zone)
    return first


@cache
def _zone_table() -> list[tuple[str, str]]:
    """Return country and zone of each row in the zone table of the pinned tzdata package."""
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return [(country, zone) for country, _place, zone, *_comment in rows]
