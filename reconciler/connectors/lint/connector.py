"""Lint rules that hold the form against the connector's specification: names, types, secrets, what is required. Pure.

They stay silent about a connector whose specification is not known, and below a name that it does not describe.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import PRESETS, SCHEMA, Subject, preset_pointer
from reconciler.connectors.server.mocking import MergeFailed, merge_presets, mock_document
from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.place import Place
from reconciler.connectors.specification.schema import (
    dotted,
    is_marked_secret,
    members,
    type_names,
)
from reconciler.connectors.specification.secrets import looks_secret
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import listed

UNKNOWN_NAME = RuleFacts(
    "R520",
    "field that the connector does not know",
    Severity.WARNING,
    "The customer is asked for something that the connector ignores, or, where it allows no other names, refuses (then an error).",
    "Use the name in the connector's specification.",
    "properties: {start_date: {type: string, title: Start}}   # not startDate",
)


def unknown_fields(subject: Subject) -> Iterator[Diagnostic]:
    """Fields of the form at positions that the connector's specification does not describe."""
    for field in subject.fields:
        place = field.parent.place if field.parent is not None else None
        if place is None or not place.is_unknown(field.name):
            continue
        refused = place.forbids(field.name)
        message = f"{field.label} is not known to the connector"
        message += ", which refuses other names" if refused else ", which will ignore it"
        mend = subject.suggestion(field.name, place.names) or f"known here: {_some(place.names)}"
        severity = Severity.ERROR if refused else None
        yield UNKNOWN_NAME.advice(field.pointer, message, mend, severity=severity, on_key=True)


def _some(names: tuple[str, ...]) -> str:
    shown = [dotted((name,)) for name in names[:8]]
    return listed(shown) if len(names) <= 8 else f"{', '.join(shown)}, ..."


OTHER_TYPE = RuleFacts(
    "R521",
    "field of another type than the connector's",
    Severity.ERROR,
    "What the customer types is refused when the source is created, because the server checks it by the connector's types.",
    "Use the connector's type for the field.",
    "count: {type: integer, title: Count}   # not `type: string`",
)


def other_types(subject: Subject) -> Iterator[Diagnostic]:
    """Fields and items whose type the connector does not accept; only a warning for numbers where whole ones are wanted."""
    for node in subject.nodes:
        if node.place is None or node.role not in (Role.FIELD, Role.ITEMS):
            continue
        asked, wanted = type_names(node.schema)[:1], node.place.types
        if not asked or not wanted or asked[0] in wanted:
            continue
        if asked[0] == "integer" and "number" in wanted:
            continue
        is_fraction = asked[0] == "number" and "integer" in wanted
        message = (
            f"{node.label} is asked for as {dotted(asked)}, but the connector takes {listed(sorted(wanted))}"
        )
        severity = Severity.WARNING if is_fraction else None
        mend = f"write `type: {sorted(wanted)[0]}`"
        yield OTHER_TYPE.advice(f"{node.pointer}/type", message, mend, severity=severity)


SHOWN_SECRET = RuleFacts(
    "R522",
    "secret that is typed in clear",
    Severity.ERROR,
    "The widget hides what is typed only into fields that the form itself marks; the connector's mark does not count.",
    "Add `airbyte_secret: true` to the field.",
    "api_key: {type: string, title: API key, airbyte_secret: true}",
)


def shown_secrets(subject: Subject) -> Iterator[Diagnostic]:
    """Shown fields that the form does not mark while the connector does; a warning where only the name says so."""
    for field in subject.shown_fields:
        if is_marked_secret(field.schema) or field.has_fields or "boolean" in type_names(field.schema):
            continue
        if _is_secret_in_connector(field):
            message = f"{field.label} is a secret of the connector, and the form does not hide what is typed"
            yield SHOWN_SECRET.advice(field.pointer, message, "add `airbyte_secret: true`", on_key=True)
        elif looks_secret(field.name) and "string" in type_names(field.schema) and "enum" not in field.schema:
            message = f"{field.label} looks like a secret, and the form does not hide what is typed"
            mend = "add `airbyte_secret: true` if it is one"
            severity = Severity.WARNING
            yield SHOWN_SECRET.advice(field.pointer, message, mend, severity=severity, on_key=True)


def _is_secret_in_connector(field: Node) -> bool:
    return any(node.place is not None and node.place.is_secret for node in (field, *field.around))


MISSING_REQUIRED = RuleFacts(
    "R523",
    "required field that is neither preset nor asked",
    Severity.ERROR,
    "The server holds presets and form together against the connector's specification and refuses the template with 422.",
    "Preset the field, or ask for it: add it to the form's `properties` and to `required`.",
    "required: [api_key]\nproperties: {api_key: {type: string, title: API key, airbyte_secret: true}}",
)


def missing_required_fields(subject: Subject) -> Iterator[Diagnostic]:
    """Required fields of the connector that the server's merge of presets and form does not hold."""
    if subject.place is None or subject.effective_schema is None:
        return
    try:
        merged = merge_presets(subject.presets, mock_document(subject.effective_schema)).validated
    except MergeFailed:
        return
    asked = {field.path: field.pointer for field in subject.fields}
    for path in _missing(subject.place, merged, ()):
        message = f"the connector requires {dotted(path)}, which is neither preset nor asked"
        mend = "preset it, or ask for it in the form"
        where = _pointer_around(subject, path)
        if path in asked:
            message = f"the connector requires {dotted(path)}, and the form asks for it as optional"
            mend, where = "name it in the form's `required`", asked[path]
        yield MISSING_REQUIRED.advice(where, message, mend)


def _missing(place: Place, value: JsonObject, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Required members that are not there, in objects that always hold; options of `oneOf` are left to the server's verdict."""
    for name in place.required:
        if name not in value:
            yield (*path, name)
    for name, inner in value.items():
        below = _certain_member(place, name)
        if below is not None and isinstance(inner, dict):
            yield from _missing(below, inner, (*path, name))


def _certain_member(place: Place, name: str) -> Place | None:
    parts = [members(schema).get(name) for schema in place.base]
    found = tuple(part for part in parts if isinstance(part, dict))
    return Place(found, place.root) if found else None


def _pointer_around(subject: Subject, path: tuple[str, ...]) -> str:
    """Where a missing field would be written: in the presets' object that lacks it, else in the form."""
    held: JsonValue = subject.presets
    for name in path[:-1]:
        held = held.get(name) if isinstance(held, dict) else None
    if (len(path) > 1 and isinstance(held, dict)) or subject.schema is None:
        return preset_pointer(path[:-1]) if isinstance(held, dict) else PRESETS
    return f"{SCHEMA}/properties"


CONNECTOR_RULES = (
    LintRule(UNKNOWN_NAME, unknown_fields),
    LintRule(OTHER_TYPE, other_types),
    LintRule(SHOWN_SECRET, shown_secrets),
    LintRule(MISSING_REQUIRED, missing_required_fields),
)
