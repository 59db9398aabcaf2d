"""Which schedules a connection template may have: what its create takes, and what the scheduler refuses later. Pure.

Platform v2.0.0 reads the expression with cron-utils 9.2.1 (its QUARTZ definition) when a connection template is created, and hands
it to Quartz 2.3.2 only when a sync is scheduled. The two do not agree; recorded answers are held against this in the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_ELEMENT = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)?(?:/(?P<step>\d+))?")
_DAY_OF_MONTH = re.compile(r"LW|L(?:-(?P<before>\d+))?|(?P<weekday>\d+)W")
_DAY_OF_WEEK = re.compile(r"(?P<day>\w+)#(?P<nth>\d+)|(?P<last>\w*)L")


class RefusedSchedule(Exception):
    """The create answers 400; the message says which part it refuses."""


@dataclass(frozen=True)
class _Field:
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()
    is_strict: bool = False
    """Whether a range must not run over the end."""

    def number(self, text: str) -> int:
        """The number that a text stands for. Raises RefusedSchedule."""
        if text.upper() in self.names:
            return self.names.index(text.upper()) + self.least
        if not text.isdecimal() or not self.least <= int(text) <= self.most:
            raise RefusedSchedule(f"{text!r} is no {self.name} from {self.least} to {self.most}")
        return int(text)


_FIELDS: Final = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 1, 7, _DAYS),
    _Field("year", 1970, 2099, is_strict=True),
)
_DOM, _DOW = 3, 5


def read_schedule(text: str) -> str:
    """The expression that is kept: without a trailing `UTC`, which is what every schedule is in. Raises RefusedSchedule."""
    expression = (text.replace("UTC", "") if text.endswith("UTC") else text).strip()
    fields = expression.split()
    if len(fields) not in (6, 7):
        raise RefusedSchedule(f"it has {len(fields)} fields instead of 6 or 7")
    if (fields[_DOM] == "?") == (fields[_DOW] == "?"):
        raise RefusedSchedule("one of day of the month and day of the week must be `?`, the other one not")
    for index, value in enumerate(fields):
        if value != "?" or index not in (_DOM, _DOW):
            _check_field(index, value)
    # What is read is asked for plain numbers on top; for the minutes only when there is a year.
    for index in range(len(fields) - 5):
        if not fields[index].isdecimal():
            raise RefusedSchedule(f"its {_FIELDS[index].name} is no plain number")
    return expression


def _check_field(index: int, value: str) -> None:
    elements = value.split(",")
    for element in elements:
        special = {_DOM: _DAY_OF_MONTH, _DOW: _DAY_OF_WEEK}.get(index)
        found = special.fullmatch(element) if special is not None else None
        if found is None:
            _check_element(_FIELDS[index], element)
        elif index == _DOM:
            _check_day_of_month(_FIELDS[index], found)
        else:
            _check_day_of_week(_FIELDS[index], found, is_alone=len(elements) == 1)


def _check_element(field: _Field, element: str) -> None:
    found = _ELEMENT.fullmatch(element)
    if found is None or not element:
        raise RefusedSchedule(f"its {field.name} cannot be read: {element!r}")
    first = None if found["first"] is None else field.number(found["first"])
    last = None if found["last"] is None else field.number(found["last"])
    if field.is_strict and first is not None and last is not None and last < first:
        raise RefusedSchedule(f"its {field.name}s run backwards: {element!r}")
    if found["step"] is not None and not 0 < int(found["step"]) <= field.most - field.least:
        raise RefusedSchedule(f"its {field.name} has a step that is too long: {element!r}")


def _check_day_of_month(field: _Field, found: re.Match[str]) -> None:
    if found["weekday"] is not None:
        field.number(found["weekday"])
    if found["before"] is not None and int(found["before"]) == 0:
        raise RefusedSchedule("L-0 is no day of the month")


def _check_day_of_week(field: _Field, found: re.Match[str], *, is_alone: bool) -> None:
    day = found["day"] or found["last"]
    if day:
        field.number(day)
    if found["nth"] is not None and int(found["nth"]) == 0:
        raise RefusedSchedule("the 0th day of a week does not exist")
    if found["last"] and not is_alone and not found["last"].isdecimal():
        raise RefusedSchedule("a list cannot hold a named last day of the week")


def objection(expression: str) -> str:
    """Why Quartz refuses this schedule, which the create takes, so that it never starts a sync; "" when it does not."""
    fields = expression.split()
    days, weekdays = fields[_DOM].split(","), fields[_DOW].split(",")
    if not expression.isascii():
        return "it has digits that Quartz does not read"
    if len(days) > 1 and any(day.startswith("L") for day in days):
        return "Quartz does not take L beside other days of the month"
    if any(int(day[2:]) > 30 for day in days if day.startswith("L-")):
        return "Quartz does not take L with more than 30 days in front of the end"
    if len(weekdays) > 1 and any(day.endswith("L") for day in weekdays):
        return "Quartz does not take L beside other days of the week"
    nth = [int(day.partition("#")[2]) for day in weekdays if "#" in day]
    if len(nth) > 1 or any(number > 5 for number in nth):
        return "Quartz takes one # only, with a number from 1 to 5"
    return ""
