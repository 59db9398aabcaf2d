"""The schedule of a connection template: what its create takes, what is refused later, when it starts, in words. Pure.

Platform v2.0.0 reads it with cron-utils 9.2.1 (QUARTZ) at the create and with Quartz 2.3.2 when a sync is scheduled. Whether the Agent
API does is not known: its documents say Quartz.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Final

from reconciler.connectors.server.quartz import (
    DOM,
    DOW,
    KINDS,
    YEAR,
    Kind,
    RefusedSchedule,
    Schedule,
    quartz_schedule,
)
from reconciler.model.text import count, listed

_ELEMENT = re.compile(r"(?:\*|(?P<first>\+?\w+)(?:-(?P<last>\+?\w+))?)?(?:/(?P<step>\+?\d+)/*)?")
_DAY_OF_MONTH = re.compile(r"LW|L(?:-(?P<before>\+?\d+))?|(?P<day>\+?\d+)W")
_DAY_OF_WEEK = re.compile(r"(?P<day>\+?\w+)#(?P<nth>\+?\w+)|(?P<last>(?:\+?\w+)?)L")
_KINDS: Final = (*KINDS[:YEAR], Kind("year", 1970, 2099))
_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_PLACES: Final = ("first", "second", "third", "fourth", "fifth", "last")
_MOST_TIMES = 6
_MOST_COMPARED = 100


def read_schedule(text: str) -> str:
    """The expression that is kept: without a trailing `UTC`, which is what every schedule is in. Raises RefusedSchedule."""
    expression = _without_zone(text)
    fields = expression.split()
    if len(fields) not in (6, 7):
        raise RefusedSchedule(
            f"it has {count(len(fields), 'field')} instead of 6 or 7", "write six or seven fields"
        )
    if (fields[DOM] == "?") == (fields[DOW] == "?"):
        message = "one of day of the month and day of the week must be `?`, the other one not"
        raise RefusedSchedule(message, "write `?` for the one that does not choose the days")
    for index, value in enumerate(fields):
        elements = value.split(",")
        for element in elements:
            _check(index, element, is_alone=len(elements) == 1)
    # What is read is asked for plain numbers on top. For the minutes only when there is a year.
    for index in range(len(fields) - 5):
        if not fields[index].removeprefix("+").isdecimal():
            raise RefusedSchedule(f"its {_KINDS[index].name} is no plain number", "write one number there")
    return expression


def _without_zone(text: str) -> str:
    return (text.replace("UTC", "") if text.endswith("UTC") else text).strip()


def _number(field: Kind, text: str) -> int:
    if text.upper() in field.names:
        return field.names.index(text.upper()) + field.least
    if not text.removeprefix("+").isdecimal() or not field.least <= int(text) <= field.most:
        raise RefusedSchedule(f"{text!r} is no {field.name} from {field.least} to {field.most}")
    return int(text)


def _check(index: int, element: str, *, is_alone: bool) -> None:
    field, special = _KINDS[index], {DOM: _DAY_OF_MONTH, DOW: _DAY_OF_WEEK}.get(index)
    if special is not None and element == "?":
        return
    found = special.fullmatch(element) if special is not None else None
    if found is None:
        _check_range(field, element, is_strict=index == YEAR)
        return
    last = found.groupdict().get("last")
    for number in filter(None, found.groups()):
        _number(field, number)
    if last and not is_alone and not last.isdecimal():
        raise RefusedSchedule("a list cannot hold a named last day of the week", "write it alone")


def _check_range(field: Kind, element: str, *, is_strict: bool) -> None:
    found = _ELEMENT.fullmatch(element)
    if found is None or not element:
        raise RefusedSchedule(f"its {field.name} cannot be read: {element!r}")
    ends = [_number(field, text) for text in (found["first"], found["last"]) if text is not None]
    if is_strict and ends != sorted(ends):
        raise RefusedSchedule(f"its {field.name}s run backwards: {element!r}")
    if found["step"] is not None and not 0 < int(found["step"]) <= min(
        field.most, field.most - field.least + 1
    ):
        raise RefusedSchedule(f"its {field.name} has a step that is too long: {element!r}")


def objection(expression: str) -> str:
    """Why Quartz refuses a schedule that is kept, so that it never starts a sync. "" when it does not."""
    try:
        quartz_schedule(expression)
    except RefusedSchedule as refusal:
        return str(refusal)
    return ""


def next_times(expression: str, after: datetime, number: int) -> tuple[datetime, ...]:
    """When syncs start next after a moment in UTC, up to `number`. Fewer where there are no more within a hundred years. Raises
    RefusedSchedule where Quartz refuses the schedule.
    """
    return tuple(islice(quartz_schedule(_without_zone(expression)).times(after), number))


def shortest_interval(expression: str, after: datetime) -> timedelta | None:
    """The shortest time between two starts. None where there are not two. As `next_times`."""
    times = next_times(expression, after, _MOST_COMPARED)
    return min((later - earlier for earlier, later in pairwise(times)), default=None)


def schedule_words(expression: str, after: datetime) -> str:
    """One line for a report: the schedule in words, its next three times, and how often where that is more than once an hour. As
    `next_times`.
    """
    times, interval = next_times(expression, after, 3), shortest_interval(expression, after)
    starts = ", ".join(f"{time:%Y-%m-%d %H:%M}" for time in times) or "never"
    often = interval is not None and interval < timedelta(hours=1)
    every = f"; syncs may be only {interval_words(interval)} apart" if interval is not None and often else ""
    return f"{describe(expression)}; next: {starts}{every}"


def interval_words(interval: timedelta) -> str:
    """`15 minutes`, `1 minute`, `30 seconds`."""
    minutes, seconds = divmod(int(interval.total_seconds()), 60)
    return " ".join(count(each, name) for each, name in ((minutes, "minute"), (seconds, "second")) if each)


def describe(expression: str) -> str:
    """A schedule in plain words: `at 12:00 on Monday to Friday, UTC`. As `next_times`."""
    schedule = quartz_schedule(_without_zone(expression))
    months, years = sorted(schedule.fields[4]), sorted(schedule.fields[YEAR])
    times, days = _time_words(schedule), _day_words(schedule)
    words = [times, days or ("" if "every" in times else "every day")]
    if len(months) < 12:
        words.append(f"in {_runs(months, lambda month: _MONTHS[month - 1])}")
    if len(years) < KINDS[YEAR].most - KINDS[YEAR].least:
        words.append(f"in {_runs(years, str)}")
    return f"{' '.join(filter(None, words))}, UTC"


def _time_words(schedule: Schedule) -> str:
    seconds, minutes, hours = (sorted(values) for values in schedule.fields[:3])
    every_hour = len(hours) == 24
    if len(hours) * len(minutes) <= _MOST_TIMES:
        return f"at {listed(_clock(hour, minute, seconds) for hour in hours for minute in minutes)}"
    if every_hour and len(minutes) == 60:
        words = "every minute"
    elif every_hour and minutes == [0]:
        words = "every hour"
    elif every_hour and 60 % len(minutes) == 0 and minutes == list(range(0, 60, 60 // len(minutes))):
        words = f"every {60 // len(minutes)} minutes"
    else:
        of = "of every hour" if every_hour else f"of {_many('hour', hours)}"
        words = f"at {_many('minute', minutes)} {of}"
    return words if seconds == [0] else f"{words} at {_many('second', seconds)}"


def _clock(hour: int, minute: int, seconds: Iterable[int]) -> str:
    with_seconds = [f":{second:02}" for second in seconds]
    return f"{hour:02}:{minute:02}{'' if with_seconds == [':00'] else '/'.join(with_seconds)}"


def _day_words(schedule: Schedule) -> str:
    numbers = sorted(schedule.fields[DOW if schedule.by_weekday else DOM])
    if schedule.by_weekday and schedule.nth:
        return (
            f"on the {_PLACES[schedule.nth - (schedule.nth > 0)]} {_DAYS[(numbers[0] or 7) - 1]} of the month"
        )
    if schedule.by_weekday:
        return "" if len(numbers) == 7 else f"on {_runs(numbers, lambda day: _DAYS[day - 1])}"
    if schedule.from_end is None and not schedule.is_nearest_weekday:
        return "" if len(numbers) == 31 else f"on {_many('day', numbers)} of the month"
    day = f"day {numbers[0]}" if schedule.from_end is None else "the last day"
    if schedule.from_end:
        day = f"the day {count(schedule.from_end, 'day')} before the last"
    return f"on {f'the weekday nearest to {day}' if schedule.is_nearest_weekday else day} of the month"


def _many(name: str, values: list[int]) -> str:
    """`day 1`, `days 1 and 15`."""
    return f"{name}{'' if len(values) == 1 else 's'} {_runs(values, str)}"


def _runs(values: list[int], name: Callable[[int], str]) -> str:
    """The values in words, three or more in a row as `9 to 17`."""
    runs: list[list[int]] = []
    for value in values:
        if runs and runs[-1][-1] == value - 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return listed(
        word
        for run in runs
        for word in ([f"{name(run[0])} to {name(run[-1])}"] if len(run) > 2 else map(name, run))
    )
