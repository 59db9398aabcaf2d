"""Lint rules about a form that cannot be shown at all, or one of whose choices cannot be made. Pure.

The widget turns a form's schema into fields and checks, and throws at the first thing it does not understand (platform v2.0.0:
schemaToFormBlock, schemaToYup, useBuildForm; the Add button of lists in ArrayOfObjectsSection), so that the customer sees an error in its
place. Hidden fields are built too. A form that Airbyte infers is looked at as well: what is wrong there is cured by writing the form out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.connectors.lint.browser_regex import letters_in_browsers, refusal_of_browsers
from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.lint.subject import FORM, SCHEMA, Subject
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.schema import (
    Kind,
    constants,
    dotted,
    is_set,
    kind_of,
    members,
    options_of,
    shared_constants,
)
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import JsonObject, canonical_json, escape_segment
from reconciler.model.text import listed

_OWN_CONSTANT = "give every option the same property with a `const` of its own"
_OBJECTS = "make each entry an object with `properties`, or a text"
_JAVASCRIPT = "write it as JavaScript does: brackets closed, no flags such as (?i), no possessive quantifiers"
_BUILT_FROM = frozenset({"oneOf", "enum", "items", "pattern", "properties"})
"""A field without any of these can always be built."""
_WANTED = {"oneOf": "list", "enum": "list", "items": "schema", "pattern": "text"}


def root_is_no_object(subject: Subject) -> Iterator[Diagnostic]:
    """R501: `connectionSpecification` whose type is anything but the word `object`."""
    schema = subject.schema
    if schema is not None and schema.get("type") != "object":
        what = "has no `type: object`" if "type" not in schema else "has another type than `object`"
        message = f"connectionSpecification {what}: the server answers 500 to the create"
        where = f"{SCHEMA}/type" if "type" in schema else SCHEMA
        yield diagnostic("R501", where, message, "write `type: object`")


def unbuildable_forms(subject: Subject) -> Iterator[Diagnostic]:
    """R502 and, for patterns, R513: everything in the customer's form that makes the widget give up."""
    root = subject.nodes[0] if subject.nodes else Node(subject.effective_schema or {}, FORM)
    for problem in build_problems(root):
        label = dotted(problem.path) if problem.path else "the form"
        rule, what = "R502", f"the widget cannot build {label}"
        if problem.is_pattern:
            rule, what = "R513", f"the pattern of {label} does not work in a browser"
        message = f"{what}: {problem.reason}"
        if subject.schema is not None:
            yield diagnostic(rule, problem.pointer, message, problem.help)
        else:  # a form that Airbyte infers has no line of its own
            way_out = f"write the form out in partialUserConfigSpec: {problem.help}"
            yield diagnostic(rule, FORM, f"in the form that Airbyte infers, {message}", way_out)


def letters_for_java(subject: Subject) -> Iterator[Diagnostic]:
    """R513: escapes of Java in patterns, which JavaScript reads as letters."""
    for node in subject.nodes_with("pattern"):
        pattern = node.schema["pattern"]
        if isinstance(pattern, str) and node.schema.get("type") == "string":
            letters = letters_in_browsers(pattern)
            read = listed(f"`{letter}`" for letter in letters)
            message = (
                f"the pattern of {node.label} does not work in a browser: JavaScript reads {read} as letters"
            )
            if letters:
                way_out = "use `^` and `$`, and spell sets of characters out"
                yield diagnostic("R513", f"{node.pointer}/pattern", message, way_out)


def options_alike(subject: Subject) -> Iterator[Diagnostic]:
    """R503: visible options that cannot be chosen: their deciding constant is an earlier one's, or no single value."""
    for node, visible in _choices(subject):
        keys = shared_constants(options_of(node.schema))
        seen: set[str] = set()
        for option in visible if keys else ():
            value = constants(option.schema)[keys[0]]
            text = canonical_json(value)
            if text in seen or isinstance(value, list | dict):
                yield _alike(node, option, keys, is_seen=text in seen)
            seen.add(text)


def _choices(subject: Subject) -> Iterator[tuple[Node, list[Node]]]:
    """Each node with a `oneOf`, and those of its options that are not hidden."""
    for node in subject.nodes_with("oneOf"):
        yield node, [option for option in node.with_role(Role.OPTION) if option.is_shown]


def _alike(node: Node, option: Node, keys: list[str], *, is_seen: bool) -> Diagnostic:
    key = dotted(keys[:1])
    what = f"the same constant in `{key}` as another" if is_seen else f"an object or a list in `{key}`"
    way_out = "give it a `const` of its own"
    if len(keys) > 1:
        way_out += "; of several shared constants the widget takes the one with the shortest name"
    where = f"{option.pointer}/properties/{escape_segment(keys[0])}"
    return diagnostic("R503", where, f"an option of {node.label} has {what}: it can never be chosen", way_out)


def untitled_options(subject: Subject) -> Iterator[Diagnostic]:
    """R504: visible options of a `oneOf` that have no title."""
    for node, visible in _choices(subject):
        message = f"an option of {node.label} has no title: the customer sees a blank line in the list"
        for option in visible:
            if not option.schema.get("title"):
                yield diagnostic("R504", option.pointer, message, "add `title` to the option")


@dataclass(frozen=True)
class BuildProblem:
    """Why the widget gives up on a form: the `pointer` of the node that stops it, the `path` of the field, what is wrong and what to do.

    `is_local`: the form is shown, and only this field cannot be filled.
    """

    pointer: str
    path: tuple[str, ...]
    reason: str
    help: str
    is_pattern: bool = False
    is_local: bool = False


def build_problems(form: Node) -> Iterator[BuildProblem]:
    """What makes the widget give up on a form, outer before inner. Nothing when it can be built."""
    groups, where = form.schema.get("groups"), f"{form.pointer}/groups"
    if isinstance(groups, list) and None in groups:
        yield BuildProblem(where, (), "one of its `groups` is null", "describe the group, or take it out")
    yield from _problems(form)


def broken_keyword(schema: JsonObject) -> str:
    """A keyword whose value stops the widget. "" for none."""
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
    elif kind_of(schema) is Kind.CHOICE:
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
        if not _BUILT_FROM.isdisjoint(field.schema):
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
        if is_local or kind_of(schema) is not Kind.CHOICE:
            yield from _problems(items)


def _choice_problems(node: Node) -> Iterator[BuildProblem]:
    reason, help_text = _choice_problem(node.schema, options_of(node.schema))
    if reason:
        yield BuildProblem(f"{node.pointer}/oneOf", node.path or (), reason, help_text)
        return
    for option in node.with_role(Role.OPTION):
        yield from _field_problems(option)


def _choice_problem(schema: JsonObject, options: list[JsonObject]) -> tuple[str, str]:
    """Why the widget cannot build this choice, and what to do. Empty texts when it can."""
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
