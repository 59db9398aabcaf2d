"""What makes the widget give up on a form, so that the customer sees an error in its place. Pure.

The widget turns a form's schema into fields and checks, and throws at the first thing it does not understand (platform v2.0.0:
schemaToFormBlock, schemaToYup, useBuildForm; the Add button of lists in ArrayOfObjectsSection). Hidden fields are built too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.connectors.lint.browser_regex import refusal_of_browsers
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.schema import (
    constants,
    dotted,
    is_choice,
    is_set,
    members,
    objects,
    shared_constants,
)
from reconciler.model.json_value import JsonObject, JsonValue, escape_segment

_OWN_CONSTANT = "give every option the same property with a `const` of its own"
_OBJECTS = "make each entry an object with `properties`, or a text"
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
    yield from _part_problems(schema, "", ())


def _part_problems(schema: JsonObject, pointer: str, path: tuple[str, ...]) -> Iterator[BuildProblem]:
    broken = broken_keyword(schema)
    if broken:
        yield BuildProblem(
            f"{pointer}/{broken}",
            path,
            f"its `{broken}` is no {_WANTED[broken]}",
            "correct it, or take it out",
        )
    elif is_choice(schema):
        yield from _choice_problems(schema, pointer, path)
    elif schema.get("type") == "object":
        yield from _property_problems(schema, pointer, path)
    elif schema.get("type") == "array":
        yield from _item_problems(schema.get("items"), pointer, path)
    elif schema.get("type") == "string":
        yield from _pattern_problems(schema, pointer, path)


def broken_keyword(schema: JsonObject) -> str:
    """A keyword whose value stops the widget; "" for none."""
    for keyword in ("oneOf", "enum"):
        if is_set(schema.get(keyword)) and not isinstance(schema[keyword], list):
            return keyword
    if schema.get("items", ABSENT) is None:
        return "items"
    has_pattern = (
        schema.get("type") == "string" and "pattern" in schema and "pattern_descriptor" not in schema
    )
    return "pattern" if has_pattern and not isinstance(schema["pattern"], str) else ""


def _choice_problems(schema: JsonObject, pointer: str, path: tuple[str, ...]) -> Iterator[BuildProblem]:
    options = objects(schema.get("oneOf"))
    reason, mend = _choice_problem(schema, options)
    if reason:
        yield BuildProblem(f"{pointer}/oneOf", path, reason, mend)
        return
    for index, option in enumerate(options):
        yield from _property_problems(option, f"{pointer}/oneOf/{index}", path)


def _property_problems(schema: JsonObject, pointer: str, path: tuple[str, ...]) -> Iterator[BuildProblem]:
    for name, part in members(schema).items():
        where = f"{pointer}/properties/{escape_segment(name)}"
        if isinstance(part, dict):
            yield from _part_problems(part, where, (*path, name))
        elif part is None:
            yield BuildProblem(
                where, (*path, name), "it is described by null", "describe the field, or take it out"
            )


def _item_problems(items: JsonValue, pointer: str, path: tuple[str, ...]) -> Iterator[BuildProblem]:
    """Lists: of objects and of single values the widget can make something, of nothing else."""
    if not isinstance(items, dict):
        return
    if is_set(items.get("oneOf")):
        is_local = items.get("type") == "object"
        reason = (
            "it is a list of choices, to which no entry can be added"
            if is_local
            else "it is a list of choices"
        )
        yield BuildProblem(f"{pointer}/items/oneOf", path, reason, _OBJECTS, is_local=is_local)
    elif items.get("type") == "array" and isinstance(items.get("items", ABSENT), dict | None):
        yield BuildProblem(f"{pointer}/items", path, "it is a list of lists", _OBJECTS)
    if items.get("type") == "object" or not is_choice(items):
        yield from _part_problems(items, f"{pointer}/items", (*path, "*"))


def _pattern_problems(schema: JsonObject, pointer: str, path: tuple[str, ...]) -> Iterator[BuildProblem]:
    pattern = schema.get("pattern")
    reason = refusal_of_browsers(pattern) if isinstance(pattern, str) else ""
    if reason:
        mend = (
            "write it as JavaScript does: brackets closed, no flags such as (?i), no possessive quantifiers"
        )
        yield BuildProblem(f"{pointer}/pattern", path, reason, mend, is_pattern=True)


def _choice_problem(schema: JsonObject, options: list[JsonObject]) -> tuple[str, str]:
    """Why the widget cannot build this choice, and what to do; empty texts when it can."""
    if len(options) != len(_listed(schema)):
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


def _listed(schema: JsonObject) -> list[JsonValue]:
    options = schema.get("oneOf")
    return options if isinstance(options, list) else []
