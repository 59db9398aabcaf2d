"""Which organizations a plan is about, in words. Pure.

A manifest may name another organization than the environment's. Then every report says so at the entry: two organizations may
hold templates that look the same in everything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from reconciler.planning.entry import Entry, Plan

_MOST = 5
"""Organizations named in one sentence; the rest is a number."""


def organizations_read(plan: Plan) -> str:
    """Those that the plan was made from; see `organization_words`."""
    return organization_words(plan.target.organization_id, plan.other_organizations)


def organization_words(own: str, others: Sequence[str]) -> str:
    """`A`, or `A (and B, C)`: the target's first."""
    return f"{own} (and {_listed(others)})" if others else own


def elsewhere(entry: Entry) -> str:
    """`organization B` for an entry outside of the target's organization; "" for all others."""
    return f"organization {entry.organization_id}" if entry.is_elsewhere else ""


def numbers_by_organization(plan: Plan, entries: Iterable[Entry]) -> str:
    """`organization A` where all of them are in one, else `2 in organization A, 1 in organization B`: the target's first."""
    numbers = Counter(entry.organization_id for entry in entries)
    own = plan.target.organization_id
    ordered = sorted(numbers, key=lambda organization: (organization != own, organization))
    if len(ordered) == 1:
        return f"organization {ordered[0]}"
    return _listed([f"{numbers[each]} in organization {each}" for each in ordered])


def _listed(words: Iterable[str]) -> str:
    told = list(words)
    rest = [f"{len(told) - _MOST} more"] if len(told) > _MOST else []
    return ", ".join((*told[:_MOST], *rest))
