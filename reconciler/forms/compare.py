"""What differs between two forms, part by part, so that it can be marked where it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from reconciler.forms.parts import (
    Choice,
    Field,
    FilledByLogin,
    Form,
    Group,
    ItemList,
    Option,
    Part,
    Section,
)


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
    ours, theirs = dict(_of_cards(left)), dict(_of_cards(right))
    return Marks(_marks(ours, theirs), _marks(theirs, ours))


def _marks(here: Mapping[str, object], there: Mapping[str, object]) -> dict[str, Mark]:
    return {
        place: Mark.DIFFERS if place in there else Mark.ONLY_HERE
        for place, facts in here.items()
        if place not in there or there[place] != facts
    }


def _of_cards(form: Form) -> Iterator[tuple[str, object]]:
    for card in form.cards:
        yield from _of_sections(card.sections)


def _of_sections(sections: Iterable[Section]) -> Iterator[tuple[str, object]]:
    for section in sections:
        for part in section.parts:
            yield from _of_part(part, is_optional=section.is_optional)


def _of_part(part: Part, *, is_optional: bool) -> Iterator[tuple[str, object]]:
    """The part without what it holds, then what it holds."""
    match part:
        case Group() | ItemList():
            yield part.place, (replace(part, sections=()), is_optional)
            yield from _of_sections(part.sections)
        case Choice():
            yield part.place, (replace(part, options=()), is_optional)
            for option in part.options:
                yield from _of_option(option)
        case FilledByLogin():
            for filled in part.parts:
                yield from _of_part(filled, is_optional=is_optional)
        case Field():
            yield part.place, (part, is_optional)
        case _:
            yield part.place, is_optional


def _of_option(option: Option) -> Iterator[tuple[str, object]]:
    yield option.place, replace(option, sections=())
    yield from _of_sections(option.sections)
