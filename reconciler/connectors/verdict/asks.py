"""What the customer will be asked, what the manifest answers for them, and what nobody can answer any more. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reconciler.connectors.lint.form_order import (
    is_always_shown,
    is_choice,
    is_group,
    is_hidden,
    is_shown,
    ordered_fields,
    takes_secret,
)
from reconciler.connectors.lint.place import constants, members, objects, texts, type_names
from reconciler.connectors.lint.subject import Subject
from reconciler.connectors.server.schema_words import TYPES
from reconciler.connectors.verdict.asks_login import Login, login_of
from reconciler.model.connector import connection_schema
from reconciler.model.json_value import JsonObject, JsonValue, pointer
from reconciler.model.template import Manifest
from reconciler.model.verdict import Ask, Asked, AskOption

_Path = tuple[str, ...]


def asks_of(manifest: Manifest) -> Asked | None:
    """The questions of the manifest's form, or of the one that the server would infer.

    None when neither is known: the connector's specification is not locked, or the server cannot infer a form.
    """
    form = Subject(manifest).effective_form
    schema = connection_schema(form)
    if form is None or schema is None:
        return None
    fields = tuple(_root_asks(schema, login_of(form)))
    dropped = _dropped(manifest, schema) if manifest.form is None else ()
    return Asked(fields, _preset(manifest.presets, fields), dropped)


def _root_asks(schema: JsonObject, login: Login) -> Iterator[Ask]:
    if is_choice(schema):
        yield _choice((), schema, login, required=True)
    else:
        yield from _member_asks((), schema, login)


def _member_asks(path: _Path, schema: JsonObject, login: Login) -> Iterator[Ask]:
    """The fields of an object; those of objects inside it stand in their place, each required or not by its own object."""
    required = frozenset(texts(schema.get("required")))
    for name, field in ordered_fields(schema, is_root=not path):
        yield from _asks((*path, name), field, login, required=name in required)


def _asks(path: _Path, schema: JsonObject, login: Login, *, required: bool) -> Iterator[Ask]:
    if is_choice(schema):
        yield _choice(path, schema, login, required=required)
    elif is_group(schema):
        yield from _member_asks(path, schema, login)
    else:
        yield Ask(
            path=pointer(path),
            title=_title(schema) or path[-1],
            type=_type(schema),
            required=required,
            secret=takes_secret(schema),
            by_login=path in login.paths and not is_always_shown(schema),
        )


def _choice(path: _Path, schema: JsonObject, login: Login, *, required: bool) -> Ask:
    """A selector. The form takes an option for an object, whatever type it names."""
    options = [option for option in objects(schema.get("oneOf")) if not is_hidden(option)]
    return Ask(
        path=pointer(path),
        title=_title(schema) or (path[-1] if path else "configuration"),
        type="oneOf",
        required=required,
        secret=False,
        options=tuple(
            AskOption(_option_title(option, number), tuple(_option_asks(path, option, login)))
            for number, option in enumerate(options, 1)
        ),
    )


def _option_asks(path: _Path, option: JsonObject, login: Login) -> Iterator[Ask]:
    inner = login.within(path, option)
    required = frozenset(texts(option.get("required")))
    for name, field in ordered_fields(option):
        yield from _asks((*path, name), field, inner, required=name in required)


def _option_title(option: JsonObject, number: int) -> str:
    fixed = (value for value in constants(option).values() if isinstance(value, str))
    return _title(option) or next(fixed, f"option {number}")


def _title(schema: JsonObject) -> str:
    title = schema.get("title")
    return title.strip() if isinstance(title, str) else ""


def _type(schema: JsonObject) -> str | None:
    """The type, of several the first that is not null; None for a word that is no type."""
    return next((name for name in type_names(schema) if name in TYPES and name != "null"), None)


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


def _leaves(value: JsonValue, path: _Path) -> Iterator[_Path]:
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
