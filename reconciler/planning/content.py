"""One type for both sides: what a template says, as canonical text. Two templates are equal exactly when their texts are.

Server facts (Airbyte platform v1.7 to v2.0): a stored form comes back parsed and serialised again with three more keys. Numbers pass
through Java doubles. The order of keys in an object is not kept. `connectors/server/forms.py` knows the keys, this module applies
it to both sides, so that nothing the server adds by itself can look like drift.

The Agent API writes no form, and keeps more settings. A template there is compared as far as its manifest speaks of it (`scope.py`).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import cast

from reconciler.connectors.server.forms import InferenceFailed, infer_form
from reconciler.model.json_value import (
    JsonObject,
    canonical_json,
    canonical_text,
)
from reconciler.model.target import Dialect
from reconciler.model.template import (
    NAME_SETTING,
    LiveTemplate,
    Manifest,
    connection_schema,
)
from reconciler.planning.normal_form import normalise_form
from reconciler.planning.scope import Scope, canonical, scope_of

Key = tuple[str | None, ...]
"""What two sides are paired by."""
Mark = tuple[str, Hashable]
"""Something that two templates can have in common: the name of a feature, and its key."""


class FormSource(StrEnum):
    """Where the form of a desired template comes from."""

    MANIFEST = "manifest"
    INFERRED = "inferred"
    NOT_LOCKED = "not-locked"
    NOT_INFERABLE = "not-inferable"
    SERVER = "server"


@dataclass(frozen=True)
class Content:
    """A template's presets and form as canonical texts, and the form's title (None without a form or a text title).

    `form_key` None means that the form is not known (desired side only): then forms are not compared, and the plan says so. Only the
    texts are kept, because equal pairs need nothing else.

    On the Agent API `form_key` is "": there is no form to compare. `presets_key` is "" where they are not compared. `settings_key` is
    the text of all other members, `title` the template's name where it is compared, and `scope` what is compared. `hidden` are the
    places of secrets, which are in no text. On the public API these three are "", None and ().
    """

    presets_key: str = field(repr=False)
    form_key: str | None = field(repr=False)
    title: str | None
    settings_key: str = field(default="", repr=False)
    scope: Scope | None = None
    hidden: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """Presets, form and settings: two known contents of one scope are equal exactly when their keys are."""
        return self.presets_key, self.form_key, self.settings_key

    @property
    def facts(self) -> tuple[str | None, ...]:
        """What a digest of live state is made of."""
        return (
            (self.presets_key, self.form_key) if self.scope is None else (self.presets_key, self.settings_key)
        )

    @property
    def presets(self) -> JsonObject:
        """The presets in normal form."""
        return cast(JsonObject, json.loads(self.presets_key or "{}"))

    @property
    def form(self) -> JsonObject | None:
        """The form in normal form. None when it is not known, and where there is none to compare."""
        return json.loads(self.form_key) if self.form_key else None

    @property
    def settings(self) -> JsonObject:
        """All other members in normal form."""
        return cast(JsonObject, json.loads(self.settings_key or "{}"))

    @property
    def says_something(self) -> bool:
        """Whether equality proves anything: a preset is set, or the form asks for something."""
        is_preset = self.presets_key not in ("", "{}")
        return is_preset or bool((connection_schema(self.form) or {}).get("properties"))

    @cached_property
    def marks(self) -> frozenset[Mark]:
        """Presets, form without its title, and title. What is not known or not there is common to nothing, and left out. Two contents of
        other scopes have nothing in common but a title.
        """
        if self.scope is not None:
            key = (self.scope, self.presets_key) if self.presets_key else None
            return _known({"presets": key, "title": self.title})
        return _known({"presets": self.presets_key, "form": self._untitled_form_key, "title": self.title})

    @property
    def _untitled_form_key(self) -> str | None:
        form = self.form
        schema = connection_schema(form)
        if form is None or schema is None:
            return self.form_key
        schema.pop("title", None)
        return canonical_text(form)

    def equals(self, other: Content) -> bool:
        """Equal presets and settings, and equal forms where both are known."""
        is_form = self.form_key is None or other.form_key is None or self.form_key == other.form_key
        return is_form and (self.presets_key, self.settings_key) == (other.presets_key, other.settings_key)


def _known(keys: Mapping[str, Hashable]) -> frozenset[Mark]:
    return frozenset((name, key) for name, key in keys.items() if key is not None)


@dataclass(frozen=True)
class Desired:
    """A manifest with its content. `form_note` says why the form is not known ("" when it is)."""

    manifest: Manifest
    content: Content
    form_source: FormSource
    form_note: str = ""

    @property
    def dialect(self) -> Dialect:
        """How it is compared."""
        return Dialect.PUBLIC if self.content.scope is None else Dialect.AGENTS

    def equals(self, live: Live) -> bool:
        """Whether the template is as the manifest says, as far as both are known."""
        return self.content.equals(live.seen_by(self.content.scope))


@dataclass(frozen=True)
class Live:
    """A live template with its content: all of it."""

    template: LiveTemplate
    content: Content

    @cached_property
    def _views(self) -> dict[Scope, Content]:
        return {}

    def seen_by(self, scope: Scope | None) -> Content:
        """The content as a manifest of this scope is compared with it. None: the whole."""
        if scope is None:
            return self.content
        found = self._views.get(scope)
        if found is None:
            # Not the template's own text: that holds the form too, which the server makes.
            whole = self.content if self.content.scope is not None else self.template
            found = self._views[scope] = _seen(scope, whole.presets, whole.settings, is_live=True)
        return found


def desired_of(manifest: Manifest, dialect: Dialect = Dialect.PUBLIC) -> Desired:
    """The manifest's content. Without a form in it, the form that the server would infer from the known specification. The Agent API's
    server makes the form by itself.
    """
    if dialect is Dialect.AGENTS:
        return _desired_by(manifest, scope_of(manifest))
    label, specification = manifest.connector.label, manifest.connector.specification
    if manifest.form is not None:
        return Desired(manifest, content_of(manifest.presets, manifest.form), FormSource.MANIFEST)
    if specification is None:
        note = (
            f"the specification of {label} is not in connectors.lock.json; run `reconciler connectors lock`"
        )
        return _uncompared(manifest, FormSource.NOT_LOCKED, note)
    try:
        form = infer_form(specification, manifest.presets)
    except InferenceFailed as failure:
        note = f"Airbyte cannot infer one for {label} ({failure}); write the form into the manifest"
        return _uncompared(manifest, FormSource.NOT_INFERABLE, note)
    return Desired(manifest, content_of(manifest.presets, form), FormSource.INFERRED)


def _uncompared(manifest: Manifest, source: FormSource, why: str) -> Desired:
    return Desired(manifest, content_of(manifest.presets, None), source, f"the form was not compared: {why}")


def live_of(template: LiveTemplate, dialect: Dialect = Dialect.PUBLIC) -> Live:
    """The live template's content."""
    if dialect is Dialect.AGENTS:
        return _live_by(template, Scope(template.kind, template.connector_id))
    presets, form, _ = template.members
    return Live(template, content_of(presets, form))


def _desired_by(manifest: Manifest, scope: Scope) -> Desired:
    content = _seen(scope, manifest.presets, manifest.settings, is_live=False)
    return Desired(manifest, content, FormSource.SERVER)


def _live_by(template: LiveTemplate, whole: Scope) -> Live:
    presets, _, settings = template.members
    return Live(template, _seen(whole, presets, settings, is_live=True))


def _seen(scope: Scope, presets: JsonObject, settings: JsonObject, *, is_live: bool) -> Content:
    seen = scope.seen(presets, settings, is_live=is_live)
    name = seen.settings.get(NAME_SETTING[scope.kind])
    keys = (sys.intern(canonical(each)) for each in (seen.presets, seen.settings))
    title = name if isinstance(name, str) and name else None
    return Content(next(keys), "", title, next(keys), scope, seen.hidden)


class Contents:
    """The contents of one run, each made once: ahead of the plan while the network is waited for, or when the plan asks. Both sides of
    an equal pair share their texts.
    """

    def __init__(self, dialect: Dialect = Dialect.PUBLIC) -> None:
        self._dialect = dialect
        self._desired: dict[int, Desired] = {}
        self._live: dict[LiveTemplate, Live] = {}
        self._texts: dict[Content, Content] = {}
        self._scopes: dict[Scope, Scope] = {}

    def desired(self, manifest: Manifest) -> Desired:
        """`desired_of`, remembered for this very object: two manifests are equal for Python where one says `true` and one says 1."""
        known = self._desired.get(id(manifest))
        if known is None:
            made = self._made(manifest)
            known = self._desired[id(manifest)] = replace(made, content=self._shared(made.content))
        return known

    def live(self, template: LiveTemplate) -> Live:
        """`live_of`, remembered."""
        if template not in self._live:
            self._live[template] = Live(template, self._shared(self._read(template).content))
        return self._live[template]

    def _made(self, manifest: Manifest) -> Desired:
        if self._dialect is Dialect.PUBLIC:
            return desired_of(manifest)
        return _desired_by(manifest, self._scope(scope_of(manifest)))

    def _read(self, template: LiveTemplate) -> Live:
        if self._dialect is Dialect.PUBLIC:
            return live_of(template)
        return _live_by(template, self._scope(Scope(template.kind, template.connector_id)))

    def _scope(self, scope: Scope) -> Scope:
        return self._scopes.setdefault(scope, scope)

    def _shared(self, content: Content) -> Content:
        return self._texts.setdefault(content, content)


def content_of(presets: JsonObject, form: JsonObject | None) -> Content:
    """The content of presets and form. A form of None is not known."""
    presets_key = canonical_json(presets)
    if form is None:
        return Content(presets_key, None, None)
    title = (connection_schema(form) or {}).get("title")
    is_text = isinstance(title, str) and title
    return Content(presets_key, canonical_text(normalise_form(form)), str(title) if is_text else None)
