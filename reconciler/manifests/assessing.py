"""What rules say about manifests, with the lines that cause it: between the pure rules and the manifests' places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from reconciler.connectors.server.work import MOST_SPECIFICATION, TooMuchWork, specification_size
from reconciler.manifests.limits import MAX_PROBLEMS_PER_FILE
from reconciler.model.diagnostic import Diagnostic, SeverityChoice, in_reading_order
from reconciler.model.target import Dialect
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed

_MOST_OF_SPECIFICATIONS = 10_000_000
"""How much of specifications one run goes through. Two thousand manifests of the registry's largest connector fit."""


def assessor(
    severities: Mapping[str, SeverityChoice], *, with_form: bool = True, dialect: Dialect | None = None
) -> Callable[[Manifest], Assessed]:
    """Everything known about a manifest, its problems at their lines. To be called once for each manifest.

    The rules are imported when first needed.
    """
    run, now = _Run(), datetime.now(UTC)

    def assessed(manifest: Manifest) -> Assessed:
        from reconciler.planning.assess import assess

        if not run.can_afford(manifest):
            return Assessed(None, None, run.located(manifest, _too_much()), 0)
        most = run.room[manifest.origin.file]
        found = assess(manifest, severities, with_form=with_form, most=most, dialect=dialect, now=now)
        return replace(found, problems=run.located(manifest, found.problems))

    return assessed


def literal_secrets(manifests: Iterable[Manifest]) -> tuple[Diagnostic, ...]:
    """Every secret in a manifest, as errors at their lines: found before anything is connected to."""
    from reconciler.connectors.lint.secret_texts import certain_secrets

    run = _Run()
    problems: list[Diagnostic] = []
    for each in manifests:
        is_afforded = run.can_afford(each)
        found = certain_secrets(each, run.room[each.origin.file]) if is_afforded else _too_much()
        problems += run.located(each, found)
    return in_reading_order(problems)


def _too_much() -> tuple[Diagnostic, ...]:
    from reconciler.connectors.verdict.advice import unknown_advice

    return (unknown_advice(TooMuchWork()),)


class _Run:
    """What one run over manifests has spent. `room` is how many findings of a file may still be shown in full: a file can hold
    thousands of manifests, each with a hundred findings.
    """

    def __init__(self) -> None:
        self.room: defaultdict[str, int] = defaultdict(lambda: MAX_PROBLEMS_PER_FILE)
        self._left = _MOST_OF_SPECIFICATIONS
        self._sizes: dict[int, tuple[object, int]] = {}

    def can_afford(self, manifest: Manifest) -> bool:
        """Whether this manifest's specification is still gone through: thousands may share the largest there can be."""
        specification = manifest.connector.specification
        known, size = self._sizes.get(id(specification), (None, 0))
        if known is not specification:
            size = specification_size(specification) or MOST_SPECIFICATION
            self._sizes[id(specification)] = (specification, size)
        self._left -= size
        return self._left >= 0

    def located(self, manifest: Manifest, found: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings at their lines, in reading order."""
        file = manifest.origin.file
        self.room[file] = max(0, self.room[file] - len(found))
        return in_reading_order(map(manifest.locate, found))
