"""What a document has in common with an earlier one, or with the environment's list of templates that are not ours. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.manifests import rules
from reconciler.manifests.document import Document
from reconciler.manifests.judging import document_name
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import canonical_json, is_uuid, value_at
from reconciler.model.target import Dialect
from reconciler.model.template import Manifest
from reconciler.model.text import short_text
from reconciler.planning.content import desired_of

_TEMPLATE_ID = "/spec/templateId"


@dataclass(frozen=True)
class TargetFacts:
    """What the chosen environment says: the organization of manifests that name none (None where that is not known), the template ids
    that are not ours, in lower case, and what its server speaks (None where that is not known).
    """

    environment: str = ""
    organization_id: str | None = None
    unmanaged: frozenset[str] = frozenset()
    dialect: Dialect | None = None


@dataclass
class Seen:
    """Names, contents and template ids of the documents judged so far. Of two equal ones the first is kept."""

    target_facts: TargetFacts = field(default_factory=TargetFacts)
    _names: dict[str, Origin] = field(default_factory=dict)
    _bindings: dict[tuple[str | None, str], Document] = field(default_factory=dict)
    _contents: defaultdict[tuple[str | None, ...], _Alike] = field(
        default_factory=lambda: defaultdict(_Alike)
    )

    def findings(self, document: Document, manifest: Manifest | None) -> Iterator[Diagnostic]:
        """What a document must not share: name, binding, content. `manifest` is None for one with errors."""
        yield from self._name(document)
        yield from self._binding(document)
        if manifest is not None:
            yield from self._content(manifest)

    def _name(self, document: Document) -> Iterator[Diagnostic]:
        name = document_name(document.value)
        if name is None:
            return
        first = self._names.setdefault(name, document.origin)
        if first is not document.origin:
            message = f'the name "{short_text(name)}" is taken by the manifest at {first}'
            yield Diagnostic(
                "/metadata/name", rules.DUPLICATE_NAME, message, "give each manifest its own name"
            )

    def _binding(self, document: Document) -> Iterator[Diagnostic]:
        template_id = _identifier(document, _TEMPLATE_ID)
        if template_id is None:
            return
        if template_id in self.target_facts.unmanaged:
            environment = short_text(self.target_facts.environment)
            message = (
                f'the environment "{environment}" lists this template under unmanaged, so it is never matched'
            )
            help_text = (
                "take it off that list if this manifest is to manage it; otherwise remove the manifest"
            )
            yield Diagnostic(_TEMPLATE_ID, rules.UNMANAGED, message, help_text)
        organization = _identifier(document, "/spec/organizationId") or self.target_facts.organization_id
        first = self._bindings.setdefault((organization, template_id), document)
        if first is not document:
            name = document_name(first.value)
            called = "the manifest" if name is None else f'"{short_text(name)}"'
            message = f"bound to the same template as {called} at {first.origin}"
            help_text = "give each manifest the id of its own template, or remove one of them"
            yield Diagnostic(_TEMPLATE_ID, rules.SAME_TEMPLATE, message, help_text)

    def _content(self, manifest: Manifest) -> Iterator[Diagnostic]:
        """The second manifest that asks for the same template under another name, also with a form that is written out here and
        inferred there.
        """
        if manifest.allow_second:
            return
        organization = manifest.organization_id or self.target_facts.organization_id
        settings = canonical_json(manifest.settings) if manifest.settings else manifest.clone_of
        content = canonical_json(manifest.presets)
        alike = self._contents[organization, manifest.kind, manifest.connector.id, content, settings]
        first = alike.first_like(manifest)
        if first.name != manifest.name:
            message = f'asks for the same template as "{short_text(first.name)}" at {first.origin}'
            help_text = (
                "remove one, make them different, or write `allowSecond: <the reason>` under `spec` of one"
            )
            yield Diagnostic("/metadata/name", rules.IDENTICAL, message, help_text)


@dataclass
class _Alike:
    """The manifests of one organization and connector that have the same presets, by their forms."""

    _lone: Manifest | None = None
    _by_form: dict[str | None, Manifest] = field(default_factory=dict)

    def first_like(self, manifest: Manifest) -> Manifest:
        """The first of them that says the same as this one. Itself, if there was none before."""
        if self._lone is None:
            self._lone = manifest  # nothing to compare with: its form need not be known
            return manifest
        if not self._by_form:
            self._by_form[_form_key(self._lone)] = self._lone
        return self._by_form.setdefault(_form_key(manifest), manifest)


def _form_key(manifest: Manifest) -> str | None:
    """Equal for equal forms. None where Airbyte infers a form that is not known: that is the same for equal presets."""
    return desired_of(manifest).content.form_key


def _identifier(document: Document, where: str) -> str | None:
    """The UUID at a pointer, in lower case. None where there is none, or only a guess."""
    value = value_at(document.value, where)
    return value.lower() if is_uuid(value) and not document.has_reported(where) else None
