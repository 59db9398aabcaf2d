"""Bytes of one file to JSON values, with every problem and the place of every value. Pure.

YAML here means what a JSON reader would think it means (`scalars`), and it is bounded (`limits`). What `!env` and `!include` mean
is a question to `Substitutions`, so nothing here touches the environment or another file.

The events of the parser are read, not its nodes: libyaml before 0.2.6 crashes when it composes what is nested deeply, and composing
ends at the first wrong alias, where reading events goes on.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from sys import intern
from types import MappingProxyType
from typing import Any, Final

from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamStartEvent,
)

from reconciler.manifests import rules
from reconciler.manifests.anchors import Anchors
from reconciler.manifests.document import NOTHING, Document, Substitutions
from reconciler.manifests.limits import (
    MAX_DOCUMENTS,
    MAX_EVENTS,
    MAX_KEY_LENGTH,
    Budget,
)
from reconciler.manifests.problem_log import ProblemLog
from reconciler.manifests.reading_state import ReadingState, StopReading, whole_characters
from reconciler.manifests.rules import Refused
from reconciler.manifests.scalars import (
    JSON_START,
    REFUSED,
    SPECIAL_START,
    explain_key,
    explain_plain,
    json_literal,
    plain_value,
)
from reconciler.manifests.syntax import (
    VARIABLE_IN_BRACES,
    file_events,
    start_advice,
    syntax_error,
)
from reconciler.manifests.variables import ENV_FORMS, UnsetVariable
from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import JsonObject, JsonValue, pointer
from reconciler.model.places import NUMBERS, OPEN, Places
from reconciler.model.text import short_text

_ENV: Final = "!env"
_INCLUDE: Final = "!include"
_CORE_TAGS = "tag:yaml.org,2002:"
_NO_MEMBERS: Final[Mapping[int, Any]] = MappingProxyType({})
_SHORT = 64
"""Characters of a text that is kept once for all manifests."""


def read_documents(
    data: bytes,
    log: ProblemLog,
    substitutions: Substitutions,
    budget: Budget,
    *,
    is_json: bool,
    depth: int | None = None,
    when_empty: str = "write a manifest",
) -> tuple[Document, ...]:
    """The documents of one file, in order. Whatever is wrong goes to `log`. Never raises for bad content.

    A document with problems is returned too (see `Document.spoiled`), unless reading had to end inside it. `depth` is how
    deep the content will be nested in the file that includes it, None for a file that is read for itself. `when_empty` is what
    to write into a file with nothing in it.
    """
    reader = _Reader(ReadingState(data, log, budget, depth), substitutions, when_empty, is_json=is_json)
    try:
        reader.take_all()
    except StopReading:
        pass
    except (Refused, YAMLError) as error:
        log.refuse(syntax_error(error, data) if isinstance(error, YAMLError) else error)
    return tuple(reader.documents)


@dataclass
class _Reader:
    """Takes the events of one file by recursive descent, which the limit of nesting keeps flat. `documents` are the ones that ended."""

    state: ReadingState
    substitutions: Substitutions
    when_empty: str
    is_json: bool
    documents: list[Document] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._literal = json_literal if self.is_json else plain_value
        # Beginnings of scalars that may be no text, and keys that are known to be text.
        self._special = JSON_START if self.is_json else SPECIAL_START
        self._known: dict[str, str] = {}
        self._kept_keys: dict[tuple[str | int, ...], tuple[str | int, ...]] = {}
        self._empty: Event | None = None

    def take_all(self) -> None:
        """Reads to the end. Raises StopReading after a problem that ends reading, and whatever the parser raises."""
        take = file_events(self.state.data, is_json=self.is_json)
        self._next: Callable[[], Any] = islice(iter(take, None), MAX_EVENTS).__next__
        try:
            while not self._is_end(event := self._next()):
                if isinstance(event, DocumentStartEvent):
                    self._document(event)
        except StopIteration:
            self.state.stop_at_values(take() or event)
        self._end()

    @staticmethod
    def _is_end(event: Event) -> bool:
        return not isinstance(event, DocumentStartEvent | StreamStartEvent)

    def _document(self, start: DocumentStartEvent) -> None:
        state = self.state
        self._report_empty()
        state.begin_document()
        if state.index == MAX_DOCUMENTS:
            message = f"more than {MAX_DOCUMENTS:,} documents in one file"
            state.stop(start, rules.TOO_LARGE, message, "split the file")
        if start.tags:
            words = "remove it; the only tags are !env and !include"
            state.stop(start, rules.DIRECTIVE, "a %TAG directive", words)
        self._anchors = Anchors(state)
        self._keys: list[str | int] = []
        self._numbers: list[int] = []
        self._written: dict[int, str] = {}
        self._included: dict[int, Places] = {}
        value = self._value(self._next(), "", 0, 0)
        state.spend_values(1, self._next())
        self.documents.append(self._ended(value, state.place(start)))

    def _ended(self, value: JsonValue, origin: Origin) -> Document:
        state, places = self.state, self._places()
        if isinstance(value, dict) and len(self._keys) > 1:
            origin = replace(origin, line=self._numbers[NUMBERS], column=self._numbers[NUMBERS + 1])
        variables = frozenset(state.variables) if state.variables else NOTHING
        spoiled = frozenset(state.spoiled) if state.spoiled else NOTHING
        return Document(state.index, value, origin, places, variables, spoiled)

    def _places(self) -> Places:
        # Kept for thousands of manifests: small numbers in two bytes each, and keys once for all documents of a file that have the same.
        numbers = array("H" if max(self._numbers) < 2**16 else "I", self._numbers)
        keys = self._kept_keys.setdefault(found := tuple(self._keys), found)
        written, included = self._written or _NO_MEMBERS, self._included or _NO_MEMBERS
        return Places(self.state.log.file, self.state.index, keys, numbers, written, included)

    def _end(self) -> None:
        if len(self.documents) == 1:
            self._report_empty()
        elif self._empty is not None:
            # A `---` at the end of a file begins nothing. Many templating tools write one.
            self.documents.pop()
        if self.state.index < 0:
            message = "the file is empty, or holds comments only"
            where = Origin(self.state.log.file)
            self.state.log.add(where, rules.EMPTY, message, f"{self.when_empty}, or remove the file")

    def _report_empty(self) -> None:
        """An empty document, once it is known that it is not the one that a last `---` begins."""
        event, self._empty = self._empty, None
        if event is not None:
            help_text = f"{self.when_empty}, or remove the `---`"
            self.state.problem(event, rules.EMPTY, "the document is empty", help_text)

    def _value(self, event: Any, key: str | int, key_line: int, key_column: int) -> JsonValue:
        """The value that begins with an event. Notes its place. Everything in a file comes through here."""
        mark, keys, numbers = event.start_mark, self._keys, self._numbers
        keys.append(key)
        index = len(keys)
        numbers += (key_line, key_column, mark.line + 1, mark.column + 1, index)
        if event.__class__ is ScalarEvent:
            if event.tag is not None or event.anchor is not None:
                return self._decorated_scalar(event)
            text, is_plain = event.value, event.implicit[0]
            is_text = text[:1] not in self._special if is_plain else text.isascii() and text.isprintable()
            value = text if is_text else self._scalar(event)
            # Thousands of manifests say the same few words: each is kept once.
            return intern(value) if value.__class__ is str and len(value) <= _SHORT else value
        if event.__class__ is AliasEvent:
            return self._anchors.repeated(event)
        numbers[index * NUMBERS - 1] = OPEN
        is_bare = event.tag is None and event.anchor is None
        inside = self._content(event) if is_bare else self._decorated_collection(event)
        numbers[index * NUMBERS - 1] = len(keys)
        return inside

    def _content(self, start: CollectionStartEvent) -> JsonValue:
        """What is in a mapping or a sequence."""
        state = self.state
        state.check_depth(state.depth + 1, start)
        state.path.append("")
        value: JsonValue = self._members() if start.__class__ is MappingStartEvent else self._items()
        state.path.pop()
        return value

    def _decorated_collection(self, start: CollectionStartEvent) -> JsonValue:
        """A mapping or a sequence with a tag or an anchor."""
        state = self.state
        state.check_depth(state.depth + 1, start)
        if start.tag is not None:
            self._check_tag(start, start.tag)
        before = state.values, len(state.variables)
        value = self._content(start)
        if start.tag == _ENV and isinstance(start, MappingStartEvent):
            if len(state.variables) > before[1]:
                state.problem(start, rules.VARIABLE_FORM, "!env inside !env", "write the default out")
                value = None
            else:
                value = self._variable(value, start)
        return self._anchors.noted(start, value, before)

    def _members(self) -> JsonObject:
        take, path, known = self._next, self.state.path, self._known
        found: JsonObject = {}
        while (event := take()).__class__ is not MappingEndEvent:
            mark = event.start_mark
            key = known.get(event.value) if event.__class__ is ScalarEvent else None
            if key is None or key in found or event.tag is not None or event.anchor is not None:
                path[-1] = ""
                key = intern(self._key(event, found))
            path[-1] = key
            found[key] = self._value(take(), key, mark.line + 1, mark.column + 1)
        path[-1] = ""
        self.state.spend_values(len(found), event)
        return found

    def _items(self) -> list[JsonValue]:
        take, path = self._next, self.state.path
        found: list[JsonValue] = []
        while (event := take()).__class__ is not SequenceEndEvent:
            path[-1] = index = len(found)
            found.append(self._value(event, index, 0, 0))
        path[-1] = len(found)
        self.state.spend_values(len(found), event)
        return found

    def _key(self, event: Event, found: Mapping[str, JsonValue]) -> str:
        """The key that begins with an event. "" for one that is no text."""
        if not isinstance(event, ScalarEvent):
            return self._collection_as_key(event)
        self.state.path[-1] = key = event.value
        if event.tag is not None:
            self._refuse_tag(event, event.tag)
        if event.implicit[0]:
            if self._literal(key) != key:
                self._describe(event, lambda: explain_key(key))
            elif event.tag is None:
                self._known[key] = intern(key)
        elif event.style == '"':
            self.state.path[-1] = key = whole_characters(key)
            self.state.check_characters(event)
        if key in found:
            self._describe(event, lambda: self._repeated_key(key))
        elif len(key) > MAX_KEY_LENGTH:
            words = f"a key of more than {MAX_KEY_LENGTH:,} characters"
            self.state.stop(event, rules.KEY, words, "shorten it")
        if event.anchor is not None:
            self._anchors.noted(event, event.value, (self.state.values, len(self.state.variables)))
        return key

    def _describe(self, event: Event, words: Callable[[], tuple[str, str, str]]) -> None:
        """Reports a problem, whose words are made only where they will be read."""
        if self.state.log.is_full:
            self.state.count_problem()
        else:
            self.state.problem(event, *words())

    def _repeated_key(self, key: str) -> tuple[str, str, str]:
        first = self._places().origin(pointer((*self.state.path[:-1], key)), on_key=True)
        message = (
            f'the key "{short_text(key)}" occurs twice; first at line {first.line}, column {first.column}'
        )
        return rules.DUPLICATE_KEY, message, "keep one of them"

    def _collection_as_key(self, event: Event) -> str:
        """A mapping, a sequence or an alias in place of a key is one problem as a whole."""
        before, outside = len(self._keys), self.state.is_in_key
        self.state.is_in_key = True
        self._value(event, "", 0, 0)
        self.state.is_in_key = outside
        del self._keys[before:], self._numbers[before * NUMBERS :]
        self._written = {index: text for index, text in self._written.items() if index < before}
        is_braced = self.state.rest_of_line(event).startswith("{")
        cure = VARIABLE_IN_BRACES if is_braced else "write the key as text on one line"
        self.state.problem(event, rules.KEY, "a key that is not text", cure)
        return ""

    def _scalar(self, event: ScalarEvent) -> JsonValue:
        text = event.value
        if event.implicit[0]:
            value = self._literal(text)
            if value is text:
                return text
            if value is REFUSED:
                return self._refused_value(event)
            if isinstance(value, float | int) and str(value) != text:
                self._written[len(self._keys) - 1] = text
            return value
        if event.style == '"' and not (text.isascii() and text.isprintable()):
            self.state.check_characters(event)
            return whole_characters(text)
        return text

    def _refused_value(self, event: ScalarEvent) -> JsonValue:
        state = self.state
        if not event.value and not state.path:
            self._empty = event
            state.spoil()
        elif state.log.is_full:
            state.count_problem()
        elif not state.is_in_key and state.pointer() not in state.spoiled:
            rule, message, help_text = explain_plain(event.value)
            cure = "" if event.value else start_advice(state.rest_of_line(event))
            state.problem(event, rule, message, cure or help_text)
        return event.value

    def _decorated_scalar(self, event: ScalarEvent) -> JsonValue:
        """A scalar with a tag or an anchor."""
        before = self.state.values, len(self.state.variables)
        value: JsonValue = event.value
        if event.tag is None:
            value = self._scalar(event)
        elif event.tag == _ENV:
            value = self._variable(event.value, event)
        elif event.tag == _INCLUDE:
            value = self._fragment(event)
        else:
            self._refuse_tag(event, event.tag)
        return self._anchors.noted(event, value, before)

    def _check_tag(self, start: CollectionStartEvent, tag: str) -> None:
        """Whether a mapping or sequence may carry this tag."""
        if tag == _INCLUDE:
            self.state.problem(start, rules.TAG, "!include takes a path", "write it as !include path.yaml")
        elif tag != _ENV:
            self._refuse_tag(start, tag)
        elif not isinstance(start, MappingStartEvent):
            self.state.problem(start, rules.VARIABLE_FORM, "!env takes the name of a variable", ENV_FORMS)

    def _refuse_tag(self, event: Event, tag: str) -> None:
        written = short_text(tag.replace(_CORE_TAGS, "!!"))
        help_text = "remove it, or quote the value if it is text; the only tags are !env and !include, and only values take them"
        self.state.problem(event, rules.TAG, f"the tag `{written}` is not known here", help_text)

    def _variable(self, form: JsonValue, event: Event) -> JsonValue:
        state = self.state
        try:
            found = self.substitutions.variable(form, depth=state.depth)
        except Refused as refusal:
            # What is left open is no guess: the rest of the document can be judged around it.
            is_unset = refusal.rule == rules.VARIABLE_UNSET
            (state.note if is_unset else state.problem)(event, refusal.rule, refusal.message, refusal.help)
            state.note_variables([""], event)
            return UnsetVariable() if is_unset else None
        if not found.is_default:
            state.note_variables([""], event)
        state.spend_variable_text(found.length, event)
        state.spend_values(found.values - 1, event)
        return found.value

    def _fragment(self, event: ScalarEvent) -> JsonValue:
        state = self.state
        before = state.budget.values
        try:
            fragment = self.substitutions.fragment(event.value, depth=state.depth)
        except Refused as refusal:
            state.problem(event, refusal.rule, refusal.message, refusal.help)
            return None
        # Its root is counted where it is put. The rest counts as if it were written here.
        state.values += before - state.budget.values - 1
        state.budget.values += 1
        if fragment.spoiled:
            state.spoil()
        state.note_variables(sorted(fragment.variables), event)
        self._included[len(self._keys) - 1] = fragment.places
        return fragment.value
