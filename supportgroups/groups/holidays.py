"""Public holidays of countries and their regions, from the `holidays` package. Pure."""

from datetime import date
from functools import cache
from typing import Any

from babel import Locale


@cache
def _package() -> Any:
    # Not at the start: few pages ask, and it is large.
    import holidays  # noqa: PLC0415

    return holidays


@cache
def countries() -> frozenset[str]:
    """Return the ISO 3166 codes of the countries whose holidays are known."""
    return frozenset(_package().list_supported_countries(include_aliases=False))


@cache
def regions(country: str) -> dict[str, str]:
    """Return the regions of a country that have holidays of their own: code → name.

    A region without a name in the package is called by its code.
    """
    if country not in countries():
        return {}
    known = _package().country_holidays(country)
    names = {code: code for code in known.subdivisions}
    for name, code in known.subdivisions_aliases.items():
        if names.get(code) == code:
            names[code] = name
    return dict(sorted(names.items(), key=lambda item: item[1]))


def country_name(country: str, locale: Locale) -> str:
    """Return the name of a country in a language; its code where there is none, nothing for nothing."""
    return str(locale.territories.get(country, country))


def holiday_name(day: date, country: str, region: str = "", language: str = "") -> str | None:
    """Return what a public holiday is called there; none for every other day.

    :param country: empty, or one that is not known, has no holidays
    :param region: empty, or one that is not known, means those of the whole country
    :param language: ISO 639 code; where its words are not known, the country's own are used
    """
    if not country or country not in countries():
        return None
    known_region = region if region in regions(country) else ""
    return _of_year(country, known_region, day.year, _spoken(country, language)).get(day)


def is_holiday(day: date, country: str, region: str = "") -> bool:
    """Tell whether a day is a public holiday there."""
    return holiday_name(day, country, region) is not None


@cache
def _spoken(country: str, language: str) -> str | None:
    """Return which of the languages of the package to ask for; none for the country's own."""
    names = _package().country_holidays(country).supported_languages
    return next((name for name in names if language and name.partition("_")[0] == language), None)


@cache
def _of_year(country: str, region: str, year: int, language: str | None) -> dict[date, str]:
    found = _package().country_holidays(
        country, subdiv=region or None, years=year, language=language
    )
    return dict(found.items())
