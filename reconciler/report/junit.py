"""What `validate` found as JUnit XML, for the test report of GitLab and other CI systems. Pure.

The rules held here, those that every reader of the format shares: one root `testsuites` with one `testsuite`. The
attributes `tests`, `failures`, `errors`, `skipped`, `time` are numbers, and the first two equal what is counted below. Each
`testcase` has `classname` and `name`, in that pair unique. At most one `failure`, before `system-out`. Only characters
that XML 1.0 allows.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.diagnostic import Diagnostic, Origin, Severity, in_reading_order
from reconciler.report.safe_text import safe_name, safe_path, safe_place, safe_sentence, safe_text
from reconciler.report.text_problems import render_problem
from reconciler.report.view import Validation, problem_counts

_SUITE = "reconciler validate"
_NOT_XML = re.compile("[\ufffe\uffff]")
"""What XML 1.0 forbids and `safe_text` lets pass. Control characters and surrogates are visible escapes already."""


@dataclass(frozen=True)
class _Case:
    """One line of the test report: a manifest, or a document that gave none, with everything found in it."""

    name: str
    file: str
    line: int
    problems: tuple[Diagnostic, ...]

    def having(self, severity: Severity) -> tuple[Diagnostic, ...]:
        return tuple(problem for problem in self.problems if problem.severity is severity)


def render_error_junit(error: ReconcilerError) -> str:
    """The document of a run that ended before there was a result: never an empty one, which reads as success."""
    if isinstance(error, InvalidInput):
        return render_junit(Validation(error.problems))
    whole = Diagnostic(Origin(_SUITE, line=0), "reconciler", error.message, error.help)
    return render_junit(Validation((whole,)))


def render_junit(validation: Validation) -> str:
    """The document, ended by a line break.

    One test case for each manifest that could be read, named by it, and one for each file or document of it that gave no
    manifest, named by the file: so that a case keeps its name from run to run, whatever is wrong. Errors fail a case. Warnings are
    in its output.
    """
    cases = tuple(_cases(validation))
    failures = sum(bool(case.having(Severity.ERROR)) for case in cases)
    numbers = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0" time="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{_SUITE}" {numbers}>',
        f'  <testsuite name="{_SUITE}" {numbers}>',
        *(line for case, name in _named(cases) for line in _case_lines(case, name)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _cases(validation: Validation) -> Iterator[_Case]:
    """Manifests in their order, then the documents with problems that gave none."""
    judged = {problem for _, assessed in validation.manifests for problem in assessed.problems}
    by_document: defaultdict[tuple[str, int], list[Diagnostic]] = defaultdict(list)
    for problem in validation.problems:
        if problem not in judged:
            by_document[problem.origin.file, problem.origin.document].append(problem)
    for manifest, assessed in validation.manifests:
        origin = manifest.origin
        found = (*by_document.get((origin.file, origin.document), ()), *assessed.problems)
        yield _Case(safe_name(manifest.name), safe_path(origin.file), origin.line, in_reading_order(found))
    with_manifest = {(manifest.origin.file, manifest.origin.document) for manifest, _ in validation.manifests}
    for (file, number), problems in by_document.items():
        if (file, number) not in with_manifest:
            which = f", document {number + 1}" if number else ""
            yield _Case(
                f"{safe_path(file)}{which}", safe_path(file), problems[0].origin.line, tuple(problems)
            )


def _named(cases: Iterable[_Case]) -> Iterator[tuple[_Case, str]]:
    """Cases with one name each: readers take two of one name for one."""
    seen: Counter[tuple[str, str]] = Counter()
    for case in cases:
        seen[case.file, case.name] += 1
        number = seen[case.file, case.name]
        yield case, case.name if number == 1 else f"{case.name} ({number})"


def _case_lines(case: _Case, name: str) -> Iterator[str]:
    line = f' line="{case.line}"' if case.line else ""
    opening = f'    <testcase classname="{_text(case.file)}" name="{_text(name)}" file="{_text(case.file)}"{line} time="0"'
    if not case.problems:
        yield f"{opening}/>"
        return
    yield f"{opening}>"
    errors, warnings = case.having(Severity.ERROR), case.having(Severity.WARNING)
    if errors:
        only = f"{safe_place(errors[0].origin)}: {safe_sentence(errors[0].message)}"
        message = only if len(errors) == 1 else problem_counts(errors)
        yield f'      <failure message="{_text(message)}" type="{_text(errors[0].rule)}">{_listing(errors)}</failure>'
    if warnings:
        yield f"      <system-out>{_listing(warnings)}</system-out>"
    yield "    </testcase>"


def _listing(problems: Sequence[Diagnostic]) -> str:
    return "\n".join(_text(render_problem(problem)) for problem in problems)


def _text(text: str) -> str:
    """Text for an attribute or an element: what XML cannot hold was made visible, the rest is escaped."""
    return html.escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", safe_text(text)), quote=True)
