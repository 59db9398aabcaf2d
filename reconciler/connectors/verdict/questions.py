"""The questions that the customer is asked, the presets, and the fields that cannot be set any more. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.server.schema_values import TYPES
from reconciler.connectors.specification.form import FormPart, form_cards
from reconciler.connectors.specification.schema import Kind, is_shown, members, takes_secret, type_names
from reconciler.model.json_value import JsonObject, JsonValue, pointer
from reconciler.model.template import Manifest, connection_schema
from reconciler.model.verdict import Ask, Asked, AskOption


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
    places = (pointer(path) for path in _leaves(presets, ()))
    return tuple(sorted(p for p in places if p not in around and asked.isdisjoint(_down_to(p))))


def _down_to(place: str) -> Iterator[str]:
    """The root and every pointer on the way to a place, the place included."""
    yield ""
    for match in re.finditer("/[^/]*", place):
        yield place[: match.end()]


def _leaves(value: JsonValue, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict) and (value or not path):
        for name, item in value.items():
            yield from _leaves(item, (*path, name))
    else:
        yield path


def _dropped(manifest: Manifest, inferred: JsonObject) -> tuple[str, ...]:
    """What the connector knows and shows, and an inferred form leaves out although it is not preset."""
    kept = members(inferred).keys() | manifest.presets.keys()
    fields = members(connection_schema(manifest.connector.specification) or {})
    left = (name for name, field in fields.items() if name not in kept and is_shown(field))
    return tuple(sorted(pointer((name,)) for name in left))
