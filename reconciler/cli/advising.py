"""What rules say about manifests, with the lines that cause it: between the pure rules and the files. Offline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from reconciler.connectors.server.work import MOST_SPECIFICATION, TooMuchWork, size_within
from reconciler.manifests.limits import MAX_PROBLEMS_PER_FILE
from reconciler.manifests.placing import Places
from reconciler.model.diagnostic import Diagnostic, SeverityChoice, in_reading_order
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed

_MOST_OF_SPECIFICATIONS = 10_000_000
"""Two thousand manifests of the registry's largest connector fit."""


def assessor(
    root: Path, severities: Mapping[str, SeverityChoice], *, with_form: bool = True
) -> Callable[[Manifest], Assessed]:
    """Everything known about a manifest, its problems at their lines. The rules are imported when first asked.

    To be asked once for each manifest: it counts what has been told of a file.
    """
    told, patience = _Told(root), _Patience()

    def assessed(manifest: Manifest) -> Assessed:
        from reconciler.planning.assess import assess

        if not patience.lasts(manifest):
            return Assessed(None, None, told.problems(manifest, _too_much()), 0)
        found = assess(manifest, severities, with_form=with_form, most=told.room(manifest))
        return Assessed(found.verdict, found.asked, told.problems(manifest, found.problems), found.suppressed)

    return assessed


def literal_secrets(manifests: Iterable[Manifest], root: Path) -> tuple[Diagnostic, ...]:
    """Every secret that stands in a manifest, as errors at their lines: found before anything is connected to."""
    from reconciler.connectors.lint.secret_texts import certain_secrets

    told, patience = _Told(root), _Patience()
    found = (
        told.problems(each, certain_secrets(each, told.room(each)) if patience.lasts(each) else _too_much())
        for each in manifests
    )
    return in_reading_order([problem for problems in found for problem in problems])


def _too_much() -> tuple[Diagnostic, ...]:
    from reconciler.connectors.verdict.advice import unknown_advice

    return (unknown_advice(TooMuchWork()),)


class _Patience:
    """How much of specifications one run goes through: thousands of manifests may share the largest there can be."""

    def __init__(self) -> None:
        self._left = _MOST_OF_SPECIFICATIONS
        self._sizes: dict[int, tuple[object, int]] = {}

    def lasts(self, manifest: Manifest) -> bool:
        """Whether this manifest's specification is still gone through."""
        specification = manifest.connector.specification
        known, size = self._sizes.get(id(specification), (None, 0))
        if known is not specification:
            size = size_within(specification, MOST_SPECIFICATION) or MOST_SPECIFICATION
            self._sizes[id(specification)] = (specification, size)
        self._left -= size
        return self._left >= 0


class _Told:
    """What has been told of each file. A file can hold thousands of manifests, each with a hundred findings: beyond a
    hundred of the file, a manifest tells its first error and how many findings more there are.
    """

    def __init__(self, root: Path) -> None:
        self._places = Places(root)
        self._room: defaultdict[str, int] = defaultdict(lambda: MAX_PROBLEMS_PER_FILE)

    def room(self, manifest: Manifest) -> int:
        """How many findings of this manifest may still be told in full."""
        return self._room[manifest.origin.file]

    def problems(self, manifest: Manifest, found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings at their lines, in reading order."""
        self._room[manifest.origin.file] = max(0, self.room(manifest) - len(found))
        origins = self._places.origins(manifest, [(advice.pointer, advice.on_key) for advice in found])
        return in_reading_order(
            [
                Diagnostic(origin, advice.rule, advice.message, advice.help, advice.severity)
                for origin, advice in zip(origins, found, strict=True)
            ]
        )
