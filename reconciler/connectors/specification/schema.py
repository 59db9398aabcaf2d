"""Functions that read one node of a schema. Pure. None of them raises, whatever a keyword holds.

What they say about the form follows Airbyte's widget (platform v2.0.0, schemaToFormBlock).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from enum import Enum, auto

from reconciler.connectors.server.java_values import ABSENT, Absent
from reconciler.model.json_value import JsonObject, JsonValue, same_json

COMBINED = ("oneOf", "anyOf", "allOf")
VALUE_KEYWORDS = ("default", "const", "examples", "enum")
"""The keywords whose value a customer could type."""

_HOLDERS, _NUMBERS = (list, dict), (int, float)
_MAY_HIDE = frozenset({"airbyte_hidden", "const", "enum"})
_MAX_INDEX = 2**32 - 1
_LONGEST_PATH = 60
_DEEPEST_LOOK = 64


class Kind(Enum):
    """What a part of a form is: one control, an object, a list of objects, a selector, one of its options, the log-in button."""

    FIELD = auto()
    GROUP = auto()
    LIST = auto()
    CHOICE = auto()
    OPTION = auto()
    LOGIN = auto()


def dotted(path: Sequence[str | int]) -> str:
    """A path in dotted form: `credentials.client_id`. Cut to its last 60 characters."""
    text = ".".join(map(str, path))
    return text if len(text) <= _LONGEST_PATH else "..." + text[3 - _LONGEST_PATH :]


def objects(value: JsonValue) -> list[JsonObject]:
    """The objects in a list. [] for anything that is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: JsonValue | Absent) -> list[str]:
    """The texts in a list. [] for anything that is no list."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def members(schema: JsonObject, keyword: str = "properties") -> JsonObject:
    """The named schemas under a keyword. {} when there are none."""
    found = schema.get(keyword)
    return found if isinstance(found, dict) else {}


def options_of(schema: JsonObject, keyword: str = "oneOf") -> list[JsonObject]:
    """The branches under `oneOf`, or under `keyword`, that are objects."""
    return objects(schema.get(keyword))


def required_names(schema: JsonObject) -> frozenset[str]:
    """The names in `required`."""
    return frozenset(texts(schema.get("required")))


def type_names(schema: JsonObject) -> list[str]:
    """The types that a node names, whether as one word or as a list."""
    declared = schema.get("type")
    return [declared] if isinstance(declared, str) else texts(declared)


def title_of(schema: JsonObject) -> str:
    """The title on one line. "" for none."""
    title = schema.get("title")
    return " ".join(title.split()) if isinstance(title, str) else ""


def is_marked_secret(schema: JsonObject) -> bool:
    """Whether a node is marked `airbyte_secret`. The text "true" counts, because the widget takes it so."""
    return schema.get("airbyte_secret") in (True, "true")


def takes_secret(schema: JsonObject) -> bool:
    """Whether what is typed into a field, or into an entry of its list, is marked secret."""
    items = schema.get("items")
    return is_marked_secret(schema) or (isinstance(items, dict) and is_marked_secret(items))


def holds_secret(schema: JsonValue, depth: int = 0) -> bool:
    """Whether a secret is anywhere in this schema, under any keyword. True where the schema is nested too deeply to search."""
    if isinstance(schema, list):
        return any(holds_secret(part, depth + 1) for part in schema)
    if not isinstance(schema, dict):
        return False
    return (
        depth > _DEEPEST_LOOK
        or is_marked_secret(schema)
        or any(holds_secret(part, depth + 1) for part in schema.values())
    )


def served(schema: JsonObject) -> list[tuple[str, JsonValue]]:
    """The named schemas under `properties` in the order in which the widget reads them, whatever the manifest's order is.

    The server keeps them as jsonb, which sorts the names by their length in bytes and then by the bytes, and JavaScript puts names
    that are whole numbers (array indexes) first.
    """
    return sorted(members(schema).items(), key=lambda member: _served_place(member[0]))


def _served_place(name: str) -> tuple[bool, int, bytes]:
    is_number = name.isascii() and name.isdigit() and len(name) <= len(str(_MAX_INDEX))
    if is_number and str(int(name)) == name and int(name) < _MAX_INDEX:
        return False, int(name), b""
    data = name.encode("utf-8", "surrogatepass")
    return True, len(data), data


def only_value(schema: JsonValue) -> JsonValue | Absent:
    """The one value that a node allows (`const`, or an `enum` of one). ABSENT when it allows more."""
    if not isinstance(schema, dict):
        return ABSENT
    values = schema.get("enum")
    single = values[0] if isinstance(values, list) and len(values) == 1 else ABSENT
    return schema.get("const", single)


def constant(schema: JsonValue) -> JsonValue | Absent:
    """The value that the widget fills in by itself. ABSENT for a field that the customer fills in.

    As `only_value`, but an `enum` of one counts with a default only, and is that default (pickDefaultFields). Where the items
    have an `enum`, the field's own is not looked at.
    """
    if not isinstance(schema, dict):
        return ABSENT
    enum, default = schema.get("enum"), schema.get("default")
    if enum is not None and isinstance(enum, list) and len(enum) == 1 and default is not None:
        items = schema.get("items")
        if not (isinstance(items, dict) and isinstance(items.get("enum"), list)):
            return default
    return schema.get("const", ABSENT)


def constants(
    schema: JsonObject, of: Callable[[JsonValue], JsonValue | Absent] = constant
) -> dict[str, JsonValue]:
    """Those members of an object schema that have one fixed value, by name, in the widget's order."""
    found = ((name, of(part)) for name, part in served(schema))
    return {name: value for name, value in found if value is not ABSENT}


def shared_constants(
    options: list[JsonObject], of: Callable[[JsonObject], JsonObject] | None = None
) -> list[str]:
    """The members that are fixed in every option, in the order of the first option. `of` gives the fixed members of one option.

    By default `of` is what the widget does: it takes the first fixed member, and skips values that are false, 0, null or empty.
    """
    telling = of or (
        lambda option: {name: value for name, value in constants(option).items() if is_set(value)}
    )
    found = [telling(option) for option in options]
    return [name for name in found[0] if all(name in rest for rest in found[1:])] if found else []


def is_set(value: JsonValue | Absent) -> bool:
    """Whether a value is true in JavaScript, as the form checks it. An empty list or object is true there."""
    return isinstance(value, _HOLDERS) or (value is not ABSENT and bool(value))


def is_hidden(schema: JsonObject) -> bool:
    """Whether a field or an option is marked `airbyte_hidden`."""
    return is_set(schema.get("airbyte_hidden"))


def kind_of(schema: JsonObject) -> Kind:
    """What the form makes of a field: a selector for any `oneOf` with options, whatever else the field says."""
    options, kind = schema.get("oneOf"), schema.get("type")
    if options and isinstance(options, list):
        return Kind.CHOICE
    if kind == "object":
        return Kind.GROUP
    items = schema.get("items") if kind == "array" else None
    return Kind.LIST if isinstance(items, dict) and items.get("type") == "object" else Kind.FIELD


def is_shown(schema: JsonValue) -> bool:
    """Whether the form shows a field at all: neither hidden nor a constant."""
    if not isinstance(schema, dict) or _MAY_HIDE.isdisjoint(schema):
        return True
    return not is_hidden(schema) and (kind_of(schema) is not Kind.FIELD or constant(schema) is ABSENT)


def is_open(schema: JsonObject, *, required: bool) -> bool:
    """Whether a field is among the open ones. The others are collapsed under "Optional fields"."""
    if required or is_set(schema.get("always_show")):
        return True
    return kind_of(schema) in (Kind.CHOICE, Kind.GROUP) or constant(schema) is not ABSENT


def group_of(schema: JsonObject) -> str:
    """The id of the group (a card of the form) of a top-level field: `default` for one that names none."""
    group = schema.get("group")
    return group if isinstance(group, str) and group else "default"


def order_of(schema: JsonObject) -> float | None:
    """The whole number that a field is sorted by. Anything else counts as no order, and so does a number too large for a float."""
    value = schema.get("order")
    if isinstance(value, bool) or not isinstance(value, _NUMBERS) or abs(value) > sys.float_info.max:
        return None
    return float(value) if isinstance(value, int) or value.is_integer() else None


def chosen_option(choice: JsonObject) -> int | None:
    """The index, among those that are not hidden, of the option that a choice opens with: the one whose constant is the choice's
    default, else the first.

    None when that one is hidden, or its constant is filled with another default. useBuildForm (setDefaultValues), ConditionSection.
    """
    every, default = options_of(choice), choice.get("default")
    key = next(iter(shared_constants(every)), None)
    if key is None:
        return None
    named = (one for one in every if is_set(default) and same_json(constants(one)[key], default))
    first = next(named, every[0])
    deciding = members(first)[key]
    value = deciding.get("default", constants(first)[key]) if isinstance(deciding, dict) else None
    shown = [option for option in every if not is_hidden(option)]
    return next((at for at, option in enumerate(shown) if same_json(constants(option)[key], value)), None)
