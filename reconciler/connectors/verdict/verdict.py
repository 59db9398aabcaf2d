"""What the server would do with the create of a manifest, and the questions that the customer would be asked. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.server.create import evaluate_create
from reconciler.connectors.server.java_values import ABSENT, Absent, member
from reconciler.connectors.server.schema_values import TYPES
from reconciler.connectors.server.work import NotKnown
from reconciler.connectors.specification.form import FormPart, form_cards
from reconciler.connectors.specification.schema import Kind, is_shown, members, takes_secret, type_names
from reconciler.connectors.specification.secrets import leaves, looks_secret, secret_pointers, written_texts
from reconciler.model.json_value import JsonObject, JsonValue, pointer, pointer_segments, same_json, value_at
from reconciler.model.template import Manifest, connection_schema
from reconciler.model.text import SENSITIVE
from reconciler.model.verdict import Ask, Asked, AskOption, Corruption, Verdict

_FORM = "/spec/partialUserConfigSpec/"
# What the server makes up whatever the form says (SchemaDefaultValueHelper).
_MADE_UP = ("mock_string", "1970-01-01", "1970-01-01T00:00:00Z")


def judged(manifest: Manifest) -> Verdict | NotKnown | None:
    """The server's answer to a create of this manifest, or why it is not known. None when the specification or a value is not
    known, and for a withdrawn connector. Authentication, entitlement and what happens after the insert are not part of it.
    """
    specification = manifest.connector.specification
    if specification is None or manifest.unset_pointers or manifest.connector.tombstone:
        return None
    form = ABSENT if manifest.form is None else manifest.form
    evaluation = evaluate_create(specification, manifest.presets, form)
    if isinstance(evaluation.failure, NotKnown):
        return evaluation.failure
    if evaluation.status == 500:
        return Verdict(500, (_without_variables(evaluation.message, manifest),))
    if evaluation.stored_presets is None:
        return Verdict(evaluation.status, evaluation.messages)
    return Verdict(200, corrupted=_corruptions(manifest, specification, evaluation.stored_presets))


def _without_variables(message: str, manifest: Manifest) -> str:
    """The message of a form that cannot be read quotes what it cannot read."""
    for text in form_variable_texts(manifest):
        message = message.replace(text, SENSITIVE)
    return message


def corrupted_values(presets: JsonObject, stored: JsonObject) -> dict[str, JsonValue]:
    """JSON pointer -> value of every leaf that the server would store differently or add, sorted. Arrays are leaves."""
    return dict(sorted(_changed_leaves(presets, stored, ())))


def _changed_leaves(
    sent: JsonValue | Absent, stored: JsonValue, path: tuple[str, ...]
) -> Iterator[tuple[str, JsonValue]]:
    if stored is sent:
        return
    if isinstance(stored, dict) and (isinstance(sent, dict) or (sent is ABSENT and stored)):
        for name, value in stored.items():
            yield from _changed_leaves(member(sent, name), value, (*path, name))
    elif sent is ABSENT or not same_json(sent, stored):
        yield pointer(path), stored


def _corruptions(manifest: Manifest, specification: JsonObject, stored: JsonObject) -> tuple[Corruption, ...]:
    changed = corrupted_values(manifest.presets, stored)
    if not changed or manifest.form is None:
        # Nothing in an inferred form is the manifest's: the connector's own words are no secrets.
        return tuple(Corruption(path, value) for path, value in changed.items())
    schemas = (connection_schema(specification), connection_schema(manifest.form))
    hidden = secret_pointers(stored, [schema for schema in schemas if schema is not None])
    texts = form_variable_texts(manifest)
    return tuple(
        Corruption(path, value, is_secret=may_be_secret(value, path, hidden, texts))
        for path, value in changed.items()
    )


def may_be_secret(value: JsonValue, path: str, hidden: frozenset[str], texts: frozenset[str]) -> bool:
    """Whether a value that the server takes from the manifest's form may be a secret. What it makes up by itself never is.

    `path` is a JSON pointer, `hidden` are those of secret places, `texts` came from variables.
    """
    if is_made_up(value):
        return False
    if any(f"{path}/".startswith(f"{place}/") or place.startswith(f"{path}/") for place in hidden):
        return True
    return looks_secret(pointer_segments(path)[-1]) or any(text in str(value) for text in texts)


def is_made_up(value: JsonValue) -> bool:
    """Whether the server makes this value up by itself, whatever a form says."""
    if isinstance(value, list):
        return all(is_made_up(item) for item in value)
    return not isinstance(value, str | dict) or value in _MADE_UP or value == {}


def form_variable_texts(manifest: Manifest) -> frozenset[str]:
    """The texts that variables put into the manifest's form, those in lists and objects too: never to be shown."""
    pointers = (p for p in manifest.variable_pointers if p.startswith(_FORM))
    values = (value_at(manifest.form, p.removeprefix(_FORM[:-1])) for p in pointers)
    return frozenset(text for value in values for _, text in written_texts(value, "") if text)


def questions_of(manifest: Manifest) -> Asked | None:
    """The questions of the manifest's form, or of the one that the server would infer. None when neither is known."""
    form = Subject(manifest).effective_form
    schema = connection_schema(form)
    if form is None or schema is None:
        return None
    fields = tuple(_questions(part for card in form_cards(form) for part in card.parts))
    dropped = _dropped(manifest, schema) if manifest.form is None else ()
    return Asked(fields, _preset(manifest.presets, fields), dropped)


def _questions(parts: Iterable[FormPart]) -> Iterator[Ask]:
    """Fields of objects take the place of their object. `required` is that of their own object."""
    for part in parts:
        if part.kind is Kind.GROUP:
            yield from _questions(part.parts)
        elif part.kind is not Kind.LOGIN:
            yield _question(part)


def _question(part: FormPart) -> Ask:
    is_choice = part.kind is Kind.CHOICE
    return Ask(
        path=pointer(part.path),
        title=_title(part),
        type="oneOf" if is_choice else _type(part.schema),
        required=part.is_required,
        secret=not is_choice and takes_secret(part.schema),
        options=tuple(
            AskOption(_title(each), tuple(_questions(each.parts))) for each in part.parts if is_choice
        ),
        by_login=part.by_login and not is_choice,
    )


def _title(part: FormPart) -> str:
    """The title as the form has it, without the space around it, else the part's name: reports quote what the file says."""
    title = part.schema.get("title")
    return title.strip() or part.name if isinstance(title, str) else part.name


def _type(schema: JsonObject) -> str | None:
    """The type, of several the first that is not null. None for a word that is no type."""
    return next((name for name in type_names(schema) if name != "null" and name in TYPES), None)


def _preset(presets: JsonObject, fields: tuple[Ask, ...]) -> tuple[str, ...]:
    """The preset places that no question is about: neither the place itself, nor something above or below it."""
    asked = {ask.path for ask in fields}
    around = {above for path in asked for above in _down_to(path)}
    places = (pointer(path) for path, _ in leaves(presets))
    return tuple(sorted(p for p in places if p not in around and asked.isdisjoint(_down_to(p))))


def _down_to(place: str) -> Iterator[str]:
    """The root and every pointer on the way to a place, the place included."""
    yield ""
    for match in re.finditer("/[^/]*", place):
        yield place[: match.end()]


def _dropped(manifest: Manifest, inferred: JsonObject) -> tuple[str, ...]:
    """What the connector knows and shows, and an inferred form leaves out although it is not preset."""
    kept = members(inferred).keys() | manifest.presets.keys()
    fields = members(connection_schema(manifest.connector.specification) or {})
    left = (name for name, field in fields.items() if name not in kept and is_shown(field))
    return tuple(sorted(pointer((name,)) for name in left))
