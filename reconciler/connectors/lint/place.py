"""What a connector's specification says about one position of the configuration, over all its options. Pure.

A position can be described by several schema nodes at once: the options of `oneOf` and `anyOf`, the parts of `allOf`,
conditions, local references. Options that contradict constants known to hold there can be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from reconciler.connectors.server.absent import ABSENT, Absent
from reconciler.connectors.server.java_pattern import java_search
from reconciler.model.json_value import JsonObject, JsonValue, pointer_segments, same_json

_CHOICES = ("oneOf", "anyOf")
_PARTS = ("if", "then", "else")
_MAX_INDEX = 2**32 - 1
_LONGEST_SHOWN = 60


def named(path: Sequence[str]) -> str:
    """A place in the configuration as people write it: `credentials.client_id`; at most 60 characters, the last ones."""
    text = ".".join(path)
    return text if len(text) <= _LONGEST_SHOWN else "..." + text[3 - _LONGEST_SHOWN :]


def objects(value: JsonValue) -> list[JsonObject]:
    """The objects in a list; [] for anything that is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def members(schema: JsonObject, keyword: str = "properties") -> JsonObject:
    """The named schemas under a keyword; {} when there are none."""
    found = schema.get(keyword)
    return found if isinstance(found, dict) else {}


def served(schema: JsonObject) -> list[tuple[str, JsonValue]]:
    """The named schemas under `properties` in the order in which the widget reads them, whatever the manifest's order is.

    The server keeps them as jsonb, which sorts the names by their length in bytes and then by the bytes, and JavaScript puts names
    that are whole numbers (array indexes) first.
    """
    return sorted(members(schema).items(), key=lambda member: _served_place(member[0]))


def _served_place(name: str) -> tuple[bool, int, bytes]:
    is_index = (
        name.isascii() and name.isdigit() and len(name) <= len(str(_MAX_INDEX)) and str(int(name)) == name
    )
    if is_index and int(name) < _MAX_INDEX:
        return False, int(name), b""
    data = name.encode("utf-8", "surrogatepass")
    return True, len(data), data


def texts(value: JsonValue) -> list[str]:
    """The texts in a list; [] for anything that is no list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def type_names(schema: JsonObject) -> list[str]:
    """The types that a node names, whether as one word or as a list."""
    declared = schema.get("type")
    return [declared] if isinstance(declared, str) else texts(declared)


@dataclass(frozen=True, eq=False)
class Place:
    """A position. `base` are the nodes that hold there whatever is chosen, `root` is the document that references point into,
    `given` are members whose values are known and decide between options.
    """

    base: tuple[JsonObject, ...]
    root: JsonObject
    given: JsonObject = field(default_factory=dict)

    def given_that(self, value: JsonObject) -> Place:
        """The same position when its members have these values."""
        return replace(self, given=value)

    @cached_property
    def nodes(self) -> tuple[JsonObject, ...]:
        """Every node that may hold here, `base` first; each once."""
        seen: set[int] = set()
        return tuple(node for schema in self.base for node in self._expanded(schema, seen))

    def _expanded(self, schema: JsonObject, seen: set[int]) -> Iterator[JsonObject]:
        if id(schema) in seen:
            return
        seen.add(id(schema))
        yield schema
        parts = [*objects(schema.get("allOf")), *(schema.get(key) for key in _PARTS), self._referred(schema)]
        for keyword in _CHOICES:
            parts.extend(self._options(objects(schema.get(keyword))))
        for part in parts:
            if isinstance(part, dict):
                yield from self._expanded(part, seen)

    def _options(self, options: list[JsonObject]) -> list[JsonObject]:
        """The options that the known members allow; all of them when none is allowed."""
        return [option for option in options if not _contradicts(option, self.given)] or options

    def _referred(self, schema: JsonObject) -> JsonValue:
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#"):
            return None
        target: JsonValue = self.root
        for segment in pointer_segments(reference[1:]):
            target = target.get(segment) if isinstance(target, dict) else None
        return target

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The members that are described here, each once, in the specification's order."""
        return tuple(self._by_name)

    @cached_property
    def _members(self) -> dict[str, Place | None]:
        return {}

    def member(self, name: str) -> Place | None:
        """The position of a member; None when nothing describes it. The same value for the same name."""
        if name not in self._members:
            nodes = (self.nodes[at] for at in sorted({*self._by_name.get(name, ()), *self._for_any_name}))
            self._members[name] = self._at(part for node in nodes for part in _member_parts(node, name))
        return self._members[name]

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        """Which nodes name a member. A choice can have thousands of options, and thousands of members to ask about."""
        found: dict[str, list[int]] = {}
        for at, node in enumerate(self.nodes):
            for name in members(node):
                found.setdefault(name, []).append(at)
        return found

    @cached_property
    def _for_any_name(self) -> tuple[int, ...]:
        """Which nodes describe members that they do not name."""
        return tuple(
            at
            for at, node in enumerate(self.nodes)
            if members(node, "patternProperties") or isinstance(node.get("additionalProperties"), dict)
        )

    @cached_property
    def item(self) -> Place | None:
        """The position of an array's items; None when nothing describes them."""
        found: list[JsonValue] = []
        for node in self.nodes:
            items = node.get("items")
            found.extend(items if isinstance(items, list) else [items])
        return self._at(iter(found))

    def _at(self, parts: Iterator[JsonValue]) -> Place | None:
        base = tuple(part for part in parts if isinstance(part, dict))
        return Place(base, self.root) if base else None

    def is_unknown(self, name: str) -> bool:
        """Whether members are described here and this one is not."""
        return bool(self.names) and self.member(name) is None

    def forbids(self, name: str) -> bool:
        """Whether the server refuses a member of this name, because no additional ones are allowed."""
        return any(_forbids(schema, name) for schema in self.base)

    @cached_property
    def is_secret(self) -> bool:
        """Whether any node here is marked `airbyte_secret`."""
        return any(is_marked_secret(node) for node in self.nodes)

    @cached_property
    def types(self) -> frozenset[str]:
        """Every type that the nodes name here; empty when one of those that always hold names none."""
        if not all(type_names(schema) for schema in self.base):
            return frozenset()
        return frozenset(name for node in self.nodes for name in type_names(node))

    @property
    def is_required_by(self) -> tuple[str, ...]:
        """The members that must be there whatever is chosen."""
        parts = [node for schema in self.base for node in (schema, *objects(schema.get("allOf")))]
        return tuple(dict.fromkeys(name for part in parts for name in texts(part.get("required"))))


def is_marked_secret(schema: JsonObject) -> bool:
    """Whether a node is marked `airbyte_secret`; the text "true" counts, because the widget takes it so."""
    return schema.get("airbyte_secret") in (True, "true")


def fixed(schema: JsonValue) -> JsonValue | Absent:
    """What the widget takes for the constant of a field, ABSENT where it is open: `const`, or an `enum` of one value with a default.

    Platform v2.0.0, schemaToFormBlock (pickDefaultFields): the default of such an enum counts before `const`, null is no default, and
    where the items have an `enum` the field's own is not looked at.
    """
    if not isinstance(schema, dict):
        return ABSENT
    items, enum, default = schema.get("items"), schema.get("enum"), schema.get("default")
    has_choices = isinstance(items, dict) and isinstance(items.get("enum"), list)
    if isinstance(enum, list) and len(enum) == 1 and default is not None and not has_choices:
        return default
    return schema.get("const", ABSENT)


def constant(schema: JsonValue) -> JsonValue:
    """`fixed`, None where the field is open."""
    value = fixed(schema)
    return None if value is ABSENT else value


def constants(schema: JsonObject) -> JsonObject:
    """The members of an object schema whose value is fixed, by name, in the order in which the widget reads them."""
    found = {name: fixed(part) for name, part in served(schema)}
    return {name: value for name, value in found.items() if value is not ABSENT}


def _contradicts(option: JsonObject, given: JsonObject) -> bool:
    fixed = constants(option)
    return any(name in given and not same_json(given[name], value) for name, value in fixed.items())


def _member_parts(schema: JsonObject, name: str) -> Iterator[JsonValue]:
    properties = members(schema)
    if name in properties:
        # A member that is described as `true` is known too.
        described = properties[name]
        yield described if isinstance(described, dict) else {}
        return
    for pattern, part in members(schema, "patternProperties").items():
        if java_search(pattern, name) is not False:
            yield part
    yield schema.get("additionalProperties")


def _forbids(schema: JsonObject, name: str) -> bool:
    own = schema.get("additionalProperties") is False and not name.startswith("#")
    if own and not any(isinstance(part, dict) for part in _member_parts(schema, name)):
        return True
    if any(_forbids(part, name) for part in objects(schema.get("allOf"))):
        return True
    options = objects(schema.get("oneOf"))
    return bool(options) and all(_forbids(option, name) for option in options)
