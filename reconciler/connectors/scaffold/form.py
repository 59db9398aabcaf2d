"""A field of a connector's schema as a field of the customer's form, mended where Airbyte's own test document would not
pass. Pure.

Before the server stores a template it makes up the customer's answers to the required fields (`mocking`) and validates
those: one whose `default`, `pattern_descriptor` or first example is no valid value refuses the whole template. What is
changed in a field leaves a note; left out without one are foreign keywords and every value in a secret.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from reconciler.connectors.scaffold.samples import fits, fitting_text
from reconciler.connectors.scaffold.schema import (
    COMBINATIONS,
    MAX_DEPTH,
    description_of,
    discriminators,
    fixed_value,
    holds_secret,
    items_of,
    options_of,
    properties_of,
    required_of,
)
from reconciler.connectors.scaffold.yaml_text import is_writable, one_line
from reconciler.connectors.server.create import mock_document
from reconciler.connectors.server.java_values import as_text
from reconciler.connectors.specification.schema import is_marked_secret
from reconciler.model.json_value import JsonObject, JsonValue, same_json

_LONGEST_SHOWN = 60
_OFFERS = ("const", "default", "enum", "examples")

# What a form understands, in the order in which people read it; misspelt and foreign keywords are left behind.
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


def _named(name: str, node: JsonObject) -> JsonObject:
    """The node with a title, which is what the customer reads; a field of one value is never shown and needs none."""
    if "title" in node or fixed_value(node) is not None:
        return node
    words = name.replace("_", " ").strip()
    return {"title": words[:1].upper() + words[1:] or "Field", **node}


@dataclass(frozen=True)
class _Part:
    """A node on the way down. `notes` collects what is changed; `is_tested` says that the server makes up a value here."""

    name: str
    schema: JsonObject = field(hash=False)
    notes: list[str] = field(hash=False)
    is_tested: bool
    in_secret: bool = False
    depth: int = 0

    def inner(self, schema: JsonObject, name: str | None = None, *, is_tested: bool = True) -> _Part:
        """A node inside this one."""
        return _Part(
            name or self.name,
            schema,
            self.notes,
            is_tested=self.is_tested and is_tested,
            in_secret=self.in_secret or is_marked_secret(self.schema),
            depth=self.depth + 1,
        )

    @property
    def is_secret(self) -> bool:
        return self.in_secret or is_marked_secret(self.schema)

    def note(self, text: str) -> None:
        self.notes.append(f"{self.name}: {text}")


def _node(part: _Part) -> JsonObject:
    node = _own_keywords(part)
    if part.depth < MAX_DEPTH:
        node |= _inner_schemas(part)
    if not part.is_tested or fits(mock_document(node), part.schema):
        return node
    if node.get("type") == "string":
        return _mended_text(part, node)
    return _mended_choice(part, node) if node.get("type") == "object" else node


def _own_keywords(part: _Part) -> JsonObject:
    """The keywords that hold no schema. In a secret, and around one, nothing that could hold its value is kept."""
    dropped = _OFFERS if part.in_secret or holds_secret(part.schema) else ()
    node = {key: value for key, value in part.schema.items() if key not in dropped and is_writable(value)}
    if "default" in dropped and _names_option(part.schema):
        node["default"] = part.schema["default"]
    node |= {"description": description_of(node), "type": _single_type(part.schema)}
    if node["type"] == "string":
        node |= {key: _as_texts(node[key]) for key in _OFFERS if key in node}
    if fixed_value(node) is not None:
        node["default"] = fixed_value(node)
    elif "default" in node and not _is_default(node["default"], part.schema):
        default = one_line(json.dumps(node.pop("default")))[:_LONGEST_SHOWN]
        part.note(f"default {default} is left out, since it is no valid value")
    return _in_order(node)


def _is_default(value: JsonValue, schema: JsonObject) -> bool:
    return _names_option(schema) or fits(value, schema)


def _names_option(schema: JsonObject) -> bool:
    """Whether the default is the constant of an option: then the widget opens the form with that option (platform v2.0.0)."""
    parts = (part for option in options_of(schema) for part in properties_of(option).values())
    constants = (fixed_value(part) for part in parts if not holds_secret(part))
    default = schema.get("default")
    return default is not None and any(same_json(default, each) for each in constants)


def _in_order(node: JsonObject) -> JsonObject:
    """The keywords that a form knows, without those that say nothing."""
    return {
        key: node[key] for key in _KEYWORDS if node.get(key) is not None and not _says_nothing(key, node[key])
    }


def _says_nothing(key: str, value: JsonValue) -> bool:
    return key == "title" and not (isinstance(value, str) and value.strip())


def _single_type(schema: JsonObject) -> JsonValue:
    """The type, the first that is not null of several; where there is none, what the other keywords tell."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return next((each for each in kind if isinstance(each, str) and each != "null"), None)
    if kind is not None:
        return kind if isinstance(kind, str) and is_writable(kind) else None
    if "properties" in schema:
        return "object"
    return "string" if isinstance(fixed_value(schema), str) else None


def _as_texts(value: JsonValue) -> JsonValue:
    """Numbers and booleans beside `type: string` as the text that the server makes of them."""
    if isinstance(value, list):
        return [_as_texts(item) for item in value]
    return as_text(value) if isinstance(value, bool | int | float) else value


def _inner_schemas(part: _Part) -> JsonObject:
    schema = part.schema
    node: JsonObject = {}
    if isinstance(schema.get("additionalProperties"), bool):
        node["additionalProperties"] = schema["additionalProperties"]
    required = required_of(schema)
    if required:
        node["required"] = list(required)
    if "properties" in schema:
        node["properties"] = {
            name: _named(name, _node(part.inner(inner, name, is_tested=name in required)))
            for name, inner in properties_of(schema).items()
        }
    items = items_of(schema) if part.is_tested else schema.get("items")
    if isinstance(items, dict):
        node["items"] = _node(part.inner(items, f"items of {part.name}"))
    for keyword in COMBINATIONS:
        if options := options_of(schema, keyword):
            node[keyword] = [_node(part.inner(option)) for option in options]
    return node


def _mended_text(part: _Part, node: JsonObject) -> JsonObject:
    """The text field with a valid value where the server looks for one; as it was when none is known."""
    hidden = _OFFERS if part.is_secret else ()
    value = fitting_text({key: item for key, item in part.schema.items() if key not in hidden})
    if value is None:
        return node
    if part.is_secret:
        part.note("pattern_descriptor is made up from the pattern, since Airbyte tests the form with it")
        return _in_order({**node, "pattern_descriptor": value})
    if "pattern_descriptor" in node:
        descriptor = one_line(json.dumps(node["pattern_descriptor"]))[:_LONGEST_SHOWN]
        part.note(
            f"pattern_descriptor {descriptor} is left out: Airbyte tests the form with it, and it is no valid value"
        )
    part.note("the first example is a valid value, since Airbyte tests the form with it")
    known = node.get("examples")
    others = [item for item in known if item != value] if isinstance(known, list) else []
    return _in_order({**node, "default": None, "pattern_descriptor": None, "examples": [value, *others]})


def _mended_choice(part: _Part, node: JsonObject) -> JsonObject:
    """An object: the names that tell its options apart become required, and an option that passes comes first."""
    options = options_of(node)
    names = discriminators(options)
    told = [_requiring(option, names) for option in options]
    for first, option in enumerate(told):
        mended: JsonObject = {**node, "oneOf": [option, *told[:first], *told[first + 1 :]]}
        if fits(mock_document(mended), part.schema):
            _note_choice(part, names if told != options else (), is_reordered=first > 0)
            return mended
    return node


def _requiring(option: JsonObject, names: tuple[str, ...]) -> JsonObject:
    required = required_of(option)
    missing = [name for name in names if name not in required]
    return {**option, "required": [*missing, *required]} if missing else option


def _note_choice(part: _Part, names: tuple[str, ...], *, is_reordered: bool) -> None:
    if names:
        part.note(
            f"{', '.join(names)} is required in every option, so that Airbyte's test can tell them apart"
        )
    if is_reordered:
        part.note("the order of the options is changed: Airbyte tests the form with the first")
