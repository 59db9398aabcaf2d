"""One field of a schema as a control. Pure.

As the form of the embedded widget does it (platform v2.0, Control and schemaToFormBlock): arrays of scalars are tags, with an
enumeration several may be ticked; `format` date and date-time are pickers; then `enum`, `multiline`, secrets, numbers, text.
"""

from __future__ import annotations

import math
import re

from reconciler.connectors.specification.schema import is_marked_secret, type_names
from reconciler.forms.masking import SENSITIVE, has_secret_values
from reconciler.forms.parts import Control, Field, Words
from reconciler.forms.plain_text import plain_text
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json

_TYPED = {"boolean": Control.SWITCH, "integer": Control.INTEGER, "number": Control.NUMBER}
_MAX_OPTIONS = 200
_MAX_EXAMPLES = 10
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH = re.compile(r"\d{4}-\d\d")
_MONTH_PATTERN = "^[0-9]{4}-[0-9]{2}$"
_DATE_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME_PATTERN = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
# How the widget describes the patterns of dates that it knows (platform v2.0, getPatternDescriptor); the first that is contained.
_DESCRIBED = (
    (f"{_DATE_PATTERN}T{_TIME_PATTERN}Z$", "YYYY-MM-DDTHH:mm:ssZ"),
    (f"{_DATE_PATTERN}T{_TIME_PATTERN}$", "YYYY-MM-DDTHH:mm:ss"),
    (f"{_DATE_PATTERN} {_TIME_PATTERN}$", "YYYY-MM-DD HH:mm:ss"),
    (f"{_DATE_PATTERN}$", "YYYY-MM-DD"),
    (f"{_DATE_PATTERN}T{_TIME_PATTERN}.[0-9]{{3}}Z$", "YYYY-MM-DDTHH:mm:ss.SSSZ"),
    (f"{_DATE_PATTERN}T{_TIME_PATTERN}.[0-9]{{6}}Z$", "YYYY-MM-DDTHH:mm:ss.SSSSSSZ"),
    (_MONTH_PATTERN, "YYYY-MM"),
)
_FOLLOWS_NO_REFERENCE = "The widget follows no $ref: this is a plain text field."


def field_of(place: str, name: str, schema: JsonObject, *, required: bool, is_secret: bool = False) -> Field:
    """The control of a field that is neither an object, nor a choice, nor a list of objects.

    `is_secret` says that the field is part of a secret.
    """
    hides = is_secret or has_secret_values(name, schema)
    control = _control(schema)
    values = _values(schema.get("default"), control, hides=hides)
    options, left_out = _options(schema, hides=hides)
    return Field(
        place=place,
        words=words_of(name, schema, hides=hides),
        required=required,
        control=_fitting(control, values),
        values=values,
        options=options if control in {Control.SELECT, Control.SEVERAL} else (),
        left_out=left_out,
        minimum=_bound(schema.get("minimum")),
        maximum=_bound(schema.get("maximum")),
    )


def words_of(name: str, schema: JsonObject, *, hides: bool = False) -> Words:
    """Title, description, examples and format of any part."""
    description = schema.get("description")
    return Words(
        title=text_of(schema.get("title")) or name,
        description=plain_text(description) if isinstance(description, str) else "",
        examples=_examples(schema.get("examples"), hides=hides),
        shape=_shape(schema),
        note=_FOLLOWS_NO_REFERENCE if "$ref" in schema and "type" not in schema else "",
    )


def text_of(value: JsonValue) -> str:
    """A title on one line; "" for anything that is no text."""
    return " ".join(value.split()) if isinstance(value, str) else ""


def shown_value(value: JsonValue) -> str:
    """A value as it would stand in a control: texts as they are, everything else as JSON, nothing for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical_json(value)


def _control(schema: JsonObject) -> Control:
    kind = next(iter(type_names(schema)), "")
    if kind == "array":
        return Control.SEVERAL if _enumeration(schema) is not None else Control.TAGS
    if kind == "string" and schema.get("format") in ("date", "date-time"):
        return _picker(schema)
    if kind != "boolean" and _enumeration(schema) is not None:
        return Control.SELECT
    if kind != "boolean" and is_marked_secret(schema):
        return Control.SECRET_LINES if schema.get("multiline") else Control.SECRET
    return _TYPED.get(kind) or (Control.LINES if schema.get("multiline") else Control.TEXT)


def _picker(schema: JsonObject) -> Control:
    if schema.get("pattern") == _MONTH_PATTERN:
        return Control.MONTH
    return Control.DATE if schema["format"] == "date" else Control.DATE_TIME


def _fitting(control: Control, values: tuple[str, ...]) -> Control:
    """A text field where the browser's own control could not show the default."""
    patterns = {Control.DATE: _DAY, Control.MONTH: _MONTH, Control.DATE_TIME: _TIME}
    if control in patterns and values and not patterns[control].fullmatch(values[0]):
        return Control.TEXT
    if control in {Control.NUMBER, Control.INTEGER} and values and not _bound_text(values[0]):
        return Control.TEXT
    return control


def _values(default: JsonValue, control: Control, *, hides: bool) -> tuple[str, ...]:
    if default is None:
        return ()
    if hides:
        return (SENSITIVE,)
    if control is Control.SWITCH:
        return ("true",) if default is True else ()
    if control in {Control.TAGS, Control.SEVERAL}:
        return tuple(shown_value(item) for item in (default if isinstance(default, list) else [default]))
    text = shown_value(default)
    if control is Control.DATE_TIME:
        text = text.removesuffix("Z")
    return (text,) if text else ()


def _enumeration(schema: JsonObject) -> list[JsonValue] | None:
    items = schema.get("items")
    for holder in (items, schema):
        enum = holder.get("enum") if isinstance(holder, dict) else None
        if isinstance(enum, list):
            return enum
    return None


def _options(schema: JsonObject, *, hides: bool) -> tuple[tuple[str, ...], int]:
    values = _enumeration(schema) or []
    if hides and values:
        return (SENSITIVE,), 0
    return tuple(shown_value(value) for value in values[:_MAX_OPTIONS]), max(0, len(values) - _MAX_OPTIONS)


def _examples(examples: JsonValue, *, hides: bool) -> tuple[str, ...]:
    found = examples if isinstance(examples, list) else [examples]
    shown = tuple(text for text in map(shown_value, found[:_MAX_EXAMPLES]) if text)
    return (SENSITIVE,) if hides and shown else shown


def _shape(schema: JsonObject) -> str:
    """What the widget shows as the format of a field: its own words, else those for a well-known date pattern."""
    items = schema.get("items")
    for holder in (schema, items):
        described = holder.get("pattern_descriptor") if isinstance(holder, dict) else None
        if isinstance(described, str):
            return described
    pattern = schema.get("pattern")
    if not isinstance(pattern, str) and isinstance(items, dict):
        pattern = items.get("pattern")
    if not isinstance(pattern, str):
        return ""
    return next((words for known, words in _DESCRIBED if known in pattern), "")


def _bound(value: JsonValue) -> str:
    return "" if isinstance(value, bool) or not isinstance(value, int | float) else _bound_text(str(value))


def _bound_text(text: str) -> str:
    """A number that an input can take; "" for every other text."""
    try:
        return text if math.isfinite(float(text)) else ""
    except (ValueError, OverflowError):
        return ""
