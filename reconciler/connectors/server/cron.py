"""Which schedules a connection template may have: what its create takes, and what the scheduler refuses later. Pure.

Platform v2.0.0 reads them with cron-utils 9.2.1 (QUARTZ) at the create and with Quartz 2.3.2 when a sync is scheduled.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_ELEMENT = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)?(?:/(?P<step>\d+))?")
_DAY_OF_MONTH = re.compile(r"LW|L(?:-(?!0+\Z)\d+)?|(?P<day>\d+)W")
_DAY_OF_WEEK = re.compile(r"(?P<day>\w+)#(?!0+\Z)\d+|(?P<last>\w*)L")


class RefusedSchedule(Exception):
    """The create answers 400. The message says which part it refuses."""


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()

    def number(self, text: str) -> int:
        if text.upper() in self.names:
            return self.names.index(text.upper()) + self.least
        if not text.isdecimal() or not self.least <= int(text) <= self.most:
            raise RefusedSchedule(f"{text!r} is no {self.name} from {self.least} to {self.most}")
        return int(text)


_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FIELDS: Final = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 1, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")),
    _Field("year", 1970, 2099),
)
_DOM, _DOW, _YEAR = 3, 5, 6


def read_schedule(text: str) -> str:
    """The expression that is kept: without a trailing `UTC`, which is what every schedule is in. Raises RefusedSchedule."""
    expression = (text.replace("UTC", "") if text.endswith("UTC") else text).strip()
    fields = expression.split()
    if len(fields) not in (6, 7):
        raise RefusedSchedule(f"it has {len(fields)} fields instead of 6 or 7")
    if (fields[_DOM] == "?") == (fields[_DOW] == "?"):
        raise RefusedSchedule("one of day of the month and day of the week must be `?`, the other one not")
    for index, value in enumerate(fields):
        elements = [] if value == "?" and index in (_DOM, _DOW) else value.split(",")
        for element in elements:
            _check(index, element, is_alone=len(elements) == 1)
    # What is read is asked for plain numbers on top. For the minutes only when there is a year.
    for index in range(len(fields) - 5):
        if not fields[index].isdecimal():
            raise RefusedSchedule(f"its {_FIELDS[index].name} is no plain number")
    return expression


def _check(index: int, element: str, *, is_alone: bool) -> None:
    field, special = _FIELDS[index], {_DOM: _DAY_OF_MONTH, _DOW: _DAY_OF_WEEK}.get(index)
    found = special.fullmatch(element) if special is not None else None
    if found is None:
        _check_range(field, element, is_strict=index == _YEAR)
        return
    last = found.groupdict().get("last")
    if found["day"] or last:
        field.number(found["day"] or str(last))
    if last and not is_alone and not last.isdecimal():
        raise RefusedSchedule("a list cannot hold a named last day of the week")


def _check_range(field: _Field, element: str, *, is_strict: bool) -> None:
    found = _ELEMENT.fullmatch(element)
    if found is None or not element:
        raise RefusedSchedule(f"its {field.name} cannot be read: {element!r}")
    ends = [field.number(text) for text in (found["first"], found["last"]) if text is not None]
    if is_strict and ends != sorted(ends):
        raise RefusedSchedule(f"its {field.name}s run backwards: {element!r}")
    if found["step"] is not None and not 0 < int(found["step"]) <= field.most - field.least:
        raise RefusedSchedule(f"its {field.name} has a step that is too long: {element!r}")


def objection(expression: str) -> str:
    """Why Quartz refuses this schedule, which the create takes, so that it never starts a sync. "" when it does not."""
    fields = expression.split()
    days, weekdays = fields[_DOM].split(","), fields[_DOW].split(",")
    nth = [int(day.partition("#")[2]) for day in weekdays if "#" in day]
    if not expression.isascii():
        return "it has digits that Quartz does not read"
    if len(days) > 1 and any(day.startswith("L") for day in days):
        return "Quartz does not take L beside other days of the month"
    if any(int(day[2:]) > 30 for day in days if day.startswith("L-")):
        return "Quartz does not take L with more than 30 days in front of the end"
    if len(weekdays) > 1 and any(day.endswith("L") for day in weekdays):
        return "Quartz does not take L beside other days of the week"
    if len(nth) > 1 or any(number > 5 for number in nth):
        return "Quartz takes one # only, with a number from 1 to 5"
    return ""
