"""The keywords that check parts of a document against parts of the schema, as networknt 1.5.2 does it. Pure; see Keyword for
the arguments.
"""

from __future__ import annotations

from typing import Final

from reconciler.connectors.server.java_pattern import finds
from reconciler.connectors.server.java_values import as_int, as_object, as_text, member
from reconciler.connectors.server.schema_load import Draft
from reconciler.connectors.server.schema_node import Check, Found, Keyword, Node, Path, Violation, by_place
from reconciler.connectors.server.schema_values import compact, is_of_type, type_keyword
from reconciler.connectors.server.work import length_of
from reconciler.model.json_value import JsonObject, JsonValue


def _reference(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    return check.against(check.follow(value, node), instance, path)


def _properties(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    if isinstance(instance, dict) and isinstance(value, dict):
        # Names of the shorter side: a small preset must not pay for a long list of properties.
        names = value if len(value) <= len(instance) else instance
        check.work.spend(len(names))
        for name in names:
            if name in value and name in instance:
                yield from check.against(node.part(value[name], name), instance[name], (*path, name))


def _pattern_properties(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    for name, item in as_object(instance).items():
        for expression, part in as_object(value).items():
            if finds(expression, name, check.work):
                yield from check.against(node.part(part, expression), item, (*path, name))


def _additional_properties(
    check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path
) -> Found:
    """Anything but an object and true forbids additional names."""
    if value is True or not isinstance(instance, dict):
        return
    for name in _additional_names(check, instance, as_object(node.schema)):
        if isinstance(value, dict):
            part = node.part(value, "additionalProperties")
            yield from check.against(part, instance[name], (*path, name))
        else:
            yield from check.found(
                node, path, "additionalProperties", f"property '{name}' {_SURPLUS} properties", name
            )


_SURPLUS = "is not defined in the schema and the schema does not allow additional"


def _additional_names(check: Check, instance: JsonObject, schema: JsonObject) -> list[str]:
    """Names that no other keyword of the schema covers, in their order; the server skips names that begin with `#`."""
    known, expressions = as_object(schema.get("properties")), as_object(schema.get("patternProperties"))
    check.work.spend(len(instance))
    left = [name for name in instance if name not in known and not name.startswith("#")]
    return [name for name in left if not any(finds(each, name, check.work) for each in expressions)]


def _property_names(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    for name in as_object(instance):
        for each in check.against(node.part(value, "propertyNames"), name, (*path, name)):
            words = f"property '{name}' name is not valid: {each.words}"
            yield from check.found(node, path, "propertyNames", words)


def _dependencies(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """The names or the schema that the presence of a member asks for."""
    for name in as_object(instance):
        asked = as_object(value).get(name)
        check.work.spend(1 + length_of(asked))
        if isinstance(asked, list) and any(as_text(each) not in as_object(instance) for each in asked):
            check.work.spend_whole(value)
            words = f"has an error with dependencies {{{_java_map(as_object(value))}}}"
            yield from check.found(node, path, "dependencies", words)
        elif isinstance(asked, dict | bool):
            yield from check.against(node.part(asked, name), instance, path)


def _java_map(value: JsonObject) -> str:
    """All the names that ask for others, as Java writes a map."""
    lists = ((name, names) for name, names in value.items() if isinstance(names, list))
    return ", ".join(f"{name}=[{', '.join(map(as_text, names))}]" for name, names in lists)


def _items(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`items`, with `additionalItems` for those behind a list of schemas."""
    if isinstance(value, dict | bool):
        yield from _rest(check, value, instance, node, (path, 0, "items"))
        return
    yield from _first_items(check, value, instance, node, path)
    rest, start = member(node.schema, "additionalItems"), len(value) if isinstance(value, list) else 0
    if rest is False:
        yield from _surplus_items(check, instance, node, (path, start, "additionalItems"))
    elif isinstance(rest, dict):
        yield from _rest(check, rest, instance, node, (path, start, "additionalItems"))


def _first_items(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """A schema for each of the first items."""
    if isinstance(instance, list) and isinstance(value, list):
        for index, (part, item) in enumerate(zip(value, instance, strict=False)):
            yield from check.against(node.part(part, index), item, (*path, index))


def _rest(
    check: Check, value: JsonValue, instance: JsonValue, node: Node, place: tuple[Path, int, str]
) -> Found:
    path, start, name = place
    for index, item in enumerate(instance[start:] if isinstance(instance, list) else (), start):
        yield from check.against(node.part(value, name), item, (*path, index))


def _surplus_items(check: Check, instance: JsonValue, node: Node, place: tuple[Path, int, str]) -> Found:
    path, start, keyword = place
    for index in range(start, len(instance) if isinstance(instance, list) else 0):
        yield from check.found(node, path, keyword, f"index '{index}' {_SURPLUS} items")


def _items_2020(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`items` of draft 2020-12: for those behind `prefixItems`."""
    prefix = member(node.schema, "prefixItems")
    place = (path, len(prefix) if isinstance(prefix, list) else 0, "items")
    if value is False:
        return _surplus_items(check, instance, node, place)
    return _rest(check, value, instance, node, place)


def _contains(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`contains`, with `minContains` and `maxContains`, which the validator knows in every draft."""
    if not isinstance(instance, list) or not isinstance(value, dict | bool):
        return ()
    schema, part = as_object(node.schema), node.part(value, "contains")
    met = sum(not check.against(part, item, (*path, index)) for index, item in enumerate(instance))
    least, most = as_int(schema.get("minContains"), 1), as_int(schema.get("maxContains"), len(instance))
    if least <= met <= most:
        return ()
    number = f"at most {most}" if met > most else f"at least {least}"
    old, new = "does not contain an element", f"must contain {number} element(s)"
    lead = old if check.draft <= Draft.V7 else new
    return check.found(node, path, "contains", f"{lead} that passes these validations: {compact(value)}")


def _all_of(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    for index, option in enumerate(value if isinstance(value, list) else ()):
        yield from check.against(node.part(option, index), instance, path)


def _any_of(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """One without options says nothing, and the server takes silence for consent."""
    options: list[tuple[Violation, ...]] = []
    for index, option in enumerate(value if isinstance(value, list) else ()):
        found = by_place(_option_of_any(check, instance, node.part(option, index), path))
        if not found:
            return ()
        options.append(found)
    return check.found(node, path, "anyOf", "", options=tuple(options)) if options else ()


def _option_of_any(check: Check, instance: JsonValue, node: Node, path: Path) -> Found:
    """The validator looks at a single `type` first, beside a reference too, and at nothing else where it is not met."""
    kind = as_object(node.schema).get("type", [])
    if isinstance(kind, list) or is_of_type(check, kind, instance, node):
        return check.against(node, instance, path)
    return type_keyword(check, kind, instance, node, path)


def _one_of(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """Exactly one option must be met; the server stops looking at the second that is."""
    options = value if isinstance(value, list) else []
    found: list[tuple[Violation, ...]] = [() for _ in options]
    met: list[int] = []
    for index, option in enumerate(options):
        found[index] = by_place(check.against(node.part(option, index), instance, path))
        if not found[index]:
            met.append(index)
        if len(met) > 1:
            break
    if len(met) == 1:
        return ()
    indexes = f" with indexes '{', '.join(map(str, met))}'" if met else ""
    words = f"must be valid to one and only one schema, but {len(met)} are valid{indexes}"
    return check.found(node, path, "oneOf", words, options=tuple(found))


def _not(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    if check.against(node.part(value, "not"), instance, path):
        return ()
    check.work.spend_whole(value)
    return check.found(node, path, "not", f"must not be valid to the schema {compact(value)}")


def _if(check: Check, value: JsonValue, instance: JsonValue, node: Node, path: Path) -> Found:
    """`if` with `then` and `else`."""
    branch = "else" if check.against(node.part(value, "if"), instance, path) else "then"
    schema = as_object(node.schema)
    return check.against(node.part(schema[branch], branch), instance, path) if branch in schema else ()


ON_PARTS: Final[dict[str, Keyword]] = {
    "$ref": _reference,
    "properties": _properties,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "dependencies": _dependencies,
    "items": _items,
    "allOf": _all_of,
    "anyOf": _any_of,
    "oneOf": _one_of,
    "not": _not,
}
"""The keywords of draft 4."""
PARTS_SINCE_6: Final[dict[str, Keyword]] = {"contains": _contains, "propertyNames": _property_names}
PARTS_SINCE_7: Final[dict[str, Keyword]] = {"if": _if}
PARTS_OF_2020: Final[dict[str, Keyword]] = {"items": _items_2020, "prefixItems": _first_items}
