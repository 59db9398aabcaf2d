"""Lint rules about a form that cannot be shown at all, or one of whose choices cannot be made. Pure.

The widget turns a form's schema into fields and gives up on the first thing it does not understand (platform v2.0,
schemaToFormBlock; conditions in useBuildForm and ConditionSection). A form that Airbyte infers is looked at too: what is wrong there
is mended by writing the form out.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.place import constants, members, objects
from reconciler.connectors.lint.rule import LintRule
from reconciler.connectors.lint.rule_facts import RuleFacts
from reconciler.connectors.lint.subject import FORM, SCHEMA, Subject
from reconciler.connectors.lint.words import named
from reconciler.model.advice import Advice
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, escape_segment
from reconciler.model.problem import Severity

ROOT_TYPE = RuleFacts(
    "R501",
    "form without `type: object`",
    Severity.ERROR,
    "The server makes its mock document from the form's type; without `type: object` at the root it answers 500.",
    "Write `type: object` beside `properties` of connectionSpecification.",
    "connectionSpecification:\n  type: object\n  properties: {count: {type: integer, title: Count}}",
)


def root_is_no_object(subject: Subject) -> Iterator[Advice]:
    """`connectionSpecification` whose type is anything but the word `object`."""
    schema = subject.schema
    if schema is not None and schema.get("type") != "object":
        what = "has no `type: object`" if "type" not in schema else "has another type than `object`"
        message = f"connectionSpecification {what}: the server answers 500 to the create"
        where = f"{SCHEMA}/type" if "type" in schema else SCHEMA
        yield ROOT_TYPE.advice(where, message, "write `type: object`")


BUILD = RuleFacts(
    "R502",
    "choice that the widget cannot build",
    Severity.ERROR,
    "The widget gives up on the whole form when the options of a `oneOf` are not objects or share no constant that tells them apart.",
    "Write `type: object` on the field, and give every option the same property with a `const` of its own.",
    "credentials:\n  type: object\n  oneOf:\n    - title: Token\n      properties: {kind: {type: string, const: token, default: token}}\n"
    "    - title: Password\n      properties: {kind: {type: string, const: password, default: password}}",
)


def unbuildable_choices(subject: Subject) -> Iterator[Advice]:
    """Every `oneOf` of the customer's form that makes the widget give up."""
    schema = subject.effective_schema
    if schema is None:
        return
    for pointer, path, problem in build_problems(schema):
        where = f"{SCHEMA}{pointer}" if subject.schema is not None else FORM
        field = named(path) if path else "the form"
        inferred = "" if subject.schema is not None else "in the form that Airbyte infers, "
        mend = "give every option the same property with a `const` of its own"
        if subject.schema is None:
            mend = "write the form out in partialUserConfigSpec, with options that can be told apart"
        yield BUILD.advice(where, f"{inferred}the widget cannot build {field}: {problem}", mend)


def build_problems(
    schema: JsonObject, pointer: str = "", path: tuple[str, ...] = ()
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """What makes the widget give up on a form: pointer within the schema, path of the field, why. Nothing when it can be built."""
    options = schema.get("oneOf")
    if isinstance(options, list) and options:
        problem = _choice_problem(schema, options)
        if problem:
            yield f"{pointer}/oneOf", path, problem
            return
        for index, option in enumerate(objects(options)):
            yield from _property_problems(option, f"{pointer}/oneOf/{index}", path)
    elif schema.get("type") == "object":
        yield from _property_problems(schema, pointer, path)
    elif schema.get("type") == "array":
        items = schema.get("items")
        if isinstance(items, dict) and items.get("type") == "object":
            yield from build_problems(items, f"{pointer}/items", (*path, "*"))


def _property_problems(
    schema: JsonObject, pointer: str, path: tuple[str, ...]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    for name, part in members(schema).items():
        if isinstance(part, dict):
            yield from build_problems(part, f"{pointer}/properties/{escape_segment(name)}", (*path, name))


def _choice_problem(schema: JsonObject, options: list[JsonValue]) -> str:
    """Why the widget cannot build this choice; "" when it can."""
    if any(not isinstance(option, dict) for option in options):
        return "an option of its oneOf is not an object"
    if schema.get("type") != "object":
        # The widget gives each option the type of the field around it, whatever the option says.
        return "it has a oneOf but not `type: object`"
    if any(option.get("oneOf") for option in objects(options)):
        return "an option of its oneOf is itself a oneOf"
    if not shared_constants(objects(options)):
        return "the options of its oneOf share no property with a `const`"
    return ""


def shared_constants(options: list[JsonObject]) -> list[str]:
    """The properties that have a constant in every option, in the first option's order; the widget takes the first."""
    if not options:
        return []
    rest = [constants(option) for option in options[1:]]
    return [name for name in constants(options[0]) if all(name in fixed for fixed in rest)]


SAME_CONSTANT = RuleFacts(
    "R503",
    "two options with the same constant",
    Severity.ERROR,
    "The widget tells options apart by one constant; of two with the same value the second can never be chosen.",
    "Give each option a `const` of its own in the property that all of them share.",
    "oneOf:\n  - properties: {kind: {const: token}}\n  - properties: {kind: {const: password}}   # not token again",
)


def options_alike(subject: Subject) -> Iterator[Advice]:
    """Visible options whose deciding constant an earlier option has already."""
    for node, options in subject.choices:
        keys = shared_constants(objects(node.schema.get("oneOf")))
        seen: set[str] = set()
        for option in options if keys else ():
            value = canonical_json(constants(option.schema)[keys[0]])
            if option.is_shown and value in seen:
                where = f"{option.pointer}/properties/{escape_segment(keys[0])}"
                what = f"has the same constant in `{named(keys[:1])}` as another"
                message = f"an option of {node.label} {what}: it can never be chosen"
                yield SAME_CONSTANT.advice(where, message, "give it a `const` of its own")
            seen.add(value)


OPTION_TITLE = RuleFacts(
    "R504",
    "option without a title",
    Severity.WARNING,
    "The customer chooses between titles; an option without one is a blank line in the list.",
    "Add `title` to the option itself.",
    "oneOf:\n  - title: API token          # what the customer reads in the list\n    properties: {kind: {const: token}}",
)


def untitled_options(subject: Subject) -> Iterator[Advice]:
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
    LintRule(BUILD, unbuildable_choices),
    LintRule(SAME_CONSTANT, options_alike),
    LintRule(OPTION_TITLE, untitled_options),
)
