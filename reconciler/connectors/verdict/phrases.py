"""The words that advice about a verdict is made of. Pure. Decides nothing.

Values of the manifest are quoted only where the caller has made sure that they are no secret.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from reconciler.connectors.server.schema_node import Path, Violation
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import clipped

_LONGEST_QUOTE = 200
_MOST_LISTED = 8
# What a value is that does not meet a keyword, and what one is that does.
_WORDS = {
    "enum": ("is none of the allowed values", ""),
    "const": ("is not {}", ""),
    "pattern": ("does not match the pattern", "a text that matches {}"),
    "format": ("is no {}", "a {}"),
    "type": ("is no {}", "a value of type {}"),
    "minimum": ("is less than {}", "{} or more"),
    "maximum": ("is more than {}", "{} or less"),
    "exclusiveMinimum": ("is not more than {}", "more than {}"),
    "exclusiveMaximum": ("is not less than {}", "less than {}"),
    "minLength": ("is shorter than {} characters", "at least {} characters"),
    "maxLength": ("is longer than {} characters", "at most {} characters"),
    "minItems": ("has less than {} items", "at least {} items"),
    "maxItems": ("has more than {} items", "at most {} items"),
    "uniqueItems": ("has equal items", "each item once"),
}


def quoted(messages: Sequence[str]) -> str:
    """The server's messages for a parenthesis, each cut to a readable length."""
    shown = [clipped(message, _LONGEST_QUOTE) for message in messages[:2]]
    rest = f" and {len(messages) - 2} more" if len(messages) > 2 else ""
    return f"(server: {'; '.join(shown)}{rest})"


def as_json(value: JsonValue, limit: int = 80) -> str:
    """A value as it can be pasted into a manifest: JSON is YAML."""
    return clipped(json.dumps(value, ensure_ascii=False), limit)


def field(path: Path, lead: str = "") -> str:
    """A field by name, behind a lead: `"credentials.auth_type"`, `an item of the preset "urls"`. The configuration for ()."""
    if path and isinstance(path[-1], int):
        return f"an item of {field(path[:-1], lead)}"
    return f'{lead}"{dotted(path)}"' if path else "the configuration"


def dotted(path: Path) -> str:
    """A path as people say it: `credentials.auth_type`, `lists[0].name`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def named(names: Sequence[str]) -> str:
    """Names as a list in words: `"a"`, `"a" and "b"`, `"a", "b" and "c"`. Long ones end in a number."""
    shown = [f'"{name}"' for name in names[:_MOST_LISTED]]
    if len(names) > _MOST_LISTED:
        return f"{', '.join(shown)} and {len(names) - _MOST_LISTED} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def complaint(violations: Sequence[Violation]) -> str:
    """What is wrong with a value, as a predicate: `is none of the allowed values`."""
    return " and ".join(dict.fromkeys(_predicate(each) for each in violations))


def _predicate(violation: Violation) -> str:
    template, _ = _WORDS.get(violation.keyword, ("is not what the connector takes", ""))
    return template.format(_expected(violation.keyword, violation.expected))


def _expected(keyword: str, value: JsonValue) -> str:
    is_text = isinstance(value, str) and keyword != "const"
    return clipped(str(value), 60) if is_text else as_json(value, 60)


def allowed(violations: Sequence[Violation]) -> str:
    """What to write for a value that does not meet these: `one of "eu", "us"`."""
    return " and ".join(dict.fromkeys(_wanted(each.keyword, each.expected) for each in violations))


def wanted(schema: JsonObject) -> str:
    """Everything that a schema node asks of one value, in the words of `allowed`. "" for nothing that has words."""
    keywords = ("const", *_WORDS)
    return " and ".join(dict.fromkeys(_wanted(key, schema[key]) for key in keywords if key in schema))


def _wanted(keyword: str, expected: JsonValue) -> str:
    if keyword == "enum" and isinstance(expected, list):
        shown = ", ".join(as_json(item, 40) for item in expected[:_MOST_LISTED])
        return f"one of {shown}" + (", ..." if len(expected) > _MOST_LISTED else "")
    if keyword == "const":
        return as_json(expected, 60)
    _, template = _WORDS.get(keyword, ("", ""))
    return template.format(_expected(keyword, expected)) or "what the connector takes"


def choices(ways: Sequence[str]) -> str:
    """Ways out as one sentence: `do this; or do that`."""
    return "; or ".join(ways)
