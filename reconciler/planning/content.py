"""One type for both sides: what a template says, in the form in which two templates can be compared.

Server facts (Airbyte platform v1.7 to v2.0): a stored form comes back parsed and serialised again with three
more keys; numbers pass through Java doubles; object key order is not kept. `connectors.normal_form` knows the
keys, this module applies it to both sides, so that nothing the server adds by itself can look like drift.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from reconciler.connectors.server.inference import InferenceFailed, infer_form
from reconciler.connectors.server.normal_form import served_specification
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, canonical_text, canonical_value
from reconciler.model.template import LiveTemplate, Manifest

_SCHEMA_MAPS = frozenset({"properties", "patternProperties", "definitions", "$defs", "dependencies"})
_SCHEMA_LISTS = frozenset({"oneOf", "anyOf", "allOf", "items"})
_SCHEMAS = frozenset(
    {
        "items",
        "additionalProperties",
        "additionalItems",
        "not",
        "if",
        "then",
        "else",
        "contains",
        "propertyNames",
    }
)


Mark = tuple[str, str]
"""Something that two templates can have in common: the name of a feature, and its key."""


class FormSource(StrEnum):
    """Where the form of a desired template comes from."""

    MANIFEST = "manifest"
    INFERRED = "inferred"
    NOT_LOCKED = "not-locked"
    NOT_INFERABLE = "not-inferable"


@dataclass(frozen=True)
class Content:
    """A template's presets and form after normalisation.

    `form` None means that it is not known (desired side only): then forms are not compared, and the plan says
    so. `presets_key` and `form_key` are canonical texts: equal exactly when the values mean the same.
    """

    presets: JsonObject = field(hash=False, repr=False)
    form: JsonObject | None = field(hash=False, repr=False)
    presets_key: str = field(repr=False)
    form_key: str | None = field(repr=False)

    @property
    def key(self) -> tuple[str, str | None]:
        """Presets and form: two known contents are equal exactly when their keys are."""
        return self.presets_key, self.form_key

    @property
    def says_something(self) -> bool:
        """Whether equality proves anything: a preset is set, or the form asks for something."""
        schema = self.form.get("connectionSpecification") if self.form else None
        return bool(self.presets) or (isinstance(schema, dict) and bool(schema.get("properties")))

    @cached_property
    def untitled_form_key(self) -> str | None:
        """The form without its title, as canonical text; None when the form is not known."""
        if self.form is None:
            return None
        schema = self.form.get("connectionSpecification")
        if not isinstance(schema, dict):
            return self.form_key
        untitled = {keyword: value for keyword, value in schema.items() if keyword != "title"}
        return canonical_text({**self.form, "connectionSpecification": untitled})

    @property
    def title(self) -> str | None:
        """The form's title, None when there is no form or no text title."""
        schema = self.form.get("connectionSpecification") if self.form else None
        title = schema.get("title") if isinstance(schema, dict) else None
        return title if isinstance(title, str) and title else None

    @cached_property
    def marks(self) -> frozenset[Mark]:
        """Presets, form without its title, and title. What is not known or not there is common to nothing, and left out."""
        keys = {"presets": self.presets_key, "form": self.untitled_form_key, "title": self.title}
        return frozenset((name, key) for name, key in keys.items() if key is not None)

    def equals(self, other: Content) -> bool:
        """Equal presets, and equal forms where both are known."""
        return self.presets_key == other.presets_key and (
            self.form_key is None or other.form_key is None or self.form_key == other.form_key
        )


@dataclass(frozen=True)
class Desired:
    """A manifest with its normalised content. `form_note` says why the form is not known ("" when it is)."""

    manifest: Manifest
    content: Content
    form_source: FormSource
    form_note: str = ""


@dataclass(frozen=True)
class Live:
    """A live template with its normalised content."""

    template: LiveTemplate
    content: Content


def desired_of(manifest: Manifest) -> Desired:
    """The manifest's content; without a form in it, the form that the server would infer from the known
    specification.
    """
    if manifest.form is not None:
        return Desired(manifest, content_of(manifest.presets, manifest.form), FormSource.MANIFEST)
    specification = manifest.connector.specification
    if specification is None:
        note = (
            f"the form was not compared: the specification of {manifest.connector.label} is not in connectors.lock.json; "
            "run `reconciler connectors lock`"
        )
        return Desired(manifest, content_of(manifest.presets, None), FormSource.NOT_LOCKED, note)
    try:
        form = infer_form(specification, manifest.presets)
    except InferenceFailed as failure:
        note = (
            f"the form was not compared: Airbyte cannot infer one for {manifest.connector.label} ({failure}); write the form into "
            "the manifest"
        )
        return Desired(manifest, content_of(manifest.presets, None), FormSource.NOT_INFERABLE, note)
    return Desired(manifest, content_of(manifest.presets, form), FormSource.INFERRED)


def live_of(template: LiveTemplate) -> Live:
    """The live template's content."""
    return Live(template, content_of(template.presets, template.form))


class Contents:
    """Normalised contents, each made once: ahead of the plan while the network is waited for, or when it asks.

    Holds the values it was asked about; one for each run.
    """

    def __init__(self) -> None:
        self._desired: dict[int, Desired] = {}
        self._live: dict[int, Live] = {}

    def desired(self, manifest: Manifest) -> Desired:
        """`desired_of`, remembered for this very object."""
        known = self._desired.get(id(manifest))
        if known is None:
            known = self._desired[id(manifest)] = desired_of(manifest)
        return known

    def live(self, template: LiveTemplate) -> Live:
        """`live_of`, remembered for this very object."""
        known = self._live.get(id(template))
        if known is None:
            known = self._live[id(template)] = live_of(template)
        return known


def content_of(presets: JsonObject, form: JsonObject | None) -> Content:
    """Presets and form after normalisation; a form of None is not known."""
    plain = {key: canonical_value(presets[key]) for key in sorted(presets)}
    normal = None if form is None else normalise_form(form)
    return Content(plain, normal, canonical_text(plain), None if normal is None else canonical_text(normal))


def normalise_form(form: JsonObject) -> JsonObject:
    """A form as GET would return it, canonical, with the names in `required` in one order."""
    served = served_specification(form)
    return {
        key: normalise_schema(served[key])
        if key == "connectionSpecification"
        else canonical_value(served[key])
        for key in sorted(served)
    }


def normalise_schema(schema: JsonValue) -> JsonValue:
    """The canonical schema, with the names in `required` sorted and without repeats, at every schema position.

    Only schema positions count: a property that happens to be called `required` is left alone, and so are
    `default`, `const` and `examples`, which are data. Order matters wherever the customer sees it: in `oneOf` (the
    form opens with the first option), in `enum` (the dropdown), in lists of types (the first decides on the control).
    """
    if not isinstance(schema, dict):
        return canonical_value(schema)
    return {keyword: _normalise_keyword(keyword, schema[keyword]) for keyword in sorted(schema)}


def _normalise_keyword(keyword: str, value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        if keyword == "required":
            items = {canonical_json(item): canonical_value(item) for item in value}
            return [items[text] for text in sorted(items)]
        if keyword in _SCHEMA_LISTS:
            return [normalise_schema(item) for item in value]
    elif isinstance(value, dict):
        if keyword in _SCHEMA_MAPS:
            return {name: normalise_schema(value[name]) for name in sorted(value)}
        if keyword in _SCHEMAS:
            return normalise_schema(value)
    return canonical_value(value)
