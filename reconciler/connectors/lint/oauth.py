"""Lint rules about OAuth: what the flow writes must be free, must have a field, and must be offered. Pure.

The widget shows its button when the form has `advanced_auth` and the field at `predicate_key` has `predicate_value`; the flow's
results are written at their `path_in_connector_config` (platform v2.0, useAuthentication). Platform v1.7 and later: an inferred form
asks for every name in these paths, preset or not.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.lint.rule import LintRule, RuleFacts
from reconciler.connectors.lint.subject import SCHEMA, Subject, preset_pointer
from reconciler.connectors.server.inference import InferenceFailed, oauth_names
from reconciler.connectors.server.java_values import ABSENT
from reconciler.connectors.specification.oauth import oauth_of
from reconciler.connectors.specification.place import place_in
from reconciler.connectors.specification.schema import dotted
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import same_json

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
    oauth = subject.oauth
    for written in oauth.fills:
        if subject.preset_at(written) is not ABSENT:
            message = f"{dotted(written)} is preset, and the customer's OAuth login writes it"
            mend = "take it out of the presets, or leave advanced_auth out of the form"
            yield PRESET_OAUTH.advice(preset_pointer(written), message, mend, on_key=True)
    chosen = subject.preset_at(oauth.key) if oauth.key else ABSENT
    if chosen is not ABSENT and not same_json(chosen, oauth.value):
        message = f"{dotted(oauth.key)} is preset to another way to log in than OAuth, which the form offers"
        mend = "take it out of the presets, or leave advanced_auth out of the form"
        yield PRESET_OAUTH.advice(preset_pointer(oauth.key), message, mend)


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
            message = f"{dotted((name,))} takes part in OAuth: Airbyte asks the customer for it although it is preset"
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
    form, oauth = place_in(subject.schema), subject.oauth
    for path in dict.fromkeys((oauth.key, *oauth.fills)):
        if path and form.at(path) is None:
            message = f"advanced_auth needs {dotted(path)}, and the form has no such field"
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
    oauth = oauth_of(specification)
    written = oauth.customer_fills if oauth is not None else ()
    for field in subject.shown_fields:
        if field.path in written:
            message = f"{field.label} is asked of the customer, although the connector gets it by OAuth"
            mend = "copy advanced_auth from the connector's specification into the form"
            yield MISSING_OAUTH.advice(field.pointer, message, mend, on_key=True)


OAUTH_RULES = (
    LintRule(PRESET_OAUTH, presets_against_oauth),
    LintRule(LOST_OAUTH, oauth_without_fields),
    LintRule(MISSING_OAUTH, tokens_without_oauth),
)
