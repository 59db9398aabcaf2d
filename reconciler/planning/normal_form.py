"""A form in the one spelling in which two of them are compared. Pure."""

from __future__ import annotations

from reconciler.connectors.server.forms import served_specification
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, canonical_value

_SCHEMA_MAPS = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependencies"})
_SCHEMA_LISTS = frozenset({"oneOf", "anyOf", "allOf", "items"})
_SCHEMAS = _SCHEMA_LISTS - {"oneOf", "anyOf", "allOf"} | frozenset(
    {"additionalProperties", "additionalItems", "not", "if", "then", "else", "contains", "propertyNames"}
)


def normalise_form(form: JsonObject) -> JsonObject:
    """A form as GET would return it, canonical, with the names in `required` in one order."""
    served = served_specification(form)
    return {
        key: normalise_schema(value) if key == "connectionSpecification" else canonical_value(value)
        for key, value in served.items()
    }


def normalise_schema(schema: JsonValue) -> JsonValue:
    """The canonical schema, with the names in `required` sorted and without repeats, at every schema position.

    Only schema positions count: a property that happens to be called `required` is left alone, and so are
    `default`, `const` and `examples`, which are data. Order matters wherever the customer sees it: in `oneOf` (the
    form opens with the first option), in `enum` (the dropdown), in lists of types (the first decides on the control).
    """
    if not isinstance(schema, dict):
        return canonical_value(schema)
    # Most keywords hold a text: of thousands of forms that is most of the work.
    return {key: each if type(each) is str else _normalise_keyword(key, each) for key, each in schema.items()}


def _normalise_keyword(keyword: str, value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        if keyword == "required":
            items = {canonical_json(item): canonical_value(item) for item in value}
            return [items[text] for text in sorted(items)]
        if keyword in _SCHEMA_LISTS:
            return [normalise_schema(item) for item in value]
    elif isinstance(value, dict):
        if keyword in _SCHEMA_MAPS:
            return {name: normalise_schema(each) for name, each in value.items()}
        if keyword in _SCHEMAS:
            return normalise_schema(value)
    return canonical_value(value)
