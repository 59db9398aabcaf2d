"""What differs between two forms, part by part, so that it can be marked where it is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reconciler.forms.parts import Form, Part


class Mark(StrEnum):
    """`only-here`: the other form has no such part. `differs`: it has, and says something else about it."""

    ONLY_HERE = "only-here"
    DIFFERS = "differs"


@dataclass(frozen=True)
class Marks:
    """The marks of either side, by place."""

    left: Mapping[str, Mark] = field(default_factory=dict)
    right: Mapping[str, Mark] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.left or self.right)


def compare_forms(left: Form, right: Form) -> Marks:
    """The marks of two forms. Empty when the customer would not see a difference in any part; order is not looked at."""
    ours, theirs = (
        {part.place: part for card in form.cards for part in _alone(card.parts)} for form in (left, right)
    )
    return Marks(_marks(ours, theirs), _marks(theirs, ours))


def _marks(here: Mapping[str, Part], there: Mapping[str, Part]) -> dict[str, Mark]:
    return {
        place: Mark.DIFFERS if place in there else Mark.ONLY_HERE
        for place, part in here.items()
        if there.get(place) != part
    }


def _alone(parts: Iterable[Part]) -> Iterator[Part]:
    """Each part without what it holds, then what it holds."""
    for part in parts:
        yield replace(part, parts=(), by_login=False)
        yield from _alone(part.parts)
