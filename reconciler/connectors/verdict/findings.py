"""What is really behind a refusal: of all the server's messages, the few that a person has to act on, and the words for them. Pure.

The server lists what every option of a `oneOf` missed, although one was meant. Here the nearest option speaks. Values of the manifest
are quoted only where the caller has made sure that they are no secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from reconciler.connectors.scaffold.samples import fitting_text
from reconciler.connectors.server.schema_node import Path, Violation
from reconciler.connectors.specification.schema import members
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.text import clipped

Kind: TypeAlias = Literal["value", "missing", "surplus", "ambiguous"]
"""What is wrong at a place."""
_KINDS: dict[str, Kind] = {"required": "missing", "additionalProperties": "surplus"}


@dataclass(frozen=True)
class Finding:
    """Everything about one place that has one remedy. `option` is the title of the option that was taken for the meant one, None
    where there was no choice.
    """

    path: Path
    kind: Kind
    violations: tuple[Violation, ...]
    option: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The members of the object at `path` that are missing or surplus, each once."""
        has_names = self.kind in ("missing", "surplus")
        return tuple(dict.fromkeys(str(each.expected) for each in self.violations if has_names))

    @property
    def root_name(self) -> str | None:
        """The field at the root that this is about. None for the whole configuration."""
        return str(self.path[0]) if self.path else None

    @property
    def schema(self) -> JsonObject:
        """The connector's schema of this place."""
        return self.violations[0].schema

    def described(self, name: str) -> JsonObject:
        """What the connector says about a member that is missing. A text where it says nothing."""
        found = members(self.schema).get(name)
        return found if isinstance(found, dict) and found else {"type": "string"}

    @cached_property
    def fitting_text(self) -> str | None:
        """A text that the connector takes here. None when none was found."""
        return fitting_text(self.schema)

    @property
    def messages(self) -> tuple[str, ...]:
        """The server's messages about this, in its order."""
        return tuple(dict.fromkeys(each.message for each in self.violations if each.message))


def findings_of(violations: Iterable[Violation]) -> tuple[Finding, ...]:
    """The findings behind these violations, in the order of their places."""
    grouped: dict[tuple[Path, Kind, str | None], list[Violation]] = {}
    for violation, option in _meant(violations, None):
        kind: Kind = _KINDS.get(violation.keyword, "value")
        if violation.keyword == "oneOf" and not all(violation.options):
            kind = "ambiguous"
        grouped.setdefault((violation.path, kind, option), []).append(violation)
    return tuple(Finding(path, kind, tuple(found), option) for (path, kind, option), found in grouped.items())


def _meant(violations: Iterable[Violation], option: str | None) -> Iterator[tuple[Violation, str | None]]:
    """The violations without those of options that were not meant. Each with the option it belongs to."""
    for violation in violations:
        if violation.options and all(violation.options):
            found = min(violation.options, key=lambda each: _distance(violation, each))
            title = option_titles(violation)[violation.options.index(found)]
            yield from _meant(found, title or option)
        else:
            yield violation, option


def _distance(violation: Violation, found: tuple[Violation, ...]) -> tuple[int, int]:
    """How far an option is from what was meant: first the discriminators that differ, then all that is wrong."""
    depth = len(violation.path) + 1
    discriminators = sum(each.keyword in ("const", "enum") and len(each.path) == depth for each in found)
    return discriminators, len(found)


def option_titles(violation: Violation) -> list[str]:
    """The title of each option of a `oneOf` or `anyOf`. "" for one without."""
    options = violation.expected if isinstance(violation.expected, list) else []
    titles = [option.get("title") if isinstance(option, dict) else None for option in options]
    return [title if isinstance(title, str) else "" for title in titles]


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

_OTHERWISE = ("is not what the connector takes", "")


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
    templates = ((_WORDS.get(each.keyword, _OTHERWISE)[0], each) for each in violations)
    words = (template.format(_expected(each.keyword, each.expected)) for template, each in templates)
    return " and ".join(dict.fromkeys(words))


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
    _, template = _WORDS.get(keyword, _OTHERWISE)
    return template.format(_expected(keyword, expected)) or "what the connector takes"


def choices(ways: Sequence[str]) -> str:
    """Ways out as one sentence: `do this; or do that`."""
    return "; or ".join(ways)
