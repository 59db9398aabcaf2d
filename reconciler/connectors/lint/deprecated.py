"""Lint rules about what will go: deprecated connectors and fields. Pure.

Nothing marks either in a machine's words, so names, titles and beginnings of descriptions are read; `deprecated: true` of later drafts
counts too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import CONNECTOR, Subject, preset_pointer
from reconciler.connectors.specification.place import Place
from reconciler.connectors.specification.schema import dotted
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject

DEPRECATED_CONNECTOR = RuleFacts(
    "R524",
    "deprecated connector",
    Severity.WARNING,
    "A connector that its makers have given up gets no repairs, and Airbyte drops the templates of a withdrawn one from every list.",
    "Take the connector that replaces it, or plan for the day on which it goes.",
    "connector: source-crm        # not source-crm-legacy (deprecated)",
)

_DEPRECATED = re.compile(r"^\W{0,3}deprecated\b|[\[(]deprecated[\])]", re.IGNORECASE)


def deprecated_connector(subject: Subject) -> Iterator[Diagnostic]:
    """A connector whose name, or whose specification's title or mark, says that it is deprecated."""
    connector, place = subject.manifest.connector, subject.place
    schema = place.base[0] if place is not None else {}
    names = [connector.name, schema.get("title")]
    is_named = any(isinstance(name, str) and _DEPRECATED.search(name) for name in names)
    if is_named or schema.get("deprecated") is True:
        message = f"{dotted((connector.label,))} is deprecated"
        yield DEPRECATED_CONNECTOR.advice(CONNECTOR, message, "look for the connector that replaces it")


DEPRECATED_FIELD = RuleFacts(
    "R525",
    "deprecated field",
    Severity.WARNING,
    "The connector will drop the field in some later version, and what is preset or asked there then has no effect.",
    "Use what the connector's description of the field names instead.",
    "projects_list: [acme/crm]    # not projects, which the connector calls deprecated",
)


def deprecated_fields(subject: Subject) -> Iterator[Diagnostic]:
    """Fields that are shown or preset and that the connector calls deprecated."""
    for field in subject.shown_fields:
        if field.place is not None and _is_deprecated(field.place):
            yield _deprecated(field.pointer, field.path or ())
    if subject.place is not None:
        for path in _deprecated_presets(subject.place, subject.presets, ()):
            yield _deprecated(preset_pointer(path), path)


def _deprecated(where: str, path: tuple[str, ...]) -> Diagnostic:
    message = f"the connector calls {dotted(path)} deprecated"
    return DEPRECATED_FIELD.advice(
        where, message, "see the connector's documentation for what replaces it", on_key=True
    )


def _deprecated_presets(place: Place, value: JsonObject, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    here = place.given_that(value)
    for name, inner in value.items():
        below = here.member(name)
        if below is not None and _is_deprecated(below):
            yield (*path, name)
        elif below is not None and isinstance(inner, dict):
            yield from _deprecated_presets(below, inner, (*path, name))


def _is_deprecated(place: Place) -> bool:
    """Whether every node that always holds says so, in its mark or at the beginning of its title or description."""
    return all(_says_deprecated(schema) for schema in place.base)


def _says_deprecated(schema: JsonObject) -> bool:
    words = (schema.get("title"), schema.get("description"))
    return schema.get("deprecated") is True or any(
        isinstance(text, str) and _DEPRECATED.match(text) for text in words
    )


DEPRECATED_RULES = (
    LintRule(DEPRECATED_CONNECTOR, deprecated_connector),
    LintRule(DEPRECATED_FIELD, deprecated_fields),
)
