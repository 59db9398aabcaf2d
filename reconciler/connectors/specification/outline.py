"""The fields of a specification as a flat list: what `connectors show` prints, and by which changes are described. Pure.

Notation, also for the reader: `count`, `credentials.client_id`, `streams[].name` for a field of a list's items,
`credentials(OAuth).token` for a field of one option of a oneOf.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.connectors.specification.nodes import Node, Role
from reconciler.connectors.specification.schema import (
    COMBINED,
    constants,
    is_hidden,
    is_marked_secret,
    only_value,
    options_of,
    order_of,
    shared_constants,
    title_of,
)
from reconciler.model.json_value import JsonObject, canonical_json
from reconciler.model.template import connection_schema

_MAX_LABEL = 40


@dataclass(frozen=True, eq=False)
class Part:
    """One node of a form. `key` identifies it across versions of a specification. `path` is for people, "" for the form
    itself. `label` is its last step alone, `parent` the path it is in. Parts of `anyOf` and `allOf` count as options.

    `required` is what the node around it says, and means something for fields only.
    """

    key: tuple[str, ...]
    path: str
    label: str
    parent: str
    role: Role
    node: Node

    @property
    def schema(self) -> JsonObject:
        """The node as it is in the specification."""
        return self.node.schema

    @property
    def required(self) -> bool:
        """Whether the object around it requires it. True for the form and for items."""
        return self.node.is_required if self.role is Role.FIELD else self.role is not Role.OPTION

    @property
    def is_secret(self) -> bool:
        """Whether the connector calls it a secret. Some write the flag as text."""
        return is_marked_secret(self.schema)

    @property
    def is_hidden(self) -> bool:
        """Whether the form never shows it."""
        return is_hidden(self.schema)


def form_parts(specification: JsonObject) -> tuple[Part, ...]:
    """Every part of a specification's form, the form itself first, each before what is in it. Fields by `order`, then
    by name. Independent of the order of keys. () when there is no form. Parts that are no objects are left out.
    """
    form = connection_schema(specification)
    return () if form is None else tuple(_parts(Part((), "", "", "", Role.FORM, Node(form, ""))))


def _parts(part: Part) -> Iterator[Part]:
    yield part
    node, path = part.node, part.path
    for field in sorted(node.with_role(Role.FIELD), key=_place):
        where = f"{path}.{field.name}" if path else field.name
        key = (*part.key, f".{field.name}")
        yield from _parts(Part(key, where, field.name, path, Role.FIELD, field))
    for items in node.with_role(Role.ITEMS):
        yield from _parts(Part((*part.key, "[]"), f"{path}[]", "[]", path, Role.ITEMS, items))
    for keyword in COMBINED:
        options = [each for each in node.children if each.pointer.startswith(f"{node.pointer}/{keyword}/")]
        for option, (identity, label) in zip(options, _named(options_of(part.schema, keyword)), strict=True):
            key = (*part.key, f"{keyword} {identity}")
            yield from _parts(Part(key, f"{path}({label})", label, path, Role.OPTION, option))


def _place(field: Node) -> tuple[float, str]:
    order = order_of(field.schema)
    return float("inf") if order is None else order, field.name


def _named(options: list[JsonObject]) -> Iterator[tuple[str, str]]:
    """What each option is known by across versions, and what people call it: its constants, else its title, else its number."""
    fixed = [constants(option, only_value) for option in options]
    shared = sorted(shared_constants(options, lambda option: constants(option, only_value)))
    by_constant = [canonical_json({name: each[name] for name in shared}) for each in fixed]
    titles = [title_of(option) for option in options]
    numbers = [str(number) for number in range(1, len(options) + 1)]
    telling = (each for each in (by_constant, titles) if len({*each} - {"", "{}"}) == len(each))
    identities = next(telling, numbers)
    for title, each, identity, number in zip(titles, fixed, identities, numbers, strict=True):
        words = [value for name in shared if isinstance(value := each[name], str)]
        yield identity, (title or ", ".join(words))[:_MAX_LABEL] or f"option {number}"
