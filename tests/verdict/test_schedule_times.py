"""When a schedule starts syncs, and how it is said: as recorded from Quartz, and against a slow search."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.connectors.server.cron import (
    describe,
    next_times,
    objection,
    schedule_words,
    shortest_interval,
)
from reconciler.connectors.server.quartz import RefusedSchedule

TABLE = Path(__file__).parent / "recorded" / "schedules.jsonl.gz"
ROWS = {
    row["expression"]: row
    for row in map(json.loads, gzip.decompress(TABLE.read_bytes()).splitlines()[1:])
    # A zone is cut off before the scheduler sees the schedule.
    if not row["expression"].endswith("UTC")
}
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
WEEKDAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


@pytest.mark.parametrize("expression", ROWS)
def test_quartz_is_followed_in_what_it_refuses_and_when_it_starts(expression: str) -> None:
    row = ROWS[expression]
    assert (objection(expression) == "") is row["quartz"]
    if row["quartz"]:
        fires = [time.removesuffix("Z") for time in row["fires"] if time != "None"]
        times = next_times(expression, NEW_YEAR, 3)
        assert [f"{time:%Y-%m-%dT%H:%M}{f':{time:%S}' if time.second else ''}" for time in times] == fires


def test_a_refused_schedule_has_no_times() -> None:
    with pytest.raises(RefusedSchedule, match="6 or 7"):
        next_times("@daily", NOON, 3)


# What was seen in Quartz 2.3.2 beside the recorded table.
@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("0 0 0 31W 4 ?", ["2027-04-30"]),  # 31 April 2027 is 1 May, a Saturday: the day before is taken
        (
            "0 0 0 29W * ? 2042",
            ["2042-01-29", "2042-03-28"],
        ),  # it would be 28 February, which is leapt over from January
        ("0 0 0 ? * 0#2 2027", ["2027-01-09", "2027-02-13", "2027-03-13"]),
        ("0 0 0 ? 2 1#5", ["2032-02-29", "2060-02-29", "2088-02-29"]),
        ("0 0 0 1 L ?", []),
        ("0 0 0 99 2 ?", ["2027-02-01", "2027-02-02", "2027-02-03"]),
    ],
)
def test_corners_of_quartz_are_followed(expression: str, times: list[str]) -> None:
    found = [f"{time:%Y-%m-%d}" for time in next_times(expression, NOON, 3)]
    assert found[: len(times) or 3] == times


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("0 0 * * * ?", "every hour, UTC"),
        ("0 7 * * * ?", "at minute 7 of every hour, UTC"),
        ("0 */15 * * * ?", "every 15 minutes, UTC"),
        ("0 0,50 * * * ?", "at minutes 0 and 50 of every hour, UTC"),
        ("0 0 12 * * ? UTC", "at 12:00 every day, UTC"),
        ("1 2 3,5 4 5 ?", "at 03:02:01 and 05:02:01 on day 4 of the month in May, UTC"),
        ("0 0 9-17 ? * MON-FRI", "at minute 0 of hours 9 to 17 on Monday to Friday, UTC"),
        ("0 0 0 ? * SAT,SUN", "at 00:00 on Sunday and Saturday, UTC"),
        ("0 0 0 ? * 6#3", "at 00:00 on the third Friday of the month, UTC"),
        ("0 0 0 ? * FRIL", "at 00:00 on the last Friday of the month, UTC"),
        ("0 0 0 L * ?", "at 00:00 on the last day of the month, UTC"),
        ("0 0 0 L-1 * ?", "at 00:00 on the day 1 day before the last of the month, UTC"),
        ("0 0 0 15W * ?", "at 00:00 on the weekday nearest to day 15 of the month, UTC"),
        (
            "0 0 0 1 JAN-MAR,6 ? 2027",
            "at 00:00 on day 1 of the month in January to March and June in 2027, UTC",
        ),
    ],
)
def test_a_schedule_is_said_in_words(expression: str, words: str) -> None:
    assert describe(expression) == words


def test_a_report_says_the_next_three_times_and_how_often_where_it_is_under_an_hour() -> None:
    assert schedule_words("0 0 12 * * ?", NOON) == (
        "at 12:00 every day, UTC; next: 2026-12-01 12:00, 2026-12-02 12:00, 2026-12-03 12:00"
    )
    assert schedule_words("0 0,50 * * * ?", NOON) == (
        "at minutes 0 and 50 of every hour, UTC; next: 2026-11-30 12:50, 2026-11-30 13:00, 2026-11-30 13:50; "
        "syncs may be only 10 minutes apart"
    )
    assert (
        schedule_words("0 0 0 30 2 ?", NOON)
        == "at 00:00 on day 30 of the month in February, UTC; next: never"
    )


numbers = st.integers


@st.composite
def elements(draw: st.DrawFn, least: int, most: int) -> tuple[str, set[int]]:
    """One field of a schedule and the values that it means."""
    first, last = sorted(draw(st.tuples(numbers(least, most), numbers(least, most))))
    step = draw(numbers(1, most))
    whole = set(range(least, most + 1))
    return draw(
        st.sampled_from(
            [
                (str(first), {first}),
                ("*", whole),
                (f"*/{step}", set(range(least, most + 1, step))),
                (f"{first}-{last}", set(range(first, last + 1))),
                (f"{last}-{first}", {first} if first == last else whole - set(range(first + 1, last))),
                (f"{first}/{step}", set(range(first, most + 1, step))),
                (f"{first},{last}", {first, last}),
            ]
        )
    )


@st.composite
def day_fields(draw: st.DrawFn) -> tuple[str, str, str, int, set[int]]:
    """Day of the month, day of the week, which rule they follow, its number, its set of days."""
    kind = draw(st.sampled_from(["numbers", "weekdays", "nth", "last weekday", "last"]))
    number, weekday = draw(numbers(1, 5)), draw(numbers(0, 6))
    text, values = draw(elements(1, 31))
    return {
        "numbers": (text, "?", kind, 0, values),
        "weekdays": ("?", f"{WEEKDAYS[weekday]},{WEEKDAYS[number]}", kind, 0, {weekday, number}),
        "nth": ("?", f"{WEEKDAYS[weekday]}#{number}", kind, number, {weekday}),
        "last weekday": ("?", f"{WEEKDAYS[weekday]}L", kind, 0, {weekday}),
        "last": (f"L-{number}", "?", kind, number, set[int]()),
    }[kind]


def is_day(day: datetime, kind: str, number: int, values: set[int]) -> bool:
    """The rule of a day, from the calendar alone."""
    if kind == "numbers":
        return day.day in values
    if kind == "last":
        return (day + timedelta(days=number)).month == day.month != (day + timedelta(days=number + 1)).month
    is_weekday = day.weekday() in values
    if kind == "nth":
        return is_weekday and (day.day - 1) // 7 == number - 1
    return is_weekday and (kind == "weekdays" or (day + timedelta(days=7)).month != day.month)


@given(
    minute=elements(0, 59),
    hour=elements(0, 23),
    month=elements(1, 12),
    days=day_fields(),
    seconds=numbers(0, 500_000_000),
)
def test_next_times_are_those_that_a_search_through_every_minute_finds(
    minute: tuple[str, set[int]],
    hour: tuple[str, set[int]],
    month: tuple[str, set[int]],
    days: tuple[str, str, str, int, set[int]],
    seconds: int,
) -> None:
    after = NEW_YEAR + timedelta(seconds=seconds)
    day_of_month, day_of_week, kind, number, values = days
    expression = f"0 {minute[0]} {hour[0]} {day_of_month} {month[0]} {day_of_week}"
    found: list[datetime] = []
    day = after.replace(hour=0, minute=0, second=0, microsecond=0)
    end = day + timedelta(days=800)
    while day < end and len(found) < 3:
        if day.month in month[1] and is_day(day, kind, number, values):
            moments = (
                day + timedelta(hours=h, minutes=m) for h in sorted(hour[1]) for m in sorted(minute[1])
            )
            found.extend(moment for moment in moments if moment > after)
        day += timedelta(days=1)
    assert [time for time in next_times(expression, after, 3) if time < end] == found[:3]
    interval = shortest_interval(expression, after)
    assert interval is None or (interval < timedelta(hours=1)) is (len(minute[1]) > 1)
