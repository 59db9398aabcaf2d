"""What rules say about manifests, with the lines that cause it: between the pure rules and the files. Offline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from reconciler.manifests.limits import MAX_PROBLEMS_PER_FILE
from reconciler.manifests.placing import Places
from reconciler.model.advice import Advice, SeverityChoice
from reconciler.model.problem import Problem, sorted_problems
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed


def assessor(
    root: Path, severities: Mapping[str, SeverityChoice], *, with_form: bool = True
) -> Callable[[Manifest], Assessed]:
    """Everything known about a manifest, its problems at their lines. The rules are imported when first asked.

    To be asked once for each manifest: it counts what has been told of a file.
    """
    told = _Told(root)

    def assessed(manifest: Manifest) -> Assessed:
        from reconciler.planning.assess import assess

        found = assess(manifest, severities, with_form=with_form, most=told.room(manifest))
        return Assessed(found.verdict, found.asked, told.problems(manifest, found.advice), found.suppressed)

    return assessed


def literal_secrets(manifests: Iterable[Manifest], root: Path) -> tuple[Problem, ...]:
    """Every secret that stands in a manifest, as errors at their lines: found before anything is connected to."""
    from reconciler.connectors.lint.secret_guard_quick import certain_secrets

    told = _Told(root)
    found = (told.problems(each, certain_secrets(each, told.room(each))) for each in manifests)
    return sorted_problems([problem for problems in found for problem in problems])


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

    def problems(self, manifest: Manifest, found: Sequence[Advice]) -> tuple[Problem, ...]:
        """The findings at their lines, in reading order."""
        self._room[manifest.origin.file] = max(0, self.room(manifest) - len(found))
        origins = self._places.origins(manifest, [(advice.pointer, advice.on_key) for advice in found])
        return sorted_problems(
            [
                Problem(origin, advice.rule, advice.message, advice.help, advice.severity)
                for origin, advice in zip(origins, found, strict=True)
            ]
        )
