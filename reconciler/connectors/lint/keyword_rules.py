"""Lint rules about the words of the form's schema: misspelt ones, useless values, unknown types, what the form ignores. Pure.

Only schema nodes are looked at: neither names of fields nor what is in defaults, constants and examples. What the form ignores follows
the embedded widget (platform v2.0.0: schemaToFormBlock, schemaToYup, Control): it reads `properties`, `oneOf` and `items`, and gives a
field a check only when its `type` is one word.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from functools import lru_cache

from reconciler.connectors.lint.form_rules import broken_keyword
from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.server.schema_values import TYPES
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.schema import Kind, dotted, is_set, kind_of, members, type_names
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonValue, escape_segment
from reconciler.model.text import listed

# JavaScript asks of these only whether there is something.
_FLAGS = ("airbyte_secret", "airbyte_hidden", "always_show", "multiline")
_KINDS_AND_WORDS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("string",): (
        "title", "description", "pattern", "format", "pattern_descriptor", "group", "display_type", "$schema", "$id", "$ref",
        "$comment", "$dynamicRef", "$recursiveRef", "$anchor",
    ),
    ("boolean",): (*_FLAGS, "uniqueItems", "readOnly", "writeOnly", "deprecated", "nullable"),
    ("number",): ("minimum", "maximum", "multipleOf", "order"),
    ("number", "boolean"): ("exclusiveMinimum", "exclusiveMaximum"),
    ("integer",): ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    ("array",): ("required", "enum", "examples", "oneOf", "anyOf", "allOf", "groups"),
    ("object",): (
        "properties", "patternProperties", "definitions", "$defs", "dependencies", "dependentRequired", "dependentSchemas",
    ),
    ("object", "boolean"): (
        "not", "if", "then", "else", "contains", "propertyNames", "additionalProperties", "additionalItems",
    ),
    ("object", "array", "boolean"): ("items",),
    ("string", "array"): ("type",),
}  # fmt: skip
_KINDS = {word: kinds for kinds, words in _KINDS_AND_WORDS.items() for word in words}
_ANY_VALUE = (
    "default", "const", "id", "contentEncoding", "contentMediaType", "airbyte_type", "path_in_connector_config",
)  # fmt: skip
_KNOWN = {word.lower(): word for word in (*_KINDS, *_ANY_VALUE)}
_WORDS = frozenset(_KNOWN.values())
_MEANT = {
    "min": "minimum", "max": "maximum", "example": "examples", "label": "title", "secret": "airbyte_secret",
    "hidden": "airbyte_hidden", "regex": "pattern", "options": "enum", "choices": "enum", "values": "enum",
    "placeholder": "examples", "help": "description", "mandatory": "required",
}  # fmt: skip
_SIMILARITY = 0.8
_TYPES_MEANT = {
    "int": "integer", "long": "integer", "float": "number", "double": "number", "decimal": "number",
    "bool": "boolean", "str": "string", "text": "string", "password": "string", "date": "string",
    "datetime": "string", "dict": "object", "map": "object", "list": "array",
}  # fmt: skip
_FORMATS_MEANT = {
    "datetime": "date-time",
    "timestamp": "date-time",
    "date": "date",
    "url": "uri",
    "uri": "uri",
}
_KIND_WORDS = {
    "string": "text", "boolean": "true or false", "number": "a number", "integer": "a whole number", "array": "a list",
    "object": "an object",
}  # fmt: skip
_VALUE_KINDS = {
    str: "string", bool: "boolean", list: "array", dict: "object", int: "integer", float: "number", type(None): "null",
}  # fmt: skip
_IN_PLACE = "write what it holds into the schema itself"
_IN_WORDS = "say it in `description`, or write a `oneOf`"
_BY_NAME = "name the fields under `properties`, or ask for a list of objects"
_IGNORED = {
    "anyOf": "write a `oneOf` whose options share a `const`",
    **dict.fromkeys(("allOf", "$ref", "$dynamicRef", "$recursiveRef"), _IN_PLACE),
    **dict.fromkeys(("not", "if", "dependencies", "dependentRequired", "dependentSchemas"), _IN_WORDS),
    **dict.fromkeys(("patternProperties", "propertyNames"), _BY_NAME),
}
_UNCHECKED = (
    "minLength", "maxLength", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "contains",
    "minProperties", "maxProperties",
)  # fmt: skip
_WITHOUT_EFFECT = frozenset({*_IGNORED, *_UNCHECKED, "properties", "items"})
_SHAPE = "write `type: object`, and fields that belong to every option into each"
_LIST = "write `type: array` around and `type: object` inside of `items`"


def misspelt_keywords(subject: Subject) -> Iterator[Diagnostic]:
    """R514: keys of schema nodes that are near a known keyword, and fields that were forgotten under `properties`."""
    for key in subject.by_keyword.keys() - _WORDS:
        meant = _meant(key)
        for node in subject.nodes_with(key):
            value = node.schema[key]
            is_field = isinstance(value, dict) and any(name in TYPES for name in type_names(value))
            if is_field and "object" not in _KINDS.get(meant or "", ()):
                way_out = "if it is a field, write it under `properties`"
            elif meant is not None:
                way_out = f'did you mean "{meant}"?'
            else:
                continue
            message = f'"{dotted((key,))}" in {node.label} is no keyword and has no effect'
            yield _at_key("R514", node, key, message, way_out)


def _at_key(rule: str, node: Node, key: str, message: str, help_text: str) -> Diagnostic:
    return diagnostic(rule, f"{node.pointer}/{escape_segment(key)}", message, help_text, on_key=True)


@lru_cache(maxsize=1024)
def _meant(key: str) -> str | None:
    """The keyword that this one was probably meant to be. None for a known one and when none is near."""
    word = key.strip("\"' ").lower()
    if word in _KNOWN or word in _MEANT:
        return _KNOWN.get(word) or _MEANT[word]
    near = difflib.get_close_matches(word, _KNOWN, 1, _SIMILARITY) if 4 <= len(word) <= 40 else []
    return _KNOWN[near[0]] if near else None


def useless_keywords(subject: Subject) -> Iterator[Diagnostic]:
    """R515: known keywords whose value cannot mean anything."""
    for key in _KINDS.keys() & subject.by_keyword.keys():
        kinds = _KINDS[key]
        for node in subject.nodes_with(key):
            value = node.schema[key]
            if (
                _VALUE_KINDS[type(value)] in kinds
                or _is_of_kinds(value, kinds)
                or broken_keyword(node.schema) == key
            ):
                continue
            effect = "counts as true" if key in _FLAGS and is_set(value) else "has no effect"
            wanted = " or ".join(_KIND_WORDS[kind] for kind in kinds)
            message = f"`{key}` in {node.label} {effect}: its value must be {wanted}"
            way_out = f"list {node.label} in `required` of the object around it" if key == "required" else ""
            yield diagnostic("R515", f"{node.pointer}/{escape_segment(key)}", message, way_out)


def _is_of_kinds(value: JsonValue, kinds: tuple[str, ...]) -> bool:
    kind = "integer" if isinstance(value, float) and value.is_integer() else _VALUE_KINDS[type(value)]
    return kind in kinds or (kind == "integer" and "number" in kinds)


def unknown_types(subject: Subject) -> Iterator[Diagnostic]:
    """R516: types that JSON Schema does not have, and formats that are nearly `date` or `date-time`."""
    for node in subject.nodes_with("type"):
        unknown = [name for name in type_names(node.schema) if name not in TYPES]
        if unknown:
            near = difflib.get_close_matches(unknown[0][:40].lower(), TYPES, 1)
            meant = _TYPES_MEANT.get(unknown[0].lower()) or next(iter(near), None)
            way_out = f'did you mean "{meant}"?' if meant else f"use {listed(TYPES)}"
            message = f"{node.label} has a type that JSON Schema does not have"
            yield diagnostic("R516", f"{node.pointer}/type", message, way_out)
    for node in subject.nodes_with("format"):
        form = node.schema["format"]
        word = "".join(char for char in form[:40].lower() if char.isalpha()) if isinstance(form, str) else ""
        wanted = _FORMATS_MEANT.get(word, form)
        if wanted != form:
            message = f"{node.label} has a format that has no effect"
            yield diagnostic("R516", f"{node.pointer}/format", message, f'did you mean "{wanted}"?')


def ignored_keywords(subject: Subject) -> Iterator[Diagnostic]:
    """R517: keywords and shapes of what the form shows that have no effect on it."""
    for node in subject.nodes:
        is_plain = _WITHOUT_EFFECT.isdisjoint(node.schema) and node.schema.get("type") != "object"
        if is_plain or not node.is_shown:
            continue
        for keyword in _IGNORED.keys() & node.schema.keys():
            message = f"the form ignores `{keyword}` of {node.label}"
            yield _at_key("R517", node, keyword, message, _IGNORED[keyword])
        unchecked = [keyword for keyword in _UNCHECKED if keyword in node.schema]
        if unchecked:
            message = f"the form does not check {listed(f'`{word}`' for word in unchecked)} of {node.label}"
            yield _at_key("R517", node, unchecked[0], message, "say it in `description`")
        yield from _unseen_fields(node)
        yield from _unseen_items(node)


def _unseen_fields(node: Node) -> Iterator[Diagnostic]:
    """Fields where the widget looks for none, and objects of which it can make nothing."""
    schema, group = node.schema, kind_of(node.schema) is Kind.GROUP
    if schema.get("properties") and node.role is not Role.OPTION and not group:
        why = "beside `oneOf`" if kind_of(schema) is Kind.CHOICE else "without `type: object`"
        message = f"the form shows no field of {node.label}: `properties` {why} are ignored"
        yield _at_key("R517", node, "properties", message, _SHAPE)
    elif node.is_field and group and not schema.get("properties") and not _IGNORED.keys() & schema.keys():
        message = f"the form shows nothing of {node.label}: it has no `properties`"
        yield diagnostic("R517", node.pointer, message, _BY_NAME, on_key=True)


def _unseen_items(node: Node) -> Iterator[Diagnostic]:
    items, kind = node.schema.get("items"), kind_of(node.schema)
    described = items if isinstance(items, dict) else {}
    is_object = bool(described.get("properties")) or "object" in type_names(described)
    if is_object and kind not in (Kind.LIST, Kind.CHOICE):
        message = f"the form asks for texts in {node.label}, not for objects"
        yield _at_key("R517", node, "items", message, _LIST)
    elif isinstance(items, list):
        message = f"the form asks for any number of texts in {node.label}"
        yield _at_key("R517", node, "items", message, "write one schema for all items")


def fields_of_no_type(subject: Subject) -> Iterator[Diagnostic]:
    """R518: shown fields whose `type` is a list or missing. Choices have a rule of their own, as have references."""
    for node in subject.nodes_with("properties"):
        for name, part in members(node.schema).items() if node.is_shown else ():
            if isinstance(part, bool):
                where = f"{node.pointer}/properties/{escape_segment(name)}"
                message = f"{dotted((*(node.path or ()), name))} is described by true or false: the form asks for one of these words"
                yield diagnostic("R518", where, message, "describe the field", on_key=True)
    for field in subject.shown_fields:
        declared = field.schema.get("type")
        if not (isinstance(declared, str) or kind_of(field.schema) is Kind.CHOICE or "$ref" in field.schema):
            what = "has a list of types" if isinstance(declared, list) else "has no `type`"
            where = f"{field.pointer}/type" if "type" in field.schema else field.pointer
            message = f"{field.label} {what}: {_taken_for(type_names(field.schema))}"
            yield diagnostic("R518", where, message, "write one type", on_key=True)


def _taken_for(names: list[str]) -> str:
    first = names[0] if names else "null"
    if first in ("integer", "number"):
        return "the form sends the number as text, and checks nothing"
    taken = f"`{first}`" if first in ("string", "boolean", "array") else "text"
    return f"the form takes it for {taken}, and checks nothing"
