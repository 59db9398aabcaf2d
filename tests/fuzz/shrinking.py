"""A smaller case that fails in the same way: pieces of its files are left out as long as the fault stays. Bounded."""

from __future__ import annotations

from collections.abc import Callable

from fuzz.manifest_mutations import Project

MOST_TRIES = 400


def shrunk(project: Project, fails: Callable[[Project], bool]) -> Project:
    """The smallest project found that `fails`; `project` itself must."""
    tries = iter(range(MOST_TRIES))
    best = project
    for name in sorted(project.files):
        for unit in (b"\n", b""):
            best = _shrunk_file(best, name, unit, fails, tries)
    return best


def _shrunk_file(
    best: Project, name: str, unit: bytes, fails: Callable[[Project], bool], tries: object
) -> Project:
    data = best.files[name]
    pieces = (
        [line + b"\n" for line in data.split(b"\n")] if unit else [data[n : n + 1] for n in range(len(data))]
    )
    size = max(1, len(pieces) // 2)
    while size:
        start = 0
        while start < len(pieces):
            if next(tries, None) is None:  # type: ignore[call-overload]
                return best
            kept = pieces[:start] + pieces[start + size :]
            smaller = Project({**best.files, name: b"".join(kept)})
            if fails(smaller):
                best, pieces = smaller, kept
            else:
                start += size
        size //= 2
    return best
