"""Lint rules about the fields that the customer sees: titles, order, what is required, defaults. Pure.

Values are never shown: a default may be a secret.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.server.schema_check import violations_of
from reconciler.connectors.server.schema_load import UncheckableSchema
from reconciler.connectors.server.work import NotKnown
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.schema import (
    COMBINED,
    Kind,
    constant,
    dotted,
    group_of,
    is_hidden,
    is_open,
    is_set,
    is_shown,
    kind_of,
    members,
    options_of,
    order_of,
    type_names,
)
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import listed

_CHECKED = (
    "type", "const", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "items",
)  # fmt: skip
_TEXT_CHECKS = frozenset({"const", "pattern", "minLength", "maxLength", "enum", "format"})
_WRITTEN_LIKE = {"date": "2024-01-31", "date-time": "2024-01-31T00:00:00Z"}


def untitled_fields(subject: Subject) -> Iterator[Diagnostic]:
    """R505: shown fields without a title. Those that the OAuth button fills in need none, that of an object is not shown."""
    filled = frozenset(subject.oauth.fills)
    for field in subject.shown_fields:
        if (
            not field.schema.get("title")
            and field.path not in filled
            and kind_of(field.schema) is not Kind.GROUP
        ):
            message = f"{field.label} has no title: the customer sees the bare name"
            yield diagnostic("R505", field.pointer, message, "add `title`", on_key=True)


def repeated_orders(subject: Subject) -> Iterator[Diagnostic]:
    """R506: shown fields of one object with the `order` of an earlier one. Open and collapsed ones are sorted apart, as are groups."""
    by_order: dict[tuple[int, float], list[Node]] = {}
    for field in subject.nodes_with("order"):
        order = order_of(field.schema) if field.is_field and field.is_shown else None
        if order is not None:
            earlier = by_order.setdefault((id(field.parent), order), [])
            alike = (each for each in earlier if _section(each) == _section(field))
            first = next(alike, None) if earlier else None
            if first is None:
                earlier.append(field)
            else:
                message = f"{field.label} has the same order as {first.label}"
                yield diagnostic("R506", f"{field.pointer}/order", message, "give it a number of its own")


def _section(field: Node) -> tuple[bool, str]:
    is_root = field.parent is not None and field.parent.role is Role.FORM
    return is_open(field.schema, required=field.is_required), group_of(field.schema) if is_root else ""


def choices_of_one(subject: Subject) -> Iterator[Diagnostic]:
    """R507: shown fields with an `enum` of one value that nothing fills in."""
    for field in subject.nodes_with("enum"):
        enum = field.schema["enum"] if field.is_field and field.is_shown else None
        if isinstance(enum, list) and len(enum) == 1 and field.schema.keys().isdisjoint({"default", "const"}):
            message = f"{field.label} lets the customer choose from a list of one"
            yield diagnostic("R507", f"{field.pointer}/enum", message, "write the value as `default` too")


def required_without_field(subject: Subject) -> Iterator[Diagnostic]:
    """R508: names in `required` that neither the node nor what applies beside it describes."""
    for node in subject.nodes_with("required"):
        required = node.schema["required"]
        names = _names_beside(node) if isinstance(required, list) else None
        for index, name in enumerate(required if isinstance(required, list) and names is not None else ()):
            if isinstance(name, str) and name not in (names or ()):
                message = f"`required` names {dotted((name,))}, which is no field"
                way_out = (
                    subject.suggestion(name, names or ()) or "add the field, or take it out of `required`"
                )
                yield diagnostic("R508", f"{node.pointer}/required/{index}", message, way_out)


def _names_beside(node: Node) -> dict[str, JsonValue] | None:
    """The fields described for the same object, here or around. None when nothing is described at all."""
    same_object = takewhile(lambda outer: outer.path == node.path, node.around)
    schemas = [node.schema, *(outer.schema for outer in same_object)]
    schemas += [option for keyword in COMBINED for option in options_of(node.schema, keyword)]
    if not any("properties" in schema for schema in schemas):
        return None
    return {name: part for schema in schemas for name, part in members(schema).items()}


def hidden_required_fields(subject: Subject) -> Iterator[Diagnostic]:
    """R509: required fields that are hidden or constant, without default and preset. A constant that is false, 0 or "" fills nothing."""
    for field in subject.fields:
        schema = field.schema
        if is_shown(schema) or not field.is_required:
            continue
        is_filled = (
            "default" in schema
            or is_set(constant(schema))
            or subject.preset_at(field.path or ()) is not ABSENT
        )
        if not is_filled:
            how = "hidden" if is_hidden(schema) else "a constant that the widget takes for empty"
            message = f"{field.label} is required and {how}, and nothing fills it"
            yield diagnostic("R509", field.pointer, message, "give it a `default`, or show it", on_key=True)


def unfit_defaults(subject: Subject) -> Iterator[Diagnostic]:
    """R510, R511 and R512: defaults that break type, bounds or pattern of their node, its `enum`, its `format`.

    The server's validator decides. The default of a `oneOf` names an option instead, and need not be an object.
    """
    for node in subject.nodes_with("default"):
        if "oneOf" in node.schema or _is_plain(node.schema):
            continue
        broken, where = _broken(node.schema), f"{node.pointer}/default"
        own = [word for word in _CHECKED if word in broken]
        # A number or boolean beside `type: string`: R108 says how it is written.
        is_unquoted = isinstance(node.schema["default"], int | float) and "string" in type_names(node.schema)
        if own and not (own == ["type"] and is_unquoted):
            words = listed(f"`{word}`" for word in own)
            way_out = "write a default that the field itself accepts, or leave it out"
            yield diagnostic(
                "R510", where, f"the default of {node.label} does not meet its own {words}", way_out
            )
        if "enum" in broken:
            message = f"the default of {node.label} is none of its choices"
            yield diagnostic("R511", where, message, "write one of the values of `enum`")
        if "format" in broken:
            form = str(broken["format"])
            way_out = (
                f"write it like {_WRITTEN_LIKE[form]}" if form in _WRITTEN_LIKE else f"write it as `{form}`"
            )
            yield diagnostic("R512", where, f"the default of {node.label} does not have its format", way_out)


def _is_plain(schema: JsonObject) -> bool:
    """Whether the default is a text, and nothing but a text is asked for: most are, and this is found out faster."""
    is_text = schema.get("type") == "string" and isinstance(schema["default"], str)
    return is_text and _TEXT_CHECKS.isdisjoint(schema)


def _broken(schema: JsonObject) -> dict[str, JsonValue]:
    """The simple keywords of a node that its default does not meet, with their values. A wrong type is named alone.

    What an item does not meet is a matter of `items`, but for `enum` and `format`. Nothing where the server's answer is not known.
    """
    checked = {word: schema[word] for word in (*_CHECKED, "enum", "format", "nullable") if word in schema}
    try:
        violations = violations_of(schema["default"], checked)
    except (UncheckableSchema, NotKnown):
        return {}
    found = {
        each.keyword if not each.path or each.keyword in ("enum", "format") else "items": each.expected
        for each in violations
    }
    return {"type": found["type"]} if "type" in found else found
