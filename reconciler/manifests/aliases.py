"""Anchors and aliases: repeating a value costs as much as writing it out, and no more than the limit. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yaml.events import AliasEvent, Event

from reconciler.manifests import rules
from reconciler.manifests.limits import MAX_ALIAS_NODES, MAX_REPEATED_TEXT
from reconciler.manifests.reading_state import ReadingState
from reconciler.model.json_value import JsonValue
from reconciler.model.text import short_text


@dataclass(frozen=True)
class _Anchored:
    """A value with a name. `values` counts it and all inside; `variables` are pointers relative to it."""

    value: JsonValue
    values: int
    variables: list[str]
    is_spoiled: bool


class Aliases:
    """The anchors of one document. An anchor counts from its end on, so a value cannot hold itself."""

    def __init__(self, state: ReadingState) -> None:
        self._state = state
        self._anchored: dict[str, _Anchored] = {}

    def remember(
        self, name: str, value: JsonValue, event: Event, *, values_before: int, variables_before: int
    ) -> None:
        """Notes an anchor. The two numbers are what the state held when its value began."""
        state = self._state
        if name in self._anchored:
            message = f"the anchor &{short_text(name)} is used twice in this document"
            state.problem(event, rules.ALIAS, message, "give each anchor its own name")
        here = state.pointer()
        self._anchored[name] = _Anchored(
            value,
            values=1 + state.values - values_before,
            variables=[pointer.removeprefix(here) for pointer in state.variables[variables_before:]],
            is_spoiled=any(pointer.startswith(here) for pointer in state.spoiled),
        )

    def repeated(self, event: AliasEvent) -> JsonValue:
        """A copy of what an alias stands for, counted against the limits. None after a problem."""
        name = str(event.anchor)
        anchored = self._anchored.get(name)
        if anchored is None:
            message = f"the alias *{short_text(name)} has no finished anchor &{short_text(name)} above it"
            self._state.problem(
                event,
                rules.ALIAS,
                message,
                "define the anchor first, outside of itself; quote the value if it is text",
            )
            return None
        self._spend(anchored.values, event)
        if anchored.is_spoiled:
            self._state.spoil()
        self._state.note_variables(anchored.variables, event)
        copy, height, length = _copied(anchored.value)
        self._state.check_depth(self._state.depth + height, event)
        self._spend_text(length, event)
        return copy

    def _spend(self, number: int, event: Event) -> None:
        budget = self._state.budget
        budget.alias_nodes -= number
        self._state.spend_values(number - 1, event)
        if budget.alias_nodes < 0:
            message = f"aliases repeat more than {MAX_ALIAS_NODES:,} values in one document"
            self._state.stop(event, rules.ALIAS, message, "write less with aliases")

    def _spend_text(self, number: int, event: Event) -> None:
        budget = self._state.budget
        budget.repeated_text -= number
        if budget.repeated_text < 0:
            message = f"aliases repeat more than {MAX_REPEATED_TEXT // 1024**2} MiB of text in one file"
            self._state.stop(event, rules.ALIAS, message, "write less with aliases")


def _copied(value: JsonValue) -> tuple[JsonValue, int, int]:
    """A copy that shares no list and no object with `value`, how deep it is nested (0 for a scalar), and how many characters
    its texts and keys have.
    """
    if isinstance(value, dict):
        members = {key: _copied(item) for key, item in value.items()}
        length = sum(len(key) + length for key, (_, _, length) in members.items())
        return {key: copy for key, (copy, _, _) in members.items()}, _height(members.values()), length
    if isinstance(value, list):
        items = [_copied(item) for item in value]
        return [copy for copy, _, _ in items], _height(items), sum(length for _, _, length in items)
    return value, 0, len(value) if isinstance(value, str) else 0


def _height(inner: Iterable[tuple[JsonValue, int, int]]) -> int:
    return 1 + max((height for _, height, _ in inner), default=0)
