"""What `validate` found as JUnit XML, for the test report of GitLab and other CI systems. Pure.

The rules held here, those that every reader of the format shares: one root `testsuites` with one `testsuite`; the
attributes `tests`, `failures`, `errors`, `skipped`, `time` are numbers, and the first two equal what is counted below; each
`testcase` has `classname` and `name`, in that pair unique; at most one `failure`, before `system-out`; only characters
that XML 1.0 allows.
"""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.diagnostic import (
    Diagnostic,
    Origin,
    Severity,
    in_reading_order,
)
from reconciler.model.template import Manifest
from reconciler.planning.entry import Assessed
from reconciler.report.safe_text import safe_name, safe_path, safe_place, safe_sentence, safe_text
from reconciler.report.text_problems import problem_counts, render_problem

_SUITE = "reconciler validate"
_NOT_XML = re.compile("[\ufffe\uffff]")
"""What XML 1.0 forbids and `safe_text` lets pass; control characters and surrogates are visible escapes already."""


def render_error_junit(error: ReconcilerError) -> str:
    """The document of a run that ended before there was a result: never an empty one, which reads as success."""
    if isinstance(error, InvalidInput):
        return render_junit(error.problems, ())
    whole = Diagnostic(Origin(_SUITE, line=0), "reconciler", error.message, error.help)
    return render_junit((whole,), ())


@dataclass(frozen=True)
class _Case:
    """One line of the test report: a manifest, or a document that gave none, with everything found in it."""

    name: str
    file: str
    line: int
    problems: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What makes it fail."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def render_junit(problems: tuple[Diagnostic, ...], manifests: tuple[tuple[Manifest, Assessed], ...]) -> str:
    """The document, ended by a line break. `problems` are all of the run, those of the manifests included.

    One test case for each manifest that could be read, named by it, and one for each file or document of it that gave no
    manifest, named by the file: so that a case keeps its name from run to run, whatever is wrong. Errors fail a case; warnings stand
    in its output.
    """
    cases = tuple(_distinct(_cases(problems, manifests)))
    failures = sum(bool(case.errors) for case in cases)
    numbers = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0" time="0"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{_SUITE}" {numbers}>',
        f'  <testsuite name="{_SUITE}" {numbers}>',
        *(line for case in cases for line in _case_lines(case)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _cases(
    problems: tuple[Diagnostic, ...], manifests: tuple[tuple[Manifest, Assessed], ...]
) -> Iterator[_Case]:
    """Manifests in their order, then the documents with problems that gave none."""
    judged = {problem for _, assessed in manifests for problem in assessed.problems}
    documents = {(manifest.origin.file, manifest.origin.document) for manifest, _ in manifests}
    by_document: defaultdict[tuple[str, int], list[Diagnostic]] = defaultdict(list)
    elsewhere: defaultdict[tuple[str, int], list[Diagnostic]] = defaultdict(list)
    for problem in problems:
        document = (problem.origin.file, problem.origin.document)
        if problem not in judged and document in documents:
            by_document[document].append(problem)
        elif problem not in judged:
            elsewhere[document].append(problem)
    for manifest, assessed in manifests:
        origin = manifest.origin
        found = in_reading_order((*by_document[origin.file, origin.document], *assessed.problems))
        yield _Case(safe_name(manifest.name), safe_path(origin.file), origin.line, found)
    for (file, number), group in elsewhere.items():
        name = safe_path(file)
        which = f", document {number + 1}" if number else ""
        yield _Case(f"{name}{which}", name, group[0].origin.line, tuple(group))


def _distinct(cases: Iterable[_Case]) -> Iterator[_Case]:
    """Cases with one name each: readers take two of one name for one."""
    seen: Counter[tuple[str, str]] = Counter()
    for case in cases:
        seen[case.file, case.name] += 1
        number = seen[case.file, case.name]
        yield case if number == 1 else replace(case, name=f"{case.name} ({number})")


def _case_lines(case: _Case) -> Iterator[str]:
    line = f' line="{case.line}"' if case.line else ""
    opening = f'    <testcase classname="{_text(case.file)}" name="{_text(case.name)}" file="{_text(case.file)}"{line} time="0"'
    if not case.problems:
        yield f"{opening}/>"
        return
    yield f"{opening}>"
    if case.errors:
        first, told = case.errors[0], _listing(case.errors)
        message = (
            f"{safe_place(first.origin)}: {safe_sentence(first.message)}"
            if len(case.errors) == 1
            else problem_counts(case.errors)
        )
        yield f'      <failure message="{_text(message)}" type="{_text(first.rule)}">{told}</failure>'
    warnings = tuple(problem for problem in case.problems if problem.severity is not Severity.ERROR)
    if warnings:
        yield f"      <system-out>{_listing(warnings)}</system-out>"
    yield "    </testcase>"


def _listing(problems: tuple[Diagnostic, ...]) -> str:
    return "\n".join(_text(render_problem(problem)) for problem in problems)


def _text(text: str) -> str:
    """Text for an attribute or an element: what XML cannot hold was made visible, the rest is escaped."""
    return html.escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", safe_text(text)), quote=True)
