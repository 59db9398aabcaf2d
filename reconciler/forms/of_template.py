"""The form of a manifest, as written or as the server would infer it, and that of a live template. Pure."""

from __future__ import annotations

from dataclasses import replace

from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.verdict.asks import asks_of
from reconciler.forms.build import build_form
from reconciler.forms.masking import FORM, PRESETS, without_variables
from reconciler.forms.parts import Form, NoForm
from reconciler.forms.presets import preset_rows
from reconciler.model.json_value import JsonObject, JsonValue, pointer_segments
from reconciler.model.template import LiveTemplate, Manifest
from reconciler.model.verdict import Ask

_NOT_LOCKED = (
    "The form is left to Airbyte, and the specification of {connector} is not in connectors.lock.json."
)
_LOCK = "Run `reconciler connectors lock`."
_NOT_INFERABLE = "Airbyte cannot infer a form for {connector}: the create would fail."
_WRITE = "Write the form into the manifest as partialUserConfigSpec."


def form_of_manifest(manifest: Manifest) -> Form | NoForm:
    """The form that the customer gets when the manifest is what the server holds."""
    form = written_form(manifest)
    if isinstance(form, NoForm):
        return form
    asked = asks_of(manifest)
    shown = _form(manifest, form, manifest.presets, asked.fields if asked else ())
    never = asked.dropped if asked else ()
    return replace(shown, never_asked=tuple(".".join(pointer_segments(place)) for place in never))


def form_of_live(template: LiveTemplate, manifest: Manifest) -> Form:
    """The form that customers have now, with what the manifest's connector and variables tell about secrets in it."""
    asked = asks_of(replace(manifest, form=template.form, presets=template.presets))
    return _form(manifest, template.form, template.presets, asked.fields if asked else ())


def written_form(manifest: Manifest) -> JsonObject | NoForm:
    """The manifest's own form, or the one that the server would infer from the locked specification."""
    form = Subject(manifest).effective_form
    if form is not None:
        return form
    label = manifest.connector.label
    if manifest.connector.specification is None:
        return NoForm(_NOT_LOCKED.format(connector=label), _LOCK)
    return NoForm(_NOT_INFERABLE.format(connector=label), _WRITE)


def _form(manifest: Manifest, form: JsonObject, presets: JsonObject, asks: tuple[Ask, ...]) -> Form:
    shown = _object(without_variables(form, manifest.variable_pointers, FORM))
    fixed = _object(without_variables(presets, manifest.variable_pointers, PRESETS))
    rows = preset_rows(fixed, (form, manifest.connector.specification), [ask.path for ask in asks])
    return replace(build_form(shown), presets=rows)


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}
