"""Anchors and aliases: repeating a value costs as much as writing it out, and no more than the limit. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yaml.events import AliasEvent, NodeEvent

from reconciler.manifests import rules
from reconciler.manifests.reading_state import ReadingState
from reconciler.model.json_value import JsonValue
from reconciler.model.text import short_text


@dataclass(frozen=True)
class _Anchored:
    """A value with a name. `values` counts it and all inside. `variables` are pointers relative to it."""

    value: JsonValue
    values: int
    variables: list[str]
    is_spoiled: bool


class Anchors:
    """The anchors of one document."""

    def __init__(self, state: ReadingState) -> None:
        self._state = state
        self._known: dict[str, _Anchored] = {}

    def noted(self, event: NodeEvent, value: JsonValue, before: tuple[int, int]) -> JsonValue:
        """The value, remembered if it has an anchor. `before` is what the state held of values and variables when it began."""
        state, name = self._state, event.anchor
        if name is None:
            return value
        if name in self._known:
            message = f"the anchor &{short_text(name)} is used twice in this document"
            state.problem(event, rules.ALIAS, message, "give each anchor its own name")
        here = state.pointer()
        self._known[name] = _Anchored(
            value,
            values=1 + state.values - before[0],
            variables=[each.removeprefix(here) for each in state.variables[before[1] :]],
            is_spoiled=any(each.startswith(here) for each in state.spoiled),
        )
        return value

    def repeated(self, event: AliasEvent) -> JsonValue:
        """A copy of the value of an alias, which costs as much as writing it out. None after a problem.

        An anchor counts from its end on, so a value cannot hold itself.
        """
        state, name = self._state, str(event.anchor)
        anchored = self._known.get(name)
        if anchored is None:
            message = f"the alias *{short_text(name)} has no finished anchor &{short_text(name)} above it"
            help_text = "define the anchor first, outside of itself; quote the value if it is text"
            state.problem(event, rules.ALIAS, message, help_text)
            return None
        state.spend_aliases(anchored.values, 0, event)
        state.spend_values(anchored.values - 1, event)
        if anchored.is_spoiled:
            state.spoil()
        state.note_variables(anchored.variables, event)
        copy, height, length = _copied(anchored.value)
        state.check_depth(state.depth + height, event)
        state.spend_aliases(0, length, event)
        return copy


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
