"""One document to one manifest, or to what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, cast

from reconciler.connectors.catalogue import Catalogue
from reconciler.manifests import rules
from reconciler.manifests.documents import Document
from reconciler.manifests.field_words import MANIFEST_RULES, FieldWords
from reconciler.manifests.filling import Filled, fill
from reconciler.manifests.form_types import string_findings
from reconciler.manifests.meant import meant_path, not_a_manifest, spelling_findings
from reconciler.manifests.plain import API_VERSION, MAX_NAME_LENGTH, is_plain_manifest
from reconciler.model.connector import Connector
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject, JsonValue, is_uuid
from reconciler.model.template import SOURCE_TEMPLATE, Manifest
from reconciler.model.text import did_you_mean, short_text

_VERSION = re.compile(rf"{API_VERSION.rstrip('0123456789')}[0-9].*")
_CONNECTION_TEMPLATE = "ConnectionTemplate"
_CONNECTOR: Final = "/spec/connector"
_FORM: Final = "/spec/partialUserConfigSpec"
_SCHEMA: Final = f"{_FORM}/connectionSpecification"
_WRITTEN_OUT: Final = ("/apiVersion", "/kind", "/metadata")
IDENTIFIERS: Final = (_CONNECTOR, "/spec/organizationId", "/spec/templateId")
"""What a variable may name without being a secret: reports must show it."""

_NOT_SET: Final = Connector(id="", name="(not set)")

# Each search goes through the whole catalogue; a project that lacks its lock would pay for every manifest.
_MAX_SEARCHES = 50


@dataclass(frozen=True)
class Judged:
    """A manifest, or None and what keeps the document from being one (nothing, when the reader has reported it already).

    `more` counts what was found beyond the findings that were asked for.
    """

    manifest: Manifest | None
    findings: tuple[Diagnostic, ...] = ()
    more: int = 0


@dataclass
class Judge:
    """Judges the documents of one run."""

    catalogue: Catalogue
    _suggestions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def judged(self, document: Document, *, room: int) -> Judged:
        """A manifest when nothing at all is wrong with the document, else about `room` findings."""
        value = document.value
        if "" in document.spoiled:
            return Judged(None)
        if not isinstance(value, dict) or not ("apiVersion" in value or "kind" in value):
            return self._refused(document, [not_a_manifest(value)])
        filled = fill(document, self._specification(value.get("spec"))) if document.variables else Filled()
        findings, more = _field_findings(document, room)
        findings = [each for each in findings if not filled.is_open(each.pointer)]
        head = [finding for finding in findings if finding.pointer in ("/apiVersion", "/kind")]
        if head and not _is_meant_for_this(value):
            # Another version or kind has other fields: nothing more can be said.
            return self._refused(document, head)
        findings.extend((*_variable_findings(document), *filled.findings))
        spec = value.get("spec")
        connector = None
        if isinstance(spec, dict):
            connector = self._connector(spec, findings, is_hidden=_CONNECTOR in document.variables)
            findings.extend(_form_findings(spec))
            if _CONNECTOR in filled.unset:
                connector = _NOT_SET
        is_wrong = any(finding.severity is Severity.ERROR for finding in findings)
        if is_wrong or more or document.spoiled or connector is None:
            return self._refused(document, findings, more)
        return Judged(_manifest(document, connector, filled.unset), tuple(findings))

    def _specification(self, spec: JsonValue) -> JsonObject | None:
        reference = spec.get("connector") if isinstance(spec, dict) else None
        known = self.catalogue.resolve(reference) if isinstance(reference, str) else None
        return known.specification if known is not None else None

    def _refused(self, document: Document, findings: list[Diagnostic], more: int = 0) -> Judged:
        kept = tuple(finding for finding in findings if not document.has_reported(finding.pointer))
        return Judged(None, kept, more)

    def _connector(
        self, spec: JsonObject, findings: list[Diagnostic], *, is_hidden: bool
    ) -> Connector | None:
        reference = spec.get("connector")
        if not isinstance(reference, str) or not reference:
            return None
        connector = self.catalogue.resolve(reference)
        if connector is not None:
            return connector
        if is_uuid(reference):
            return Connector(id=reference.lower())
        findings.append(self._unknown_connector(reference, is_hidden=is_hidden))
        return None

    def _unknown_connector(self, reference: str, *, is_hidden: bool) -> Diagnostic:
        name = (
            "the connector that a variable names" if is_hidden else f'the connector "{short_text(reference)}"'
        )
        ways = "run `reconciler connectors lock`, or write its actor definition id"
        near = () if is_hidden else self._near(reference)
        if near:
            ways = f"did you mean {' or '.join(near)}? Otherwise {ways}"
        return Diagnostic(_CONNECTOR, rules.UNKNOWN_CONNECTOR, f"{name} is not known", ways)

    def _near(self, reference: str) -> tuple[str, ...]:
        if reference not in self._suggestions and len(self._suggestions) < _MAX_SEARCHES:
            self._suggestions[reference] = self.catalogue.suggestions(reference[:MAX_NAME_LENGTH])
        return self._suggestions.get(reference, ())


def _is_meant_for_this(value: JsonObject) -> bool:
    """Whether version and kind, although one of them is wrong, can only be mistyped: then the other fields are those of this kind."""
    kind, version = value.get("kind", SOURCE_TEMPLATE), value.get("apiVersion")
    is_kind = kind == SOURCE_TEMPLATE or (
        isinstance(kind, str)
        and kind != _CONNECTION_TEMPLATE
        and did_you_mean(kind, (SOURCE_TEMPLATE,)) != ""
    )
    is_other_version = isinstance(version, str) and version != API_VERSION and _VERSION.fullmatch(version)
    return is_kind and not is_other_version


def _field_findings(document: Document, room: int) -> tuple[list[Diagnostic], int]:
    """What the model finds wrong, `room` findings at most, and how many more there are."""
    if is_plain_manifest(document.value):
        return [], 0
    from reconciler.manifests.model import ManifestModel
    from reconciler.manifests.model_findings import model_findings

    return model_findings(ManifestModel, document.value, _WORDS, limit=room, hidden=document.variables)


def document_name(value: JsonValue) -> str | None:
    """`metadata.name` of a document, whatever else is wrong with it."""
    metadata = value.get("metadata") if isinstance(value, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return name if isinstance(name, str) else None


def _variable_findings(document: Document) -> Iterator[Diagnostic]:
    for where in sorted(document.variables):
        if where.startswith(_WRITTEN_OUT):
            message = "a variable is not allowed here, because this is shown in every report"
            yield Diagnostic(where, rules.VARIABLE_PLACE, message, "write the value out")


def _form_findings(spec: JsonObject) -> Iterator[Diagnostic]:
    form = spec.get("partialUserConfigSpec")
    if isinstance(form, dict):
        yield from spelling_findings(form)
        yield from string_findings(form.get("connectionSpecification"), _SCHEMA)


def _manifest(document: Document, connector: Connector, unset: frozenset[str]) -> Manifest:
    # The model has checked all of these types, but of what is not set.
    value = cast(dict[str, Any], document.value)
    metadata, spec = value["metadata"], value["spec"]
    return Manifest(
        name=metadata["name"],
        origin=document.origin,
        connector=connector,
        presets=spec["partialDefaultConfig"] or {},
        form=spec.get("partialUserConfigSpec"),
        organization_id=_lower(spec.get("organizationId")),
        template_id=_lower(spec.get("templateId")),
        variable_pointers=document.variables,
        allow_second=spec.get("allowSecond") or "",
        unset_pointers=unset,
    )


def _lower(identifier: str | None) -> str | None:
    return identifier.lower() if identifier is not None else None


def _api_version(name: str, value: JsonValue) -> tuple[str, str]:
    return f"{name} {_literally(value)} is not known", f"this version reads {API_VERSION}"


def _kind(name: str, value: JsonValue) -> tuple[str, str]:
    if value == _CONNECTION_TEMPLATE:
        return f"{name} {_CONNECTION_TEMPLATE} is not supported by this version", f"only {SOURCE_TEMPLATE} is"
    near = did_you_mean(value, (SOURCE_TEMPLATE,)) if isinstance(value, str) else ""
    return f"{name} {_literally(value)} is not known", near or f"the only kind is {SOURCE_TEMPLATE}"


def _uuid(name: str, value: JsonValue) -> tuple[str, str]:
    return f"{name} {_literally(value)} is not a UUID", "write it as 8-4-4-4-12 hexadecimal digits"


def _name(name: str, value: JsonValue) -> tuple[str, str]:
    if value == "":
        return f"{name} is empty", "give the manifest a name"
    if isinstance(value, str) and len(value) > MAX_NAME_LENGTH:
        return f"{name} has {len(value):,} characters", f"shorten it to {MAX_NAME_LENGTH}"
    return f"{name} {_literally(value)} has a blank at an end, or a control character", "remove it"


def _empty(name: str, value: JsonValue) -> tuple[str, str]:
    del value
    return f"{name} is empty", "write the connector's repository or its actor definition id"


def _blank(name: str, value: JsonValue) -> tuple[str, str]:
    del value
    return f"{name} is empty", "write the reason why a second template is wanted, or remove the line"


def _literally(value: JsonValue) -> str:
    return f'"{short_text(value)}"' if isinstance(value, str) else f"`{short_text(str(value))}`"


_EXAMPLES = {
    "apiVersion": f"`apiVersion: {API_VERSION}`",
    "kind": f"`kind: {SOURCE_TEMPLATE}`",
    "metadata": "`metadata: {name: ...}`, the name in every report",
    "name": "`name: ...`, the name in every report",
    "connector": "`connector: ...`, a repository such as source-faker or an actor definition id",
    "partialDefaultConfig": "`partialDefaultConfig: {}` when nothing is preset",
    "connectionSpecification": "`connectionSpecification: ...`, the JSON Schema of the form",
}

_WRONG = {
    "apiVersion": _api_version,
    "kind": _kind,
    "name": _name,
    "connector": _empty,
    "organizationId": _uuid,
    "templateId": _uuid,
    "allowSecond": _blank,
}

_WORDS: Final = FieldWords(MANIFEST_RULES, _WRONG, _EXAMPLES, meant_path)
