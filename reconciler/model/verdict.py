"""What the server would do with a create, and what the customer would then be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.model.json_value import JsonValue


@dataclass(frozen=True)
class Corruption:
    """A preset that the server would store as something else. `path` is a JSON pointer within the presets."""

    path: str
    stored: JsonValue = field(hash=False)


@dataclass(frozen=True)
class Verdict:
    """The answer to a create: 200, 422 with the server's messages, or 500 with the cause.

    `corrupted` lists, sorted by path, the presets that a 200 would store differently; empty otherwise.
    """

    status: int
    messages: tuple[str, ...] = ()
    corrupted: tuple[Corruption, ...] = ()

    @property
    def is_safe(self) -> bool:
        """Whether the server would store exactly what the manifest says."""
        return self.status == 200 and not self.corrupted


@dataclass(frozen=True)
class Ask:
    """One field of the customer's form. `path` is a JSON pointer within the configuration, `type` its JSON type
    (`oneOf` for a choice), None when the form does not say.
    """

    path: str
    title: str
    type: str | None
    required: bool
    secret: bool
