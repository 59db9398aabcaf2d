"""A connector's specification to the text of a manifest that a person finishes. Pure.

What is live in it is what Airbyte would accept as it stands; everything else waits in comments. Nothing secret is ever
preset, and a value is made up only where Airbyte refuses the template without one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sized

from reconciler.connectors.scaffold.draft import Draft, DraftField, draft_of
from reconciler.connectors.scaffold.field_words import explained_field, explained_members
from reconciler.connectors.scaffold.yaml_text import explained, is_writable, member_lines, offered
from reconciler.connectors.server.create import evaluate_create
from reconciler.model.connector import Connector
from reconciler.model.json_value import JsonValue

_DIALECT = "http://json-schema.org/draft-07/schema#"
_ABOUT_PRESETS = (
    "Presets: what the customer is not asked for. Airbyte stores them in clear. To preset a field that the form below asks for,"
    " take it out of the form."
)
_IN_BRACES = " Inside the braces each line ends in a comma."
_INFERRED = (
    "The customer's form; trim it. Leave partialUserConfigSpec out as a whole and Airbyte infers a form that asks for what is"
    " required and what OAuth needs, nothing optional."
)
_NOT_INFERRED = "The customer's form; trim it, but keep it: without partialUserConfigSpec Airbyte refuses a template of this connector."
_SPEC, _PRESETS, _SCHEMA, _FIELDS = 2, 4, 6, 8


def scaffold_manifest(
    connector: Connector, *, name: str, notes: tuple[str, ...] = (), is_full: bool = False
) -> str:
    """The text of a manifest for this connector: strict YAML, the same bytes for the same arguments.

    `name` is its `metadata.name` and must be a valid one; `notes` are sentences for the comment on top, which also says what
    Airbyte would answer to the manifest as it stands. With `is_full` every field of the specification is in it, explained in the
    specification's words; without, the form has what is required, and optional presets are one line each. Each line with `# ` can
    be uncommented, alone and with all others. Fields whose names YAML or Airbyte cannot hold are left out.
    """
    specification = connector.specification
    draft = None if specification is None else draft_of(specification, is_full=is_full)
    lines = [
        *_header(connector, draft, notes, is_full=is_full),
        "apiVersion: reconciler/v1",
        "kind: SourceTemplate",
        "metadata:",
        *member_lines("name", name, _SPEC),
        "spec:",
        *member_lines("connector", _reference(connector), _SPEC),
        *(["  partialDefaultConfig: {}"] if draft is None else _body(connector, draft, is_full=is_full)),
    ]
    return "\n".join(lines) + "\n"


def _reference(connector: Connector) -> str:
    repository = connector.repository
    return repository if repository and is_writable(repository) else connector.id


def _header(connector: Connector, draft: Draft | None, notes: tuple[str, ...], *, is_full: bool) -> list[str]:
    version = f" {connector.version}" if connector.version else ""
    texts = [f"{connector.label}{version}. Written by `reconciler new`; yours to edit.", *notes]
    if draft is None:
        texts.append(
            "Its specification is not known, so no field can be listed and Airbyte's answer not foreseen."
        )
    else:
        texts.append("A line with ## explains. A line with # offers something: uncomment it.")
        texts += () if is_full else ("Shortened: with --full it has every field, explained.",)
        texts += _verdict(draft)
    return [line for text in texts for line in explained(text, 0, column=0, hanging=2)]


def _verdict(draft: Draft) -> Iterator[str]:
    """What the server would answer to the live part, in its own words where it refuses."""
    if draft.is_accepted():
        asked = "one of the options" if draft.choice else ", ".join(draft.required) or "nothing"
        yield f"Airbyte would accept it as it is. The customer must fill in: {asked}."
    else:
        answer = draft.answer()
        yield f"Airbyte would refuse it as it is, with status {answer.status}:"
        yield from answer.messages or (answer.message,)
    for each in draft.fields:
        if each.preset:
            yield f"CHECK the preset {each.name}: Airbyte cannot test a form that requires it, so a value was chosen here."
        elif each.is_required and not each.form.is_mockable:
            yield f"No value of {each.name} is known that the connector's own schema would accept."


def _body(connector: Connector, draft: Draft, *, is_full: bool) -> list[str]:
    is_inferred = evaluate_create(draft.specification, draft.presets).status == 200
    return [
        "",
        *explained(_ABOUT_PRESETS + ("" if draft.presets else _IN_BRACES), _SPEC, column=_SPEC),
        *_mapping("partialDefaultConfig", draft.presets, _presets(draft, is_full=is_full), column=_PRESETS),
        "",
        *explained(_INFERRED if is_inferred else _NOT_INFERRED, _SPEC, column=_SPEC),
        "  partialUserConfigSpec:",
        "    connectionSpecification:",
        *member_lines("$schema", _DIALECT, _SCHEMA),
        *member_lines("title", connector.label if is_writable(connector.label) else "Form", _SCHEMA),
        *(line for key, value in draft.head.items() for line in member_lines(key, value, _SCHEMA)),
        *_mapping(
            "properties",
            [each for each in draft.fields if each.is_asked],
            _properties(draft, is_full=is_full),
            column=_FIELDS,
        ),
        *_oauth(draft),
    ]


_Lines = Iterator[tuple[str, JsonValue] | list[str]]
"""Finished lines, and members that are offered in a comment."""


def _mapping(key: str, live: Sized, members: _Lines, *, column: int) -> list[str]:
    """A mapping whose members stand at `column`. One without a live member is in braces, with a comma behind each offer: so it is
    YAML whichever of them are uncommented.
    """
    end = "" if live else ","
    head = f"{' ' * (column - 2)}{key}:"
    lines = [
        line
        for each in members
        for line in (each if isinstance(each, list) else [offered(*each, column, end=end)])
    ]
    if live:
        return [head, *lines]
    return [f"{head} {{", *lines, f"{' ' * column}}}"] if lines else [f"{head} {{}}"]


def _presets(draft: Draft, *, is_full: bool) -> _Lines:
    offers = draft.offered_presets()
    for each in draft.fields:
        if is_full:
            yield from (
                [""],
                explained_field(
                    each.name, each.schema, _PRESETS, column=_PRESETS, is_required=each.is_required
                ),
            )
        for value in each.preset:
            yield member_lines(each.name, value, _PRESETS)
        if each.name in offers and (is_full or not each.is_asked):
            yield each.name, offers[each.name]
    if is_full and draft.choice:
        yield explained_members(draft.root, _SPEC, column=_PRESETS)


def _properties(draft: Draft, *, is_full: bool) -> _Lines:
    for each in draft.fields:
        if each.is_asked:
            yield [*_notes(each), *member_lines(each.name, each.form.schema, _FIELDS)]
    others = [each for each in draft.fields if not each.is_asked and not each.is_hidden] if is_full else []
    if others:
        yield ["", *explained("Fields that the customer may be asked for too:", _FIELDS, column=_FIELDS)]
    for each in others:
        yield _notes(each)
        yield each.name, each.form.schema


def _notes(each: DraftField) -> list[str]:
    notes = list(each.form.notes)
    if each.preset:
        notes.append(
            f"{each.name} is preset above; Airbyte's test of the form knows no valid value, so it cannot be required"
        )
    return [line for note in notes for line in explained(note, _FIELDS, column=_FIELDS, hanging=2)]


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
