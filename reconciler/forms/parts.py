"""What a form is made of, as the customer sees it. Frozen values; no schema and no markup in here.

`place` names a part uniquely within one form and equally in two forms that are compared; it is never shown. Every text may come
from outside; secrets are masked already.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Control(StrEnum):
    """By what one value is entered."""

    TEXT = "text"
    LINES = "lines"
    SECRET = "secret"  # noqa: S105 - the name of a control
    SECRET_LINES = "secret-lines"  # noqa: S105 - likewise
    NUMBER = "number"
    INTEGER = "integer"
    SWITCH = "switch"
    SELECT = "select"
    SEVERAL = "several"
    TAGS = "tags"
    DATE = "date"
    DATE_TIME = "date-time"
    MONTH = "month"


@dataclass(frozen=True)
class Words:
    """What stands beside a part. `shape` is how the value has to look (`YYYY-MM-DD`); "" and () where nothing is said."""

    title: str
    description: str = ""
    examples: tuple[str, ...] = ()
    shape: str = ""
    note: str = ""


@dataclass(frozen=True)
class Field:
    """One control. `values` is what it is filled with at first: one text, several for a list, () for nothing.

    `options` are those of a select; `left_out` counts the ones that are not shown. `minimum` and `maximum` are texts, "" for none.
    """

    place: str
    words: Words
    required: bool
    control: Control
    values: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    left_out: int = 0
    minimum: str = ""
    maximum: str = ""


@dataclass(frozen=True)
class Group:
    """An object: its fields stand in its place. The widget shows neither its title nor its description."""

    place: str
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class ItemList:
    """A list of objects; `sections` are the fields of one of them."""

    place: str
    words: Words
    required: bool
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Option:
    """One option of a choice and what it asks for."""

    place: str
    words: Words
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A selector of options. `chosen` is the index that it opens with, None when the form opens with a hidden one."""

    place: str
    words: Words
    required: bool
    is_radio: bool
    options: tuple[Option, ...]
    chosen: int | None


@dataclass(frozen=True)
class LoginButton:
    """Where an OAuth log-in is offered, if the server can offer it."""

    place: str


@dataclass(frozen=True)
class FilledByLogin:
    """Fields that a log-in fills in; the customer sees them only where no log-in is offered."""

    place: str
    parts: tuple[Part, ...]


Part: TypeAlias = "Field | Group | ItemList | Choice | LoginButton | FilledByLogin"


@dataclass(frozen=True)
class Section:
    """Parts that stand together. Optional ones are collapsed under `title`, or "Optional fields" when it is empty."""

    parts: tuple[Part, ...]
    is_optional: bool = False
    title: str = ""


@dataclass(frozen=True)
class Card:
    """A top-level group; "" for the one without a title."""

    title: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Preset:
    """One value that the template fixes. `path` is dotted; `is_asked` says that the form asks for the same place too."""

    path: str
    title: str
    value: str
    is_secret: bool = False
    is_asked: bool = False


@dataclass(frozen=True)
class Form:
    """The whole form.

    `trouble` is why the customer sees an error in its place ("" when it can be built). `never_asked` are dotted places that the
    connector knows and nobody can set.
    """

    title: str
    cards: tuple[Card, ...] = ()
    presets: tuple[Preset, ...] = ()
    never_asked: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class NoForm:
    """Why no form can be shown, and what to do about it ("" for nothing)."""

    reason: str
    help: str = ""
