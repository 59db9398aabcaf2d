"""Whether a regular expression finds something in a text, in a time that no expression can blow up. Pure.

Python's matcher tries one way after the other, and `(a+)+$` has 2^40 ways through forty letters: a form with such a `pattern`
would hold a run for years. So the ways are counted before, on the parsed expression. Few: Python's matcher. Many: all ways are
followed at once, as sets of places in the text, which takes steps in proportion to expression and text; that costs a
microsecond a step, and stops at a number of steps with "do not know".
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any, Final, TypeAlias

from reconciler.connectors.server.work import spend

# Python's own parser, as `re` uses it (and its Scanner, on parts of expressions): what is counted here is what runs there.
_parser: Final[Any] = importlib.import_module("re._parser")
_compiler: Final[Any] = importlib.import_module("re._compiler")

_FEW_WAYS = 20_000
_WAYS_IN_A_STEP = 50
_MOST_STEPS = 20_000
_LONGEST_PATTERN = 10_000
_MORE_THAN_ANY = 1 << 64

_SINGLE: Final = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN", "AT"})
_REPEATS: Final = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})

Places: TypeAlias = frozenset[int]
_Step: TypeAlias = Callable[[Places], Places]


class _GivenUp(Exception):
    """Too many steps, or a construct whose ways cannot be followed side by side (references to groups, atomic groups)."""


class BoundedRegex:
    """One expression in Python's syntax. Raises re.error, OverflowError or RecursionError as `re.compile` does."""

    def __init__(self, pattern: str, flags: int) -> None:
        if len(pattern) > _LONGEST_PATTERN:
            raise OverflowError("the expression is too long")
        self._tree = _parser.parse(pattern, flags)
        self._compiled: re.Pattern[str] = _compiler.compile(self._tree)
        self._singles: dict[int, re.Pattern[str]] = {}

    def finds(self, text: str) -> bool | None:
        """Whether it finds something anywhere in the text; None when that would take too long. Raises TooMuchWork in a check
        that has spent its steps.
        """
        starts = 1 if self._is_anchored else len(text) + 1
        spend(self._size)  # its ways are counted
        ways = starts * _ways(self._tree, len(text)) * self._size
        if ways <= _FEW_WAYS:
            spend(ways // _WAYS_IN_A_STEP)
            return self._compiled.search(text) is not None
        try:
            return bool(_Walk(self._tree, self._singles, text).ends_from(frozenset(range(starts))))
        except (_GivenUp, RecursionError):
            return None

    @cached_property
    def _is_anchored(self) -> bool:
        """Whether it begins with `^` or `\\A`; with the flag for many lines that would say nothing."""
        operation, argument = self._tree[0] if len(self._tree) else (None, None)
        begins = str(operation) == "AT" and str(argument) in ("AT_BEGINNING", "AT_BEGINNING_STRING")
        return begins and not self._compiled.flags & re.MULTILINE

    @cached_property
    def _size(self) -> int:
        return 1 + sum(1 for _ in _nodes(self._tree))


def _nodes(items: Iterable[Any]) -> Iterable[Any]:
    for item in items:
        yield item
        for part in _parts(item):
            yield from _nodes(part)


def _parts(item: Any) -> tuple[Any, ...]:
    """The expressions inside a node."""
    operation, argument = str(item[0]), item[1]
    if operation in _REPEATS:
        return (argument[2],)
    if operation == "BRANCH":
        return tuple(argument[1])
    if operation == "SUBPATTERN":
        return (argument[3],)
    if operation in ("ASSERT", "ASSERT_NOT"):
        return (argument[1],)
    if operation == "GROUPREF_EXISTS":
        return tuple(part for part in argument[1:] if part is not None)
    return (argument,) if operation == "ATOMIC_GROUP" else ()


def _ways(items: Iterable[Any], length: int) -> int:
    """At most how many ways a backtracking matcher has from one place on, in a text of this length; cut at a large number."""
    ways: int = 1
    for item in items:
        ways = min(ways * _ways_of(item, length), _MORE_THAN_ANY)
    return ways


def _ways_of(item: Any, length: int) -> int:
    operation = str(item[0])
    parts: list[int] = [_ways(part, length) for part in _parts(item)]
    if operation in _REPEATS:
        least, most = int(item[1][0]), min(int(item[1][1]), int(item[1][0]) + length)
        inner = parts[0]
        if inner == 1:
            return int(most - least + 1)
        # Each round has that many ways; more rounds than bits of the large number make no difference.
        return min(sum(int(inner**rounds) for rounds in range(min(most, 64) + 1)), _MORE_THAN_ANY)
    ways: int = sum(parts) if operation in ("BRANCH", "GROUPREF_EXISTS") else max(parts, default=1)
    return ways


class _Walk:
    """Follows all ways through one text at once. `singles` keeps the expression's nodes, compiled one by one."""

    def __init__(self, tree: Any, singles: dict[int, re.Pattern[str]], text: str) -> None:
        self._tree = tree
        self._singles = singles
        self._text = text
        self._steps = _MOST_STEPS

    def ends_from(self, starts: Places) -> Places:
        """Where the whole expression can end, from any of these places."""
        return self._sequence(self._tree, starts)

    def _spend(self, number: int) -> None:
        spend(number + 1)
        self._steps -= number + 1
        if self._steps < 0:
            raise _GivenUp

    def _sequence(self, items: Any, starts: Places) -> Places:
        for item in items:
            if not starts:
                break
            starts = self._item(item, starts)
        return starts

    def _item(self, item: Any, starts: Places) -> Places:
        self._spend(len(starts))
        operation, argument = str(item[0]), item[1]
        if operation in _SINGLE:
            return self._single(item, starts)
        if operation == "BRANCH":
            return frozenset().union(*(self._sequence(part, starts) for part in argument[1]))
        if operation == "SUBPATTERN":
            return self._group(argument, starts)
        if operation in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most, inner = argument
            return self._repeated(int(least), int(most), lambda places: self._sequence(inner, places), starts)
        if operation in ("ASSERT", "ASSERT_NOT"):
            return self._asserted(argument, starts, wanted=operation == "ASSERT")
        raise _GivenUp

    def _single(self, item: Any, starts: Places) -> Places:
        """One character, or a place between two."""
        single = self._singles.get(id(item))
        if single is None:
            alone = _parser.SubPattern(self._tree.state, [item])
            single = self._singles[id(item)] = _compiler.compile(alone)
        return frozenset(found.end() for at in starts if (found := single.match(self._text, at)) is not None)

    def _group(self, argument: Any, starts: Places) -> Places:
        _, added, removed, inner = argument
        if added or removed:
            raise _GivenUp
        return self._sequence(inner, starts)

    def _repeated(self, least: int, most: int, step: _Step, starts: Places) -> Places:
        places = starts
        for _ in range(least):
            self._spend(0)
            following = step(places)
            if following == places:
                break
            places = following
        reached = places
        # A place that was reached in fewer rounds leads at least as far as in more.
        for _ in range(most - least):
            places = step(places) - reached if places else places
            if not places:
                break
            reached |= places
        return reached

    def _asserted(self, argument: Any, starts: Places, *, wanted: bool) -> Places:
        direction, inner = argument
        width = inner.getwidth()[0] if direction < 0 else 0
        return frozenset(at for at in starts if self._holds(inner, at, width, direction) is wanted)

    def _holds(self, inner: Any, at: int, width: int, direction: int) -> bool:
        if direction < 0:
            return at >= width and at in self._sequence(inner, frozenset((at - width,)))
        return bool(self._sequence(inner, frozenset((at,))))
