"""What a form is made of, as the customer sees it, and what differs between two. Frozen values. No schema and no markup in here.

Every text may come from outside. Secrets are masked already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from reconciler.connectors.specification.form import Card
from reconciler.connectors.specification.schema import Kind


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
class Part:
    """One part of a form (`connectors/specification/form.py` has the kinds). Texts are "" where nothing is said.

    `place` names it uniquely within one form and equally in two forms that are compared. It is never shown. `shape` is how a value
    has to look (`YYYY-MM-DD`). `values` is what a field is filled with at first: one text, several for a list, () for nothing.
    `options` are those of a select. `left_out` counts the ones that are not shown. `parts` are those inside. `chosen` is the index of
    the option that a choice opens with, None when the form opens with a hidden one.
    """

    kind: Kind
    place: str
    title: str = ""
    description: str = ""
    examples: tuple[str, ...] = ()
    shape: str = ""
    note: str = ""
    is_required: bool = True
    is_open: bool = True
    by_login: bool = False
    control: Control = Control.TEXT
    values: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    left_out: int = 0
    minimum: str = ""
    maximum: str = ""
    is_radio: bool = False
    chosen: int | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Preset:
    """One value that the template fixes. `path` is dotted. `is_asked` says that the form asks for the same place too."""

    path: str
    title: str
    value: str
    is_secret: bool = False
    is_asked: bool = False


@dataclass(frozen=True)
class Form:
    """The whole form. `trouble` is why the customer sees an error in its place ("" when it can be built). `never_asked` are dotted
    places that the connector knows and that cannot be set.
    """

    title: str
    cards: tuple[Card[Part], ...] = ()
    presets: tuple[Preset, ...] = ()
    never_asked: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True)
class NoForm:
    """Why no form can be shown, and what to do about it ("" for nothing)."""

    reason: str
    help: str = ""


class Mark(StrEnum):
    """`only-here`: the other form has no such part. `differs`: it has, and says something else about it."""

    ONLY_HERE = "only-here"
    DIFFERS = "differs"


Marks: TypeAlias = Mapping[str, Mark]
"""The marks of one form, by place."""


def compare_forms(left: Form, right: Form) -> tuple[Marks, Marks]:
    """The marks of either side. Empty when the customer would not see a difference in any part. Order is not looked at."""
    ours, theirs = (
        {part.place: part for card in form.cards for part in _alone(card.parts)} for form in (left, right)
    )
    return _marks(ours, theirs), _marks(theirs, ours)


def _marks(here: Mapping[str, Part], there: Mapping[str, Part]) -> Marks:
    differs = {place for place, part in here.items() if there.get(place) != part}
    return {place: Mark.DIFFERS if place in there else Mark.ONLY_HERE for place in here if place in differs}


def _alone(parts: Iterable[Part]) -> Iterator[Part]:
    """Each part without what it holds, then what it holds."""
    for part in parts:
        yield replace(part, parts=(), by_login=False)
        yield from _alone(part.parts)
