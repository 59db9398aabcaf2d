"""What the server would do with a create, and what the customer would then be asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.model.json_value import JsonValue


@dataclass(frozen=True)
class Corruption:
    """A preset that the server would store as something else, or a value that it would add.

    `path` is a JSON pointer within the presets. `is_secret` says that `stored` may hold a secret of the manifest and
    must not be shown. The words that the server makes up by itself are none.
    """

    path: str
    stored: JsonValue = field(hash=False)
    is_secret: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Verdict:
    """The answer to a create: 200, 422 with the server's messages, or 500 with the cause.

    `corrupted` lists, sorted by path, the presets that a 200 would store differently. Empty otherwise.
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

    `options` are those of a choice, in the form's order. `by_login` marks a field that an OAuth log-in fills in where
    the form offers one.
    """

    path: str
    title: str
    type: str | None
    required: bool
    secret: bool
    options: tuple[AskOption, ...] = ()
    by_login: bool = False


@dataclass(frozen=True)
class AskOption:
    """One option of a choice and what it asks for."""

    title: str
    fields: tuple[Ask, ...] = ()


@dataclass(frozen=True)
class Asked:
    """Everything about one form: `fields` in the order of the form, and what the customer never sees.

    `preset` are the places that the manifest fills in and the form does not ask for. `dropped` are the connector's
    optional fields that inference leaves out, so that they cannot be set. Both are JSON pointers within the
    configuration, sorted.
    """

    fields: tuple[Ask, ...]
    preset: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
