"""Lint rules that hold the form against the connector's specification: names, types, secrets, what is required, what will go. Pure.

They stay silent about a connector whose specification is not known, and below a name that it does not describe. Nothing marks what is
deprecated in a machine's words, so names, titles and beginnings of descriptions are read. `deprecated: true` of later drafts counts too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.lint.subject import PRESETS, SCHEMA, Subject, preset_pointer
from reconciler.connectors.server.create import MergeFailed, merge_presets, mock_document
from reconciler.connectors.specification.nodes import Role
from reconciler.connectors.specification.place import Place, held_values
from reconciler.connectors.specification.schema import dotted, is_marked_secret, members, type_names
from reconciler.connectors.specification.secrets import looks_secret
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import listed

_DEPRECATED = re.compile(r"^\W{0,3}deprecated\b|[\[(]deprecated[\])]", re.IGNORECASE)


def unknown_fields(subject: Subject) -> Iterator[Diagnostic]:
    """R520: fields of the form at positions that the connector's specification does not describe."""
    for field in subject.fields if subject.place is not None else ():
        place = field.parent.place if field.parent is not None else None
        if place is None or not place.is_unknown(field.name) or subject.is_named("R404", field.pointer):
            continue
        refused = place.forbids(field.name)
        what = "which refuses other names" if refused else "which will ignore it"
        way_out = subject.suggestion(field.name, place.names) or f"known here: {_some(place.names)}"
        severity = Severity.ERROR if refused else None
        message = f"{field.label} is not known to the connector, {what}"
        yield diagnostic("R520", field.pointer, message, way_out, severity=severity, on_key=True)


def _some(names: tuple[str, ...]) -> str:
    shown = [dotted((name,)) for name in names[:8]]
    return listed(shown) if len(names) <= 8 else f"{', '.join(shown)}, ..."


def other_types(subject: Subject) -> Iterator[Diagnostic]:
    """R521: fields and items whose type the connector does not accept. Only a warning for numbers where whole ones are wanted."""
    for node in subject.nodes if subject.place is not None else ():
        asked = type_names(node.schema)[:1]
        wanted = node.place.types if node.place is not None and node.role in (Role.FIELD, Role.ITEMS) else ()
        if not asked or not wanted or asked[0] in wanted or (asked[0] == "integer" and "number" in wanted):
            continue
        if not subject.is_named("R405", node.pointer):
            takes = listed(sorted(wanted))
            is_fraction = asked[0] == "number" and "integer" in wanted
            message = f"{node.label} is asked for as {dotted(asked)}, but the connector takes {takes}"
            severity = Severity.WARNING if is_fraction else None
            way_out = f"write `type: {min(wanted)}`"
            yield diagnostic("R521", f"{node.pointer}/type", message, way_out, severity=severity)


def shown_secrets(subject: Subject) -> Iterator[Diagnostic]:
    """R522: shown fields that the form does not mark while the connector does. A warning where only the name says so."""
    for field in subject.shown_fields:
        is_named = not field.is_connector_secret and looks_secret(field.name)
        if not (field.is_connector_secret or is_named) or is_marked_secret(field.schema) or field.has_fields:
            continue
        kinds, way_out = type_names(field.schema), "add `airbyte_secret: true`"
        if not is_named and "boolean" not in kinds:
            message = f"{field.label} is a secret of the connector, and the form does not hide what is typed"
            yield diagnostic("R522", field.pointer, message, way_out, on_key=True)
        elif is_named and "string" in kinds and "boolean" not in kinds and "enum" not in field.schema:
            message = f"{field.label} looks like a secret, and the form does not hide what is typed"
            way_out, mild = f"{way_out} if it is one", Severity.WARNING
            yield diagnostic("R522", field.pointer, message, way_out, severity=mild, on_key=True)


def missing_required_fields(subject: Subject) -> Iterator[Diagnostic]:
    """R523: required fields of the connector that the server's merge of presets and form does not hold.

    The verdict names every missing field of an object at once, at the object.
    """
    if subject.place is None or subject.effective_schema is None or subject.is_named("R402"):
        return
    try:
        merged = merge_presets(subject.manifest.presets, mock_document(subject.effective_schema)).validated
    except MergeFailed:
        return
    asked = {field.path: field.pointer for field in subject.fields}
    for path in _missing(subject.place, merged, ()):
        where, what = _pointer_around(subject, path), "which is neither preset nor asked"
        message, way_out = (
            f"the connector requires {dotted(path)}, {what}",
            "preset it, or ask for it in the form",
        )
        if path in asked:
            where, way_out = asked[path], "name it in the form's `required`"
            message = f"the connector requires {dotted(path)}, and the form asks for it as optional"
        yield diagnostic("R523", where, message, way_out)


def _missing(place: Place, value: JsonObject, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Required members that are not there, in objects that always hold. Options of `oneOf` are left to the server's verdict."""
    for name in place.required:
        if name not in value:
            yield (*path, name)
    for name, inner in value.items():
        parts = [members(schema).get(name) for schema in place.base]
        certain = tuple(part for part in parts if isinstance(part, dict))
        if certain and isinstance(inner, dict):
            yield from _missing(Place(certain, place.root), inner, (*path, name))


def _pointer_around(subject: Subject, path: tuple[str, ...]) -> str:
    """Where a missing field would be written: in the presets' object that lacks it, else in the form."""
    held: JsonValue = subject.manifest.presets
    for name in path[:-1]:
        held = held.get(name) if isinstance(held, dict) else None
    if (len(path) > 1 and isinstance(held, dict)) or subject.schema is None:
        return preset_pointer(path[:-1]) if isinstance(held, dict) else PRESETS
    return f"{SCHEMA}/properties"


def deprecated_connector(subject: Subject) -> Iterator[Diagnostic]:
    """R524: a connector whose name, or whose specification's title or mark, says that it is deprecated."""
    connector, schema = subject.manifest.connector, subject.place.root if subject.place is not None else {}
    names = (connector.name, schema.get("title"))
    is_named = any(isinstance(name, str) and _DEPRECATED.search(name) for name in names)
    if is_named or schema.get("deprecated") is True:
        message = f"{dotted((connector.label,))} is deprecated"
        yield diagnostic("R524", "/spec/connector", message, "look for the connector that replaces it")


def deprecated_fields(subject: Subject) -> Iterator[Diagnostic]:
    """R525: fields that are shown or preset and that the connector calls deprecated."""
    if subject.place is None:
        return
    shown = [(field.pointer, field.path or (), field.place) for field in subject.shown_fields]
    held = held_values(subject.manifest.presets, subject.place)
    preset = [(preset_pointer(path), path, place) for path, _, place, _ in held if path]
    for where, path, place in (*shown, *preset):
        if place is not None and _is_deprecated(place):
            message = f"the connector calls {dotted(path)} deprecated"
            way_out = "see the connector's documentation for what replaces it"
            yield diagnostic("R525", where, message, way_out, on_key=True)


def _is_deprecated(place: Place) -> bool:
    """Whether every node that always holds says so, in its mark or at the beginning of its title or description."""
    return all(
        schema.get("deprecated") is True
        or any(
            isinstance(text := schema.get(key), str) and _DEPRECATED.match(text)
            for key in ("title", "description")
        )
        for schema in place.base
    )
