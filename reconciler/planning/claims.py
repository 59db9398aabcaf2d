"""What a manifest, or an earlier revision of it, has in common with a live template."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from reconciler.planning.content import Content, Desired, Live

FEATURES: Final[Mapping[str, Callable[[Content], str | None]]] = {
    "presets": lambda content: content.presets_key,
    "form": lambda content: content.untitled_form_key,
    "title": lambda content: content.title,
}
"""What two templates can have in common. A feature of None is not known, or not there: it is common to nothing."""

Mark = tuple[str, str]
"""A feature with its key."""


def marks_of(content: Content) -> frozenset[Mark]:
    """The features that a content has, with their keys."""
    return frozenset((name, key) for name, key_of in FEATURES.items() if (key := key_of(content)) is not None)


@dataclass(frozen=True)
class Claim:
    """A manifest with its earlier revisions of the same connector and organization; none for a new manifest, and where git does
    not tell.
    """

    desired: Desired
    earlier: tuple[Content, ...] = ()

    @property
    def name(self) -> str:
        """The manifest's name."""
        return self.desired.manifest.name

    @property
    def has_past(self) -> bool:
        """Whether a template can have been created for an earlier revision."""
        return bool(self.earlier)

    @cached_property
    def revisions(self) -> tuple[frozenset[Mark], ...]:
        """The marks of each revision, the current one first."""
        return tuple(marks_of(content) for content in (self.desired.content, *self.earlier))

    def shared_with(self, live: Live) -> frozenset[frozenset[Mark]]:
        """What each revision has in common with a live template; revisions that have nothing are left out."""
        theirs = marks_of(live.content)
        return frozenset(shared for marks in self.revisions if (shared := marks & theirs))

    def features(self, live: Live) -> frozenset[str]:
        """The names of what any revision has in common with a live template."""
        return frozenset(name for shared in self.shared_with(live) for name, _ in shared)

    def beats(self, other: Claim, live: Live) -> bool:
        """Whether this manifest's claim to a live template rules out that `other` has it by a weak rule: it has something in
        common with it that no revision of the other has, or, with a past of its own, the same.
        """
        mine, theirs = self.shared_with(live), other.shared_with(live)
        return any(
            not any(shared < more or (shared == more and not self.has_past) for more in theirs)
            for shared in mine
        )


def closeness(claim: Claim, live: Live) -> int:
    """In how many features the nearest revision of a manifest agrees with a live template: 3 when both say the same."""
    theirs = marks_of(live.content)
    missing = len(FEATURES) - len(theirs)
    return max(len(marks & theirs) + missing * (len(marks) == len(theirs)) for marks in claim.revisions)


def by_mark(claims: Iterable[Claim]) -> Mapping[Mark, list[Claim]]:
    """The manifests that have each mark in any revision."""
    found: dict[Mark, list[Claim]] = {}
    for claim in claims:
        for mark in frozenset[Mark]().union(*claim.revisions):
            found.setdefault(mark, []).append(claim)
    return found


def rivals(live: Live, holders: Mapping[Mark, list[Claim]]) -> Iterable[Claim]:
    """The manifests that have anything in common with a live template, each once."""
    return {claim.name: claim for mark in marks_of(live.content) for claim in holders.get(mark, ())}.values()
