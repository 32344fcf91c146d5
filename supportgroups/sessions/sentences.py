"""How a schedule reads: one sentence, from its shape and never from the text of an RRULE. Pure.

"Every second Tuesday, 19:00–20:30, London time, until 15 December, not on 24 December."
Each way to repeat is a whole phrase of its own, because languages order its words differently;
what follows is a row of phrases with commas between them.
"""

from datetime import date, time, timedelta

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from supportgroups.formatting import near_day, wall_clock, weekday_name, zone_name
from supportgroups.sessions.recurrence import (
    LAST_DAY,
    SURE_DAYS,
    WEEKDAYS,
    MonthDayRule,
    MonthlyWeekdayRule,
    Rule,
    Timetable,
    WeeklyRule,
    parse_rule,
)

#: More dates than this are counted instead of listed.
MOST_LISTED = 4
NOON, EVENING = time(12), time(17)


def sentence(timetable: Timetable, *, length: timedelta, zone: str, today: date) -> str:
    """Return all that people need to know about when a series meets.

    :param today: the year of a date is said where it is not this one
    """
    phrases = [
        in_words(timetable, today=today),
        _times(timetable, length),
        zone_name(zone),
        *_ends(timetable, today),
        *_left_out(timetable, today),
    ]
    return ", ".join(phrase for phrase in phrases if phrase)


def in_words(timetable: Timetable, *, today: date) -> str:
    """Return how often a series meets: "Every second Tuesday"."""
    if timetable.rrule is None:
        days = [start.date() for start in timetable.dates] or [timetable.first.date()]
        return _list_in_words(days, today)
    return _rule_in_words(parse_rule(timetable.rrule))


def suggested_title(rule: Rule | None, starts: time) -> str:
    """Return what a schedule may be called if nobody says: "Tuesday evening"."""
    is_morning, is_afternoon = starts < NOON, NOON <= starts < EVENING
    if isinstance(rule, WeeklyRule) and len(rule.weekdays) == 1:
        weekday = weekday_name(*rule.weekdays)
        if is_morning:
            return str(_("%(weekday)s morning", weekday=weekday))
        if is_afternoon:
            return str(_("%(weekday)s afternoon", weekday=weekday))
        return str(_("%(weekday)s evening", weekday=weekday))
    if is_morning:
        return str(_("Morning session"))
    return str(_("Afternoon session") if is_afternoon else _("Evening session"))


def _rule_in_words(rule: Rule) -> str:
    if isinstance(rule, WeeklyRule):
        return _weekly(rule)
    if isinstance(rule, MonthlyWeekdayRule):
        return _monthly_weekday(rule)
    assert isinstance(rule, MonthDayRule)  # noqa: S101 (there is no fourth kind)
    return _month_day(rule)


def _weekly(rule: WeeklyRule) -> str:
    names = [weekday_name(weekday) for weekday in sorted(rule.weekdays)]
    days = _joined(names)
    if rule.interval == 1 and len(names) == len(WEEKDAYS):
        return str(_("Every day"))
    if rule.interval == 1:
        return str(_("Every %(weekday)s", weekday=days))
    if rule.interval == 2 and len(names) == 1:  # noqa: PLR2004 (every second)
        return str(_("Every second %(weekday)s", weekday=days))
    return str(_("Every %(num)s weeks on %(weekday)s", num=rule.interval, weekday=days))


def _monthly_weekday(rule: MonthlyWeekdayRule) -> str:
    weekday, months = weekday_name(rule.weekday), rule.interval
    if rule.nth == 1:
        words = ngettext(
            "On the first %(weekday)s of every month",
            "On the first %(weekday)s, every %(num)s months",
            months, weekday=weekday,
        )  # fmt: skip
    elif rule.nth == 2:  # noqa: PLR2004 (the second)
        words = ngettext(
            "On the second %(weekday)s of every month",
            "On the second %(weekday)s, every %(num)s months",
            months, weekday=weekday,
        )  # fmt: skip
    elif rule.nth == 3:  # noqa: PLR2004 (the third)
        words = ngettext(
            "On the third %(weekday)s of every month",
            "On the third %(weekday)s, every %(num)s months",
            months, weekday=weekday,
        )  # fmt: skip
    elif rule.nth == 4:  # noqa: PLR2004 (the fourth)
        words = ngettext(
            "On the fourth %(weekday)s of every month",
            "On the fourth %(weekday)s, every %(num)s months",
            months, weekday=weekday,
        )  # fmt: skip
    else:
        words = ngettext(
            "On the last %(weekday)s of every month",
            "On the last %(weekday)s, every %(num)s months",
            months, weekday=weekday,
        )  # fmt: skip
    return str(words)


def _month_day(rule: MonthDayRule) -> str:
    months = rule.interval
    if rule.day == LAST_DAY:
        words = ngettext(
            "On the last day of every month", "On the last day of the month, every %(num)s months",
            months,
        )  # fmt: skip
        return str(words)
    day = _ordinal(rule.day)
    if rule.day <= SURE_DAYS:
        words = ngettext(
            "On the %(day)s of every month", "On the %(day)s, every %(num)s months",
            months, day=day,
        )  # fmt: skip
    elif rule.ends_short_months:
        words = ngettext(
            "On the %(day)s of every month, or its last day if it is shorter",
            "On the %(day)s, or the last day of a shorter month, every %(num)s months",
            months, day=day,
        )  # fmt: skip
    else:
        words = ngettext(
            "On the %(day)s of every month that has one",
            "On the %(day)s of a month that has one, every %(num)s months",
            months, day=day,
        )  # fmt: skip
    return str(words)


def _ordinal(day: int) -> str:
    """Return the day of a month as it is said: 15th. Many languages say the plain number."""
    # Translators: four endings, chosen by the rules of your language. "15" is fine.
    endings = {
        "one": _("%(day)sst", day=day),
        "two": _("%(day)snd", day=day),
        "few": _("%(day)srd", day=day),
    }
    return str(endings.get(get_locale().ordinal_form(day)) or _("%(day)sth", day=day))


def _list_in_words(days: list[date], today: date) -> str:
    if len(days) == 1:
        return str(_("Once, on %(day)s", day=near_day(days[0], today)))
    if len(days) <= MOST_LISTED:
        return str(_("On %(days)s", days=_joined([near_day(day, today) for day in days])))
    words = ngettext(
        "On %(num)s date, from %(first)s to %(last)s",
        "On %(num)s dates, from %(first)s to %(last)s",
        len(days), first=near_day(days[0], today), last=near_day(days[-1], today),
    )  # fmt: skip
    return str(words)


def _times(timetable: Timetable, length: timedelta) -> str:
    starts = {start.time() for start in timetable.dates} or {timetable.first.time()}
    if len(starts) > 1:
        return str(_("at different times"))
    first = timetable.first
    return f"{wall_clock(first)}–{wall_clock(first + length)}"


def _ends(timetable: Timetable, today: date) -> list[str]:
    rule = parse_rule(timetable.rrule) if timetable.rrule is not None else None
    if rule is None:
        return []
    if timetable.stops_before is not None:
        last = timetable.stops_before.date() - timedelta(days=1)
        return [str(_("until %(day)s", day=near_day(last, today)))]
    if rule.until is not None:
        return [str(_("until %(day)s", day=near_day(rule.until, today)))]
    if rule.count is not None:
        return [str(ngettext("one time", "%(num)s times", rule.count))]
    return []


def _left_out(timetable: Timetable, today: date) -> list[str]:
    """Return what the schedule leaves out, from today on; the days behind us matter no more."""
    names = [str(_("public holidays"))] if timetable.country else []
    days = sorted(day for day in timetable.skipped if day >= today)
    listed = days if len(days) <= MOST_LISTED else days[: MOST_LISTED - 1]
    names += [near_day(day, today) for day in listed]
    more = len(days) - len(listed)
    if more:
        names.append(str(ngettext("%(num)s more day", "%(num)s more days", more)))
    if not names:
        return []
    return [str(_("not on %(days)s", days=format_list(names, style="or", locale=get_locale())))]


def _joined(names: list[str]) -> str:
    return str(format_list(names, locale=get_locale()))
