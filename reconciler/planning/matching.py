"""What matching found: values that the plan's entries are made from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from reconciler.model.template import Manifest
from reconciler.planning.content import Desired, Live
from reconciler.planning.entry import Rule


@dataclass(frozen=True)
class Match:
    """A manifest and the live template that is its own, and by which rule."""

    desired: Desired
    live: Live
    rule: Rule

    @property
    def name(self) -> str:
        """The manifest's name."""
        return self.desired.manifest.name


class Because(Enum):
    """Why a manifest is ambiguous. All but SEVERAL and ELSEWHERE are about another manifest."""

    SEVERAL = auto()
    """The candidates are left for the connector, and nothing decides between them or between manifests."""
    CLAIMED = auto()
    """The candidate has this manifest's presets, and the other manifest has it by a weak rule."""
    COPIES = auto()
    """All candidates equal the template of the other manifest."""
    TAKEN = auto()
    """The candidate equals this manifest, and the other manifest has it."""
    ELSEWHERE = auto()
    """The candidates are of another actor definition id, and look like what this manifest was before its connector moved."""


@dataclass(frozen=True)
class Ambiguity:
    """A manifest that could be any of its candidates (at least one). `other` is the other manifest, if `because` is about one.
    `lacks_past` says that earlier revisions might decide, and are not all known.
    """

    desired: Desired
    candidates: tuple[Live, ...]
    because: Because
    other: Manifest | None = None
    lacks_past: bool = False


@dataclass(frozen=True)
class Doubt:
    """A manifest about which nothing may be concluded. `template_id` is the id it is bound or was paired to,
    if any.
    """

    desired: Desired
    reason: str
    template_id: str | None = None


@dataclass(frozen=True)
class Matching:
    """Every manifest stands in exactly one of the first four, every read live template in `matches`, or in
    `leftovers`.
    """

    matches: tuple[Match, ...] = ()
    missing: tuple[Desired, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    leftovers: tuple[Live, ...] = ()
