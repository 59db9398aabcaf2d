"""Lint rules about a form that cannot be shown at all, or one of whose choices cannot be made. Pure.

A form that Airbyte infers is looked at too: what is wrong there is cured by writing the form out.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.browser_regex import letters_in_browsers
from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.lint.subject import FORM, SCHEMA, Subject
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.schema import constants, dotted, options_of, shared_constants
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.json_value import canonical_json, escape_segment
from reconciler.model.text import listed


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
    for problem in subject.build_problems:
        label = dotted(problem.path) if problem.path else "the form"
        rule, what = "R502", f"the widget cannot build {label}"
        if problem.is_pattern:
            rule, what = "R513", f"the pattern of {label} does not work in a browser"
        message = f"{what}: {problem.reason}"
        if subject.schema is not None:
            yield diagnostic(rule, f"{SCHEMA}{problem.pointer}", message, problem.help)
        else:  # a form that Airbyte infers has no line of its own
            way_out = f"write the form out in partialUserConfigSpec: {problem.help}"
            yield diagnostic(rule, FORM, f"in the form that Airbyte infers, {message}", way_out)


def letters_for_java(subject: Subject) -> Iterator[Diagnostic]:
    """R513: escapes of Java in patterns, which JavaScript reads as letters."""
    for node in subject.nodes:
        pattern = node.schema.get("pattern")
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
    """R503: visible options that nobody can choose: their deciding constant is an earlier one's, or no single value."""
    for node in subject.nodes:
        keys = shared_constants(options_of(node.schema))
        seen: set[str] = set()
        for option in _visible_options(node) if keys else ():
            value = constants(option.schema)[keys[0]]
            text = canonical_json(value)
            if text in seen or isinstance(value, list | dict):
                yield _alike(node, option, keys, is_seen=text in seen)
            seen.add(text)


def _visible_options(node: Node) -> Iterator[Node]:
    if "oneOf" in node.schema:
        yield from (option for option in node.with_role(Role.OPTION) if option.is_shown)


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
    for node in subject.nodes:
        message = f"an option of {node.label} has no title: the customer sees a blank line in the list"
        for option in _visible_options(node):
            if not option.schema.get("title"):
                yield diagnostic("R504", option.pointer, message, "add `title` to the option")
