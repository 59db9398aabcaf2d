"""What reading a file gives, and what the reader needs to know of the files around it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Protocol

from reconciler.manifests.fields import WRITTEN
from reconciler.manifests.rules import Refused
from reconciler.manifests.variables import UnsetVariable, VariableValue
from reconciler.model.diagnostic import Diagnostic, Origin
from reconciler.model.json_value import JsonValue, pointer_segments, value_at
from reconciler.model.places import Places

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Document:
    """One document of a file.

    `origin` is the place of its first key (of its root value when it has none). `variables` are JSON pointers to values that
    `!env` put there. `spoiled` are pointers to values that were reported already: what is there is only a guess.
    """

    index: int
    value: JsonValue
    origin: Origin
    places: Places
    variables: frozenset[str] = NOTHING
    spoiled: frozenset[str] = NOTHING

    def locate(self, finding: Diagnostic) -> Diagnostic:
        """A finding with its place in the file. `WRITTEN` in its texts becomes the scalar that is written there."""
        located = self.places.locate(finding)
        texts = located.message, located.help
        if not any(WRITTEN in text for text in texts):
            return located
        written = self.places.written_at(finding.pointer) or json.dumps(value_at(self.value, finding.pointer))
        message, help_text = (text.replace(WRITTEN, written) for text in texts)
        return replace(located, message=message, help=help_text)

    def has_reported(self, pointer: str) -> bool:
        """Whether the value at a pointer, or one around it, is spoiled."""
        return any(f"{pointer}/".startswith(f"{spoiled}/") for spoiled in self.spoiled)

    def lacks(self, pointer: str) -> bool:
        """Whether the value at a pointer, or one around it, is that of a variable that is not set."""
        value = self.value
        for segment in pointer_segments(pointer):
            if not isinstance(value, dict):
                break
            value = value.get(segment)
        return isinstance(value, UnsetVariable)


class Substitutions(Protocol):
    """What the two tags mean. Both raise Refused."""

    def variable(self, form: JsonValue, *, depth: int) -> VariableValue:
        """The value of `!env form`, which will be nested `depth` deep. `form` is the name, or an object with it."""

    def fragment(self, path: str, *, depth: int) -> Document:
        """The content of `!include path`, which will be nested `depth` deep."""


@dataclass(frozen=True)
class NoSubstitutions:
    """For files that take neither tag. `rule` and the texts are what their users read."""

    rule: str
    variables: tuple[str, str]
    includes: tuple[str, str]

    def variable(self, form: JsonValue, *, depth: int) -> VariableValue:
        """See `Substitutions`."""
        raise Refused(self.rule, *self.variables)

    def fragment(self, path: str, *, depth: int) -> Document:
        """See `Substitutions`."""
        raise Refused(self.rule, *self.includes)
