"""Lint rules about the fields that the customer sees: names, order, choices of one, what is required. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.schema import (
    constant,
    dotted,
    group_of,
    is_group,
    is_hidden,
    is_open,
    is_set,
    is_shown,
    members,
    objects,
    order_of,
)
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonValue

TITLE = RuleFacts(
    "R505",
    "field without a title",
    Severity.WARNING,
    "The customer reads the field's bare name, such as `dflt_wh_id`, instead of words.",
    "Add `title` to the field.",
    "count: {type: integer, title: Count}",
)


def untitled_fields(subject: Subject) -> Iterator[Diagnostic]:
    """Shown fields without a title. Constants, hidden fields and those that the OAuth button stands for need none; that of an object is
    not shown.
    """
    oauth = frozenset(subject.oauth.fills)
    for field in subject.shown_fields:
        if not field.schema.get("title") and field.path not in oauth and not is_group(field.schema):
            message = f"{field.label} has no title: the customer sees the bare name"
            yield TITLE.advice(field.pointer, message, "add `title`", on_key=True)


ORDER = RuleFacts(
    "R506",
    "two fields with the same order",
    Severity.WARNING,
    "Fields with the same `order` come in the order in which the server keeps them, the shortest name first, which nobody meant.",
    "Give each open field a number of its own, and each collapsed one too.",
    "host: {title: Host, type: string, order: 0}\nport: {title: Port, type: integer, order: 1}",
)


def repeated_orders(subject: Subject) -> Iterator[Diagnostic]:
    """Shown fields of one object with the `order` of an earlier one; open and collapsed fields are sorted apart, as are groups."""
    seen: dict[tuple[int, bool, str, float], Node] = {}
    for field in subject.shown_fields:
        order = order_of(field.schema)
        if order is None:
            continue
        is_root = field.parent is not None and field.parent.role is Role.FORM
        group = group_of(field.schema) if is_root else ""
        key = (id(field.parent), is_open(field.schema, required=field.is_required), group, order)
        first = seen.setdefault(key, field)
        if first is not field:
            message = f"{field.label} has the same order as {first.label}"
            yield ORDER.advice(f"{field.pointer}/order", message, "give it a number of its own")


SINGLE_CHOICE = RuleFacts(
    "R507",
    "choice of one",
    Severity.WARNING,
    "The customer has to open a list in order to choose the only value there is.",
    "Write that value as `default` too (the field is then filled in and not shown), or preset it and take the field out.",
    "region: {type: string, title: Region, enum: [eu], default: eu}",
)


def choices_of_one(subject: Subject) -> Iterator[Diagnostic]:
    """Shown fields with an `enum` of one value that nothing fills in."""
    for field in subject.shown_fields:
        enum = field.schema.get("enum")
        if (
            isinstance(enum, list)
            and len(enum) == 1
            and "default" not in field.schema
            and "const" not in field.schema
        ):
            message = f"{field.label} lets the customer choose from a list of one"
            yield SINGLE_CHOICE.advice(f"{field.pointer}/enum", message, "write the value as `default` too")


REQUIRED_NAME = RuleFacts(
    "R508",
    "required name that is no field",
    Severity.WARNING,
    "A name in `required` without a field under `properties` asks the customer for nothing and is ignored by the server's check.",
    "Correct the name, add the field, or take it out of `required`.",
    "required: [count]\nproperties: {count: {type: integer, title: Count}}",
)


def required_without_field(subject: Subject) -> Iterator[Diagnostic]:
    """Names in `required` that neither the node nor what applies beside it describes."""
    for node in subject.nodes:
        required = node.schema.get("required")
        names = _names_beside(node)
        for index, name in enumerate(required if isinstance(required, list) and names is not None else []):
            if isinstance(name, str) and name not in (names or ()):
                message = f"`required` names {dotted((name,))}, which is no field"
                mend = subject.suggestion(name, names or ()) or "add the field, or take it out of `required`"
                yield REQUIRED_NAME.advice(f"{node.pointer}/required/{index}", message, mend)


def _names_beside(node: Node) -> dict[str, JsonValue] | None:
    """The fields described for the same object, here or around; None when nothing is described at all."""
    same_object = takewhile(lambda outer: outer.path == node.path, node.around)
    schemas = [node.schema, *(outer.schema for outer in same_object)]
    for keyword in ("oneOf", "anyOf", "allOf"):
        schemas.extend(objects(node.schema.get(keyword)))
    if not any("properties" in schema for schema in schemas):
        return None
    return {name: part for schema in schemas for name, part in members(schema).items()}


HIDDEN_REQUIRED = RuleFacts(
    "R509",
    "required field that nobody can fill",
    Severity.WARNING,
    "A hidden field that is required and has no value keeps the customer from ever submitting the form.",
    "Give it a `default`, preset it and take it out of the form, or show it.",
    "region: {type: string, airbyte_hidden: true, default: eu}",
)


def hidden_required_fields(subject: Subject) -> Iterator[Diagnostic]:
    """Required fields that are hidden or constant, without default and preset. A constant that is false, 0 or empty fills nothing."""
    for field in subject.fields:
        schema = field.schema
        is_filled = (
            "default" in schema
            or is_set(constant(schema))
            or subject.preset_at(field.path or ()) is not ABSENT
        )
        if field.is_required and not is_shown(schema) and not is_filled:
            how = "hidden" if is_hidden(schema) else "a constant that the widget takes for empty"
            message = f"{field.label} is required and {how}, and nothing fills it"
            yield HIDDEN_REQUIRED.advice(
                field.pointer, message, "give it a `default`, or show it", on_key=True
            )


FIELD_RULES = (
    LintRule(TITLE, untitled_fields),
    LintRule(ORDER, repeated_orders),
    LintRule(SINGLE_CHOICE, choices_of_one),
    LintRule(REQUIRED_NAME, required_without_field),
    LintRule(HIDDEN_REQUIRED, hidden_required_fields),
)
