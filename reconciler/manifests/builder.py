"""Parser events to JSON values: the loop that every manifest goes through, so it does little per event. Pure.

The stack of open mappings and sequences is our own, because recursion is what nested input breaks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from reconciler.manifests import rules
from reconciler.manifests.aliases import Aliases
from reconciler.manifests.documents import Document, Substitutions
from reconciler.manifests.events import NextEvent
from reconciler.manifests.limits import MAX_DOCUMENTS, MAX_EVENTS, MAX_KEY_LENGTH
from reconciler.manifests.quoting import VARIABLE_IN_BRACES, start_advice
from reconciler.manifests.reading_state import Frame, ReadingState, whole_characters
from reconciler.manifests.scalars import REFUSED, explain_key, explain_plain, json_literal, plain_value
from reconciler.manifests.tags import ENV_TAG, Tags
from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import JsonValue
from reconciler.model.text import short_text


class Builder:
    """Takes the events of one file; `documents` are the ones that ended."""

    def __init__(
        self, state: ReadingState, substitutions: Substitutions, *, is_json: bool, when_empty: str
    ) -> None:
        self.documents: list[Document] = []
        self._state = state
        self._tags = Tags(state, substitutions)
        self._aliases = Aliases(state)
        self._literal = json_literal if is_json else plain_value
        self._frame = Frame(None, [], None)
        self._empty: Event | None = None
        self._when_empty = when_empty
        self._origin = Origin(state.log.file)

    def take_all(self, next_event: NextEvent) -> None:
        """Reads to the end. Raises StopReading after a problem that ends reading, and whatever the parser raises."""
        handlers = self._handlers()
        # One more, because the parser says at the end that there is no event any more.
        for _ in range(MAX_EVENTS + 1):
            event = next_event()
            if event is None:
                return
            last = event
            handlers[event.__class__](event)
        self._state.stop_at_values(last)

    def _handlers(self) -> dict[type[Event], Callable[[Any], None]]:
        return {
            ScalarEvent: self._scalar,
            MappingStartEvent: lambda event: self._open(event, Frame(event, {}, {})),
            MappingEndEvent: self._close,
            SequenceStartEvent: lambda event: self._open(event, Frame(event, [], None)),
            SequenceEndEvent: self._close,
            AliasEvent: self._alias,
            DocumentStartEvent: self._document_started,
            DocumentEndEvent: self._document_ended,
            StreamStartEvent: lambda _: None,
            StreamEndEvent: self._stream_ended,
        }

    def _document_started(self, event: DocumentStartEvent) -> None:
        self._report_empty()
        self._frame = self._state.begin_document()
        if self._state.index == MAX_DOCUMENTS:
            message = f"more than {MAX_DOCUMENTS:,} documents in one file"
            self._state.stop(event, rules.TOO_LARGE, message, "split the file")
        self._aliases = Aliases(self._state)
        self._origin = self._state.place(event)
        if event.tags:
            self._state.stop(
                event, rules.DIRECTIVE, "a %TAG directive", "remove it; the only tags are !env and !include"
            )

    def _document_ended(self, event: DocumentEndEvent) -> None:
        state = self._state
        state.spend_values(1, event)
        (value,) = self._frame.items
        variables, spoiled = frozenset(state.variables), frozenset(state.spoiled)
        self.documents.append(Document(state.index, value, self._origin, variables, spoiled))

    def _stream_ended(self, event: Event) -> None:
        if len(self.documents) == 1:
            self._report_empty()
        elif self._empty is not None:
            # A `---` at the end of a file begins nothing; many templating tools write one.
            self.documents.pop()
        if self._state.index < 0:
            message = "the file is empty, or holds comments only"
            self._state.log.add(
                Origin(self._state.log.file), rules.EMPTY, message, f"{self._when_empty}, or remove the file"
            )

    def _report_empty(self) -> None:
        """An empty document, once it is known that it is not the one that a last `---` begins."""
        event, self._empty = self._empty, None
        if event is not None:
            help_text = f"{self._when_empty}, or remove the `---`"
            self._state.problem(event, rules.EMPTY, "the document is empty", help_text)

    def _scalar(self, event: ScalarEvent) -> None:
        frame = self._frame
        if event.tag is not None or event.anchor is not None:
            self._decorated_scalar(event, frame)
        elif frame.keys is None:
            frame.items.append(self._value(event))
        elif frame.key is None:
            self._key(event, frame, frame.keys)
        else:
            frame.items[frame.key] = self._value(event)
            frame.key = None

    def _decorated_scalar(self, event: ScalarEvent, frame: Frame) -> None:
        """A scalar with a tag or an anchor."""
        before = (self._state.values, len(self._state.variables))
        if frame.keys is not None and frame.key is None:
            if event.tag is not None:
                self._tags.refuse(event, event.tag)
            self._key(event, frame, frame.keys)
            return self._anchored(event, event.value, before)
        value = self._value(event) if event.tag is None else self._tags.scalar(event, event.tag)
        self._anchored(event, value, before)
        return self._put(event, value)

    def _value(self, event: ScalarEvent) -> JsonValue:
        text = event.value
        if event.implicit[0]:
            value = self._literal(text)
            return self._refused_value(event) if value is REFUSED else value
        if event.style == '"':
            self._state.check_characters(event)
            return whole_characters(text)
        return text

    def _refused_value(self, event: ScalarEvent) -> JsonValue:
        if not event.value and len(self._state.stack) == 1:
            self._empty = event
            self._state.spoil()
        elif self._state.log.is_full:
            self._state.count_problem()
        elif not self._state.is_in_key() and self._state.pointer() not in self._state.spoiled:
            rule, message, help_text = explain_plain(event.value)
            cure = "" if event.value else start_advice(self._state.rest_of_line(event))
            self._state.problem(event, rule, message, cure or help_text)
        return event.value

    def _key(self, event: ScalarEvent, frame: Frame, keys: dict[str, Event]) -> None:
        key = event.value
        frame.key = key
        if event.implicit[0]:
            if self._literal(key) != key:
                self._refused_key(event)
        elif event.style == '"':
            frame.key = key = whole_characters(key)
            self._state.check_characters(event)
        if key in keys:
            self._duplicate_key(event, keys[key])
        elif len(key) > MAX_KEY_LENGTH:
            self._state.stop(
                event, rules.KEY, f"a key of more than {MAX_KEY_LENGTH:,} characters", "shorten it"
            )
        else:
            keys[key] = event

    def _refused_key(self, event: ScalarEvent) -> None:
        if self._state.log.is_full:
            self._state.count_problem()
        else:
            self._state.problem(event, *explain_key(event.value))

    def _duplicate_key(self, event: ScalarEvent, first: Event) -> None:
        if self._state.log.is_full:
            return self._state.count_problem()
        place = self._state.place(first)
        message = f'the key "{short_text(event.value)}" occurs twice; first at line {place.line}, column {place.column}'
        return self._state.problem(event, rules.DUPLICATE_KEY, message, "keep one of them")

    def _open(self, event: CollectionStartEvent, frame: Frame) -> None:
        state = self._state
        state.check_depth(state.depth + 1, event)
        if event.tag is not None:
            self._tags.check_collection(event, event.tag)
        frame.values_before = state.values
        frame.variables_before = len(state.variables)
        state.stack.append(frame)
        self._frame = frame

    def _close(self, event: Event) -> None:
        state = self._state
        frame = state.stack.pop()
        self._frame = state.stack[-1]
        state.spend_values(len(frame.items), event)
        if frame.keys and len(state.stack) == 1:
            self._origin = state.place(next(iter(frame.keys.values())))
        start = cast(CollectionStartEvent, frame.start)
        value: JsonValue = frame.items
        if start.tag == ENV_TAG and frame.keys is not None:
            value = self._tags.object(frame, start)
        self._anchored(start, value, (frame.values_before, frame.variables_before))
        self._put(start, value)

    def _alias(self, event: AliasEvent) -> None:
        self._put(event, self._aliases.repeated(event))

    def _anchored(self, event: NodeEvent, value: JsonValue, before: tuple[int, int]) -> None:
        if event.anchor is not None:
            values, variables = before
            self._aliases.remember(
                event.anchor, value, event, values_before=values, variables_before=variables
            )

    def _put(self, event: NodeEvent, value: JsonValue) -> None:
        frame = self._frame
        if frame.keys is None:
            frame.items.append(value)
        elif frame.key is None:
            frame.key = ""
            is_braced = self._state.rest_of_line(event).startswith("{")
            cure = VARIABLE_IN_BRACES if is_braced else "write the key as text on one line"
            self._state.problem(event, rules.KEY, "a key that is not text", cure)
        else:
            frame.items[frame.key] = value
            frame.key = None
