"""Lint rules about what the form leaves out: keywords, types and shapes that the widget does not look at. Pure.

As the form of the embedded widget does it (platform v2.0.0: schemaToFormBlock, schemaToYup, Control). It reads `properties`, `oneOf` and
`items`, and gives a field a check only when its `type` is one word.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.schema import (
    dotted,
    is_choice,
    is_group,
    is_item_list,
    members,
    type_names,
)
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonValue, escape_segment
from reconciler.model.text import listed

IGNORED = RuleFacts(
    "R517",
    "keyword that the form ignores",
    Severity.WARNING,
    "The widget shows `properties`, the options of `oneOf` and `items`, and checks little: what other keywords ask for, the customer "
    "neither sees nor is held to.",
    "Write fields out under `properties`, choices as a `oneOf` whose options share a `const`, and the rest into `description`.",
    "credentials:\n  type: object\n  oneOf: [...]          # not anyOf, not $ref, not if and then",
)

_IN_PLACE = "write what it holds into the schema itself"
_IN_WORDS = "say it in `description`, or write a `oneOf`"
_BY_NAME = "name the fields under `properties`, or ask for a list of objects"
_MENDS = {
    "anyOf": "write a `oneOf` whose options share a `const`",
    **dict.fromkeys(("allOf", "$ref", "$dynamicRef", "$recursiveRef"), _IN_PLACE),
    **dict.fromkeys(("not", "if", "dependencies", "dependentRequired", "dependentSchemas"), _IN_WORDS),
    **dict.fromkeys(("patternProperties", "propertyNames"), _BY_NAME),
}
_UNCHECKED = (
    "minLength", "maxLength", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems", "contains",
    "minProperties", "maxProperties",
)  # fmt: skip


def ignored_keywords(subject: Subject) -> Iterator[Diagnostic]:
    """Keywords and shapes of what the form shows that have no effect on it."""
    for node in subject.nodes:
        if not node.is_shown or node.role is Role.OTHER:
            continue
        for keyword, mend in _MENDS.items():
            if keyword in node.schema:
                yield _ignored(node, keyword, f"the form ignores `{keyword}` of {node.label}", mend)
        unchecked = [keyword for keyword in _UNCHECKED if keyword in node.schema]
        if unchecked:
            message = f"the form does not check {listed(f'`{word}`' for word in unchecked)} of {node.label}"
            yield _ignored(node, unchecked[0], message, "say it in `description`")
        yield from _unseen(node)


def _unseen(node: Node) -> Iterator[Diagnostic]:
    """Fields that stand where the widget looks for none, and objects and lists of which it can make nothing."""
    schema, items = node.schema, node.schema.get("items")
    holds_fields = node.role is Role.OPTION or is_group(schema)
    if schema.get("properties") and not holds_fields:
        why = "beside `oneOf`" if is_choice(schema) else "without `type: object`"
        yield _ignored(
            node,
            "properties",
            f"the form shows no field of {node.label}: `properties` {why} are ignored",
            _SHAPE,
        )
    elif node.is_field and is_group(schema) and not schema.get("properties") and not _MENDS.keys() & schema:
        yield IGNORED.advice(
            node.pointer,
            f"the form shows nothing of {node.label}: it has no `properties`",
            _BY_NAME,
            on_key=True,
        )
    if isinstance(items, dict) and _is_object(items) and not is_item_list(schema) and not is_choice(schema):
        yield _ignored(node, "items", f"the form asks for texts in {node.label}, not for objects", _LIST)
    elif isinstance(items, list):
        yield _ignored(
            node,
            "items",
            f"the form asks for any number of texts in {node.label}",
            "write one schema for all items",
        )


_SHAPE = "write `type: object`, and fields that belong to every option into each"
_LIST = "write `type: array` around and `type: object` inside of `items`"


def _is_object(items: dict[str, JsonValue]) -> bool:
    return bool(items.get("properties")) or "object" in type_names(items)


def _ignored(node: Node, keyword: str, message: str, mend: str) -> Diagnostic:
    return IGNORED.advice(f"{node.pointer}/{escape_segment(keyword)}", message, mend, on_key=True)


NO_SINGLE_TYPE = RuleFacts(
    "R518",
    "field of no single type",
    Severity.WARNING,
    "The widget takes the first of several types for the control and checks nothing: not that a value is there, no bound, no pattern; "
    "numbers are sent as text.",
    "Write one type; a field that may be empty is one that `required` does not name.",
    "count: {type: integer, title: Count}   # not type: [integer, 'null'], and not without type",
)


def fields_of_no_type(subject: Subject) -> Iterator[Diagnostic]:
    """Shown fields whose `type` is a list or missing; choices have a rule of their own, as have references."""
    for node in subject.nodes:
        for name, part in members(node.schema).items() if node.is_shown else ():
            if isinstance(part, bool):
                where = f"{node.pointer}/properties/{escape_segment(name)}"
                message = f"{dotted((*(node.path or ()), name))} is described by true or false: the form asks for one of these words"
                yield NO_SINGLE_TYPE.advice(where, message, "describe the field", on_key=True)
    for field in subject.shown_fields:
        declared = field.schema.get("type")
        if isinstance(declared, str) or is_choice(field.schema) or "$ref" in field.schema:
            continue
        what = "has a list of types" if isinstance(declared, list) else "has no `type`"
        message = f"{field.label} {what}: {_shown_as(type_names(field.schema))}"
        where = f"{field.pointer}/type" if "type" in field.schema else field.pointer
        yield NO_SINGLE_TYPE.advice(where, message, "write one type", on_key=True)


def _shown_as(names: list[str]) -> str:
    first = names[0] if names else "null"
    if first in ("integer", "number"):
        return "the form sends the number as text, and checks nothing"
    if first in ("string", "boolean", "array"):
        return f"the form takes it for `{first}`, and checks nothing"
    return "the form takes it for text, and checks nothing"


IGNORED_RULES = (
    LintRule(IGNORED, ignored_keywords),
    LintRule(NO_SINGLE_TYPE, fields_of_no_type),
)
