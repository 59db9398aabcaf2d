"""One connector as `connectors show` tells it: facts, OAuth, and its fields as a table; or as a document. Pure.

Everything that a registry says goes through `safe_text`: anybody may publish a connector. Values that a specification
holds for a secret field are not shown.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.connectors.registry.lookup import Held, Hit
from reconciler.connectors.specification.nodes import Role
from reconciler.connectors.specification.oauth import OAuth, oauth_of
from reconciler.connectors.specification.outline import Part, form_parts
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import short_text
from reconciler.planning.masking import SENSITIVE
from reconciler.planning.plan import PLAN_FORMAT_VERSION
from reconciler.report.safe_text import safe_text, short_json
from reconciler.report.style import Style
from reconciler.report.text_connectors import CELL, hit_document, render_table

_SECRET_KEYWORDS = ("default", "const", "enum")
# Keyword and how its value reads in a cell; `{}` is the value.
_CONSTRAINTS = {
    "const": "always {}",
    "enum": "one of {}",
    "format": "format {}",
    "pattern": "pattern {}",
    "pattern_descriptor": "written as {}",
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "in steps of {}",
    "minLength": "{} characters or more",
    "maxLength": "{} characters or less",
    "minItems": "{} items or more",
    "maxItems": "{} items or less",
    "uniqueItems": "items differ: {}",
}


def render_connector(hit: Hit, style: Style = Style()) -> str:  # noqa: B008 - frozen
    """What a connector is, whether OAuth fills a part of it, and its fields as a table."""
    entry, oauth = hit.entry, oauth_of(hit.entry.specification)
    facts = [
        ("connector", f"{entry.label} ({entry.type})"),
        ("id", entry.id),
        ("version", entry.version),
        ("from", hit.collection.words),
        *_oauth_facts(oauth),
    ]
    head = [
        style.paint(safe_text(entry.name), "bold"),
        *(f"{key:<12}{safe_text(short_text(text, 400))}" for key, text in facts),
    ]
    parts = [part for part in form_parts(entry.specification) if part.role is not Role.FORM]
    if not parts:
        return "\n".join([*head, "", "No fields."]) + "\n"
    header = ("FIELD", "TYPE", "REQUIRED", "SECRET", "DEFAULT", "CONSTRAINTS")
    return "\n".join([*head, "", render_table(header, [_field_row(part) for part in parts], style)])


def _oauth_facts(oauth: OAuth | None) -> Iterator[tuple[str, str]]:
    if oauth is None:
        yield "OAuth", "no"
        return
    yield "OAuth", f"{oauth.flow}, {f'when {oauth.condition}' if oauth.condition else 'always'}"
    if oauth.fills:
        yield "  fills", ", ".join(oauth.filled)
    if oauth.app_needs:
        yield "  its app", f"has to bring {', '.join(oauth.app_needs)}"


def _field_row(part: Part) -> tuple[str, ...]:
    facts = _facts(part)
    is_field = part.role is Role.FIELD
    required = ("yes" if part.required else "no") if is_field else ""
    default = _cell(facts["default"]) if "default" in facts else ""
    said = [key for key in _CONSTRAINTS if key in facts and not (key == "enum" and "const" in facts)]
    constraints = [_CONSTRAINTS[key].format(_cell(facts[key])) for key in said]
    if part.is_hidden:
        constraints.insert(0, "hidden")
    return (
        part.path,
        _type_words(part),
        required,
        "yes" if part.is_secret else "",
        default,
        ", ".join(constraints),
    )


def _facts(part: Part) -> JsonObject:
    """Default and constraints, in one order; what belongs to a secret is masked."""
    keywords = [key for key in ("default", *_CONSTRAINTS) if key in part.schema]
    hidden = _SECRET_KEYWORDS if part.is_secret else ()
    return {key: SENSITIVE if key in hidden else part.schema[key] for key in keywords}


def _cell(value: JsonValue) -> str:
    if isinstance(value, list):
        return " | ".join(map(_cell, value[:6])) + (f" | {len(value) - 6} more" if len(value) > 6 else "")
    return short_text(value, CELL) if isinstance(value, str) and value else short_json(value, CELL)


def _type_words(part: Part) -> str:
    if part.role is Role.OPTION:
        return "option"
    options = part.schema.get("oneOf")
    if isinstance(options, list) and options:
        return f"one of {len(options)}"
    kind = part.schema.get("type")
    if isinstance(kind, list):
        return " or ".join(str(each) for each in kind)
    return kind if isinstance(kind, str) else "any"


def connector_document(hit: Hit) -> JsonObject:
    """The same for programs; `fields` hold the options of choices and the items of lists too, each by its path."""
    oauth = oauth_of(hit.entry.specification)
    parts = form_parts(hit.entry.specification)
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "connector": hit_document(hit),
        "specificationIsCut": hit.collection.held is Held.BUILTIN,
        "oauth": None
        if oauth is None
        else {
            "flow": oauth.flow,
            "condition": oauth.condition,
            "fills": list(oauth.filled),
            "appNeeds": list(oauth.app_needs),
        },
        "fields": [_field_document(part) for part in parts if part.role is not Role.FORM],
    }


def _field_document(part: Part) -> JsonObject:
    facts = _facts(part)
    told: JsonObject = {
        "path": part.path,
        "role": part.role.name.lower(),
        "type": part.schema.get("type"),
        "required": part.required,
        "secret": part.is_secret,
        "hidden": part.is_hidden,
        "title": part.schema.get("title"),
        "description": part.schema.get("description"),
    }
    default: JsonObject = {"default": facts.pop("default")} if "default" in facts else {}
    return {**told, **default, "constraints": facts}
