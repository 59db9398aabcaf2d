"""What a manifest, or an earlier revision of it, has in common with a live template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from reconciler.planning.content import Content, Desired, Live, Mark

Marks = frozenset[Mark]


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

    @property
    def revisions(self) -> tuple[Content, ...]:
        """Each revision, the current one first."""
        return self.desired.content, *self.earlier

    @cached_property
    def _marks(self) -> Marks:
        return Marks().union(*(content.marks for content in self.revisions))

    def shared_with(self, live: Live) -> frozenset[Marks]:
        """What each revision has in common with a live template; revisions that have nothing are left out."""
        theirs = live.content.marks
        return frozenset(shared for content in self.revisions if (shared := content.marks & theirs))

    def features(self, live: Live) -> frozenset[str]:
        """The names of what any revision has in common with a live template."""
        return frozenset(name for name, _ in self._marks & live.content.marks)


def likeness(content: Content) -> Marks:
    """Three marks, two of which make two contents alike: that a form has no title is one. Fewer where the form is not known."""
    is_untitled = content.form is not None and content.title is None
    return content.marks | {("title", "")} if is_untitled else content.marks


def some_of(marks: Marks, sizes: Iterable[int] = (1, 2, 3)) -> Iterator[Marks]:
    """The parts of these marks that have one of these sizes."""
    return (Marks(part) for size in sizes for part in combinations(marks, size))


def by_marks(claims: Iterable[Claim]) -> Mapping[Marks, list[Claim]]:
    """The manifests that have all of some marks in one revision."""
    found: dict[Marks, list[Claim]] = {}
    for claim in claims:
        for part in {part for content in claim.revisions for part in some_of(content.marks)}:
            found.setdefault(part, []).append(claim)
    return found


def rivals(claim: Claim, live: Live, holders: Mapping[Marks, list[Claim]]) -> Iterable[Claim]:
    """The manifests whose claim to a live template rules out that `claim` has it by a weak rule, each once: a revision of theirs
    has something in common with it that no revision of `claim` has, or, with a past, the same.

    They are looked up by the marks that are enough for that: what all manifests of a connector have in common costs nothing.
    """
    own = claim.shared_with(live)
    enough = [part for part in some_of(live.content.marks) if not any(part < more for more in own)]
    others = (
        rival for part in enough for rival in holders.get(part, ()) if rival.has_past or part not in own
    )
    return {rival.name: rival for rival in others if rival is not claim}.values()
