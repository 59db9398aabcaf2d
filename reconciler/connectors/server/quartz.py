"""How Quartz 2.3.2 reads a schedule, and when it starts: platform v2.0.0 schedules syncs by it. Pure.

Read from its CronExpression, and held against it. It reads more than its documentation says: names by their first three letters,
anything behind a plain number, empty elements of a list.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")

_NO, _ALL = 98, 99  # what `?` and `*` are kept as; Quartz takes the plain numbers for the same
_BLANKS: Final = "".join(map(chr, range(33)))
_YEARS_AHEAD: Final = 100
_LAST_YEAR: Final = 2999
_LARGEST: Final = 2**31 - 1
_LAST_DAY = re.compile(r"LW?|L-[0-9]*W?")
_NUMBER = re.compile(r"(?P<value>[0-9]+)(?P<mark>.?)(?P<rest>.*)", re.S)
_RANGE = re.compile(r"(?P<end>[0-9]+)(?:/(?P<step>[0-9]+))?", re.S)


class RefusedSchedule(Exception):
    """A schedule that cannot be read. The message says which part, `help` what to write instead."""

    def __init__(self, message: str, help: str = "write a value that this field takes") -> None:
        super().__init__(message)
        self.help = help


class Kind(NamedTuple):
    """What one field of a schedule may hold. `names` are those of its values from 1 on."""

    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


DOM, DOW, YEAR = 3, 5, 6
KINDS: Final = (
    Kind("second", 0, 59),
    Kind("minute", 0, 59),
    Kind("hour", 0, 23),
    Kind("day of the month", 1, 31),
    Kind("month", 1, 12, MONTHS),
    Kind("day of the week", 1, 7, WEEKDAYS),
    Kind("year", 1970, _LAST_YEAR),
)
_LONGEST_STEPS: Final = (59, 59, 23, 31, 12, 7, _LARGEST)


@dataclass
class Schedule:
    """A schedule as Quartz keeps it. `fields` are the values of second, minute, hour, day of the month, month, day of the week (1 is
    Sunday) and year. One of the two kinds of days is not looked at: `by_weekday` says which.

    `from_end` is how many days before the last one of the month, None for days by number. `is_nearest_weekday`: Monday to Friday
    only. `nth` is which one of the month its weekday is: 1 to 5, -1 for the last, 0 for every one.
    """

    fields: tuple[set[int], ...] = field(default_factory=lambda: tuple(set[int]() for _ in KINDS))
    from_end: int | None = None
    is_nearest_weekday: bool = False
    nth: int = 0

    @property
    def by_weekday(self) -> bool:
        """Whether days are chosen by their place in the week."""
        return _NO in self.fields[DOM]

    def days(self, year: int, month: int) -> list[int]:
        """The days of one month on which it starts, in order."""
        last, numbers = monthrange(year, month)[1], sorted(self.fields[DOW if self.by_weekday else DOM])
        if self.by_weekday and not self.nth:
            return [day for day in range(1, last + 1) if _weekday(year, month, day) in numbers]
        if self.by_weekday:
            # Quartz looks at the first one only, and takes 0 for Saturday.
            same = [day for day in range(1, last + 1) if _weekday(year, month, day) == (numbers[0] or 7)]
            place = self.nth if self.nth < 0 else self.nth - 1
            return same[place : place + 1] if self.nth > 0 else same[-1:]
        if self.from_end is not None:
            numbers = [last - self.from_end]
        if self.is_nearest_weekday:
            numbers = [_nearest(year, month, numbers[0])]
        return [day for day in numbers if 1 <= day <= last]

    def times(self, after: datetime) -> Iterator[datetime]:
        """When it starts after a moment in UTC, in order. It ends a hundred years later."""
        if not all(self.fields[index] for index in range(len(KINDS)) if index not in (DOM, DOW)):
            return
        end = min(after.year + _YEARS_AHEAD, _LAST_YEAR)
        for year in sorted(year for year in self.fields[YEAR] if after.year <= year <= end):
            for month in sorted(self.fields[4]):
                ahead = (year - after.year) * 12 + month - after.month
                if ahead >= 0 and not self._leaps_over(year, month, ahead):
                    yield from self._times_of_month(year, month, after)

    def _leaps_over(self, year: int, month: int, ahead: int) -> bool:
        """Whether Quartz looks for the weekday next to a day that this month has not from the month before: that leads past it, unless
        that month ends with the day. `ahead`: so many months after the one where the search began.
        """
        if not self.is_nearest_weekday or self.from_end is not None or self.by_weekday or ahead == 0:
            return False
        day, before = min(self.fields[DOM]), (month - 2) % 12 + 1
        is_between = monthrange(year, month)[1] < day < monthrange(year, before)[1]
        return is_between and (ahead == 1 or before in self.fields[4])

    def _times_of_month(self, year: int, month: int, after: datetime) -> Iterator[datetime]:
        seconds, minutes, hours = (sorted(values) for values in self.fields[:3])
        for day in self.days(year, month):
            for hour in hours:
                if (year, month, day, hour) < (after.year, after.month, after.day, after.hour):
                    continue
                for minute in minutes:
                    for second in seconds:
                        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
                        if at > after:
                            yield at


def _weekday(year: int, month: int, day: int) -> int:
    return date(year, month, day).isoweekday() % 7 + 1


def _nearest(year: int, month: int, day: int) -> int:
    """The day from Monday to Friday that is next to a day, in its month. A day that the month has not is one of the next month:
    where that is a Saturday, Quartz takes the day before it.
    """
    last = monthrange(year, month)[1]
    ahead = date.fromordinal(date(year, month, 1).toordinal() + day - 1).isoweekday()
    if ahead == 6:
        return day + 2 if day == 1 else day - 1
    if ahead == 7:
        return day - 2 if day == last else day + 1
    return day


def quartz_schedule(text: str) -> Schedule:
    """The schedule that Quartz makes of a text. Raises RefusedSchedule."""
    schedule = Schedule()
    words = [word.strip(_BLANKS) for word in re.split("[ \t]+", text.upper()) if word][: len(KINDS)]
    if len(words) <= DOW:
        raise RefusedSchedule(f"it has {len(words)} fields instead of 6 or 7")
    for index, word in enumerate([*words, "*"][: len(KINDS)]):
        if index in (DOM, DOW) and "L" in word and "," in word:
            raise RefusedSchedule(f"Quartz does not take L beside other days of the {KINDS[index].name[11:]}")
        if index == DOW and word.count("#") > 1:
            raise RefusedSchedule("Quartz takes one # only, with a number from 1 to 5")
        for element in filter(None, word.split(",")):
            _Reading(schedule, index, element).store()
    if (_NO in schedule.fields[DOM]) == (_NO in schedule.fields[DOW]):
        raise RefusedSchedule("one of day of the month and day of the week must be `?`, the other one not")
    return schedule


class _Reading(NamedTuple):
    """One element of a field on its way into a schedule."""

    schedule: Schedule
    at: int
    text: str

    def store(self) -> None:
        first = self.text[0]
        if "A" <= first <= "Z":
            self._last_day() if _LAST_DAY.fullmatch(self.text) else self._names()
        elif first == "?":
            self._no_value()
        elif first in "*/":
            _, slash, step = self.text.removeprefix("*").partition("/")
            has_step = slash and self.text.removeprefix("*")[0] == "/"
            self._add(_ALL, None, self._step(step) if has_step else 1 if len(self.text) > 1 else 0)
        else:
            self._number()

    def _refuse(self, what: str = "cannot be read") -> RefusedSchedule:
        return RefusedSchedule(f"its {KINDS[self.at].name} {what}: {self.text!r}")

    def _int(self, text: str) -> int:
        if not re.fullmatch(r"[+-]?\d+", text) or not -_LARGEST <= int(text) <= _LARGEST:
            raise self._refuse()
        return int(text)

    def _step(self, text: str) -> int:
        step = self._int(text)
        if step > _LONGEST_STEPS[self.at]:
            raise self._refuse("has a step that is too long")
        return step

    def _names(self) -> None:
        first, mark, rest = self.text[:3], self.text[3:4], self.text[4:]
        value = self._named(first)
        if mark == "-":
            self._add(value, self._named(rest[:3]), 1)
            return
        if self.at == DOW and mark == "#":
            self._nth(rest)
        elif self.at == DOW and mark == "L":
            self.schedule.nth = -1
        self._add(value, None, 0)

    def _named(self, name: str) -> int:
        kind = KINDS[self.at]
        if name not in kind.names:
            raise self._refuse()
        return kind.names.index(name) + 1

    def _nth(self, text: str) -> None:
        number = self._int(text)
        if not 1 <= number <= 5:
            raise RefusedSchedule("Quartz takes one # only, with a number from 1 to 5")
        # A last weekday, which an element before may have asked for, wins.
        self.schedule.nth = self.schedule.nth if self.schedule.nth < 0 else number

    def _no_value(self) -> None:
        days = self.schedule.fields[DOM]
        is_first = self.at == DOW and self.schedule.from_end is None and max(days, default=_NO) == _NO
        if self.at not in (DOM, DOW) or len(self.text) > 2 or is_first:
            raise self._refuse()
        self.schedule.fields[self.at].add(_NO)

    def _last_day(self) -> None:
        if self.at == DOW:
            self.schedule.fields[DOW].add(7)
        if self.at != DOM:
            return
        has_offset, number = self.text[1:2] == "-", self.text[2:].removesuffix("W")
        if has_offset and self.text == "L-":
            raise self._refuse()
        self.schedule.from_end = self._int(f"0{number}") if has_offset else 0
        self.schedule.is_nearest_weekday |= self.text.endswith("W")
        if self.schedule.from_end > 30:
            raise RefusedSchedule("Quartz does not take L with more than 30 days in front of the end")

    def _number(self) -> None:
        found = _NUMBER.fullmatch(self.text)
        if found is None:
            raise self._refuse()
        value, mark, rest = self._int(found["value"]), found["mark"], found["rest"]
        if mark in ("L", "W", "#"):
            self._special(value, mark, rest)
        elif mark == "-":
            ends = _RANGE.match(rest)
            if ends is None or rest[ends.end() :].startswith("/"):
                raise self._refuse()
            self._add(value, self._int(ends["end"]), self._int(ends["step"] or "1"))
        elif mark == "/":
            # Something behind one digit is refused, behind two it is not looked at.
            if not re.match("[0-9]([0-9]|$)", rest):
                raise self._refuse()
            self._add(value, None, self._step(rest[: len(rest) - len(rest.lstrip("0123456789"))]))
        else:
            self._add(value, None, 0)

    def _special(self, value: int, mark: str, rest: str) -> None:
        is_known = self.at == (DOM if mark == "W" else DOW)
        if not is_known or (mark == "W" and value > 31) or (mark == "L" and not 1 <= value <= 7):
            raise self._refuse()
        if mark == "#":
            self._nth(rest)
        elif mark == "L":
            self.schedule.nth = -1
        else:
            self.schedule.is_nearest_weekday = True
        self.schedule.fields[self.at].add(value)

    def _add(self, value: int, end: int | None, step: int) -> None:
        kind, values, is_year = KINDS[self.at], self.schedule.fields[self.at], self.at == YEAR
        is_free = value == _ALL or (value == _NO and self.at in (DOM, DOW))
        if not is_year and not is_free and not (kind.least <= value and max(value, end or 0) <= kind.most):
            raise self._refuse(f"is not from {kind.least} to {kind.most}")
        if step == 0 and value != _ALL:
            values.add(value)
            return
        start = kind.least if value == _ALL else value
        stop = kind.most if end is None or value == _ALL else end
        if stop >= start:
            values.update(range(start, min(stop, _LAST_YEAR) + 1, max(step, 1)))
            return
        if is_year:
            raise self._refuse("runs backwards")
        around = kind.most - kind.least + 1
        wrapped = range(start, stop + around + 1, max(step, 1))
        values.update((each - kind.least) % around + kind.least for each in wrapped)
