"""The keywords that hold parts of a document against parts of the schema, as networknt 1.5.2 does it. Pure; see Keyword for
the arguments.
"""

from __future__ import annotations

from reconciler.connectors.server import schema_words as words
from reconciler.connectors.server.java_pattern import finds
from reconciler.connectors.server.java_text import as_int, as_text
from reconciler.connectors.server.schema_load import Draft
from reconciler.connectors.server.schema_node import Check, Found, Node, schema_of
from reconciler.connectors.server.schema_values import is_of_type, type_keyword
from reconciler.connectors.server.schema_violation import Path, Violation, by_place
from reconciler.connectors.server.work import length_of
from reconciler.model.json_value import JsonObject, JsonValue


def reference(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`$ref`."""
    yield from check.against(check.follow(value, node), instance, path)


def properties(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`properties`."""
    if isinstance(instance, dict) and isinstance(value, dict):
        # Names of the shorter side: a small preset must not pay for a long list of properties.
        names = value if len(value) <= len(instance) else instance
        check.work.spend(len(names))
        for name in names:
            if name in value and name in instance:
                yield from check.against(node.inner(value[name], name), instance[name], (*path, name))


def pattern_properties(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`patternProperties`."""
    if isinstance(instance, dict) and isinstance(value, dict):
        for name, item in instance.items():
            for expression, part in value.items():
                if finds(expression, name, check.work):
                    yield from check.against(node.inner(part, expression), item, (*path, name))


def additional_properties(
    check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path
) -> Found:
    """`additionalProperties`; anything but an object and true forbids them."""
    if value is True or not isinstance(instance, dict):
        return
    for name in _additional_names(check, instance, schema_of(node.schema)):
        if isinstance(value, dict):
            inner = node.inner(value, "additionalProperties")
            yield from check.against(inner, instance[name], (*path, name))
        else:
            yield check.found(node, path, "additionalProperties", words.SURPLUS_NAME.format(name), name)


def _additional_names(check: Check, instance: JsonObject, schema: JsonObject) -> list[str]:
    """Names that no other keyword of the schema covers, in their order; the server skips names that begin with `#`."""
    known, patterns = schema.get("properties"), schema.get("patternProperties")
    expressions = patterns if isinstance(patterns, dict) else {}
    names = [name for name in instance if not name.startswith("#")]
    check.work.spend(len(instance))
    left = [name for name in names if not isinstance(known, dict) or name not in known]
    return [name for name in left if not any(finds(each, name, check.work) for each in expressions)]


def property_names(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`propertyNames`."""
    for name in instance if isinstance(instance, dict) else ():
        for each in check.against(node.inner(value, "propertyNames"), name, (*path, name)):
            yield check.found(
                node, path, "propertyNames", f"property '{name}' name is not valid: {each.words}"
            )


def dependencies(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`dependencies`: names, or a schema."""
    if not isinstance(instance, dict) or not isinstance(value, dict):
        return
    for name in instance:
        asked = value.get(name)
        check.work.spend(1 + length_of(asked))
        if isinstance(asked, list) and any(as_text(each) not in instance for each in asked):
            check.work.spend_whole(value)
            yield check.found(node, path, "dependencies", words.dependency_words(value))
        elif isinstance(asked, dict | bool):
            yield from check.against(node.part(asked, name), instance, path)


def items(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`items`, with `additionalItems` for those behind a list of schemas."""
    if not isinstance(instance, list):
        return
    if isinstance(value, dict | bool):
        for index, item in enumerate(instance):
            yield from check.against(node.inner(value, "items"), item, (*path, index))
        return
    yield from prefix_items(check, value, instance, node, path)
    rest = schema_of(node.schema).get("additionalItems")
    for index in range(len(value) if isinstance(value, list) else 0, len(instance)):
        if rest is False:
            yield check.found(node, path, "additionalItems", words.SURPLUS_ITEM.format(index))
        elif isinstance(rest, dict):
            yield from check.against(node.inner(rest, "additionalItems"), instance[index], (*path, index))


def prefix_items(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """A schema for each of the first items."""
    if isinstance(instance, list) and isinstance(value, list):
        for index, (part, item) in enumerate(zip(value, instance, strict=False)):
            yield from check.against(node.inner(part, index), item, (*path, index))


def items_2020(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`items` of draft 2020-12: for those behind `prefixItems`."""
    prefix = schema_of(node.schema).get("prefixItems")
    found = instance if isinstance(instance, list) else []
    for index in range(len(prefix) if isinstance(prefix, list) else 0, len(found)):
        if value is False:
            yield check.found(node, path, "items", words.SURPLUS_ITEM.format(index))
        else:
            yield from check.against(node.inner(value, "items"), found[index], (*path, index))


def contains(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`contains`, with `minContains` and `maxContains`, which the validator knows in every draft."""
    if not isinstance(instance, list) or not isinstance(value, dict | bool):
        return
    schema, inner = schema_of(node.schema), node.inner(value, "contains")
    met = sum(check.is_met(inner, item, (*path, index)) for index, item in enumerate(instance))
    least, most = as_int(schema.get("minContains"), 1), as_int(schema.get("maxContains"), len(instance))
    if not least <= met <= most:
        number = f"at most {most}" if met > most else f"at least {least}"
        old, new = "does not contain an element", f"must contain {number} element(s)"
        told = (
            f"{old if check.draft <= Draft.V7 else new} that passes these validations: {words.compact(value)}"
        )
        yield check.found(node, path, "contains", told)


def all_of(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`allOf`."""
    for index, option in enumerate(value if isinstance(value, list) else ()):
        yield from check.against(node.part(option, index), instance, path)


def any_of(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`anyOf`; one without options says nothing, and the server takes silence for consent."""
    options: list[tuple[Violation, ...]] = []
    for index, option in enumerate(value if isinstance(value, list) else ()):
        found = by_place(_option_of_any(check, instance, node.part(option, index), path))
        if not found:
            return
        options.append(found)
    if options:
        yield check.found(node, path, "anyOf", "", options=tuple(options))


def _option_of_any(check: Check, instance: JsonValue, node: Node, path: Path) -> Found:
    """The validator looks at a single `type` first, beside a reference too, and at nothing else where it is not met."""
    kind = schema_of(node.schema).get("type", [])
    if isinstance(kind, list) or is_of_type(check, kind, instance, node, path):
        return check.against(node, instance, path)
    return type_keyword(check, kind, instance, node, path)


def one_of(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`oneOf`: exactly one option must hold; the server stops looking at the second that does."""
    options = value if isinstance(value, list) else []
    found: list[tuple[Violation, ...]] = [() for _ in options]
    met: list[int] = []
    for index, option in enumerate(options):
        found[index] = by_place(check.against(node.part(option, index), instance, path))
        if not found[index]:
            met.append(index)
        if len(met) > 1:
            break
    if len(met) != 1:
        yield check.found(node, path, "oneOf", words.one_of_words(met), options=tuple(found))


def not_keyword(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`not`."""
    if check.is_met(node.part(value, "not"), instance, path):
        check.work.spend_whole(value)
        yield check.found(node, path, "not", f"must not be valid to the schema {words.compact(value)}")


def if_keyword(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`if` with `then` and `else`."""
    schema = schema_of(node.schema)
    branch = "then" if check.is_met(node.part(value, "if"), instance, path) else "else"
    if branch in schema:
        yield from check.against(node.part(schema[branch], branch), instance, path)
