"""Holds a document against a connector's schema and says what is wrong in the server's words. Pure.

The server uses networknt 1.5.2; jsonschema does the walking here, and every keyword in which the two differ
is replaced. Known to differ still: which of several texts comes first (the server gives no order; here it is
by place), a few formats (see formats.py) and patterns that Python cannot compile (see java_regex.py): both
count as met, so that what is refused here is refused there too. Imports jsonschema: import this module where
it is needed, not at the top of others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Protocol

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

from reconciler.connectors.absent import ABSENT, member
from reconciler.connectors.formats import format_failure, meets_format
from reconciler.connectors.java_regex import java_search
from reconciler.connectors.java_text import as_text
from reconciler.connectors.schema_words import value_type, words_of
from reconciler.connectors.tolerated_schema import FALSE_KEYWORD, UncheckableSchema, tolerated_schema
from reconciler.model.json_value import JsonObject, JsonValue, same_json

_DRAFTS: dict[str, type[Validator]] = {
    "json-schema.org/draft-04": Draft4Validator,
    "json-schema.org/draft-06": Draft6Validator,
    "json-schema.org/draft/2019-09": Draft201909Validator,
    "json-schema.org/draft/2020-12": Draft202012Validator,
}
_FORMAT_IS_A_NOTE = frozenset({Draft201909Validator, Draft202012Validator})

_Errors = Iterator[ValidationError]


class _Walker(Protocol):
    """What a keyword's check needs of the validator that walks the schema."""

    def descend(self, instance: Any, schema: Any, path: Any = ..., schema_path: Any = ...) -> _Errors:
        """The errors of one part of the instance against one part of the schema."""

    def is_type(self, instance: Any, type: str) -> bool:
        """Whether the value is of this JSON type, in the sense of the draft."""


def check_against(instance: JsonValue, schema: JsonValue) -> tuple[str, ...]:
    """What the server would find wrong with `instance`, like `$.count: string found, integer expected`; ()
    when nothing.

    The draft is chosen by a part of `$schema`, draft-07 otherwise. Failed options of `oneOf` and `anyOf` are
    listed too. Sorted by place in the document, equal texts once. References are resolved inside the schema
    only, never fetched. Raises UncheckableSchema when the server's validator would throw.
    """
    validator_class = _validator_class(_draft(schema))
    validator = validator_class(tolerated_schema(schema), registry=EMPTY_REGISTRY)
    try:
        found = {text for error in validator.iter_errors(instance) for text in _texts(error)}
    except Unresolvable as error:
        raise UncheckableSchema(f"a reference leads nowhere: {error}") from error
    except RecursionError as error:
        raise UncheckableSchema("the schema refers to itself without end") from error
    return tuple(text for _, text in sorted(found))


def _draft(schema: JsonValue) -> type[Validator]:
    named = member(schema, "$schema")
    text = "" if named is ABSENT else as_text(named)
    return next((draft for part, draft in _DRAFTS.items() if part in text), Draft7Validator)


@cache
def _validator_class(draft: type[Validator]) -> type[Validator]:
    replaced = {
        key: function
        for key, function in _KEYWORDS.items()
        if key in draft.VALIDATORS or key == FALSE_KEYWORD
    }
    if draft in _FORMAT_IS_A_NOTE:
        replaced.pop("format")
    extended: type[Validator] = validators.extend(draft, validators=replaced)  # type: ignore[no-untyped-call]
    return extended


def _texts(error: ValidationError) -> Iterator[tuple[tuple[tuple[bool, int, str], ...], str]]:
    """The error and those of the options it failed, each as (place to sort by, text)."""
    path = tuple(error.absolute_path)
    place = tuple((isinstance(part, str), part if isinstance(part, int) else 0, str(part)) for part in path)
    words = words_of(error, own=error.validator in _KEYWORDS)
    if words:
        yield place, f"{_spelled(path)}: {words}"
    for child in error.context or ():
        yield from _texts(child)


def _spelled(path: tuple[str | int, ...]) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _type(_validator: _Walker, value: JsonValue, instance: JsonValue, schema: JsonObject) -> _Errors:
    nullable = instance is None and schema.get("nullable") is True
    allowed = value if isinstance(value, list) else [value]
    if not nullable and not any(_is_of_type(_validator, instance, name) for name in allowed):
        yield ValidationError(f"{value_type(instance)} found, {_type_names(value)} expected")


def _is_of_type(validator: _Walker, instance: JsonValue, name: JsonValue) -> bool:
    if name == "any":
        return True
    known = isinstance(name, str) and name in _TYPES
    return known and validator.is_type(instance, str(name))


_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


def _type_names(value: JsonValue) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_type_names(item) for item in value)}]"
    return value if isinstance(value, str) and value in (*_TYPES, "any") else "unknown"


def _required(_validator: _Walker, value: list[str], instance: JsonValue, _schema: JsonObject) -> _Errors:
    if isinstance(instance, dict):
        for name in value:
            if name not in instance:
                yield ValidationError(f"required property '{name}' not found")


def _enum(_validator: _Walker, value: list[JsonValue], instance: JsonValue, _schema: JsonObject) -> _Errors:
    if not any(same_json(instance, item) for item in value):
        yield ValidationError("", validator="enum", validator_value=value)


def _const(_validator: _Walker, value: JsonValue, instance: JsonValue, _schema: JsonObject) -> _Errors:
    if not same_json(instance, value):
        yield ValidationError(f"must be the constant value '{as_text(value)}'")


def _pattern(_validator: _Walker, value: str, instance: JsonValue, _schema: JsonObject) -> _Errors:
    if isinstance(instance, str) and java_search(value, instance) is False:
        yield ValidationError(f"does not match the regex pattern {value}")


def _format(_validator: _Walker, value: str, instance: JsonValue, _schema: JsonObject) -> _Errors:
    if isinstance(instance, str) and not meets_format(value, instance):
        yield ValidationError(format_failure(value))


def _one_of(validator: _Walker, value: list[Any], instance: JsonValue, _schema: JsonObject) -> _Errors:
    """Exactly one option must hold; the server stops looking at the second that does."""
    met: list[str] = []
    failures: list[ValidationError] = []
    for index, option in enumerate(value):
        errors = list(validator.descend(instance, option, schema_path=index))
        failures.extend(errors)
        if not errors:
            met.append(str(index))
        if len(met) > 1:
            break
    if len(met) != 1:
        indexes = f" with indexes '{', '.join(met)}'" if met else ""
        text = f"must be valid to one and only one schema, but {len(met)} are valid{indexes}"
        yield ValidationError(text, context=failures)


def _pattern_properties(
    validator: _Walker, value: dict[str, Any], instance: JsonValue, _schema: JsonObject
) -> _Errors:
    if isinstance(instance, dict):
        for pattern, part in value.items():
            for name, item in instance.items():
                if java_search(pattern, name):
                    yield from validator.descend(item, part, path=name, schema_path=pattern)


def _additional_properties(
    validator: _Walker, value: JsonValue, instance: JsonValue, schema: JsonObject
) -> _Errors:
    for name in _additional_names(instance, schema):
        if isinstance(value, dict) and isinstance(instance, dict):
            yield from validator.descend(instance[name], value, path=name)
        elif value is not True:
            undefined = f"property '{name}' is not defined in the schema"
            yield ValidationError(f"{undefined} and the schema does not allow additional properties")


def _additional_names(instance: JsonValue, schema: JsonObject) -> Iterator[str]:
    """Names that no other keyword of the schema covers; the server skips names that begin with `#`."""
    properties, patterns = schema.get("properties"), schema.get("patternProperties")
    known = properties if isinstance(properties, dict) else {}
    expressions = tuple(patterns) if isinstance(patterns, dict) else ()
    for name in instance if isinstance(instance, dict) else ():
        covered = any(java_search(expression, name) is not False for expression in expressions)
        if name not in known and not name.startswith("#") and not covered:
            yield name


def _limit(draft_keyword: Callable[..., Iterator[ValidationError] | None]) -> Callable[..., _Errors]:
    def check(validator: _Walker, value: JsonValue, instance: JsonValue, schema: JsonObject) -> _Errors:
        if isinstance(value, bool):
            raise UncheckableSchema("an exclusive limit is not a number")
        yield from draft_keyword(validator, value, instance, schema) or ()

    return check


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
    "exclusiveMinimum": _limit(Draft7Validator.VALIDATORS["exclusiveMinimum"]),
    "exclusiveMaximum": _limit(Draft7Validator.VALIDATORS["exclusiveMaximum"]),
}
