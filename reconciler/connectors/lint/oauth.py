"""Lint rules about OAuth: what the flow writes must be free, must have a field, and must be offered. Pure.

The widget shows its button when the form has `advanced_auth` and the field at `predicate_key` has `predicate_value`; the flow's
results are written at their `path_in_connector_config` (platform v2.0, useAuthentication). Platform v1.7 and later: an inferred form
asks for every name in these paths, preset or not.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.place import Place, named, texts
from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import SCHEMA, Subject, preset_pointer
from reconciler.connectors.server.absent import ABSENT, member
from reconciler.connectors.server.inference import InferenceFailed, oauth_names
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject, JsonValue, same_json

_WRITTEN = ("complete_oauth_output_specification", "complete_oauth_server_output_specification")
_OUTPUT = _WRITTEN[:1]

PRESET_OAUTH = RuleFacts(
    "R532",
    "preset in the way of OAuth",
    Severity.WARNING,
    "What OAuth writes and what is preset compete: the customer's login replaces the preset, Airbyte may store a mock value in its "
    "place, or the preset chooses another way to log in and the button never shows.",
    "Leave the whole object to the customer, or write the form out without it and without advanced_auth; OAuth applications of your "
    "own go to Airbyte's endpoint for OAuth credentials.",
    "partialDefaultConfig: {start_date: 2024-01-31}   # nothing under credentials",
)


def presets_against_oauth(subject: Subject) -> Iterator[Diagnostic]:
    """Presets where the customer's OAuth login writes or decides."""
    if subject.manifest.form is None:
        yield from _against_inferred(subject)
        return
    path = _predicate(subject.manifest.form)
    for written in oauth_paths(subject.manifest.form):
        if subject.preset_at(written) is not ABSENT:
            message = f"{named(written)} is preset, and the customer's OAuth login writes it"
            mend = "take it out of the presets, or leave advanced_auth out of the form"
            yield PRESET_OAUTH.advice(preset_pointer(written), message, mend, on_key=True)
    chosen = subject.preset_at(path) if path else ABSENT
    if chosen is not ABSENT and not same_json(chosen, _predicate_value(subject.manifest.form)):
        message = f"{named(path)} is preset to another way to log in than OAuth, which the form offers"
        mend = "take it out of the presets, or leave advanced_auth out of the form"
        yield PRESET_OAUTH.advice(preset_pointer(path), message, mend)


def _against_inferred(subject: Subject) -> Iterator[Diagnostic]:
    place = subject.place
    if place is None or subject.specification is None:
        return
    try:
        asked = oauth_names(subject.specification)
    except InferenceFailed:
        return
    for name in subject.presets:
        if name in asked and name in place.names:
            message = f"{named((name,))} takes part in OAuth: Airbyte asks the customer for it although it is preset"
            mend = "leave it to the customer, or write out a form without it"
            yield PRESET_OAUTH.advice(preset_pointer((name,)), message, mend, on_key=True)


LOST_OAUTH = RuleFacts(
    "R533",
    "form that offers OAuth without its fields",
    Severity.WARNING,
    "The login button is tied to fields of the form: without the deciding field it never shows, without a field for a token the token "
    "is lost.",
    "Keep the fields that advanced_auth names in the form, or leave advanced_auth out of it.",
    "advanced_auth: {predicate_key: [credentials, auth_type], ...}\nconnectionSpecification:\n"
    "  properties: {credentials: {...}}      # with auth_type and the fields of the tokens",
)


def oauth_without_fields(subject: Subject) -> Iterator[Diagnostic]:
    """Positions that the form's own `advanced_auth` names and for which the form has no field."""
    if subject.schema is None or subject.manifest.form is None:
        return
    form = Place((subject.schema,), subject.schema)
    paths = dict.fromkeys((_predicate(subject.manifest.form), *oauth_paths(subject.manifest.form)))
    for path in paths:
        if path and not _is_described(form, path):
            message = f"advanced_auth needs {named(path)}, and the form has no such field"
            yield LOST_OAUTH.advice(
                f"{SCHEMA}/properties", message, "add the field, or leave advanced_auth out"
            )


MISSING_OAUTH = RuleFacts(
    "R534",
    "form that asks for tokens instead of OAuth",
    Severity.WARNING,
    "The connector lets the customer log in with a button; without advanced_auth in the form, they have to find and paste tokens.",
    "Copy advanced_auth from the connector's specification into the form, beside connectionSpecification.",
    "partialUserConfigSpec:\n  advanced_auth: {auth_flow_type: oauth2.0, ...}\n  connectionSpecification: {...}",
)


def tokens_without_oauth(subject: Subject) -> Iterator[Diagnostic]:
    """Shown fields that OAuth would fill, in a form without `advanced_auth`; once for each field."""
    form, specification = subject.manifest.form, subject.specification
    if form is None or specification is None or form.get("advanced_auth") is not None:
        return
    written = frozenset(_paths(specification, _OUTPUT))
    for field in subject.shown_fields:
        if field.path in written:
            message = f"{field.label} is asked of the customer, although the connector gets it by OAuth"
            mend = "copy advanced_auth from the connector's specification into the form"
            yield MISSING_OAUTH.advice(field.pointer, message, mend, on_key=True)


def oauth_paths(specification: JsonObject | None) -> tuple[tuple[str, ...], ...]:
    """Where an OAuth login writes its results, each once; () without `advanced_auth`."""
    return _paths(specification, _WRITTEN)


def _paths(specification: JsonObject | None, parts: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    oauth = member(member(specification, "advanced_auth"), "oauth_config_specification")
    found: dict[tuple[str, ...], None] = {}
    for part in parts:
        properties = member(member(oauth, part), "properties")
        for value in properties.values() if isinstance(properties, dict) else ():
            path = member(value, "path_in_connector_config")
            if isinstance(path, list) and texts(path) == path and path:
                found[tuple(texts(path))] = None
    return tuple(found)


def _predicate(form: JsonObject) -> tuple[str, ...]:
    key = member(form.get("advanced_auth"), "predicate_key")
    return () if key is ABSENT else tuple(texts(key))


def _predicate_value(form: JsonObject) -> JsonValue:
    value = member(form.get("advanced_auth"), "predicate_value")
    return None if value is ABSENT else value


def _is_described(place: Place, path: tuple[str, ...]) -> bool:
    here: Place | None = place
    for name in path:
        here = here.member(name) if here is not None else None
    return here is not None


OAUTH_RULES = (
    LintRule(PRESET_OAUTH, presets_against_oauth),
    LintRule(LOST_OAUTH, oauth_without_fields),
    LintRule(MISSING_OAUTH, tokens_without_oauth),
)
