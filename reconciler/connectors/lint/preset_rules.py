"""Lint rules about presets: keys that the connector does not know, values that the customer or a log-in overwrites, and variables that
that is never replaced. Pure.

Platform v1.7 and later: an inferred form asks for every name in the paths of OAuth, preset or not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.connectors.lint.rules import diagnostic
from reconciler.connectors.lint.subject import SCHEMA, Subject, preset_pointer
from reconciler.connectors.server.forms import known_oauth_names
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.nodes import ANY_ITEM, Node
from reconciler.connectors.specification.oauth import oauth_of
from reconciler.connectors.specification.place import Place, held_values, place_in
from reconciler.connectors.specification.schema import constant, dotted
from reconciler.connectors.specification.secrets import written_texts
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import same_json

_NO_OAUTH = "take it out of the presets, or leave advanced_auth out of the form"
_SYNTAXES = {
    "!env": re.compile(r"^\s*!(?:env|var|include|Ref|Sub|secret)\b"),
    "RECONCILER_VAR_": re.compile(r"^\s*RECONCILER_VAR_\w+\s*$"),
    "${...}": re.compile(r"\$\{[^}]{1,80}\}"),
    "$(...)": re.compile(r"\$\([A-Za-z_][\w.:-]{0,60}\)"),
    "$NAME": re.compile(r"^\s*\$(?:env:)?[A-Z_][A-Z0-9_]{2,60}\s*$"),
    "{{ ... }}": re.compile(r"\{\{.{1,200}?\}\}", re.S),
    "{% ... %}": re.compile(r"\{%.{1,200}?%\}", re.S),
    "<% ... %>": re.compile(r"<%.{1,200}?%>", re.S),
    "%NAME%": re.compile(r"%[A-Za-z_][A-Z0-9_]{2,60}%"),
    "#{...}": re.compile(r"#\{[A-Za-z_][^{}]{0,60}\}"),
    "__NAME__": re.compile(r"^\s*__[A-Z][A-Z0-9_]{1,60}__\s*$"),
    "((...))": re.compile(r"^\s*\(\([A-Za-z_][\w./-]{0,60}\)\)\s*$"),
    "env:...": re.compile(r"^\s*(?:process\.env\.|os\.environ\b|env[:.])[\w\[\]'\".(/]{1,60}\)?\s*$"),
    "op://...": re.compile(r"^\s*(?:op|ref\+[a-z]{1,30}|vault|ssm|secretsmanager)://"),
}
_MARKS = frozenset("$%{!<#(_:.")
_SHOWN = ("default", "examples", "description", "pattern", "const", "enum")
_LONGEST_READ = 50_000


def unknown_presets(subject: Subject) -> Iterator[Diagnostic]:
    """R530: preset keys at positions that the connector's specification does not describe."""
    if subject.place is None:
        return
    for path, _, place, around in held_values(subject.manifest.presets, subject.place):
        name, where = str(path[-1]) if path else "", preset_pointer(path)
        if place is not None or around is None or isinstance(path[-1], int) or not around.is_unknown(name):
            continue
        if not subject.is_named("R401", where):
            refused = around.forbids(name)
            message = f"the connector does not know {dotted(path)}"
            message += " and refuses other names" if refused else " and will ignore it"
            severity, way_out = Severity.ERROR if refused else None, _meant(subject, around, name)
            yield diagnostic("R530", where, message, way_out, severity=severity, on_key=True)


def _meant(subject: Subject, place: Place, name: str) -> str:
    """Where the name was probably meant: nearly so here, in another option, or at another level."""
    if name in place.given_that({}).names:
        return "it belongs to another option than the one that the other presets choose"
    near = subject.suggestion(name, place.names)
    positions = () if near or subject.place is None else _positions(subject.place, ())
    other = next((path for path in positions if path[-1] == name), None)
    if other is not None:
        return f"did you mean {dotted(other)}?"
    return near or "see the connector's specification"


def _positions(place: Place, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Positions of the connector at the first two levels, which is where people mix them up."""
    for name in place.names:
        yield (*path, name)
        below = place.member(name)
        if not path and below is not None:
            yield from _positions(below, (name,))


def presets_that_are_asked(subject: Subject) -> Iterator[Diagnostic]:
    """R531: preset values at positions that the manifest's form asks for, each once. Those of OAuth have a rule of their own."""
    presets, filled = subject.manifest.presets, subject.oauth.fills
    by_path: dict[tuple[str, ...], list[Node]] = {}
    for field in subject.fields:
        is_preset = field.path and field.path[0] in presets and ANY_ITEM not in field.path
        if field.path and is_preset and not field.has_fields and field.path not in filled:
            by_path.setdefault(field.path, []).append(field)
    for path, fields in by_path.items():
        found = subject.preset_at(path)
        fixed = [value for field in fields if (value := constant(field.schema)) is not ABSENT]
        if found is not ABSENT and not any(same_json(value, found) for value in fixed):
            message = f"{dotted(path)} is preset and asked: the customer's answer replaces the preset"
            way_out = "take it out of the form, or write it as the field's `default` instead"
            yield diagnostic("R531", preset_pointer(path), message, way_out, on_key=True)


def presets_against_oauth(subject: Subject) -> Iterator[Diagnostic]:
    """R532: presets where the customer's OAuth login writes or decides."""
    asked = known_oauth_names(subject.specification or {}) if subject.manifest.form is None else frozenset()
    for name in subject.manifest.presets:
        if subject.place is not None and name in asked and name in subject.place.names:
            message = f"{dotted((name,))} takes part in OAuth: Airbyte asks the customer for it although it is preset"
            way_out = "leave it to the customer, or write out a form without it"
            yield diagnostic("R532", preset_pointer((name,)), message, way_out, on_key=True)
    oauth = subject.oauth
    for written in oauth.fills:
        if subject.preset_at(written) is not ABSENT:
            message = f"{dotted(written)} is preset, and the customer's OAuth login writes it"
            yield diagnostic("R532", preset_pointer(written), message, _NO_OAUTH, on_key=True)
    chosen = subject.preset_at(oauth.key) if oauth.key else ABSENT
    if chosen is not ABSENT and not same_json(chosen, oauth.value):
        message = f"{dotted(oauth.key)} is preset to another way to log in than OAuth, which the form offers"
        yield diagnostic("R532", preset_pointer(oauth.key), message, _NO_OAUTH)


def oauth_without_fields(subject: Subject) -> Iterator[Diagnostic]:
    """R533: positions that the form's own `advanced_auth` names and for which the form has no field."""
    for path in {subject.oauth.key, *subject.oauth.fills} - {()}:
        if subject.schema is not None and place_in(subject.schema).at(path) is None:
            message = f"advanced_auth needs {dotted(path)}, and the form has no such field"
            yield diagnostic(
                "R533", f"{SCHEMA}/properties", message, "add the field, or leave advanced_auth out"
            )


def tokens_without_oauth(subject: Subject) -> Iterator[Diagnostic]:
    """R534: shown fields that OAuth would fill, in a form without `advanced_auth`. Once for each field."""
    form, oauth = subject.manifest.form, oauth_of(subject.specification)
    if form is None or oauth is None or form.get("advanced_auth") is not None:
        return
    for field in subject.shown_fields:
        if field.path in oauth.customer_fills:
            message = f"{field.label} is asked of the customer, although the connector gets it by OAuth"
            way_out = "copy advanced_auth from the connector's specification into the form"
            yield diagnostic("R534", field.pointer, message, way_out, on_key=True)


def foreign_variables(subject: Subject) -> Iterator[Diagnostic]:
    """R535: preset texts and defaults of the form that another tool would replace, unless the connector's own field takes such texts."""
    variables = subject.manifest.variable_pointers
    for path, text, place, _ in held_values(subject.manifest.presets, subject.place):
        where = preset_pointer(path) if isinstance(text, str) else ""
        is_variable = any(f"{where}/".startswith(f"{variable}/") for variable in variables)
        if isinstance(text, str) and not is_variable:
            yield from _foreign(subject, where, dotted(path), text, place)
    for node in subject.nodes_with("default"):
        default = node.schema["default"]
        if isinstance(default, str) and not _MARKS.isdisjoint(default):
            where = f"{node.pointer}/default"
            if where not in variables:
                yield from _foreign(subject, where, f"the default of {node.label}", default, node.place)


def _foreign(
    subject: Subject, where: str, label: str, text: str, place: Place | None
) -> Iterator[Diagnostic]:
    if _MARKS.isdisjoint(text) or subject.is_named("R605", where):
        return  # ordinary texts have none of these characters
    found = next((name for name, syntax in _SYNTAXES.items() if syntax.search(text[:_LONGEST_READ])), None)
    if found is not None and not (place is not None and _shows(place, _SYNTAXES[found])):
        message = f"{label} holds the variable syntax `{found}`, and nothing replaces it here"
        yield diagnostic(
            "R535", where, message, "write !env RECONCILER_VAR_... without quotes, as the whole value"
        )


def _shows(place: Place, syntax: re.Pattern[str]) -> bool:
    """Whether the connector's own words about a field hold this syntax: then it is the connector that replaces it."""
    words = (text for node in place.nodes for key in _SHOWN for _, text in written_texts(node.get(key), ""))
    return any(syntax.search(text) for text in words)
