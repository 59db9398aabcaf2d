"""Lint rules about a form that cannot be shown at all, or one of whose choices cannot be made. Pure.

The widget turns a form's schema into fields and checks, and gives up on the first thing it does not understand (platform v2.0.0,
schemaToFormBlock and schemaToYup; conditions in useBuildForm and ConditionSection). A form that Airbyte infers is looked at too: what is
wrong there is cured by writing the form out.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.browser_regex import letters_in_browsers
from reconciler.connectors.lint.buildable import BuildProblem
from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import FORM, SCHEMA, Subject
from reconciler.connectors.specification.nodes import Node
from reconciler.connectors.specification.schema import constants, dotted, options_of, shared_constants
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import canonical_json, escape_segment
from reconciler.model.text import listed

ROOT_TYPE = RuleFacts(
    "R501",
    "form without `type: object`",
    Severity.ERROR,
    "The server makes its mock document from the form's type; without `type: object` at the root it answers 500.",
    "Write `type: object` beside `properties` of connectionSpecification.",
    "connectionSpecification:\n  type: object\n  properties: {count: {type: integer, title: Count}}",
)


def root_is_no_object(subject: Subject) -> Iterator[Diagnostic]:
    """`connectionSpecification` whose type is anything but the word `object`."""
    schema = subject.schema
    if schema is not None and schema.get("type") != "object":
        what = "has no `type: object`" if "type" not in schema else "has another type than `object`"
        message = f"connectionSpecification {what}: the server answers 500 to the create"
        where = f"{SCHEMA}/type" if "type" in schema else SCHEMA
        yield ROOT_TYPE.advice(where, message, "write `type: object`")


BUILD = RuleFacts(
    "R502",
    "form that the widget cannot build",
    Severity.ERROR,
    "The widget gives up on the whole form when the options of a `oneOf` are not objects or share no constant that tells them apart, "
    "and when it meets a list of lists or of choices.",
    "Write `type: object` on the field, and give every option the same property with a `const` of its own, which is not false, 0 or empty.",
    "credentials:\n  type: object\n  oneOf:\n    - title: Token\n      properties: {kind: {type: string, const: token, default: token}}\n"
    "    - title: Password\n      properties: {kind: {type: string, const: password, default: password}}",
)

PATTERN = RuleFacts(
    "R513",
    "pattern that browsers do not have",
    Severity.ERROR,
    "The widget compiles patterns as JavaScript: one that it refuses, such as an inline flag or an open bracket, stops the whole form, and "
    "`\\A`, `\\Z` and `\\p{L}` mean letters.",
    "Write `^` and `$` for the ends, close every bracket, and spell letter case out: `[Ee][Uu]`.",
    "pattern: ^[a-z]+$        # not \\A[a-z]+\\Z, not (?i)^[a-z]+$, not ^[a-z",
)


def unbuildable_forms(subject: Subject) -> Iterator[Diagnostic]:
    """Everything in the customer's form that makes the widget give up, but for patterns."""
    for problem in subject.build_problems:
        if not problem.is_pattern:
            yield _told(subject, problem, BUILD, "the widget cannot build {}")


def foreign_patterns(subject: Subject) -> Iterator[Diagnostic]:
    """Patterns of the customer's form that JavaScript refuses, and those that it reads as letters."""
    for problem in subject.build_problems:
        if problem.is_pattern:
            yield _told(subject, problem, PATTERN, "the pattern of {} does not work in a browser")
    for node in subject.nodes:
        pattern = node.schema.get("pattern")
        letters = letters_in_browsers(pattern) if isinstance(pattern, str) else ()
        if letters and node.schema.get("type") == "string":
            read = listed(f"`{letter}`" for letter in letters)
            message = (
                f"the pattern of {node.label} does not work in a browser: JavaScript reads {read} as letters"
            )
            yield PATTERN.advice(
                f"{node.pointer}/pattern", message, "use `^` and `$`, and spell sets of characters out"
            )


def _told(subject: Subject, problem: BuildProblem, rule: RuleFacts, what: str) -> Diagnostic:
    """A problem at its place; a form that Airbyte infers has no line of its own."""
    message = f"{what.format(dotted(problem.path) if problem.path else 'the form')}: {problem.reason}"
    if subject.schema is not None:
        return rule.advice(f"{SCHEMA}{problem.pointer}", message, problem.help)
    mend = f"write the form out in partialUserConfigSpec: {problem.help}"
    return rule.advice(FORM, f"in the form that Airbyte infers, {message}", mend)


SAME_CONSTANT = RuleFacts(
    "R503",
    "two options with the same constant",
    Severity.ERROR,
    "The widget tells options apart by one constant, the first in the order in which the server returns them (shortest name first); of two "
    "with the same value the second can never be chosen.",
    "Give each option a `const` of its own in the property that all of them share.",
    "oneOf:\n  - properties: {kind: {const: token}}\n  - properties: {kind: {const: password}}   # not token again",
)


def options_alike(subject: Subject) -> Iterator[Diagnostic]:
    """Visible options that nobody can choose: their deciding constant is an earlier one's, or no single value."""
    for node, options in subject.choices:
        keys = shared_constants(options_of(node.schema))
        seen: set[str] = set()
        for option in options if keys else ():
            value = constants(option.schema)[keys[0]]
            text = canonical_json(value)
            if option.is_shown and (text in seen or isinstance(value, list | dict)):
                yield _alike(node, option, keys, is_seen=text in seen)
            if option.is_shown:
                seen.add(text)


def _alike(node: Node, option: Node, keys: list[str], *, is_seen: bool) -> Diagnostic:
    where = f"{option.pointer}/properties/{escape_segment(keys[0])}"
    what = (
        f"the same constant in `{dotted(keys[:1])}` as another"
        if is_seen
        else f"an object or a list in `{dotted(keys[:1])}`"
    )
    message = f"an option of {node.label} has {what}: it can never be chosen"
    mend = "give it a `const` of its own"
    if len(keys) > 1:
        mend += "; of several shared constants the widget takes the one with the shortest name"
    return SAME_CONSTANT.advice(where, message, mend)


OPTION_TITLE = RuleFacts(
    "R504",
    "option without a title",
    Severity.WARNING,
    "The customer chooses between titles; an option without one is a blank line in the list.",
    "Add `title` to the option itself.",
    "oneOf:\n  - title: API token          # what the customer reads in the list\n    properties: {kind: {const: token}}",
)


def untitled_options(subject: Subject) -> Iterator[Diagnostic]:
    """Visible options of a `oneOf` that have no title."""
    for node, options in subject.choices:
        for option in options:
            if option.is_shown and not option.schema.get("title"):
                message = (
                    f"an option of {node.label} has no title: the customer sees a blank line in the list"
                )
                yield OPTION_TITLE.advice(option.pointer, message, "add `title` to the option")


FORM_BUILD_RULES = (
    LintRule(ROOT_TYPE, root_is_no_object),
    LintRule(BUILD, unbuildable_forms),
    LintRule(PATTERN, foreign_patterns),
    LintRule(SAME_CONSTANT, options_alike),
    LintRule(OPTION_TITLE, untitled_options),
)
