"""What makes the widget give up on a form, so that the customer sees an error in its place. Pure.

The widget turns a form's schema into fields and checks, and throws at the first thing it does not understand (platform v2.0.0:
schemaToFormBlock, schemaToYup, useBuildForm; the Add button of lists in ArrayOfObjectsSection). Hidden fields are built too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.connectors.lint.browser_regex import refusal_of_browsers
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.schema import (
    constants,
    dotted,
    is_choice,
    is_set,
    members,
    options_of,
    shared_constants,
)
from reconciler.model.json_value import JsonObject, escape_segment

_OWN_CONSTANT = "give every option the same property with a `const` of its own"
_OBJECTS = "make each entry an object with `properties`, or a text"
_JAVASCRIPT = "write it as JavaScript does: brackets closed, no flags such as (?i), no possessive quantifiers"
_WANTED = {"oneOf": "list", "enum": "list", "items": "schema", "pattern": "text"}


@dataclass(frozen=True)
class BuildProblem:
    """Why the widget gives up on a form: `pointer` within the schema, `path` of the field, what is wrong and what to do.

    `is_local`: the form is shown, and only this field cannot be filled.
    """

    pointer: str
    path: tuple[str, ...]
    reason: str
    help: str
    is_pattern: bool = False
    is_local: bool = False


def build_problems(schema: JsonObject) -> Iterator[BuildProblem]:
    """What makes the widget give up on a form, outer before inner. Nothing when it can be built."""
    groups = schema.get("groups")
    if isinstance(groups, list) and None in groups:
        yield BuildProblem("/groups", (), "one of its `groups` is null", "describe the group, or take it out")
    yield from _problems(Node(schema, ""))


def broken_keyword(schema: JsonObject) -> str:
    """A keyword whose value stops the widget; "" for none."""
    for keyword in ("oneOf", "enum"):
        if is_set(schema.get(keyword)) and not isinstance(schema[keyword], list):
            return keyword
    if schema.get("items", ABSENT) is None:
        return "items"
    is_compiled = (
        schema.get("type") == "string" and "pattern" in schema and "pattern_descriptor" not in schema
    )
    return "pattern" if is_compiled and not isinstance(schema["pattern"], str) else ""


def _problems(node: Node) -> Iterator[BuildProblem]:
    schema, pointer, path = node.schema, node.pointer, node.path or ()
    broken = broken_keyword(schema)
    if broken:
        reason = f"its `{broken}` is no {_WANTED[broken]}"
        yield BuildProblem(f"{pointer}/{broken}", path, reason, "correct it, or take it out")
    elif is_choice(schema):
        yield from _choice_problems(node)
    elif schema.get("type") == "object":
        yield from _field_problems(node)
    elif schema.get("type") == "array":
        yield from _item_problems(node)
    elif schema.get("type") == "string" and isinstance(schema.get("pattern"), str):
        reason = refusal_of_browsers(str(schema["pattern"]))
        if reason:
            yield BuildProblem(f"{pointer}/pattern", path, reason, _JAVASCRIPT, is_pattern=True)


def _field_problems(node: Node) -> Iterator[BuildProblem]:
    for name, part in members(node.schema).items():
        if part is None:
            where, path = f"{node.pointer}/properties/{escape_segment(name)}", (*(node.path or ()), name)
            yield BuildProblem(where, path, "it is described by null", "describe the field, or take it out")
    for field in node.with_role(Role.FIELD):
        yield from _problems(field)


def _item_problems(node: Node) -> Iterator[BuildProblem]:
    """Lists: of objects and of single values the widget can make something, of nothing else."""
    for items in node.with_role(Role.ITEMS):
        schema, path, is_local = items.schema, node.path or (), items.schema.get("type") == "object"
        if is_set(schema.get("oneOf")):
            more = ", to which no entry can be added" if is_local else ""
            reason = f"it is a list of choices{more}"
            yield BuildProblem(f"{items.pointer}/oneOf", path, reason, _OBJECTS, is_local=is_local)
        elif schema.get("type") == "array" and isinstance(schema.get("items", ABSENT), dict | None):
            yield BuildProblem(items.pointer, path, "it is a list of lists", _OBJECTS)
        if is_local or not is_choice(schema):
            yield from _problems(items)


def _choice_problems(node: Node) -> Iterator[BuildProblem]:
    reason, help_text = _choice_problem(node.schema, options_of(node.schema))
    if reason:
        yield BuildProblem(f"{node.pointer}/oneOf", node.path or (), reason, help_text)
        return
    for option in node.with_role(Role.OPTION):
        yield from _field_problems(option)


def _choice_problem(schema: JsonObject, options: list[JsonObject]) -> tuple[str, str]:
    """Why the widget cannot build this choice, and what to do; empty texts when it can."""
    every = schema.get("oneOf")
    if isinstance(every, list) and len(options) != len(every):
        return "an option of its oneOf is not an object", _OWN_CONSTANT
    if schema.get("type") != "object":
        # The widget gives each option the type of the field around it, whatever the option says.
        return "it has a oneOf but not `type: object`", "write `type: object` beside `oneOf`"
    if any(option.get("oneOf") for option in options):
        return "an option of its oneOf is itself a oneOf", "list all options beside each other"
    if shared_constants(options):
        return "", ""
    empty = next(iter(shared_constants(options, constants)), None)
    if empty is None:
        return "the options of its oneOf share no property with a `const`", _OWN_CONSTANT
    reason = f"`{dotted((empty,))}` is false, 0, null or empty in an option, which the widget takes for no constant"
    return reason, "give the options texts as constants"
