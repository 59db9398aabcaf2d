"""A field of a connector's schema as a field of the customer's form. Pure.

Before the server stores a template it makes up the customer's answers to the required fields (`mocking`) and validates those. One
whose `default`, `pattern_descriptor` or first example is no valid value refuses the whole template. So a field is changed where that
test would fail, and each change leaves a note. Left out without one are foreign keywords and every value in a secret.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from reconciler.connectors.scaffold.samples import (
    description_of,
    discriminators,
    fits,
    fitting_text,
    fixed_value,
    items_of,
    properties_of,
    required_of,
)
from reconciler.connectors.scaffold.yaml_text import is_writable, one_line
from reconciler.connectors.server.create import mock_document
from reconciler.connectors.server.java_values import as_text
from reconciler.connectors.specification.schema import (
    COMBINED,
    VALUE_KEYWORDS,
    holds_secret,
    is_marked_secret,
    options_of,
    type_names,
)
from reconciler.model.json_value import JsonObject, JsonValue, same_json

_MAX_DEPTH = 16
"""Deeper nodes are left out: a manifest may be nested 64 deep, and each of these takes at most three."""

_LONGEST_SHOWN = 60

# What a form understands, in the order in which people read it. Misspelt and foreign keywords are left behind.
_KEYWORDS = (
    "title", "description", "type", "format", "pattern", "pattern_descriptor", "enum", "const", "default", "examples",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
    "minItems", "maxItems", "uniqueItems", "order", "group", "display_type", "always_show", "multiline",
    "airbyte_hidden", "airbyte_secret",
)  # fmt: skip


@dataclass(frozen=True)
class FormNode:
    """A form field. `is_mockable` says whether the server's made-up answer would pass the connector's own schema."""

    schema: JsonObject = field(hash=False)
    notes: tuple[str, ...]
    is_mockable: bool


def form_node(name: str, schema: JsonObject, *, is_required: bool) -> FormNode:
    """The connector's field `name` as a form field: only keywords that a form knows, no value in a secret, constants as
    defaults, and, where the server tests them, values that pass.
    """
    notes: list[str] = []
    node = _named(name, _node(_Part(name, schema, notes, is_tested=is_required)))
    return FormNode(node, tuple(dict.fromkeys(notes)), fits(mock_document(node), schema))


@dataclass(frozen=True)
class _Part:
    """A node on the way down. `notes` collects what is changed. `is_tested` says that the server makes up a value here."""

    name: str
    schema: JsonObject = field(hash=False)
    notes: list[str] = field(hash=False)
    is_tested: bool
    in_secret: bool = False
    depth: int = 0

    @property
    def is_secret(self) -> bool:
        return self.in_secret or is_marked_secret(self.schema)

    def inner(self, schema: JsonObject, name: str, *, is_tested: bool = True) -> _Part:
        tested = self.is_tested and is_tested
        return _Part(name, schema, self.notes, tested, in_secret=self.is_secret, depth=self.depth + 1)

    def note(self, text: str) -> None:
        self.notes.append(f"{self.name}: {text}")


def _named(name: str, node: JsonObject) -> JsonObject:
    """The node with a title, which is what the customer reads. A field of one value is never shown and needs none."""
    if "title" in node or fixed_value(node) is not None:
        return node
    words = name.replace("_", " ").strip()
    return {"title": words[:1].upper() + words[1:] or "Field", **node}


def _node(part: _Part) -> JsonObject:
    node = _own_keywords(part)
    if part.depth < _MAX_DEPTH:
        node |= _inner_schemas(part)
    if part.is_tested and not fits(mock_document(node), part.schema):
        if node.get("type") == "string":
            return _passing_text(part, node)
        if node.get("type") == "object":
            return _passing_choice(part, node)
    return node


def _own_keywords(part: _Part) -> JsonObject:
    """The keywords that hold no schema. In a secret, and around one, nothing that could hold its value is kept."""
    schema = part.schema
    dropped = VALUE_KEYWORDS if part.in_secret or holds_secret(schema) else ()
    node = {key: value for key, value in schema.items() if key not in dropped and is_writable(value)}
    names_option = _names_option(schema)
    if names_option and "default" in dropped:
        node["default"] = schema["default"]
    node |= {"description": description_of(node), "type": _single_type(schema)}
    if node["type"] == "string":
        node |= {key: _as_texts(node[key]) for key in VALUE_KEYWORDS if key in node}
    if fixed_value(node) is not None:
        node["default"] = fixed_value(node)
    elif "default" in node and not names_option and not fits(node["default"], schema):
        part.note(f"default {_quoted(node.pop('default'))} is left out, since it is no valid value")
    return _in_order(node)


def _quoted(value: JsonValue) -> str:
    return one_line(json.dumps(value))[:_LONGEST_SHOWN]


def _names_option(schema: JsonObject) -> bool:
    """Whether the default is the constant of an option: then the widget opens the form with that option (platform v2.0.0)."""
    default = schema.get("default")
    if default is None:
        return False
    parts = (part for option in options_of(schema) for part in properties_of(option).values())
    return any(same_json(default, fixed_value(part)) for part in parts if not holds_secret(part))


def _in_order(node: JsonObject) -> JsonObject:
    """The keywords that a form knows, without those that say nothing."""
    title = node.get("title")
    empty = () if isinstance(title, str) and title.strip() else ("title",)
    return {key: node[key] for key in _KEYWORDS if node.get(key) is not None and key not in empty}


def _single_type(schema: JsonObject) -> JsonValue:
    """The type, the first that is not null of several. Without one, the type that the other keywords imply."""
    if schema.get("type") is not None:
        kinds = (kind for kind in type_names(schema) if is_writable(kind))
        return next((kind for kind in kinds if kind != "null" or schema["type"] == "null"), None)
    if "properties" in schema:
        return "object"
    return "string" if isinstance(fixed_value(schema), str) else None


def _as_texts(value: JsonValue) -> JsonValue:
    """Numbers and booleans beside `type: string` as the text that the server makes of them."""
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    return as_text(value) if isinstance(value, bool | int | float) else value


def _inner_schemas(part: _Part) -> JsonObject:
    schema, required = part.schema, required_of(part.schema)
    node: JsonObject = {}
    if isinstance(schema.get("additionalProperties"), bool):
        node["additionalProperties"] = schema["additionalProperties"]
    if required:
        node["required"] = [*required]
    if "properties" in schema:
        node["properties"] = {
            name: _named(name, _node(part.inner(inner, name, is_tested=name in required)))
            for name, inner in properties_of(schema).items()
        }
    items = items_of(schema) if part.is_tested else schema.get("items")
    if isinstance(items, dict):
        node["items"] = _node(part.inner(items, f"items of {part.name}"))
    for keyword in COMBINED:
        if options := options_of(schema, keyword):
            node[keyword] = [_node(part.inner(option, part.name)) for option in options]
    return node


def _passing_text(part: _Part, node: JsonObject) -> JsonObject:
    """The text field with a valid value where the server looks for one. As it was when none is known."""
    hidden = VALUE_KEYWORDS if part.is_secret else ()
    value = fitting_text({key: item for key, item in part.schema.items() if key not in hidden})
    if value is None:
        return node
    if part.is_secret:
        part.note("pattern_descriptor is made up from the pattern, since Airbyte tests the form with it")
        return _in_order({**node, "pattern_descriptor": value})
    if "pattern_descriptor" in node:
        quoted = _quoted(node["pattern_descriptor"])
        part.note(
            f"pattern_descriptor {quoted} is left out: Airbyte tests the form with it, and it is no valid value"
        )
    part.note("the first example is a valid value, since Airbyte tests the form with it")
    known = node.get("examples")
    others = [item for item in known if item != value] if isinstance(known, list) else []
    return _in_order({**node, "default": None, "pattern_descriptor": None, "examples": [value, *others]})


def _passing_choice(part: _Part, node: JsonObject) -> JsonObject:
    """An object: the names that distinguish its options become required, and an option that passes comes first."""
    options = options_of(node)
    names = discriminators(options)
    reordered = [_requiring(option, names) for option in options]
    for first, option in enumerate(reordered):
        changed: JsonObject = {**node, "oneOf": [option, *reordered[:first], *reordered[first + 1 :]]}
        if fits(mock_document(changed), part.schema):
            if reordered != options:
                what = f"{', '.join(names)} is required in every option"
                part.note(f"{what}, so that Airbyte's test can tell them apart")
            if first > 0:
                part.note("the order of the options is changed: Airbyte tests the form with the first")
            return changed
    return node


def _requiring(option: JsonObject, names: list[str]) -> JsonObject:
    required = required_of(option)
    missing = [name for name in names if name not in required]
    return {**option, "required": [*missing, *required]} if missing else option
