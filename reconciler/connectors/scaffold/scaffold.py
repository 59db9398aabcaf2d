"""A connector's specification to the text of a manifest that a person finishes. Pure.

What is live in it is what Airbyte would accept as it stands; everything else waits in comments. Nothing secret is ever
preset, and a value is made up only where Airbyte refuses the template without one.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.scaffold.draft import Draft, DraftField, draft_of
from reconciler.connectors.scaffold.presets import NOTHING_YET, preset_lines
from reconciler.connectors.scaffold.yaml_text import disabled, explained, is_writable, member_lines
from reconciler.connectors.server.rules import evaluate_create
from reconciler.model.connector import Connector
from reconciler.model.json_value import same_json

_DIALECT = "http://json-schema.org/draft-07/schema#"
_ABOUT_PRESETS = (
    "Presets: what the customer is not asked for. Airbyte stores them in clear. To preset a field, uncomment it here and take"
    " it out of the form below; in an object that the form asks for, Airbyte would overwrite it."
)
_INFERRED = (
    "The customer's form; trim it. Leave partialUserConfigSpec out as a whole and Airbyte infers a form that asks for what is"
    " required and what OAuth needs, nothing optional."
)
_NOT_INFERRED = "The customer's form; trim it, but keep it: without partialUserConfigSpec Airbyte refuses a template of this connector."
_SPEC, _PRESETS, _SCHEMA, _FIELDS = 2, 4, 6, 8


def scaffold_manifest(connector: Connector, *, name: str, notes: tuple[str, ...] = ()) -> str:
    """The text of a manifest for this connector: strict YAML, the same bytes for the same arguments.

    `name` is its `metadata.name` and must be a valid one; `notes` are sentences for the comment on top. Every field of
    the specification is in it, explained in the specification's words. The comment on top says what Airbyte would
    answer to it as it stands. Fields whose names YAML or Airbyte cannot hold are left out.
    """
    specification = connector.specification
    draft = None if specification is None else draft_of(specification)
    lines = [
        *_header(connector, draft, notes),
        "apiVersion: reconciler/v1",
        "kind: SourceTemplate",
        "metadata:",
        *member_lines("name", name, _SPEC),
        "spec:",
        *member_lines("connector", _reference(connector), _SPEC),
        *(["  partialDefaultConfig: {}"] if draft is None else _body(connector, draft)),
    ]
    return "\n".join(lines) + "\n"


def _reference(connector: Connector) -> str:
    repository = connector.repository
    return repository if repository and is_writable(repository) else connector.id


def _header(connector: Connector, draft: Draft | None, notes: tuple[str, ...]) -> list[str]:
    version = f" {connector.version}" if connector.version else ""
    texts = [f"{connector.label}{version}. Written by `reconciler new`; yours to edit.", *notes]
    if draft is None:
        texts.append(
            "Its specification is not known, so no field can be listed and Airbyte's answer not foreseen."
        )
    else:
        texts.append("Lines with ## explain; lines with # are fields to uncomment.")
        texts += _verdict(connector, draft)
    return [line for text in texts for line in explained(text, 0, column=0, hanging=2)]


def _verdict(connector: Connector, draft: Draft) -> Iterator[str]:
    """What the server would answer to the live part, in its own words where it refuses."""
    answer = evaluate_create(connector.specification, draft.presets, draft.form)
    if answer.status == 200 and same_json(answer.stored_presets, draft.presets):
        asked = "one of the options" if draft.choice else ", ".join(draft.required) or "nothing"
        yield f"Airbyte would accept it as it stands. The customer must fill in: {asked}."
    else:
        yield f"Airbyte would refuse it as it stands, with status {answer.status}:"
        yield from answer.messages or (answer.message,)
    for each in draft.fields:
        if each.preset:
            yield f"CHECK the preset {each.name}: Airbyte cannot test a form that requires it, so a value was chosen here."
        elif each.is_required and not each.form.is_mockable:
            yield f"No value of {each.name} is known that the connector's own schema would accept."


def _body(connector: Connector, draft: Draft) -> list[str]:
    is_inferred = evaluate_create(connector.specification, draft.presets).status == 200
    return [
        "",
        *explained(_ABOUT_PRESETS, _SPEC, column=_SPEC),
        "  partialDefaultConfig:",
        *preset_lines(draft.root, draft.presets, column=_PRESETS),
        "",
        *explained(_INFERRED if is_inferred else _NOT_INFERRED, _SPEC, column=_SPEC),
        "  partialUserConfigSpec:",
        "    connectionSpecification:",
        *member_lines("$schema", _DIALECT, _SCHEMA),
        *member_lines("title", connector.label if is_writable(connector.label) else "Form", _SCHEMA),
        *(line for key, value in draft.head.items() for line in member_lines(key, value, _SCHEMA)),
        "      properties:",
        *_properties(draft),
        *_oauth(draft),
    ]


def _properties(draft: Draft) -> list[str]:
    asked = [each for each in draft.fields if each.is_asked]
    lines = [line for each in asked for line in _field_lines(each)] or [" " * _FIELDS + NOTHING_YET]
    others = [each for each in draft.fields if not each.is_asked and not each.is_hidden]
    if others:
        told = "Fields that the customer may fill in, if you uncomment them:"
        lines += ["", *explained(told, _FIELDS, column=_FIELDS)]
    return lines + [line for each in others for line in disabled(_field_lines(each), column=_FIELDS)]


def _field_lines(each: DraftField) -> list[str]:
    notes = [line for note in each.form.notes for line in explained(note, _FIELDS, column=_FIELDS, hanging=2)]
    if each.preset:
        told = f"{each.name} is preset above; Airbyte's test of the form knows no valid value, so it cannot be required"
        notes += explained(told, _FIELDS, column=_FIELDS, hanging=2)
    return [*notes, *member_lines(each.name, each.form.schema, _FIELDS)]


def _oauth(draft: Draft) -> list[str]:
    if not draft.advanced_auth:
        return []
    told = "The form's OAuth button. Remove it if customers enter tokens themselves."
    lines = explained(told, _PRESETS, column=_PRESETS)
    return [
        "",
        *lines,
        *(line for key, value in draft.advanced_auth.items() for line in member_lines(key, value, _PRESETS)),
    ]
