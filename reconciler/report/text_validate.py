"""The result of `validate` as text: every problem, each manifest's form and verdict with `verbose`, one summary line."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.manifests.rules import VARIABLE_UNSET
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed
from reconciler.report.left_out import ignored_words
from reconciler.report.safe_text import safe_name, safe_place
from reconciler.report.style import Style
from reconciler.report.text_problems import problem_counts, render_problems
from reconciler.report.text_verdict import asks_lines, is_told, verdict_lines
from reconciler.report.wording import count

_UNSET = "server not known: variables are not set"


def render_validation(
    problems: tuple[Diagnostic, ...],
    manifests: tuple[tuple[Manifest, Assessed], ...],
    suppressed: int,
    style: Style = Style(),  # noqa: B008 - frozen
    *,
    verbose: bool = False,
) -> str:
    """The whole result, ending with a line break. What was switched off or could not be checked is counted."""
    lines = list(_manifest_lines(manifests)) if verbose else []
    lines.append(validation_summary(problems, manifests, suppressed, style))
    return render_problems(problems, style) + "\n".join(lines) + "\n"


def validation_summary(
    problems: tuple[Diagnostic, ...],
    manifests: tuple[tuple[Manifest, Assessed], ...],
    suppressed: int,
    style: Style = Style(),  # noqa: B008 - frozen
) -> str:
    """One sentence of our own words and numbers: valid or not, and what was not looked at."""
    told = [f"{count(len(manifests), 'manifest')} read", problem_counts(problems)]
    values = [len(manifest.unset_pointers) for manifest, _ in manifests if manifest.unset_pointers]
    if values:
        told.append(
            f"{len(values)} only in part ({count(sum(values), 'value')} of variables that are not set, "
            f"{count(len(values), 'verdict')} not known)"
        )
    unknown = sum(
        assessed.verdict is None and not manifest.unset_pointers and not is_told(assessed)
        for manifest, assessed in manifests
    )
    if unknown:
        told.append(f"{count(unknown, 'verdict')} not known (no specification in connectors.lock.json)")
    if suppressed:
        told.append(ignored_words(suppressed))
    return f"{_outcome(problems, style)}: {', '.join(told)}."


def _outcome(problems: tuple[Diagnostic, ...], style: Style) -> str:
    if any(problem.severity is Severity.ERROR for problem in problems):
        return style.paint("Invalid", "red")
    return style.paint("Incomplete", "yellow") if was_not_read(problems) else style.paint("Valid", "green")


def was_not_read(problems: tuple[Diagnostic, ...]) -> bool:
    """Whether variables are not set, so that nobody can say that the manifests are valid."""
    return any(problem.rule == VARIABLE_UNSET for problem in problems)


def _manifest_lines(manifests: tuple[tuple[Manifest, Assessed], ...]) -> Iterator[str]:
    for manifest, assessed in manifests:
        yield f"{safe_name(manifest.name)}  {safe_name(manifest.connector.label)}  {safe_place(manifest.origin)}"
        for line in (
            *asks_lines(assessed.asked, verbose=True),
            *([_UNSET] if manifest.unset_pointers else verdict_lines(assessed, verbose=True)),
        ):
            yield f"    {line}"
        yield ""
