"""One weekly schedule as the Meeting Guide format writes it. Pure.

Finders of many sites read this format. Source: https://github.com/code4recovery/spec, where the
codes of types stand too; what has no code there is left out.
"""

from datetime import datetime
from typing import Any

from supportgroups.groups.models import Admission, Group
from supportgroups.groups.topics import AccessAnswer, AccessFeature, Topic
from supportgroups.sessions.models import Series
from supportgroups.sessions.recurrence import Rule, WeeklyRule, parse_rule

#: The format knows names up to this length.
MAX_NAME = 255

TOPIC_CODES = {
    Topic.LGBTQ: "LGBTQ",
    Topic.MENS_HEALTH: "M",
    Topic.WOMENS_HEALTH: "W",
    Topic.YOUNG_PEOPLE: "Y",
}
ACCESS_CODES = {
    AccessFeature.STEP_FREE: "X",
    AccessFeature.ACCESSIBLE_TOILET: "XB",
    AccessFeature.CHILDREN_WELCOME: "CF",
}
LANGUAGE_CODES = {
    "de": "DE", "en": "EN", "es": "S", "fa": "FA", "fr": "FR", "he": "HE", "hi": "HI", "it": "ITA",
    "ja": "JA", "ko": "KOR", "pa": "PUN", "pl": "POL", "pt": "POR", "ru": "RUS", "uk": "UK",
}  # fmt: skip


def weekly_rule(rrule: str | None) -> WeeklyRule | None:
    """Return the rule of a schedule that meets every week; none for every other rhythm."""
    rule: Rule | None = parse_rule(rrule) if rrule is not None else None
    return rule if isinstance(rule, WeeklyRule) and rule.interval == 1 else None


def meeting(
    series: Series,
    rule: WeeklyRule,
    *,
    shows_place: bool,
    address: str,
    site_name: str,
    site_address: str,
) -> dict[str, Any]:
    """Return one entry of the feed; what nobody may know outside the group is not in it.

    :param shows_place: whether everybody may know where the group meets; what is good to know
        often says how to find the door, so it goes with the place
    :param address: the page of the group
    """
    group = series.group
    ends_at = series.wall_starts_at + series.length
    entry: dict[str, Any] = {
        "name": series.title[:MAX_NAME],
        "slug": str(series.public_id),
        "day": _days(rule),
        "time": _clock(series.wall_starts_at),
        "end_time": _clock(ends_at),
        "timezone": series.time_zone,
        "types": _types(group),
        "group": group.name,
        "group_notes": "\n".join(filter(None, [group.purpose, group.audience])),
        "url": address,
        "feedback_url": address,
        "updated": f"{group.calendar_revised_at:%Y-%m-%d %H:%M:%S}",
        "entity": site_name,
        # Readers of the format disagree about which of these two it is.
        "entity_website_url": site_address,
        "entity_url": site_address,
    }
    if shows_place:
        entry |= _where(series)
    return entry


def _where(series: Series) -> dict[str, str]:
    if not series.place:
        return {}
    found = {
        "location": series.place.partition(",")[0],
        "formatted_address": series.place,
        "country": series.group.country,
        "notes": series.description,
    }
    return {name: words for name, words in found.items() if words}


def _days(rule: WeeklyRule) -> int | list[int]:
    """Return the weekdays as the format counts them: 0 is Sunday."""
    days = sorted((weekday + 1) % 7 for weekday in rule.weekdays)
    return days[0] if len(days) == 1 else days


def _types(group: Group) -> list[str]:
    certain = {fact.feature for fact in group.access_facts if fact.answer is AccessAnswer.YES}
    codes = ["O" if group.admission is Admission.OPEN else "C"]
    codes += [TOPIC_CODES[topic] for topic in group.topics if topic in TOPIC_CODES]
    codes += [code for feature, code in ACCESS_CODES.items() if feature in certain]
    if group.language in LANGUAGE_CODES:
        codes.append(LANGUAGE_CODES[group.language])
    return codes


def _clock(wall: datetime) -> str:
    return f"{wall:%H:%M}"
