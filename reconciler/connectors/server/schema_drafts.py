"""Every keyword of every draft, as the server's validator reads it. Pure.

jsonschema does the walking, and each keyword in which it differs from networknt 1.5.2 is replaced. Imports jsonschema:
import this module where it is needed, not at the top of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any, Protocol, cast

from jsonschema import (
    Draft4Validator,
    Draft6Validator,
    Draft7Validator,
    Draft201909Validator,
    Draft202012Validator,
    ValidationError,
    validators,
)
from jsonschema.protocols import Validator
from referencing.exceptions import Unresolvable
from referencing.jsonschema import EMPTY_REGISTRY

from reconciler.connectors.server.formats import format_failure, meets_format
from reconciler.connectors.server.java_regex import java_search
from reconciler.connectors.server.schema_plain import additional_names, has_repeats
from reconciler.connectors.server.schema_violation import Violation, by_place, violation
from reconciler.connectors.server.schema_words import (
    TYPES,
    const_words,
    one_of_words,
    pattern_words,
    required_words,
    surplus_words,
    type_words,
    words_of,
)
from reconciler.connectors.server.tolerated_schema import FALSE_KEYWORD, UncheckableSchema
from reconciler.connectors.server.work import TooMuchWork, length_of, spend, spend_search, spend_whole
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, same_json

_DRAFTS: dict[str, type[Validator]] = {
    "json-schema.org/draft-04": Draft4Validator,
    "json-schema.org/draft-06": Draft6Validator,
    "json-schema.org/draft/2019-09": Draft201909Validator,
    "json-schema.org/draft/2020-12": Draft202012Validator,
}
_UNEVALUATED = ("unevaluatedItems", "unevaluatedProperties")
_FORMAT_IS_A_NOTE = frozenset({Draft201909Validator, Draft202012Validator})

_Errors = Iterator[ValidationError]


class _Walker(Protocol):
    """What a keyword's check needs of the validator that walks the schema."""

    def descend(self, instance: Any, schema: Any, path: Any = ..., schema_path: Any = ...) -> _Errors:
        """The errors of one part of the instance against one part of the schema."""

    def is_type(self, instance: Any, type: str) -> bool:
        """Whether the value is of this JSON type, in the sense of the draft."""


def draft_violations(instance: JsonValue, schema: JsonObject, dialect: str) -> tuple[Violation, ...]:
    """What `instance` does not meet, in the order of the schema's keywords.

    `schema` comes from tolerated_schema, `dialect` is the text of the root's `$schema`: a part of it chooses the
    draft, draft-07 otherwise. References are resolved inside the schema only, never fetched. Raises UncheckableSchema
    when the server's validator would throw, TooMuchWork when there is too much to go through.
    """
    draft = _draft(dialect)
    if _UNEVALUATED[0] in draft.VALIDATORS and _searches_freely(schema):
        raise TooMuchWork
    validator = _validator_class(draft)(schema, registry=EMPTY_REGISTRY)
    try:
        return tuple(_violation(error) for error in validator.iter_errors(instance))
    except Unresolvable as error:
        raise UncheckableSchema(f"a reference leads nowhere: {error}") from error
    except RecursionError as error:
        raise UncheckableSchema("the schema refers to itself without end") from error


def _draft(dialect: str) -> type[Validator]:
    return next((draft for part, draft in _DRAFTS.items() if part in dialect), Draft7Validator)


@cache
def _validator_class(draft: type[Validator]) -> type[Validator]:
    replaced = {
        key: function
        for key, function in _KEYWORDS.items()
        if key in draft.VALIDATORS or key == FALSE_KEYWORD
    }
    paid = {key: _paid(function) for key, function in (draft.VALIDATORS | replaced).items()}
    if draft in _FORMAT_IS_A_NOTE:
        del paid["format"]
    extended: type[Validator] = validators.extend(draft, validators=paid)  # type: ignore[no-untyped-call]
    return extended


def _paid(check: Callable[..., Iterator[ValidationError] | None]) -> Callable[..., _Errors]:
    """A keyword that pays for going through its value and the instance; their parts pay when they are looked at."""

    def paid(validator: _Walker, value: JsonValue, instance: JsonValue, schema: JsonObject) -> _Errors:
        spend(10 + length_of(schema) + length_of(value) + length_of(instance))
        for part in value.values() if isinstance(value, dict) else ():
            spend(length_of(part))  # `dependencies` go through lists of names
        for error in check(validator, value, instance, schema) or ():
            if error.schema_path:
                spend(1)  # handed on from a part
            else:
                spend_whole(instance)  # jsonschema spells it out in its message
            yield error

    return paid


def _searches_freely(schema: JsonObject) -> bool:
    """Whether jsonschema itself would search names with the schema's expressions, which is not bounded: it does so to find out
    what was evaluated.
    """
    names: set[str] = set()
    parts: list[JsonValue] = [schema]
    while parts:
        part = parts.pop()
        spend(1 + length_of(part))
        if isinstance(part, dict):
            names |= part.keys() & {"patternProperties", *_UNEVALUATED}
            parts.extend(part.values())
        elif isinstance(part, list):
            parts.extend(part)
    return "patternProperties" in names and len(names) > 1


def _violation(error: ValidationError) -> Violation:
    words = words_of(error, own=error.validator in _KEYWORDS)
    expected, schema = cast("JsonValue", error.validator_value), cast("JsonValue", error.schema)
    node = schema if isinstance(schema, dict) else {}
    path, keyword = tuple(error.absolute_path), str(error.validator)
    return violation(path, keyword, words, expected, node, options=_options(error))


def _options(error: ValidationError) -> tuple[tuple[Violation, ...], ...]:
    if error.validator not in ("oneOf", "anyOf") or not isinstance(error.validator_value, list):
        return ()
    found: list[list[Violation]] = [[] for _ in error.validator_value]
    for child in error.context or ():
        found[int(child.relative_schema_path[0])].append(_violation(child))
    return tuple(by_place(each) for each in found)


def _type(_validator: _Walker, value: JsonValue, instance: JsonValue, schema: JsonObject) -> _Errors:
    nullable = instance is None and schema.get("nullable") is True
    allowed = value if isinstance(value, list) else [value]
    if not nullable and not any(_is_of_type(_validator, instance, name) for name in allowed):
        yield ValidationError(type_words(value, instance))


def _is_of_type(validator: _Walker, instance: JsonValue, name: JsonValue) -> bool:
    if name == "any":
        return True
    known = isinstance(name, str) and name in TYPES
    return known and validator.is_type(instance, str(name))


def _required(_validator: _Walker, value: list[str], instance: JsonValue, _schema: JsonObject) -> _Errors:
    if isinstance(instance, dict):
        for name in value:
            if name not in instance:
                yield ValidationError(required_words(name), validator="required", validator_value=name)


def _enum(_validator: _Walker, value: list[JsonValue], instance: JsonValue, _schema: JsonObject) -> _Errors:
    spend_whole(value)
    wanted = canonical_json(instance)
    if not any(canonical_json(item) == wanted for item in value):
        yield ValidationError("", validator="enum", validator_value=value)


def _const(_validator: _Walker, value: JsonValue, instance: JsonValue, _schema: JsonObject) -> _Errors:
    spend_whole(value)
    spend_whole(instance)
    if not same_json(instance, value):
        yield ValidationError(const_words(value))


def _pattern(_validator: _Walker, value: str, instance: JsonValue, _schema: JsonObject) -> _Errors:
    spend_search(value)
    if isinstance(instance, str) and java_search(value, instance) is False:
        yield ValidationError(pattern_words(value))


def _format(_validator: _Walker, value: str, instance: JsonValue, _schema: JsonObject) -> _Errors:
    if isinstance(instance, str) and not meets_format(value, instance):
        yield ValidationError(format_failure(value))


def _one_of(validator: _Walker, value: list[Any], instance: JsonValue, _schema: JsonObject) -> _Errors:
    """Exactly one option must hold; the server stops looking at the second that does."""
    met: list[int] = []
    failures: list[ValidationError] = []
    for index, option in enumerate(value):
        errors = list(validator.descend(instance, option, schema_path=index))
        failures.extend(errors)
        if not errors:
            met.append(index)
        if len(met) > 1:
            break
    if len(met) != 1:
        yield ValidationError(one_of_words(met), context=failures)


def _pattern_properties(
    validator: _Walker, value: dict[str, Any], instance: JsonValue, _schema: JsonObject
) -> _Errors:
    if isinstance(instance, dict):
        for pattern, part in value.items():
            spend_search(pattern)
            for name, item in instance.items():
                if java_search(pattern, name):
                    yield from validator.descend(item, part, path=name, schema_path=pattern)


def _additional_properties(
    validator: _Walker, value: JsonValue, instance: JsonValue, schema: JsonObject
) -> _Errors:
    for name in additional_names(instance, schema):
        if isinstance(value, dict) and isinstance(instance, dict):
            yield from validator.descend(instance[name], value, path=name)
        elif value is not True:
            yield ValidationError(surplus_words(name), validator="additionalProperties", validator_value=name)


def _unique_items(_validator: _Walker, value: JsonValue, instance: JsonValue, _schema: JsonObject) -> _Errors:
    """jsonschema compares every item with every other."""
    if value is True and has_repeats(instance):
        yield ValidationError("", validator="uniqueItems", validator_value=value)


def _limit(draft_keyword: Callable[..., Iterator[ValidationError] | None]) -> Callable[..., _Errors]:
    def check(validator: _Walker, value: JsonValue, instance: JsonValue, schema: JsonObject) -> _Errors:
        if isinstance(value, bool):
            raise UncheckableSchema("an exclusive limit is not a number")
        yield from draft_keyword(validator, value, instance, schema) or ()

    return check


def _multiple_of(validator: _Walker, value: float, instance: JsonValue, _schema: JsonObject) -> _Errors:
    """In decimal, as the server reckons: 0.3 is a multiple of 0.1, and no integer is too long."""
    if validator.is_type(instance, "number") and _exact(instance) % _exact(value):
        yield ValidationError("", validator="multipleOf", validator_value=value)


def _exact(number: JsonValue) -> Fraction:
    return Fraction(number if isinstance(number, int) else repr(number))


def _nothing(_validator: _Walker, _value: JsonValue, _instance: JsonValue, _schema: JsonObject) -> _Errors:
    yield ValidationError("")


_KEYWORDS: dict[str, Callable[..., _Errors]] = {
    FALSE_KEYWORD: _nothing,
    "type": _type,
    "required": _required,
    "enum": _enum,
    "const": _const,
    "pattern": _pattern,
    "format": _format,
    "oneOf": _one_of,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
    "multipleOf": _multiple_of,
    "uniqueItems": _unique_items,
    "exclusiveMinimum": _limit(Draft7Validator.VALIDATORS["exclusiveMinimum"]),
    "exclusiveMaximum": _limit(Draft7Validator.VALIDATORS["exclusiveMaximum"]),
}
