"""A document against its JSON Schema, with complaints that say what to write. Pure. Knows the keywords that `schema` uses.

A general validator (jsonschema) was rejected: it is slower than reading the file, and its messages quote values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final, NamedTuple, cast

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, JsonValue, pointer, value_at
from reconciler.model.text import did_you_mean, kind_of, listed, short_text

Path = tuple[str, ...]
Words = Callable[[JsonValue], tuple[str, str]]
"""What is wrong with a value of the right type, as it follows the field's name, and what to do."""

WRITTEN: Final = "{written}"
"""In a message or a help: the scalar at the place, as it is written in the file."""
TYPES: Final[Mapping[str, str]] = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}
"""JSON types in words."""
_CLASSES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def is_a(value: JsonValue, kind: str) -> bool:
    """Whether a value has one of `TYPES`. `1.0` is no integer here: not every reader takes it for one."""
    return isinstance(value, _CLASSES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def normal(name: str) -> str:
    """A name without case and word marks: `actor_definition_id` is `actorDefinitionId`."""
    return re.sub("[-_ ]", "", name).lower()


class _Error(NamedTuple):
    """`what` is the rule that is broken (`unknown`, `missing`, `type`, `value`, or `excluded` by another field). `known` are the fields
    or the values that would be right, the type that is wanted, or what excludes.
    """

    what: str
    path: Path
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fields:
    """What one kind of file may hold. `rules` are the ids of unknown, missing and excluded fields, wrong types and wrong values.

    `wrong` has words for wrong values by the name of the field (of the list, for an item), where the values that are right do not say
    it. `examples` has the line that adds a missing field. `meant` says where the file has what an unknown field is for (None: not
    known).
    """

    schema: JsonObject
    rules: Mapping[str, str]
    wrong: Mapping[str, Words]
    examples: Mapping[str, str]
    meant: Callable[[Path], Path | None] = lambda _: None

    def diagnostics(
        self, document: JsonValue, *, limit: int, hidden: Iterable[str] = ()
    ) -> tuple[list[Diagnostic], int]:
        """The first `limit` things that are wrong with a document, and how many more there are. Values at the pointers `hidden`
        are not shown.
        """
        errors = list(self._errors(self.schema, document, ()))
        if not errors:
            return [], 0
        complaint = _Complaint(self, document, frozenset(hidden))
        complaints = complaint.without_renamed(errors)
        return [complaint.about(each) for each in complaints[:limit]], max(len(complaints) - limit, 0)

    def _resolved(self, node: JsonObject) -> JsonObject:
        reference = node.get("$ref")
        return node if reference is None else self._definitions[str(reference)]

    @cached_property
    def _definitions(self) -> dict[str, JsonObject]:
        definitions = cast(JsonObject, self.schema["$defs"])
        return {f"#/$defs/{name}": cast(JsonObject, node) for name, node in definitions.items()}

    def _errors(self, node: Any, value: JsonValue, path: Path) -> Iterator[_Error]:
        node = self._resolved(node)
        if "oneOf" in node:
            yield from self._option_errors(node, value, path)
        elif "const" in node or "enum" in node:
            allowed = node.get("enum") or [node["const"]]
            if type(value) is not type(allowed[0]) or value not in allowed:
                yield _Error("value", path, tuple(map(str, allowed)))
        elif not is_a(value, node["type"]):
            yield _Error("type", path, (TYPES[node["type"]],))
        elif isinstance(value, dict):
            yield from self._member_errors(node, value, path)
        elif not _is_in_bounds(node, value):
            yield _Error("value", path)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._errors(node["items"], item, (*path, str(index)))

    def _option_errors(self, node: Any, value: JsonValue, path: Path) -> Iterator[_Error]:
        """Errors by the option that the value's discriminator names. Without one, those of a document are by the first option, and of
        anything else only the discriminator is said to be wrong.
        """
        name, options = node["discriminator"]["propertyName"], node["discriminator"]["mapping"]
        if not isinstance(value, dict):
            yield _Error("type", path, (TYPES["object"],))
            return
        chosen = value.get(name)
        if isinstance(chosen, str) and chosen in options:
            yield from self._errors({"$ref": options[chosen]}, value, path)
            return
        near = [each for each in options if isinstance(chosen, str) and did_you_mean(chosen, (each,))]
        meant = options[near[0]] if near else node["oneOf"][0]["$ref"]
        for error in self._errors({"$ref": meant}, value, path):
            if error.path == (*path, name):
                yield error if error.what == "missing" else error._replace(known=tuple(options))
            elif near or not path:
                yield error

    def _member_errors(self, node: Any, value: JsonObject, path: Path) -> Iterator[_Error]:
        others = node["additionalProperties"]
        known = {} if isinstance(others, dict) else node.get("properties", {})
        if others is True and not known:
            return
        required, excluded, reason = _by_condition(node, value)
        for name in required:
            if name not in value:
                yield _Error("missing", (*path, name))
        for name, member in value.items():
            inside = (*path, name)
            if name in excluded:
                yield _Error("excluded", inside, (reason,))
            elif name in known or isinstance(others, dict):
                yield from self._errors(known.get(name, others), member, inside)
            elif not others:
                yield _Error("unknown", inside, tuple(known))


def _by_condition(node: Mapping[str, Any], value: JsonObject) -> tuple[Collection[str], Collection[str], str]:
    """The fields that a node asks for, those that it excludes, and the field that excludes them: by `if` (one field is there, or has a
    constant), `then` and `else`.
    """
    required = node.get("required", ())
    if "if" not in node:
        return required, (), ""
    (name,) = node["if"]["required"]
    wanted = node["if"].get("properties", {}).get(name, {}).get("const", value.get(name))
    if name not in value or value[name] != wanted:
        return (*required, *node["else"]["required"]), (), ""
    words = f"`{name}: {wanted}`" if "properties" in node["if"] else f"`{name}`"
    return required, node["then"]["properties"], words


def _is_in_bounds(node: Mapping[str, Any], value: Any) -> bool:
    if isinstance(value, str):
        is_length = bool(node.get("minLength", 0) <= len(value) <= node.get("maxLength", len(value)))
        return is_length and ("pattern" not in node or _pattern(node["pattern"]).search(value) is not None)
    if isinstance(value, list):
        return bool(len(value) >= node.get("minItems", 0))
    return bool(node.get("minimum", value) <= value <= node.get("maximum", value))


@lru_cache
def _pattern(text: str) -> re.Pattern[str]:
    """The pattern as editors read it: `$` is the end, and not also a place in front of a last line feed."""
    return re.compile(text.removesuffix("$") + r"\Z" if text.endswith("$") else text)


@dataclass(frozen=True)
class _Complaint:
    """Errors of one document in words."""

    fields: Fields
    document: JsonValue
    hidden: frozenset[str] = field(default=frozenset())

    def without_renamed(self, errors: list[_Error]) -> list[_Error]:
        """The errors without those about missing fields that are there under another name."""
        meant = [
            found for each in errors if each.what == "unknown" and (found := self.fields.meant(each.path))
        ]
        beginnings = {path[:length] for path in meant for length in range(1, len(path) + 1)}
        return [
            each
            for each in errors
            if each.what != "missing" or not (each.path in beginnings or self._is_misspelt(each.path))
        ]

    def _is_misspelt(self, path: Path) -> bool:
        """Whether a missing field is there in other letter case or with other word marks."""
        members = value_at(self.document, pointer(path[:-1]))
        return isinstance(members, dict) and normal(path[-1]) in map(normal, members)

    def about(self, error: _Error) -> Diagnostic:
        """One error at its pointer."""
        if error.what == "missing":
            return self._missing(*error)
        if error.what == "unknown":
            return self._unknown(*error)
        if error.what == "excluded":
            return self._excluded(*error)
        return self._wrong_type(*error) if error.what == "type" else self._wrong_value(*error)

    def _missing(self, what: str, path: Path, _: tuple[str, ...]) -> Diagnostic:
        *parent, name = path
        message = f'"{name}" is missing{_inside(parent)}'
        help_text = f"add {self.fields.examples.get(name, name)}"
        return Diagnostic(pointer(parent), self.fields.rules[what], message, help_text, on_key=bool(parent))

    def _excluded(self, what: str, path: Path, by: tuple[str, ...]) -> Diagnostic:
        *parent, name = path
        message = f'"{name}" cannot be beside {by[0]}{_inside(parent)}'
        return Diagnostic(
            pointer(path), self.fields.rules[what], message, "remove one of the two", on_key=True
        )

    def _unknown(self, what: str, path: Path, known: tuple[str, ...]) -> Diagnostic:
        *parent, name = path
        message = f'unknown field "{short_text(name)}"{_inside(parent)}'
        meant = self.fields.meant(path)
        if meant is not None and meant[:-1] == tuple(parent) and meant[-1] not in known:
            meant = None  # it is a field of another kind
        near = did_you_mean(name, known) if meant is None else self._instead(meant, tuple(parent))
        help_text = near or f"known here: {listed(known)}"
        return Diagnostic(pointer(path), self.fields.rules[what], message, help_text, on_key=True)

    def _instead(self, meant: Path, parent: Path) -> str:
        if value_at(self.document, pointer(meant)) is not None:
            return f"remove it: {_dotted(meant)} is there"
        return f'write "{meant[-1]}" instead' if meant[:-1] == parent else f"write it as {_dotted(meant)}"

    def _wrong_type(self, what: str, path: Path, known: tuple[str, ...]) -> Diagnostic:
        value, (wanted,) = value_at(self.document, pointer(path)), known
        message = f"{_dotted(path)} must be {wanted}, not {kind_of(value)}"
        help_text = f"write {wanted}"
        if value is None:
            help_text = f"write {wanted}, or leave the field out"
        elif wanted == TYPES["string"] and isinstance(value, bool | int | float):
            help_text = f'quote it: "{WRITTEN}"'
        return Diagnostic(pointer(path), self.fields.rules[what], message, help_text)

    def _wrong_value(self, what: str, path: Path, known: tuple[str, ...]) -> Diagnostic:
        here = pointer(path)
        value = value_at(self.document, here)
        name = next(segment for segment in reversed(path) if not segment.isdigit())
        words, help_text = self.fields.wrong.get(name, _plain_words(known))(value)
        if here in self.hidden:
            words = "holds a variable whose value is not usable here"
        return Diagnostic(here, self.fields.rules[what], f"{_dotted(path)} {words}", help_text)


def _plain_words(known: tuple[str, ...]) -> Words:
    """The words for a value that is none of the known ones, or that is empty where any other text is right."""

    def words(value: JsonValue) -> tuple[str, str]:
        if not known:
            return "is empty", "write a value, or leave the field out"
        near = did_you_mean(value, known) if isinstance(value, str) else ""
        return f'"{short_text(str(value))}" is not known', near or f"use {' or '.join(known)}"

    return words


def _dotted(path: Iterable[str]) -> str:
    return ".".join(map(short_text, path)) or "the document"


def _inside(parent: list[str]) -> str:
    return f" in {_dotted(parent)}" if parent else ""
