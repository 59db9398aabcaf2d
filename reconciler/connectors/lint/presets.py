"""Lint rules about presets: keys that the connector does not know, values that the customer overwrites, variables that nobody
replaces. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.secret_guard_values import written_texts
from reconciler.connectors.lint.subject import Subject, preset_pointer
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.nodes import ANY_ITEM, Node
from reconciler.connectors.specification.place import Place
from reconciler.connectors.specification.schema import constant, dotted
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonValue, same_json

UNKNOWN_PRESET = RuleFacts(
    "R530",
    "preset that the connector does not know",
    Severity.WARNING,
    "The server stores the value and the connector ignores it, so the setting that was meant stays open; where the connector allows no "
    "other names, the template is refused (then an error).",
    "Use the name in the connector's specification, at its level.",
    "partialDefaultConfig: {start_date: 2024-01-31}   # not startdate",
)

_Path = tuple[str | int, ...]


def unknown_presets(subject: Subject) -> Iterator[Diagnostic]:
    """Preset keys at positions that the connector's specification does not describe."""
    if subject.place is not None:
        for path, place in _unknown(subject.place, subject.presets, ()):
            name = str(path[-1])
            refused = place.forbids(name)
            message = f"the connector does not know {_dotted(path)}"
            message += " and refuses other names" if refused else " and will ignore it"
            mend = _elsewhere(subject, subject.place, place, name)
            severity = Severity.ERROR if refused else None
            yield UNKNOWN_PRESET.advice(preset_pointer(path), message, mend, severity=severity, on_key=True)


def _unknown(place: Place, value: JsonValue, path: _Path) -> Iterator[tuple[_Path, Place]]:
    """Each unknown key with the place that lacks it; options that the given constants rule out do not count."""
    if isinstance(value, dict):
        here = place.given_that(value)
        for name, inner in value.items():
            below = here.member(name)
            if below is not None:
                yield from _unknown(below, inner, (*path, name))
            elif here.is_unknown(name):
                yield (*path, name), here
    elif isinstance(value, list):
        items = place.item
        for index, inner in enumerate(value if items is not None else []):
            if items is not None:
                yield from _unknown(items, inner, (*path, index))


def _elsewhere(subject: Subject, root: Place, place: Place, name: str) -> str:
    """Where the name was probably meant: nearly so here, in another option, or at another level."""
    if name in place.given_that({}).names:
        return "it belongs to another option than the one that the other presets choose"
    near = subject.suggestion(name, place.names)
    other = None if near else next((path for path in _positions(root, ()) if path[-1] == name), None)
    return (
        f"did you mean {dotted(other)}?" if other is not None else near or "see the connector's specification"
    )


def _positions(place: Place, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Positions of the connector at the first two levels, which is where people mix them up."""
    for name in place.names:
        yield (*path, name)
        below = place.member(name)
        if not path and below is not None:
            yield from _positions(below, (name,))


def _dotted(path: _Path) -> str:
    return dotted([str(segment) for segment in path])


PRESET_AND_ASKED = RuleFacts(
    "R531",
    "field that is both preset and asked",
    Severity.WARNING,
    "The customer's answer replaces the preset, and inside an object Airbyte may store a mock value in its place.",
    "Preset it and take it out of the form, or ask for it and write the value as the field's `default`.",
    "partialDefaultConfig: {}\n...\n      count: {type: integer, title: Count, default: 5000}   # instead of a preset count",
)


def presets_that_are_asked(subject: Subject) -> Iterator[Diagnostic]:
    """Preset values at positions that the manifest's form asks for, each once; those of OAuth have a rule of their own."""
    oauth = set(subject.oauth.fills)
    by_path: dict[tuple[str, ...], list[Node]] = {}
    for field in subject.fields:
        if field.path and ANY_ITEM not in field.path and not field.has_fields:
            by_path.setdefault(field.path, []).append(field)
    for path, fields in by_path.items():
        found = subject.preset_at(path)
        if found is ABSENT or path in oauth:
            continue
        fixed = [constant(field.schema) for field in fields]
        if any(value is not ABSENT and same_json(value, found) for value in fixed):
            continue
        message = f"{dotted(path)} is preset and asked: the customer's answer replaces the preset"
        mend = "take it out of the form, or write it as the field's `default` instead"
        yield PRESET_AND_ASKED.advice(preset_pointer(path), message, mend, on_key=True)


FOREIGN_VARIABLE = RuleFacts(
    "R535",
    "variable of another tool",
    Severity.WARNING,
    "`!env` is the only substitution there is: the text is sent as it is written, so the connector gets `${REGION}` and not a region.",
    "Write `!env` and a name that starts with RECONCILER_VAR_, without quotes and as the whole value.",
    "region: !env RECONCILER_VAR_REGION     # not ${REGION}, not {{ region }}, not '!env RECONCILER_VAR_REGION'",
)

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


def foreign_variables(subject: Subject) -> Iterator[Diagnostic]:
    """Preset texts and defaults of the form that another tool would replace, unless the connector's own field takes such texts."""
    variables = subject.manifest.variable_pointers
    for path, text, place in _preset_texts(subject.presets, (), subject.place):
        where = preset_pointer(path)
        if not any(f"{where}/".startswith(f"{variable}/") for variable in variables):
            yield from _foreign(where, _dotted(path), text, place)
    for node in subject.nodes:
        where = f"{node.pointer}/default"
        if isinstance(node.schema.get("default"), str) and where not in variables:
            yield from _foreign(
                where, f"the default of {node.label}", str(node.schema["default"]), node.place
            )


def _preset_texts(
    value: JsonValue, path: _Path, place: Place | None
) -> Iterator[tuple[_Path, str, Place | None]]:
    if isinstance(value, str):
        yield path, value, place
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _preset_texts(inner, (*path, name), None if place is None else place.member(name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _preset_texts(inner, (*path, index), None if place is None else place.item)


def _foreign(where: str, label: str, text: str, place: Place | None) -> Iterator[Diagnostic]:
    # Ordinary texts have none of these characters.
    if _MARKS.isdisjoint(text):
        return
    found = next((name for name, syntax in _SYNTAXES.items() if syntax.search(text[:_LONGEST_READ])), None)
    if found is not None and not (place is not None and _shows(place, _SYNTAXES[found])):
        message = f"{label} holds the variable syntax `{found}`, and nothing replaces it here"
        mend = "write !env RECONCILER_VAR_... without quotes, as the whole value"
        yield FOREIGN_VARIABLE.advice(where, message, mend)


def _shows(place: Place, syntax: re.Pattern[str]) -> bool:
    """Whether the connector's own words about a field hold this syntax: then it is the connector that replaces it."""
    told = (text for node in place.nodes for key in _SHOWN for _, text in written_texts(node.get(key), ""))
    return any(syntax.search(text) for text in told)


PRESET_RULES = (
    LintRule(FOREIGN_VARIABLE, foreign_variables),
    LintRule(UNKNOWN_PRESET, unknown_presets),
    LintRule(PRESET_AND_ASKED, presets_that_are_asked),
)
