"""What is really behind a refusal: of all the server's messages, the few that a person has to act on. Pure.

The server lists what every option of a `oneOf` missed, although one was meant. Here the nearest option speaks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from reconciler.connectors.scaffold.samples import fitting_text
from reconciler.connectors.server.schema_node import Path, Violation
from reconciler.connectors.specification.schema import members
from reconciler.model.json_value import JsonObject

Kind: TypeAlias = Literal["value", "missing", "surplus", "ambiguous"]
"""What is wrong at a place."""


@dataclass(frozen=True)
class Finding:
    """Everything about one place that has one remedy. `names` are the members of the object at `path` that are MISSING or
    SURPLUS.

    `option` is the title of the option that was taken for the meant one, None where there was no choice.
    """

    path: Path
    kind: Kind
    violations: tuple[Violation, ...]
    names: tuple[str, ...] = ()
    option: str | None = None

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
        grouped.setdefault((violation.path, _kind(violation), option), []).append(violation)
    return tuple(_finding(*key, tuple(found)) for key, found in grouped.items())


def _finding(path: Path, kind: Kind, option: str | None, violations: tuple[Violation, ...]) -> Finding:
    has_names = kind in ("missing", "surplus")
    names = dict.fromkeys(str(each.expected) for each in violations if has_names)
    return Finding(path, kind, violations, tuple(names), option)


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


def _kind(violation: Violation) -> Kind:
    if violation.keyword == "oneOf" and not all(violation.options):
        return "ambiguous"
    kinds: dict[str, Kind] = {"required": "missing", "additionalProperties": "surplus"}
    return kinds.get(violation.keyword, "value")
