"""The words for what is wrong with a manifest's fields, and for what other tools call them. Pure.

Sources of the spellings: Airbyte's public API (config_templates, sources), its configuration API, its registry files, low-code
manifests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.manifests import rules
from reconciler.manifests.fields import Fields, Path, normal
from reconciler.manifests.limits import MAX_NAME_LENGTH, MAX_TAG_LENGTH
from reconciler.manifests.schema import API_VERSION, manifest_schema
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import JsonObject, JsonValue, pointer
from reconciler.model.template import CONNECTION_TEMPLATE, SOURCE_TEMPLATE
from reconciler.model.text import did_you_mean, listed, short_text

KINDS: Final = (SOURCE_TEMPLATE, CONNECTION_TEMPLATE)

_FORM: Final = ("spec", "partialUserConfigSpec")
_SPELLINGS: Final[Mapping[Path, str]] = {
    ("metadata", "name"): "name title templateName",
    (
        "spec",
        "connector",
    ): "connector actorDefinitionId sourceDefinitionId destinationDefinitionId connectorDefinitionId definitionId "
    "actorDefinition sourceDefinition connectorId connectorName dockerRepository repository sourceType source",
    (
        "spec",
        "partialDefaultConfig",
    ): "partialDefaultConfig defaultConfig connectionConfiguration configuration config presets defaults",
    _FORM: "partialUserConfigSpec configTemplateSpec userConfigSpec connectorSpecification specification form",
    (*_FORM, "connectionSpecification"): "connectionSpecification",
    (*_FORM, "documentationUrl"): "documentationUrl",
    ("spec", "organizationId"): "organizationId organization orgId",
    ("spec", "templateId"): "templateId configTemplateId id",
    ("spec", "cloneOf"): "cloneOf originalSourceTemplateId sourceTemplateId",
    ("spec", "destinationConfig"): "destinationConfig destinationConfiguration",
}
_FORM_MEMBERS: Final = "connectionSpecification documentationUrl changelogUrl supportsIncremental supportsNormalization supportsDBT"


_OF_BODIES: Final = frozenset(
    (
        "actordefinitionid",
        "sourcedefinitionid",
        "definitionid",
        "partialdefaultconfig",
        "partialuserconfigspec",
        "configtemplatespec",
    )
)
_LONGEST_NAME: Final = 60
_MEANT: Final = {normal(word): path for path, words in _SPELLINGS.items() for word in words.split()}
_MEMBERS: Final = {normal(word): word for word in _FORM_MEMBERS.split()}


def meant_path(path: Path) -> Path | None:
    """Where a manifest has what an unknown field at this path is for. None where that is not known."""
    found = _MEANT.get(normal(path[-1]))
    return None if found == path else found


def _form_member(name: str) -> str | None:
    """How a form spells a member that low-code manifests spell otherwise (`documentation_url`). None for all others."""
    found = _MEMBERS.get(normal(name)) if len(name) <= _LONGEST_NAME else None
    return None if found == name else found


def _other_document(value: JsonObject) -> tuple[str, str] | None:
    """What a document that is no manifest is instead, and how to make a manifest of it. None for no idea."""
    names = {normal(key): key for key in value}
    if value.get("type") == "DeclarativeSource" or _holds_specification(value.get("spec")):
        help_text = f"put its spec.connection_specification under {'.'.join(_FORM)}.connectionSpecification of a manifest"
        return "a connector's own manifest", help_text
    if "dockerrepository" in names and "dockerimagetag" in names:
        return "an entry of a Connector Registry", "`reconciler new` writes a manifest of a connector"
    fields = {meant: names[key] for key, meant in _MEANT.items() if key in names}
    if len(fields) > 1 and _OF_BODIES & names.keys():
        return "the body of an API request or answer", _under_spec(fields)
    if "connectionspecification" in names:
        return (
            "a connector's specification",
            f"put it under {'.'.join(_FORM)} of a manifest, or !include it there",
        )
    if isinstance(value.get("properties"), dict):
        return (
            "a JSON Schema",
            f"put it under {'.'.join(_FORM)}.connectionSpecification of a manifest, or !include it there",
        )
    return None


def _holds_specification(value: JsonValue) -> bool:
    return isinstance(value, dict) and "connection_specification" in value


def _under_spec(fields: Mapping[Path, str]) -> str:
    renamed = [
        f"{name} as {path[-1]}" for path, name in fields.items() if name != path[-1] and len(path) == 2
    ]
    how = f", with {' and '.join(renamed)}" if renamed else ""
    return (
        f"begin it with `apiVersion: {API_VERSION}`, `kind: {SOURCE_TEMPLATE}` and `metadata: {{name: ...}}`, "
        f"and put its fields under `spec`{how}"
    )


def not_a_manifest(value: JsonValue) -> Diagnostic:
    """What is said about a document that no manifest can be."""
    reason = "it has neither apiVersion nor kind" if isinstance(value, dict) else "it is not an object"
    help_text = f"begin it with `apiVersion: {API_VERSION}`, include it, or remove it"
    if isinstance(value, dict) and (other := _other_document(value)) is not None:
        reason, help_text = f"it reads as {other[0]}", other[1]
    message = f"not a manifest ({reason}), and no manifest includes this file"
    return Diagnostic("", rules.NOT_A_MANIFEST, message, help_text)


def spelling_findings(form: JsonObject) -> Iterator[Diagnostic]:
    """Members of the form as low-code manifests spell them: the server lets them pass and ignores them."""
    for name in form:
        written = _form_member(name)
        if written is not None and written not in form:
            message = f'unknown field "{short_text(name)}" in spec.partialUserConfigSpec'
            severity = Severity.ERROR if written == "connectionSpecification" else Severity.WARNING
            where, help_text = pointer((*_FORM, name)), f"write {written}"
            yield Diagnostic(where, rules.UNKNOWN_FIELD, message, help_text, on_key=True, severity=severity)


def literally(value: JsonValue) -> str:
    """A value as a message shows it: text in quotes, anything else as code."""
    return f'"{short_text(value)}"' if isinstance(value, str) else f"`{short_text(str(value))}`"


def uuid_words(value: JsonValue) -> tuple[str, str]:
    """What is wrong with a text that is no id."""
    return f"{literally(value)} is not a UUID", "write it as 8-4-4-4-12 hexadecimal digits"


def _kind_words(value: JsonValue) -> tuple[str, str]:
    near = did_you_mean(value, KINDS) if isinstance(value, str) else ""
    return f"{literally(value)} is not known", near or f"the kinds are {listed(KINDS)}"


def _tag_words(value: JsonValue) -> tuple[str, str]:
    return (
        ("is empty", "remove it")
        if value == ""
        else (f"has {len(str(value))} characters", f"shorten it to {MAX_TAG_LENGTH}")
    )


def _name_words(value: JsonValue) -> tuple[str, str]:
    if value == "":
        return "is empty", "give the manifest a name"
    if isinstance(value, str) and len(value) > MAX_NAME_LENGTH:
        return f"has {len(value):,} characters", f"shorten it to {MAX_NAME_LENGTH}"
    return f"{literally(value)} has a blank at an end, or a control character", "remove it"


MANIFEST_FIELDS: Final = Fields(
    manifest_schema(),
    {
        "unknown": rules.UNKNOWN_FIELD,
        "missing": rules.MISSING_FIELD,
        "type": rules.WRONG_TYPE,
        "value": rules.WRONG_VALUE,
        "excluded": rules.WRONG_VALUE,
    },
    {
        "apiVersion": lambda value: (f"{literally(value)} is not known", f"this version reads {API_VERSION}"),
        "kind": _kind_words,
        "name": _name_words,
        "connector": lambda _: ("is empty", "write the connector's repository or its actor definition id"),
        **dict.fromkeys(("organizationId", "templateId", "cloneOf"), uuid_words),
        "tags": _tag_words,
        "allowSecond": lambda _: (
            "is empty",
            "write the reason why a second template is wanted, or remove the line",
        ),
    },
    {
        "apiVersion": f"`apiVersion: {API_VERSION}`",
        "kind": f"`kind: {SOURCE_TEMPLATE}`",
        "metadata": "`metadata: {name: ...}`, the name in every report",
        "name": "`name: ...`, the name in every report",
        "connector": "`connector: ...`, a repository such as source-faker or an actor definition id",
        "partialDefaultConfig": "`partialDefaultConfig: {}` when nothing is preset",
        "connectionSpecification": "`connectionSpecification: ...`, the JSON Schema of the form",
        "destinationName": "`destinationName: ...`, what the destination is called",
        "destinationConfig": "`destinationConfig: {...}`, the destination's configuration",
        "type": "`type: ...`, what the mapper does",
    },
    meant_path,
)


def is_name(text: str) -> bool:
    """Whether a manifest can have this name."""
    metadata: JsonObject = {"metadata": {"name": text}}
    return all(each.rule != rules.WRONG_VALUE for each in MANIFEST_FIELDS.diagnostics(metadata, limit=9)[0])
