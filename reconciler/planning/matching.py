"""What matching found: values that the plan's entries are made from."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.model.template import Manifest
from reconciler.planning.content import Desired, Live
from reconciler.planning.entry import Rule


@dataclass(frozen=True)
class Match:
    """A manifest and the live template that is its own, and by which rule."""

    desired: Desired
    live: Live
    rule: Rule


@dataclass(frozen=True)
class Ambiguity:
    """A manifest that could be any of several live templates (at least one candidate).

    `owner` is set where the only candidate is paired with that other manifest, but not for certain. `copied` is set where all
    candidates equal the template of that other manifest.
    """

    desired: Desired
    candidates: tuple[Live, ...]
    owner: Manifest | None = None
    copied: Manifest | None = None


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
