"""What rules say about manifests, with the lines that cause it: between the pure rules and the files. Offline."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from reconciler.manifests.placing import origin_of
from reconciler.model.advice import Advice, SeverityChoice
from reconciler.model.problem import Problem, sorted_problems
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed


def assessor(
    root: Path, severities: Mapping[str, SeverityChoice], *, with_form: bool = True
) -> Callable[[Manifest], Assessed]:
    """Everything known about a manifest, its problems at their lines. The rules are imported when first asked."""

    def assessed(manifest: Manifest) -> Assessed:
        from reconciler.planning.assess import assess

        found = assess(manifest, severities, with_form=with_form)
        problems = sorted_problems([_placed(manifest, advice, root) for advice in found.advice])
        return Assessed(found.verdict, found.asked, problems, found.suppressed)

    return assessed


def literal_secrets(manifests: Iterable[Manifest], root: Path) -> tuple[Problem, ...]:
    """Every secret that stands in a manifest, as errors at their lines: found before anything is connected to."""
    from reconciler.connectors.lint.secret_guard_quick import certain_secrets

    return sorted_problems(
        [_placed(manifest, advice, root) for manifest in manifests for advice in certain_secrets(manifest)]
    )


def _placed(manifest: Manifest, advice: Advice, root: Path) -> Problem:
    origin = origin_of(manifest, advice.pointer, root=root, key=advice.on_key)
    return Problem(origin, advice.rule, advice.message, advice.help, advice.severity)
