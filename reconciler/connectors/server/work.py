"""How much one look at a document may cost: a number of steps, the same on every machine. Pure.

Schemas and presets come from files that anybody may have written, and the validator multiplies them: options times items, names
times patterns, lists times objects. Within the limits on files that is 10^9 and more. So whoever goes through something that the
input made long pays for it here, before it is done; when nothing is left, the check ends with "not known".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from reconciler.model.json_value import JsonValue

MOST_STEPS = 1_000_000
"""A step takes about a microsecond. The dearest connector of Airbyte's registry takes some thousands."""

MOST_SPECIFICATION = 50_000
"""How large a specification may be, in steps of going through it once. The largest of the registry takes four thousand."""

_LETTERS = 32
"""So many letters of a text are gone through, compared or copied in a step."""


class TooMuchWork(Exception):
    """Nothing is known about what was being checked."""

    def __init__(self) -> None:
        super().__init__(f"holding it against the connector's schema takes more than {MOST_STEPS:,} steps")


@dataclass
class Work:
    """What is left of the steps of one check, or of several that share it."""

    left: int = MOST_STEPS


# jsonschema hands no value of ours on to the keywords, and expressions are kept between checks: hence a context variable.
_current: ContextVar[Work | None] = ContextVar("work", default=None)


@contextmanager
def paying_from(work: Work) -> Iterator[None]:
    """Whatever is done inside is paid for from this work."""
    reset = _current.set(work)
    try:
        yield
    finally:
        _current.reset(reset)


def spend(steps: int) -> None:
    """Pays for steps that are about to be done. Raises TooMuchWork when there are not so many left. Free outside of a check."""
    work = _current.get()
    if work is not None:
        work.left -= steps
        if work.left < 0:
            raise TooMuchWork


def length_of(value: JsonValue) -> int:
    """Steps to go through a value once, not into its parts."""
    if isinstance(value, list | dict):
        return len(value)
    return len(value) // _LETTERS if isinstance(value, str) else 0


def spend_whole(value: JsonValue) -> None:
    """Pays for going through a value with all its parts, before that is done. Raises TooMuchWork."""
    work = _current.get()
    if work is None:
        return
    if not isinstance(value, dict | list):
        spend(1 + length_of(value))
        return
    left = work.left
    parts: list[JsonValue] = [value]
    while parts and left >= 0:
        part = parts.pop()
        left -= 1
        if isinstance(part, dict):
            left -= len(part) + sum(map(len, part)) // _LETTERS
            parts.extend(part.values())
        elif isinstance(part, list):
            left -= len(part)
            parts.extend(part)
        elif isinstance(part, str):
            left -= len(part) // _LETTERS
    work.left = left
    if left < 0:
        raise TooMuchWork


def size_within(value: JsonValue, most: int) -> int | None:
    """The steps of going through a value with all its parts; None for more than `most`."""
    work = Work(most)
    try:
        with paying_from(work):
            spend_whole(value)
    except TooMuchWork:
        return None
    return most - work.left


def spend_search(pattern: str) -> None:
    """Pays for finding an expression's compiled form: it is made again when there are more of them than are kept."""
    spend(1 + len(pattern))
