"""Checks a document against a connector's schema as the server's validator (networknt 1.5.2) does, in its words. Pure.

One evaluator for all drafts: the keywords that apply parts of the schema, then the tables of the drafts. Which of several texts comes
first may differ: the server gives no order, here it is by place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reconciler.connectors.server.java_pattern import finds
from reconciler.connectors.server.java_values import NoNumber, as_int, as_object, as_text, member
from reconciler.connectors.server.schema_load import Draft, UncheckableSchema, loaded
from reconciler.connectors.server.schema_node import (
    Check,
    Found,
    Keyword,
    Node,
    Violation,
    by_place,
    messages_of,
)
from reconciler.connectors.server.schema_values import (
    ON_VALUES,
    VALUES_SINCE_6,
    compact,
    is_of_type,
    of_type,
    unknown,
)
from reconciler.connectors.server.work import Work, length_of
from reconciler.model.json_value import JsonObject, JsonValue

_SURPLUS = "is not defined in the schema and the schema does not allow additional"


def _properties(node: Node, value: JsonValue) -> Found:
    instance = node.value
    if isinstance(instance, dict) and isinstance(value, dict):
        # Names of the shorter side: a small preset must not pay for a long list of properties.
        names = value if len(value) <= len(instance) else instance
        node.check.work.spend(len(names))
        for name in names:
            if name in value and name in instance:
                yield from node.inner(value[name], name, name, instance[name])


def _pattern_properties(node: Node, value: JsonValue) -> Found:
    for name, item in as_object(node.value).items():
        for expression, part in as_object(value).items():
            if finds(expression, name, node.check.work):
                yield from node.inner(part, expression, name, item)


def _additional_properties(node: Node, value: JsonValue) -> Found:
    """Anything but an object and true forbids additional names."""
    instance = as_object(node.value)
    for name in () if value is True else _additional_names(node, instance, as_object(node.schema)):
        if isinstance(value, dict):
            yield from node.inner(value, "additionalProperties", name, instance[name])
        else:
            words = f"property '{name}' {_SURPLUS} properties"
            yield from node.unmet("additionalProperties", words, name)


def _additional_names(node: Node, instance: JsonObject, schema: JsonObject) -> list[str]:
    """Names that no other keyword of the schema covers, in their order. The server skips names that begin with `#`."""
    known, expressions = as_object(schema.get("properties")), as_object(schema.get("patternProperties"))
    node.check.work.spend(len(instance))
    left = [name for name in instance if name not in known and not name.startswith("#")]
    return [name for name in left if not any(finds(each, name, node.check.work) for each in expressions)]


def _property_names(node: Node, value: JsonValue) -> Found:
    for name in as_object(node.value):
        for each in node.inner(value, "propertyNames", name, name):
            yield from node.unmet("propertyNames", f"property '{name}' name is not valid: {each.words}")


def _dependencies(node: Node, value: JsonValue) -> Found:
    """The names or the schema that the presence of a member asks for."""
    instance, dependencies = as_object(node.value), as_object(value)
    for name in instance:
        asked = dependencies.get(name)
        node.check.work.spend(1 + length_of(asked))
        if isinstance(asked, list) and any(as_text(each) not in instance for each in asked):
            node.check.work.spend_whole(value)
            lists = ((key, names) for key, names in dependencies.items() if isinstance(names, list))
            java_map = ", ".join(f"{key}=[{', '.join(map(as_text, names))}]" for key, names in lists)
            yield from node.unmet("dependencies", f"has an error with dependencies {{{java_map}}}")
        elif isinstance(asked, dict | bool):
            yield from node.part(asked, name).violations()


def _items(node: Node, value: JsonValue) -> Found:
    """`items`, with `additionalItems` for those behind a list of schemas."""
    if isinstance(value, dict | bool):
        yield from _rest(node, value, "items", 0)
        return
    yield from _first_items(node, value)
    rest = member(node.schema, "additionalItems")
    if rest is False or isinstance(rest, dict):
        yield from _rest(node, rest, "additionalItems", len(_listed(value)), is_closed=rest is False)


def _first_items(node: Node, value: JsonValue) -> Found:
    for index, (part, item) in enumerate(zip(_listed(value), _listed(node.value), strict=False)):
        yield from node.inner(part, index, index, item)


def _items_2020(node: Node, value: JsonValue) -> Found:
    """`items` of draft 2020-12: for those behind `prefixItems`."""
    start = len(_listed(member(node.schema, "prefixItems")))
    return _rest(node, value, "items", start, is_closed=value is False)


def _listed(value: object) -> Sequence[JsonValue]:
    return value if isinstance(value, list) else ()


def _rest(node: Node, value: JsonValue, keyword: str, start: int, *, is_closed: bool = False) -> Found:
    for index, item in enumerate(_listed(node.value)[start:], start):
        if is_closed:
            yield from node.unmet(keyword, f"index '{index}' {_SURPLUS} items")
        else:
            yield from node.inner(value, keyword, index, item)


def _contains(node: Node, value: JsonValue) -> Found:
    """`contains`, with `minContains` and `maxContains`, which the validator knows in every draft."""
    if not isinstance(node.value, list) or not isinstance(value, dict | bool):
        return ()
    schema, items = as_object(node.schema), node.value
    met = sum(not node.inner(value, "contains", index, item) for index, item in enumerate(items))
    least, most = as_int(schema.get("minContains"), 1), as_int(schema.get("maxContains"), len(items))
    if least <= met <= most:
        return ()
    number = f"at most {most}" if met > most else f"at least {least}"
    lead = f"must contain {number} element(s)"
    lead = lead if node.check.draft > Draft.V7 else "does not contain an element"
    return node.unmet("contains", f"{lead} that passes these validations: {compact(value)}")


def _all_of(node: Node, value: JsonValue) -> Found:
    for index, option in enumerate(_listed(value)):
        yield from node.part(option, index).violations()


def _any_of(node: Node, value: JsonValue) -> Found:
    """One without options says nothing, and the server takes silence for consent."""
    options: list[tuple[Violation, ...]] = []
    for index, option in enumerate(_listed(value)):
        part, kind = node.part(option, index), as_object(option).get("type", [])
        # The validator looks at a single `type` first, beside a reference too, and at nothing else where it is not met.
        is_checked = isinstance(kind, list) or is_of_type(part, kind)
        found = by_place(part.violations() if is_checked else of_type(part, kind))
        if not found:
            return ()
        options.append(found)
    return node.unmet("anyOf", "", options=options) if options else ()


def _one_of(node: Node, value: JsonValue) -> Found:
    """Exactly one option must be met. The server stops looking at the second that is."""
    options = _listed(value)
    found: list[tuple[Violation, ...]] = [() for _ in options]
    met: list[int] = []
    for index, option in enumerate(options):
        found[index] = by_place(node.part(option, index).violations())
        met += [] if found[index] else [index]
        if len(met) > 1:
            break
    if len(met) == 1:
        return ()
    indexes = f" with indexes '{', '.join(map(str, met))}'" if met else ""
    words = f"must be valid to one and only one schema, but {len(met)} are valid{indexes}"
    return node.unmet("oneOf", words, options=found)


def _not(node: Node, value: JsonValue) -> Found:
    if node.part(value, "not").violations():
        return ()
    node.check.work.spend_whole(value)
    return node.unmet("not", f"must not be valid to the schema {compact(value)}")


def _if(node: Node, value: JsonValue) -> Found:
    branch = "else" if node.part(value, "if").violations() else "then"
    schema = as_object(node.schema)
    return node.part(schema[branch], branch).violations() if branch in schema else ()


ON_PARTS: Final[dict[str, Keyword]] = {
    "$ref": lambda node, value: node.followed(value).violations(),
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
# Keywords that no published connector uses, and that are not followed here.
_V4: Final[dict[str, Keyword]] = {**ON_VALUES, **ON_PARTS, **unknown("notAllowed")}
_V6: Final = {**_V4, **VALUES_SINCE_6, **PARTS_SINCE_6, **unknown("false")}
_V7: Final = {**_V6, **PARTS_SINCE_7}
# Formats are notes there, which no value has to meet.
_V2019: Final = {name: apply for name, apply in _V7.items() if name != "format"} | unknown(
    "dependentRequired", "dependentSchemas", "minContains", "maxContains"
)
_KEYWORDS: Final[dict[Draft, dict[str, Keyword]]] = {
    Draft.V4: _V4,
    Draft.V6: _V6,
    Draft.V7: {**_V7, **unknown("contentEncoding", "contentMediaType")},
    Draft.V2019: _V2019,
    Draft.V2020: {**_V2019, **PARTS_OF_2020},
}


def check_against(instance: JsonValue, schema: JsonValue) -> tuple[str, ...]:
    """What the server would find wrong, like `$.count: string found, integer expected`. () when nothing.

    Failed options of `oneOf` and `anyOf` are listed too. Sorted by place, equal texts once. Raises what `violations_of`
    raises.
    """
    return messages_of(violations_of(instance, schema))


def violations_of(instance: JsonValue, schema: JsonValue, work: Work | None = None) -> tuple[Violation, ...]:
    """What `check_against` speaks of, as values, sorted by place. The draft is chosen by `$schema`, draft-07 without it.

    Raises UncheckableSchema when the server's validator would throw, NotKnown when that or its answer cannot be known, and
    TooMuchWork when `work` (None: as much as one check may take) is used up.
    """
    paid = work or Work()
    draft = loaded(schema, paid)
    try:
        return by_place(Node(Check(schema, draft, _KEYWORDS[draft], paid), schema, instance).violations())
    except NoNumber as error:
        raise UncheckableSchema(str(error)) from error
