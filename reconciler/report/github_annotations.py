"""A result as workflow commands of GitHub Actions: annotations at file, line and column, the worst first. Pure.

A command is one line of stdout, `::error file=F,line=L,col=C,title=T::message`. In messages `%`, CR and LF are
written as `%25`, `%0D`, `%0A`, in properties `:` and `,` too (actions/toolkit, `command.ts`). GitHub shows ten errors and
ten warnings of a step and drops the rest without a word, so this module counts what it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.applying.outcome import ApplyResult, Creation
from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.text import clipped
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.report.left_out import uncompared_notes
from reconciler.report.organizations import elsewhere
from reconciler.report.outcome_words import group_of
from reconciler.report.safe_text import safe_path, safe_text
from reconciler.report.wording import count

_MAX_MESSAGE = 2_000
"""Characters of a message that are shown."""
MOST = 9
"""Annotations shown; one more says how many were left out."""


@dataclass(frozen=True)
class Annotation:
    """One remark. `title` is a rule's id or a status. `origin` None: it belongs to no file."""

    severity: Severity
    title: str
    message: str
    origin: Origin | None = None


def plan_annotations(plan: Plan) -> tuple[Annotation, ...]:
    """What is ambiguous, unknown or drifted, in plan order; what was not compared; then the problems of creates, which may be many."""
    creates = plan.with_status(Status.CREATE)
    others = (entry for entry in plan.entries if entry.status is not Status.CREATE)
    return (*_of_entries(others), *_not_compared(plan), *_of_entries(creates))


def apply_annotations(result: ApplyResult) -> tuple[Annotation, ...]:
    """A refusal with its reasons, each create that is not settled, and what was left drifted."""
    if result.refusal is not None:
        refusal = () if isinstance(result.refusal, InvalidInput) else error_annotations(result.refusal)
        return (*refusal, *plan_annotations(result.plan))
    drift = _of_entries(entry for entry in result.plan.entries if entry.status is not Status.CREATE)
    accounts = (_of_creation(creation) for creation in result.creations if not creation.is_settled)
    return (*accounts, *drift, *_not_compared(result.plan))


def _not_compared(plan: Plan) -> Iterator[Annotation]:
    for note in uncompared_notes(plan):
        yield Annotation(Severity.WARNING, "reconciler", note)


def problem_annotations(problems: Iterable[Diagnostic]) -> tuple[Annotation, ...]:
    """One for each problem, in their order."""
    return tuple(_of_problem(problem) for problem in problems)


def error_annotations(error: ReconcilerError) -> tuple[Annotation, ...]:
    """An error that ended the run: every problem of an invalid input, else the error itself."""
    if isinstance(error, InvalidInput):
        return problem_annotations(error.problems)
    return (Annotation(Severity.ERROR, "reconciler", _joined(error.message, error.help)),)


def annotation_lines(annotations: Sequence[Annotation], *, prefix: str = "") -> str:
    """The commands, one a line, each line ended: errors before warnings, at most `MOST`, then "and N more".

    `prefix` is the project's directory as seen from the repository's root (`""` for the root itself, `/` as separator).
    A place that is no file inside the repository stands in the message.
    """
    ranked = sorted(annotations, key=lambda annotation: annotation.severity is not Severity.ERROR)
    lines = [_command(annotation, prefix) for annotation in ranked[:MOST]]
    if ranked[MOST:]:
        left = len(ranked) - MOST
        rest = Annotation(
            ranked[MOST].severity, "reconciler", f"and {left} more: see the output of this step"
        )
        lines.append(_command(rest, prefix))
    return "".join(line + "\n" for line in lines)


def github_report(text: str, annotations: Sequence[Annotation], *, token: str, prefix: str = "") -> str:
    """What stdout gets: the text report where no line of it can be a command, then the annotations.

    `token` has to be a fresh random word: a text that knew it could end the silence.
    """
    body = text if text.endswith("\n") else f"{text}\n"
    return f"::stop-commands::{token}\n{body}::{token}::\n{annotation_lines(annotations, prefix=prefix)}"


def _of_entries(entries: Iterable[Entry]) -> Iterator[Annotation]:
    return (annotation for entry in entries for annotation in _of_entry(entry))


def _of_entry(entry: Entry) -> Iterator[Annotation]:
    assessed = entry.assessed
    if entry.status is Status.CREATE and assessed is not None:
        yield from problem_annotations(assessed.problems)
    elif entry.status in {Status.AMBIGUOUS, Status.UNKNOWN}:
        told = _joined(
            f"{entry.name}{_elsewhere(entry)} is {entry.status}: {entry.reason}", *entry.ways_out[:1]
        )
        yield Annotation(Severity.ERROR, entry.status, told, entry.origin)
    elif entry.status is Status.DRIFTED:
        told = (
            f"{entry.name}{_elsewhere(entry)} {entry.reason}: "
            f"{count(len(entry.changes), 'change')} against {entry.template_id}"
        )
        yield Annotation(Severity.WARNING, entry.status, told, entry.origin)
    elif entry.status is Status.DUPLICATE:
        told = f"template {entry.template_id}{_elsewhere(entry)} is {entry.reason}"
        yield Annotation(Severity.WARNING, entry.status, told)


def _elsewhere(entry: Entry) -> str:
    return f" ({elsewhere(entry)})" if entry.is_elsewhere else ""


def _of_creation(creation: Creation) -> Annotation:
    where = f" (template {creation.template_id})" if creation.template_id is not None else ""
    what = f"{creation.entry.name}{_elsewhere(creation.entry)} {group_of(creation).value}{where}"
    told = _joined(f"{what}: {creation.detail}" if creation.detail else what, creation.help)
    return Annotation(Severity.ERROR, creation.outcome, told, creation.entry.origin)


def _of_problem(problem: Diagnostic) -> Annotation:
    return Annotation(problem.severity, problem.rule, _joined(problem.message, problem.help), problem.origin)


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _command(annotation: Annotation, prefix: str) -> str:
    origin = annotation.origin
    file = None if origin is None or not origin.line else _in_repository(prefix, origin.file)
    message = annotation.message
    properties = [("title", annotation.title)]
    if origin is not None and file is not None:
        properties[:0] = [("file", file), ("line", str(origin.line)), ("col", str(origin.column))]
    elif origin is not None:
        message = f"{origin}: {message}"
    told = ",".join(f"{name}={_property(safe_path(value))}" for name, value in properties)
    return f"::{annotation.severity} {told}::{_data(clipped(safe_text(message), _MAX_MESSAGE))}"


def _in_repository(prefix: str, file: str) -> str | None:
    """The file's path from the repository's root; None for one outside of it."""
    parts: list[str] = []
    for part in f"{prefix}/{file}".split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return None if file.startswith("/") or not file.strip("./") else "/".join(parts)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
