"""The fields of a specification as a flat list: what `connectors show` prints and changes are told by. Pure.

Notation, also for the reader: `count`, `credentials.client_id`, `streams[].name` for a field of a list's items,
`credentials(OAuth).token` for a field of one option of a oneOf.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from reconciler.connectors.lint.place import is_marked_secret, members, objects, texts
from reconciler.model.connector import connection_schema
from reconciler.model.json_value import JsonObject, JsonValue, canonical_json

COMBINED = ("oneOf", "anyOf", "allOf")
_MAX_LABEL = 40


class Role(Enum):
    """What a part of the form is: the form itself, a field, the items of a list, an option of a choice."""

    FORM = auto()
    FIELD = auto()
    ITEMS = auto()
    OPTION = auto()


@dataclass(frozen=True)
class Part:
    """One node of a form. `key` identifies it across versions of a specification; `path` is for people, "" for the form
    itself; `label` is its last step alone, `parent` the path it is in.

    `required` is what the node around it says, and means something for fields only.
    """

    key: tuple[str, ...]
    path: str
    label: str
    parent: str
    role: Role
    required: bool
    schema: JsonObject = field(hash=False)

    @property
    def is_secret(self) -> bool:
        """Whether the connector calls it a secret; some write the flag as text."""
        return is_marked_secret(self.schema)

    @property
    def is_hidden(self) -> bool:
        """Whether the form never shows it."""
        return self.schema.get("airbyte_hidden") is True


@dataclass(frozen=True)
class _Option:
    """One option of a choice: what it is known by across versions, and what people call it."""

    identity: str
    label: str
    schema: JsonObject = field(hash=False)


def form_parts(specification: JsonObject) -> tuple[Part, ...]:
    """Every part of a specification's form, the form itself first, each before what is in it; fields by `order`, then
    by name. Independent of the order of keys. () when there is no form. Parts that are no objects are left out.
    """
    form = connection_schema(specification)
    if form is None:
        return ()
    return tuple(_parts(Part((), "", "", "", Role.FORM, required=True, schema=form)))


def _parts(part: Part) -> Iterator[Part]:
    yield part
    needed = required_names(part.schema)
    for name, schema in _ordered(part.schema):
        key, path = (*part.key, f".{name}"), f"{part.path}.{name}" if part.path else name
        required = name in needed
        yield from _parts(Part(key, path, name, part.path, Role.FIELD, required=required, schema=schema))
    items = part.schema.get("items")
    if isinstance(items, dict):
        path = f"{part.path}[]"
        yield from _parts(
            Part((*part.key, "[]"), path, "[]", part.path, Role.ITEMS, required=True, schema=items)
        )
    for keyword in COMBINED:
        for option in _options(part.schema.get(keyword)):
            key = (*part.key, f"{keyword} {option.identity}")
            path = f"{part.path}({option.label})"
            yield from _parts(
                Part(key, path, option.label, part.path, Role.OPTION, required=False, schema=option.schema)
            )


def required_names(schema: JsonObject) -> frozenset[str]:
    """The names in `required`; none when it is no list."""
    return frozenset(texts(schema.get("required")))


def _ordered(form: JsonObject) -> list[tuple[str, JsonObject]]:
    """Fields in form order: numbered ones first, then by name (as the form does it)."""
    fields = [(name, schema) for name, schema in members(form).items() if isinstance(schema, dict)]
    return sorted(fields, key=lambda item: (_order(item[1]), item[0]))


def _order(schema: JsonObject) -> int | float:
    order = schema.get("order")
    return order if isinstance(order, int | float) and not isinstance(order, bool) else float("inf")


def _options(value: JsonValue) -> tuple[_Option, ...]:
    """Options by what tells them apart: their constants, else their titles, else their place."""
    schemas = objects(value)
    constants = [_constants(schema) for schema in schemas]
    shared = frozenset.intersection(*(frozenset(each) for each in constants)) if constants else frozenset()
    by_constant = [canonical_json({name: each[name] for name in sorted(shared)}) for each in constants]
    titles = [schema.get("title") for schema in schemas]
    by_title = [title if isinstance(title, str) else "" for title in titles]
    numbers = [str(number) for number in range(1, len(schemas) + 1)]
    identities = next(
        names for names in (by_constant, by_title, numbers) if names is numbers or _tells_apart(names)
    )
    labels = [
        _label(title, each, shared, number)
        for title, each, number in zip(by_title, constants, numbers, strict=True)
    ]
    return tuple(map(_Option, identities, labels, schemas))


def _tells_apart(names: list[str]) -> bool:
    return len(set(names)) == len(names) and not {"", "{}"} & set(names)


def _label(title: str, constants: JsonObject, shared: frozenset[str], number: str) -> str:
    words = [value for name, value in sorted(constants.items()) if name in shared and isinstance(value, str)]
    return (title or ", ".join(words))[:_MAX_LABEL] or f"option {number}"


def _constants(schema: JsonObject) -> JsonObject:
    """The fields of an option that can have one value only."""
    found: JsonObject = {}
    for name, each in members(schema).items():
        if isinstance(each, dict) and "const" in each:
            found[name] = each["const"]
        elif isinstance(each, dict) and isinstance(values := each.get("enum"), list) and len(values) == 1:
            found[name] = values[0]
    return found
