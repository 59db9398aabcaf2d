"""A connection specification as the form that the widget makes of it. Pure. Never raises, whatever the specification says.

The tree is that of `connectors/specification/form.py`. Here its nodes become words and controls, as in the embedded widget (platform
v2.0, Control): arrays of scalars are tags, with an enumeration several may be ticked. `format` date and date-time are pickers. Then
`enum`, `multiline`, secrets, numbers, text.
"""

from __future__ import annotations

import math
import re

from reconciler.connectors.lint.form_rules import build_problems
from reconciler.connectors.specification.form import MAX_DEPTH, Card, FormPart, form_cards
from reconciler.connectors.specification.nodes import Node
from reconciler.connectors.specification.schema import (
    Kind,
    chosen_option,
    constants,
    is_marked_secret,
    takes_secret,
    title_of,
    type_names,
)
from reconciler.connectors.specification.secrets import looks_secret
from reconciler.forms.markup import plain_text
from reconciler.forms.parts import Control, Form, Part
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, escape_segment
from reconciler.model.template import connection_schema
from reconciler.model.text import SENSITIVE

_MAX_OPTIONS = 200
_MAX_EXAMPLES = 10
_TOO_DEEP = "Deeper levels are not shown here."
_FOLLOWS_NO_REFERENCE = "The widget follows no $ref: this is a plain text field."
_MONTH_PATTERN = "^[0-9]{4}-[0-9]{2}$"
_DATE_PATTERN = "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME_PATTERN = "[0-9]{2}:[0-9]{2}:[0-9]{2}"
# How the widget describes the patterns of dates that it knows (platform v2.0, getPatternDescriptor). The first that is contained.
_DESCRIBED = (
    (f"{_DATE_PATTERN}T{_TIME_PATTERN}Z$", "YYYY-MM-DDTHH:mm:ssZ"),
    (f"{_DATE_PATTERN}T{_TIME_PATTERN}$", "YYYY-MM-DDTHH:mm:ss"),
    (f"{_DATE_PATTERN} {_TIME_PATTERN}$", "YYYY-MM-DD HH:mm:ss"),
    (f"{_DATE_PATTERN}$", "YYYY-MM-DD"),
    (f"{_DATE_PATTERN}T{_TIME_PATTERN}.[0-9]{{3}}Z$", "YYYY-MM-DDTHH:mm:ss.SSSZ"),
    (f"{_DATE_PATTERN}T{_TIME_PATTERN}.[0-9]{{6}}Z$", "YYYY-MM-DDTHH:mm:ss.SSSSSSZ"),
    (_MONTH_PATTERN, "YYYY-MM"),
)
# What the browser's own control can show. Another default is shown as text.
_SHOWN_BY = {
    Control.DATE: re.compile(r"\d{4}-\d\d-\d\d"),
    Control.MONTH: re.compile(r"\d{4}-\d\d"),
    Control.DATE_TIME: re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,3})?"),
}
_TYPED = {"boolean": Control.SWITCH, "integer": Control.INTEGER, "number": Control.NUMBER}


def build_form(form: JsonObject) -> Form:
    """The form of a whole specification, without presets. `trouble` says why the widget shows an error instead."""
    schema = connection_schema(form)
    if schema is None:
        return Form("", trouble="there is no connectionSpecification")
    cards = (Card(card.title, _parts(card.parts, ""), card.is_folded) for card in form_cards(form))
    return Form(title_of(schema), tuple(cards), trouble=_trouble(schema))


def _trouble(schema: JsonObject) -> str:
    if schema.get("type") != "object":
        return "the form is not `type: object`"
    problem = next((each for each in build_problems(Node(schema, "")) if not each.is_local), None)
    return f"{'.'.join(problem.path) or 'the form'}: {problem.reason}" if problem is not None else ""


def _parts(nodes: tuple[FormPart, ...], around: str) -> tuple[Part, ...]:
    return tuple(_part(node, _place(node, around, number)) for number, node in enumerate(nodes, 1))


def _place(node: FormPart, around: str, number: int) -> str:
    """What names a part uniquely in this form, and equally in two forms that are compared."""
    if node.kind is Kind.OPTION:
        fixed = constants(node.schema)
        return f"{around}[{canonical_json(fixed) if fixed else number}]"
    end = "(log-in)" if node.kind is Kind.LOGIN else ""
    return f"{around}/{escape_segment(node.name)}{end}" if node.path else f"{around}{end}"


def _part(node: FormPart, place: str) -> Part:
    parts = _parts(node.parts, f"{place}/*" if node.kind is Kind.LIST else place)
    if node.kind in {Kind.GROUP, Kind.LOGIN}:  # the widget shows neither title nor description of an object
        return Part(node.kind, place, is_open=node.is_open, by_login=node.by_login, parts=parts)
    if node.kind is Kind.FIELD and len(node.path) > MAX_DEPTH:
        return Part(node.kind, place, node.name, note=_TOO_DEEP, is_open=node.is_open)
    schema, description = node.schema, node.schema.get("description")
    is_field = node.kind is Kind.FIELD
    hides = node.is_secret or (is_field and (takes_secret(schema) or looks_secret(node.name)))
    control = _control(schema) if is_field else Control.TEXT
    values = _values(schema.get("default"), control, hides=hides) if is_field else ()
    options = _enumeration(schema) or [] if control in {Control.SELECT, Control.SEVERAL} else []
    return Part(
        node.kind,
        place,
        node.title,
        description=plain_text(description) if isinstance(description, str) else "",
        examples=_examples(schema.get("examples"), hides=hides),
        shape=_shape(schema),
        note=_FOLLOWS_NO_REFERENCE if "$ref" in schema and "type" not in schema else "",
        is_required=node.is_required,
        is_open=node.is_open,
        by_login=node.by_login,
        control=_fitting(control, values),
        values=values,
        options=(SENSITIVE,) if hides and options else tuple(map(shown_value, options[:_MAX_OPTIONS])),
        left_out=0 if hides else max(0, len(options) - _MAX_OPTIONS),
        minimum=_bound(schema.get("minimum")) if is_field else "",
        maximum=_bound(schema.get("maximum")) if is_field else "",
        is_radio=schema.get("display_type") == "radio",
        chosen=chosen_option(schema) if node.kind is Kind.CHOICE else None,
        parts=parts,
    )


def shown_value(value: JsonValue) -> str:
    """A value as it would be in a control: texts as they are, everything else as JSON, nothing for null."""
    if value is None:
        return ""
    return value if isinstance(value, str) else canonical_json(value)


def _control(schema: JsonObject) -> Control:
    kind = next(iter(type_names(schema)), "")
    if kind == "array":
        return Control.SEVERAL if _enumeration(schema) is not None else Control.TAGS
    if kind == "string" and schema.get("format") in ("date", "date-time"):
        if schema.get("pattern") == _MONTH_PATTERN:
            return Control.MONTH
        return Control.DATE if schema["format"] == "date" else Control.DATE_TIME
    if kind != "boolean" and _enumeration(schema) is not None:
        return Control.SELECT
    if kind != "boolean" and is_marked_secret(schema):
        return Control.SECRET_LINES if schema.get("multiline") else Control.SECRET
    return _TYPED.get(kind) or (Control.LINES if schema.get("multiline") else Control.TEXT)


def _fitting(control: Control, values: tuple[str, ...]) -> Control:
    """A text field where the browser's own control could not show the default."""
    is_number = control in {Control.NUMBER, Control.INTEGER}
    fits = not is_number or not values or bool(_number(values[0]))
    if control in _SHOWN_BY and values:
        fits = _SHOWN_BY[control].fullmatch(values[0]) is not None
    return control if fits else Control.TEXT


def _values(default: JsonValue, control: Control, *, hides: bool) -> tuple[str, ...]:
    if default is None:
        return ()
    if hides:
        return (SENSITIVE,)
    if control is Control.SWITCH:
        return ("true",) if default is True else ()
    if control in {Control.TAGS, Control.SEVERAL}:
        return tuple(map(shown_value, default if isinstance(default, list) else [default]))
    text = shown_value(default)
    if control is Control.DATE_TIME:
        text = text.removesuffix("Z")
    return (text,) if text else ()


def _enumeration(schema: JsonObject) -> list[JsonValue] | None:
    for holder in (schema.get("items"), schema):
        enum = holder.get("enum") if isinstance(holder, dict) else None
        if isinstance(enum, list):
            return enum
    return None


def _examples(examples: JsonValue, *, hides: bool) -> tuple[str, ...]:
    found = examples if isinstance(examples, list) else [examples]
    shown = tuple(text for text in map(shown_value, found[:_MAX_EXAMPLES]) if text)
    return (SENSITIVE,) if hides and shown else shown


def _shape(schema: JsonObject) -> str:
    """What the widget shows as the format of a field: its own words, else those for a well-known date pattern."""
    holders = [holder for holder in (schema, schema.get("items")) if isinstance(holder, dict)]
    for keyword in ("pattern_descriptor", "pattern"):
        text = next((each for holder in holders if isinstance(each := holder.get(keyword), str)), None)
        if text is not None and keyword == "pattern":
            return next((words for known, words in _DESCRIBED if known in text), "")
        if text is not None:
            return text
    return ""


def _bound(value: JsonValue) -> str:
    return "" if isinstance(value, bool) or not isinstance(value, int | float) else _number(str(value))


def _number(text: str) -> str:
    """A number that an input can take. "" for every other text."""
    try:
        return text if math.isfinite(float(text)) else ""
    except (ValueError, OverflowError):
        return ""
