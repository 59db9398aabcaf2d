"""One document to one manifest, or to what is wrong with it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, cast

from reconciler.connectors.catalogue import Catalogue, names_destination
from reconciler.connectors.specification.nodes import Node
from reconciler.connectors.specification.schema import VALUE_KEYWORDS, type_names
from reconciler.manifests import rules
from reconciler.manifests.document import Document
from reconciler.manifests.fields import WRITTEN
from reconciler.manifests.filling import Filled, fill
from reconciler.manifests.limits import MAX_NAME_LENGTH
from reconciler.manifests.manifest_fields import (
    KINDS,
    MANIFEST_FIELDS,
    not_a_manifest,
    spelling_findings,
)
from reconciler.manifests.schema import API_VERSION
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject, JsonValue, is_uuid
from reconciler.model.target import Dialect
from reconciler.model.template import (
    AIRBYTE_HOSTED,
    CONNECTION_TEMPLATE,
    PRESETS_NAME,
    SOURCE_TEMPLATE,
    Connector,
    Manifest,
)
from reconciler.model.text import did_you_mean, kind_of, short_text

_VERSION = re.compile(rf"{API_VERSION.rstrip('0123456789')}[0-9].*")
_CONNECTOR: Final = "/spec/connector"
_SCHEMA: Final = "/spec/partialUserConfigSpec/connectionSpecification"
_HOLDERS, _NUMBERS = (dict, list), (int, float)
_WRITTEN_OUT: Final = ("/apiVersion", "/kind", "/metadata", "/spec/tags")
IDENTIFIERS: Final = (_CONNECTOR, "/spec/organizationId", "/spec/templateId", "/spec/cloneOf")
"""What a variable may name without being a secret: reports must show it."""

_NOT_SET: Final = Connector(id="", name="(not set)")
_AIRBYTE: Final = Connector(id="", name="Airbyte")
_FORM: Final = "/spec/partialUserConfigSpec"
_AGENTS_ONLY: Final = ("name", "mode", "customization", "tags", "cloneOf", "propagate")
_CHOOSE_AGENTS: Final = "choose an environment with `api: agents` (of the sandbox: `--api agents`)"
_SETTINGS: Final = (
    *("name", "mode", "customization", "tags"),
    *("destinationName", "dataHostingType", "cronExpression", "nonBreakingChangesPreference", "syncOnCreate"),
)

# Each search goes through the whole catalogue. A project that lacks its lock would pay for every manifest.
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
    """Judges the documents of one run. `dialect` is what the environment's server speaks, None where that is not known."""

    catalogue: Catalogue
    dialect: Dialect | None = None
    _suggestions: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def judged(self, document: Document, *, room: int) -> Judged:
        """A manifest when nothing at all is wrong with the document, else about `room` findings."""
        value = document.value
        if "" in document.spoiled:
            return Judged(None)
        if not isinstance(value, dict) or not ("apiVersion" in value or "kind" in value):
            return _refused(document, [not_a_manifest(value)])
        spec = value.get("spec")
        reference = spec.get("connector") if isinstance(spec, dict) else None
        connector = self._connector(reference)
        specification = connector.specification if connector is not None else None
        filled = fill(document, specification) if document.variables else Filled()
        findings, more = MANIFEST_FIELDS.diagnostics(value, limit=room, hidden=document.variables)
        findings = [
            each
            for each in findings
            if not (filled.is_open(each.pointer) or _is_guess(value.get("kind", SOURCE_TEMPLATE), each))
        ]
        head = [finding for finding in findings if finding.pointer in ("/apiVersion", "/kind")]
        if head and not _is_meant_for_this(value):
            # Another version or kind has other fields: nothing more can be said.
            return _refused(document, head)
        findings.extend((*_variable_findings(document), *filled.wrong))
        if isinstance(spec, dict):
            findings.extend(_form_findings(spec))
            findings.extend(self._foreign_fields(value.get("kind"), spec))
        if _CONNECTOR in filled.unset:
            connector = _NOT_SET
        elif self._needs_no_connector(value.get("kind"), spec):
            connector = _AIRBYTE
        elif connector is None and isinstance(reference, str) and reference:
            findings.append(self._unknown_connector(str(reference), _CONNECTOR in document.variables))
        elif connector is not None and isinstance(spec, dict):
            findings.extend(_other_type(value.get("kind"), connector))
        is_wrong = any(finding.severity is Severity.ERROR for finding in findings)
        if is_wrong or document.spoiled or connector is None:
            return _refused(document, findings, more)
        return Judged(_manifest(document, connector, filled.unset), tuple(findings), more)

    def _foreign_fields(self, kind: JsonValue, spec: JsonObject) -> Iterator[Diagnostic]:
        """What the environment's API cannot express, and the way out."""
        if self.dialect is Dialect.AGENTS and "partialUserConfigSpec" in spec:
            message = "the Agent API, which this environment speaks, takes no partialUserConfigSpec: it makes the form itself"
            help_text = "remove it, and preset what the customer must not be asked for"
            yield Diagnostic(_FORM, rules.OTHER_API, message, help_text, on_key=True)
        if self.dialect is not Dialect.PUBLIC:
            return
        message = "the public API, which this environment speaks, has no"
        if kind == CONNECTION_TEMPLATE:
            message = f"{message} {kind} that can be read back"
            yield Diagnostic("/kind", rules.OTHER_API, message, f"take the manifest out, or {_CHOOSE_AGENTS}")
            return
        for name in _AGENTS_ONLY:
            if name in spec:
                help_text = f"remove it, or {_CHOOSE_AGENTS}"
                yield Diagnostic(
                    f"/spec/{name}", rules.OTHER_API, f"{message} {name}", help_text, on_key=True
                )

    def _needs_no_connector(self, kind: JsonValue, spec: JsonValue) -> bool:
        """Airbyte's own destination is none. Of a kind that the API does not have, that is the one thing to say."""
        is_connection = kind == CONNECTION_TEMPLATE and isinstance(spec, dict)
        return is_connection and (self.dialect is Dialect.PUBLIC or is_airbyte_hosted(cast(JsonObject, spec)))

    def _connector(self, reference: JsonValue) -> Connector | None:
        if not isinstance(reference, str) or not reference:
            return None
        known = self.catalogue.resolve(reference)
        return Connector(id=reference.lower()) if known is None and is_uuid(reference) else known

    def _unknown_connector(self, reference: str, is_hidden: bool) -> Diagnostic:  # noqa: FBT001 - of a variable
        name = (
            f'the connector "{short_text(reference)}"'
            if not is_hidden
            else "the connector that a variable names"
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


def _refused(document: Document, findings: list[Diagnostic], more: int = 0) -> Judged:
    kept = tuple(finding for finding in findings if not document.has_reported(finding.pointer))
    return Judged(None, kept, more)


def is_airbyte_hosted(spec: JsonObject) -> bool:
    """Whether a connection template's destination is Airbyte's, so that it has no connector."""
    return spec.get("dataHostingType") == AIRBYTE_HOSTED


def _is_meant_for_this(value: JsonObject) -> bool:
    """Whether version and kind, although one of them is wrong, can only be mistyped: then the other fields are those of this kind."""
    kind, version = value.get("kind", SOURCE_TEMPLATE), value.get("apiVersion")
    is_near = isinstance(kind, str) and did_you_mean(kind, KINDS) != ""
    is_other_version = isinstance(version, str) and version != API_VERSION and _VERSION.fullmatch(version)
    return (kind in KINDS or is_near) and not is_other_version


def _is_guess(kind: JsonValue, finding: Diagnostic) -> bool:
    """Whether only a mistyped kind says so: which fields there are, and which are required, depends on the kind that was meant."""
    is_of_fields = finding.rule in (rules.MISSING_FIELD, rules.UNKNOWN_FIELD)
    return kind not in KINDS and is_of_fields and finding.pointer.startswith("/spec")


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


def _manifest(document: Document, connector: Connector, unset: frozenset[str]) -> Manifest:
    # `fields` has checked all of these types, but of what is not set.
    value = cast(dict[str, Any], document.value)
    spec, kind = value["spec"], value["kind"]
    return Manifest(
        name=value["metadata"]["name"],
        origin=document.origin,
        connector=connector,
        presets=spec.get(PRESETS_NAME[kind]) or {},
        form=spec.get("partialUserConfigSpec"),
        organization_id=_lower(spec.get("organizationId")),
        template_id=_lower(spec.get("templateId")),
        variable_pointers=document.variables,
        allow_second=spec.get("allowSecond") or "",
        unset_pointers=unset,
        kind=kind,
        settings={name: spec[name] for name in _SETTINGS if name in spec},
        clone_of=_lower(spec.get("cloneOf")),
        propagate=spec.get("propagate"),
        places=document.places,
    )


def _lower(identifier: str | None) -> str | None:
    return identifier.lower() if identifier is not None else None


def _other_type(kind: JsonValue, connector: Connector) -> Iterator[Diagnostic]:
    """A destination where a source belongs, or the other way round."""
    name = connector.repository or ""
    is_destination = names_destination(name)
    wanted = "destination" if kind == CONNECTION_TEMPLATE else "source"
    if (
        kind in KINDS
        and is_destination is (wanted == "source")
        and (is_destination or name.startswith("source-"))
    ):
        message = f'"{short_text(name)}" is a {"destination" if is_destination else "source"}, and a {kind} has a {wanted}'
        yield Diagnostic(_CONNECTOR, rules.UNKNOWN_CONNECTOR, message, f"name a {wanted}")


def _form_findings(spec: JsonObject) -> Iterator[Diagnostic]:
    form = spec.get("partialUserConfigSpec")
    if isinstance(form, dict):
        yield from spelling_findings(form)
        yield from _text_findings(form.get("connectionSpecification"), _SCHEMA)


def _text_findings(schema: JsonValue, where: str) -> Iterator[Diagnostic]:
    """A finding for each `default`, `const`, `enum` or `examples` value that is a number or a boolean where the node asks for text:
    `default: 1.10` is 1.1 by the time anybody reads it.

    The server takes them, and published specifications hold some (source-gutendex, source-tmdb). So they are warnings. A `const`
    that no text can equal is an error. `where` is the JSON pointer of `schema` in its document.
    """
    for node in Node(schema, where).walk() if isinstance(schema, dict) and _may_differ(schema) else ():
        names = type_names(node.schema)
        for place, value in _values(node.schema, node.pointer) if "string" in names else ():
            allowed = ("boolean",) if isinstance(value, bool) else ("number", "integer")
            if isinstance(value, int | float) and not any(name in names for name in allowed):
                message = f"`{WRITTEN}` is {kind_of(value)} beside `type: string`"
                severity = Severity.ERROR if place == f"{node.pointer}/const" else Severity.WARNING
                help_text = f'quote it: "{WRITTEN}"'
                yield Diagnostic(place, rules.NUMBER_BESIDE_STRING, message, help_text, severity)


def _may_differ(schema: JsonObject) -> bool:
    """Whether any object in here names a type beside a number or a boolean as a value. Most forms do not, and are not walked."""
    waiting: list[JsonValue] = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            kind = part.get("type")
            if (kind == "string" or isinstance(kind, list)) and _holds_number(part):
                return True
        inner = part.values() if isinstance(part, dict) else cast(list[JsonValue], part)
        waiting += [each for each in inner if isinstance(each, _HOLDERS)]
    return False


def _holds_number(schema: JsonObject) -> bool:
    for key in VALUE_KEYWORDS:
        value = schema.get(key)
        if isinstance(value, _NUMBERS) or (
            isinstance(value, list) and any(isinstance(each, _NUMBERS) for each in value)
        ):
            return True
    return False


def _values(schema: JsonObject, where: str) -> Iterator[tuple[str, JsonValue]]:
    for key in VALUE_KEYWORDS:
        value = schema.get(key)
        if isinstance(value, list) and key in ("examples", "enum"):
            yield from ((f"{where}/{key}/{index}", item) for index, item in enumerate(value))
        else:
            yield f"{where}/{key}", value
