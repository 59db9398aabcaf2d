"""The result of `validate` as text: every problem, each manifest's form and verdict with `verbose`, one summary line."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.problem import Problem, Severity
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed
from reconciler.report.left_out import ignored_words
from reconciler.report.safe_text import safe_name, safe_place
from reconciler.report.style import Style
from reconciler.report.text_problems import problem_counts, render_problems
from reconciler.report.text_verdict import asks_lines, verdict_lines
from reconciler.report.wording import count


def render_validation(
    problems: tuple[Problem, ...],
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
    problems: tuple[Problem, ...],
    manifests: tuple[tuple[Manifest, Assessed], ...],
    suppressed: int,
    style: Style = Style(),  # noqa: B008 - frozen
) -> str:
    """One sentence of our own words and numbers: valid or not, and what was not looked at."""
    invalid = any(p.severity is Severity.ERROR for p in problems)
    verdict = style.paint("Invalid", "red") if invalid else style.paint("Valid", "green")
    told = [f"{count(len(manifests), 'manifest')} read", problem_counts(problems)]
    unknown = sum(assessed.verdict is None for _, assessed in manifests)
    if unknown:
        told.append(f"{count(unknown, 'verdict')} not known (no specification in connectors.lock.json)")
    if suppressed:
        told.append(ignored_words(suppressed))
    return f"{verdict}: {', '.join(told)}."


def _manifest_lines(manifests: tuple[tuple[Manifest, Assessed], ...]) -> Iterator[str]:
    for manifest, assessed in manifests:
        yield f"{safe_name(manifest.name)}  {safe_name(manifest.connector.label)}  {safe_place(manifest.origin)}"
        for line in (
            *asks_lines(assessed.asked, verbose=True),
            *verdict_lines(assessed.verdict, verbose=True),
        ):
            yield f"    {line}"
        yield ""
