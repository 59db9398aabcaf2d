"""What reading a file gives, and what the reader asks of its surroundings. Values and one protocol; no rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import JsonValue, pointer_segments

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Document:
    """One document of a file.

    `origin` is the place of its first key (of its root value when it has none). `variables` are JSON pointers to values that
    `!env` put there. `spoiled` are pointers to values that were reported already: what stands there is only a guess.
    """

    index: int
    value: JsonValue
    origin: Origin
    variables: frozenset[str] = NOTHING
    spoiled: frozenset[str] = NOTHING

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


@dataclass(frozen=True)
class Fragment:
    """What an `!include` stands for. `variables` are pointers relative to its own root."""

    value: JsonValue
    variables: frozenset[str] = NOTHING
    is_spoiled: bool = False


class VariableText(str):
    """The text of a variable without a declared type, until it is known what its place takes. `name` is the variable's."""

    name: str

    @classmethod
    def of(cls, name: str, text: str) -> VariableText:
        """The text that the variable of this name holds."""
        made = cls(text)
        made.name = name
        return made


class UnsetVariable(str):
    """Stands where the value of a variable that is not set would be. Its text, "", means nothing."""

    __slots__ = ()


@dataclass(frozen=True)
class VariableValue:
    """What an `!env` stands for, made of a text of `length` characters, and how many `values` it is. A default that was used is a
    literal of the file, not a value of the environment: it is in git, so it is neither hidden nor excused by the rules about secrets.
    """

    value: JsonValue
    is_default: bool = False
    length: int = 0
    values: int = 1


class Substitutions(Protocol):
    """What the two tags stand for. Both raise SubstitutionRefused."""

    def variable(self, form: JsonValue, *, depth: int) -> VariableValue:
        """The value of `!env form`, which will be nested `depth` deep; `form` is the name, or an object with it."""

    def fragment(self, path: str, *, depth: int) -> Fragment:
        """The content of `!include path`, which will be nested `depth` deep."""
