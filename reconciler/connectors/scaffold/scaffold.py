"""A connector's specification to the text of a manifest that a person finishes. Pure.

What is live in it is what Airbyte would accept as it is. Everything else waits in comments. Nothing secret is ever preset, and a
value is made up only where Airbyte refuses the template without one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sized
from dataclasses import replace

from reconciler.connectors.scaffold.draft import Draft, DraftField, draft_of
from reconciler.connectors.scaffold.samples import (
    description_of,
    discriminators,
    fixed_value,
    items_of,
    may_be_secret,
    properties_of,
    required_of,
)
from reconciler.connectors.scaffold.yaml_text import explained, is_writable, member_lines, offered
from reconciler.connectors.server.create import evaluate_create
from reconciler.connectors.specification.schema import (
    holds_secret,
    is_hidden,
    is_marked_secret,
    options_of,
    type_names,
)
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.template import Connector, connection_schema

_DIALECT = "http://json-schema.org/draft-07/schema#"
_ABOUT_OFFERS = "A line with ## explains. A line with # offers something: uncomment it."
_ABOUT_PRESETS = (
    "Presets: what the customer is not asked for. Airbyte stores them in clear. To preset a field that the form below asks for,"
    " take it out of the form."
)
_ABOUT_PRESETS_ALONE = (
    "Presets: what the customer is not asked for. Airbyte stores them in clear, and makes the customer's form of what"
    " is left."
)
_IN_BRACES = " Inside the braces each line ends in a comma."
_INFERRED = (
    "The customer's form; trim it. Leave partialUserConfigSpec out as a whole and Airbyte infers a form that asks for what is"
    " required and what OAuth needs, nothing optional."
)
_NOT_INFERRED = "The customer's form; trim it, but keep it: without partialUserConfigSpec Airbyte refuses a template of this connector."
_OAUTH = "The form's OAuth button. Remove it if customers enter tokens themselves."
_SPEC, _PRESETS, _SCHEMA, _FIELDS = 2, 4, 6, 8

_MOST_LISTED = 12
_LONGEST_SHOWN = 120
_MAX_DEPTH = 4
_INNER = 2
_BOUNDS = ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems")  # fmt: skip
_FACTS: dict[str, tuple[type, ...]] = {
    "format": (str,),
    "pattern": (str,),
    **dict.fromkeys(_BOUNDS, (int, float)),
}


def scaffold_manifest(
    connector: Connector,
    *,
    name: str,
    notes: tuple[str, ...] = (),
    is_full: bool = False,
    has_form: bool = True,
) -> str:
    """The text of a manifest for this connector: strict YAML, the same bytes for the same arguments.

    `name` is its `metadata.name` and must be a valid one. `notes` are sentences for the comment on top, which also says what
    Airbyte would answer to the manifest as it is. With `is_full` every field of the specification is in it, explained in the
    specification's words, without, the form has what is required, and optional presets are one line each. Each line with `# ` can
    be uncommented, alone and with all others. Fields whose names YAML or Airbyte cannot hold are left out. Without `has_form` there are
    presets only, and nothing is said of the answer: Airbyte makes the form, as the Agent API always does.
    """
    specification, repository = connector.specification, connector.repository
    draft = None if specification is None else draft_of(specification, is_full=is_full)
    if draft is not None and not has_form:
        draft = replace(draft, fields=tuple(replace(each, preset=()) for each in draft.fields))
    reference = repository if repository and is_writable(repository) else connector.id
    header = (
        explained(text, 0, hanging=2)
        for text in _header(connector, draft, notes, is_full=is_full, has_form=has_form)
    )
    lines = [
        *(line for group in header for line in group),
        "apiVersion: reconciler/v1",
        "kind: SourceTemplate",
        "metadata:",
        *member_lines("name", name, _SPEC),
        "spec:",
        *member_lines("connector", reference, _SPEC),
        *(
            ["  partialDefaultConfig: {}"]
            if draft is None
            else _body(connector, draft, is_full=is_full, has_form=has_form)
        ),
    ]
    return "\n".join(lines) + "\n"


def scaffold_connection(connector: Connector, *, name: str, notes: tuple[str, ...] = ()) -> str:
    """The text of a connection template for this destination, as `scaffold_manifest`. What is required and has neither a default nor
    one possible value comes from a variable: nothing is made up, and no secret is in the file.
    """
    root = connection_schema(connector.specification) or {}
    repository = connector.repository
    reference = repository if repository and is_writable(repository) else connector.id
    head = (f"{connector.label}. Written by `reconciler new`; yours to edit.", *notes, _ABOUT_OFFERS)
    fields = [line for field in properties_of(root).items() for line in _destination_field(*field, root)]
    lines = [
        *(line for text in head for line in explained(text, 0, hanging=2)),
        "apiVersion: reconciler/v1",
        "kind: ConnectionTemplate",
        "metadata:",
        *member_lines("name", name, _SPEC),
        "spec:",
        *member_lines("destinationName", name, _SPEC),
        *member_lines("connector", reference, _SPEC),
        *(["  destinationConfig:", *fields] if required_of(root) else ["  destinationConfig: {}"]),
        *explained("When syncs start, as a Quartz expression in UTC.", _SPEC),
        offered("cronExpression", "0 0 12 * * ?", _SPEC),
        offered("nonBreakingChangesPreference", "propagate_columns", _SPEC),
        offered("syncOnCreate", False, _SPEC),  # noqa: FBT003 - a value of the manifest
    ]
    return "\n".join(lines) + "\n"


def _destination_field(name: str, schema: JsonObject, root: JsonObject) -> list[str]:
    """What a field of a destination is, and a line for it where it is required."""
    is_required = name in required_of(root)
    about = ["REQUIRED" if is_required else "OPTIONAL", _type_words(schema), *_constraints(schema)]
    lines = explained(f"{name}: {' | '.join(about)}", _PRESETS, hanging=_INNER)
    fixed = fixed_value(schema)
    value = schema.get("default") if fixed is None else fixed
    if value is not None and is_writable(value) and not holds_secret(schema):
        return [*lines, *member_lines(name, value, _PRESETS)] if is_required else lines
    variable = f"RECONCILER_VAR_{re.sub('[^A-Z0-9]+', '_', name.upper())}"
    return [*lines, *(f"{line} !env {variable}" for line in _key_lines(name) if is_required)]


def _key_lines(name: str) -> list[str]:
    return [line.removesuffix(" null") for line in member_lines(name, None, _PRESETS)]


def _header(
    connector: Connector, draft: Draft | None, notes: tuple[str, ...], *, is_full: bool, has_form: bool
) -> Iterator[str]:
    version = f" {connector.version}" if connector.version else ""
    yield f"{connector.label}{version}. Written by `reconciler new`; yours to edit."
    yield from notes
    if draft is None:
        yield "Its specification is not known, so no field can be listed and Airbyte's answer not foreseen."
        return
    yield _ABOUT_OFFERS
    if not is_full:
        yield "Shortened: with --full it has every field, explained."
    if not has_form:
        return
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


def _body(connector: Connector, draft: Draft, *, is_full: bool, has_form: bool) -> list[str]:
    about = (_ABOUT_PRESETS if has_form else _ABOUT_PRESETS_ALONE) + ("" if draft.presets else _IN_BRACES)
    presets = _mapping("partialDefaultConfig", draft.presets, _presets(draft, is_full=is_full), _PRESETS)
    lines = ["", *explained(about, _SPEC), *presets]
    return [*lines, *_form(connector, draft, is_full=is_full)] if has_form else lines


def _form(connector: Connector, draft: Draft, *, is_full: bool) -> list[str]:
    is_inferred = evaluate_create(draft.specification, draft.presets).status == 200
    asked = [each for each in draft.fields if each.is_asked]
    title = connector.label if is_writable(connector.label) else "Form"
    schema: JsonObject = {"$schema": _DIALECT, "title": title, **draft.head}
    return [
        "",
        *explained(_INFERRED if is_inferred else _NOT_INFERRED, _SPEC),
        "  partialUserConfigSpec:",
        "    connectionSpecification:",
        *_members(schema, _SCHEMA),
        *_mapping("properties", asked, _properties(draft, is_full=is_full), _FIELDS),
        *(["", *explained(_OAUTH, _PRESETS)] if draft.advanced_auth else []),
        *_members(draft.advanced_auth, _PRESETS),
    ]


def _members(value: JsonObject, column: int) -> list[str]:
    return [line for key, item in value.items() for line in member_lines(key, item, column)]


_Lines = Iterator[tuple[str, JsonValue] | list[str]]
"""Finished lines, and members that are offered in a comment."""


def _mapping(key: str, live: Sized, members: _Lines, column: int) -> list[str]:
    """A mapping whose members are at `column`. One without a live member is in braces, with a comma behind each offer: so it is
    YAML whichever of them are uncommented.
    """
    end = "" if live else ","
    head = f"{' ' * (column - 2)}{key}:"
    groups = (each if isinstance(each, list) else [offered(*each, column, end=end)] for each in members)
    lines = [line for group in groups for line in group]
    if live:
        return [head, *lines]
    return [f"{head} {{", *lines, f"{' ' * column}}}"] if lines else [f"{head} {{}}"]


def _presets(draft: Draft, *, is_full: bool) -> _Lines:
    offers = draft.offered_presets()
    for each in draft.fields:
        if is_full:
            yield ["", *_explained_field(each.name, each.schema, _PRESETS, is_required=each.is_required)]
        for value in each.preset:
            yield member_lines(each.name, value, _PRESETS)
        if each.name in offers and (is_full or not each.is_asked):
            yield each.name, offers[each.name]
    if is_full and draft.choice:
        yield _explained_inside(draft.root, _PRESETS)


def _properties(draft: Draft, *, is_full: bool) -> _Lines:
    for each in draft.fields:
        if each.is_asked:
            yield [*_notes(each), *member_lines(each.name, each.form.schema, _FIELDS)]
    others = [each for each in draft.fields if is_full and not each.is_asked and not is_hidden(each.schema)]
    if others:
        yield ["", *explained("Fields that the customer may be asked for too:", _FIELDS)]
    for each in others:
        yield _notes(each)
        yield each.name, each.form.schema


def _notes(each: DraftField) -> list[str]:
    notes = list(each.form.notes)
    if each.preset:
        notes.append(
            f"{each.name} is preset above; Airbyte's test of the form knows no valid value, so it cannot be required"
        )
    return [line for note in notes for line in explained(note, _FIELDS, hanging=_INNER)]


def _explained_field(
    name: str, schema: JsonObject, indent: int, *, is_required: bool, depth: int = 0
) -> list[str]:
    """What a field is: name, whether it is required, type and constraints. Then its description, an example, and what is in it."""
    facts = ["REQUIRED" if is_required else "OPTIONAL", _type_words(schema), *_constraints(schema)]
    lines = _comment(f"{name}: {' | '.join(facts)}", indent, hanging=_INNER)
    for text in _sentences(name, schema):
        lines += _comment(text, indent + _INNER)
    inside = [] if is_marked_secret(schema) else _explained_inside(schema, indent + _INNER, depth=depth)
    return lines + inside


def _comment(text: str, indent: int, *, hanging: int = 0) -> list[str]:
    """A comment among the presets. The text is at `indent`."""
    return explained(text, _PRESETS, further=indent - _PRESETS, hanging=hanging)


def _explained_inside(schema: JsonObject, indent: int, *, depth: int = 0) -> list[str]:
    """The options of a choice, or the members of an object."""
    options = options_of(schema)
    if depth > _MAX_DEPTH:
        return []
    if not options:
        return _explained_members(schema, [], indent, depth)
    names = discriminators(options)
    lines: list[str] = []
    for number, option in enumerate(options, 1):
        fixed = [f"{key} {_json(fixed_value(properties_of(option)[key]))}" for key in names]
        title = option.get("title")
        words = ", ".join([*([title] if isinstance(title, str) else []), *fixed])
        lines += _comment(f"Option {number} of {len(options)}: {words}", indent, hanging=_INNER)
        lines += _explained_members(option, names, indent + _INNER, depth)
    return lines


def _explained_members(schema: JsonObject, without: list[str], indent: int, depth: int) -> list[str]:
    required = required_of(schema)
    return [
        line
        for name, part in properties_of(schema).items()
        if name not in without
        for line in _explained_field(name, part, indent, is_required=name in required, depth=depth + 1)
    ]


def _sentences(name: str, schema: JsonObject) -> Iterator[str]:
    description, examples = description_of(schema), schema.get("examples")
    if description is not None:
        yield description
    if is_marked_secret(schema):
        yield f"{'A secret' if is_hidden(schema) else 'Asked from the customer'}; never put it here."
    elif may_be_secret(name, schema):
        yield "Its name says that it may be a secret; if it is, never put it here."
    elif isinstance(examples, list) and examples and not holds_secret(schema):
        yield f"Example: {_listed(examples)}"


def _type_words(schema: JsonObject) -> str:
    kinds, items, options = type_names(schema), items_of(schema), options_of(schema)
    words = " or ".join(kinds) or "any type"
    if kinds == ["array"] and items is not None:
        words = f"array of {_type_words(items)}"
    return f"{words}, one of {len(options)} options" if options else words


def _constraints(schema: JsonObject) -> Iterator[str]:
    if is_hidden(schema):
        yield "hidden from customers"
    for keyword, kinds in _FACTS.items():
        value = schema.get(keyword)
        if isinstance(value, kinds) and not isinstance(value, bool):
            yield f"{keyword} {value}"
    if is_marked_secret(schema):
        yield "secret"
    if holds_secret(schema):
        return  # the rest says something about values
    values = (schema if "enum" in schema else items_of(schema) or {}).get("enum")
    if isinstance(values, list) and values:
        yield f"one of {_listed(values)}"
    for keyword, word in (("const", "always"), ("default", "default")):
        if keyword in schema:
            yield f"{word} {_json(schema[keyword])}"


def _json(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


def _listed(values: list[JsonValue]) -> str:
    more = f" and {len(values) - _MOST_LISTED} more" if len(values) > _MOST_LISTED else ""
    return ", ".join(map(_json, values[:_MOST_LISTED])) + more
