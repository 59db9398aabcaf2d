"""A result as workflow commands of GitHub Actions: annotations at file, line and column, the worst first. Pure.

A command is one line of stdout, `::error file=F,line=L,col=C,title=T::message`. In messages `%`, CR and LF are
written as `%25`, `%0D`, `%0A`, in properties `:` and `,` too (actions/toolkit, `command.ts`). GitHub shows ten errors and
ten warnings of a step and drops the rest without a word, so this module counts what it leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.applying.outcome import ApplyResult, Creation
from reconciler.applying.safety import RefusalCode, is_refused_second
from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.diagnostic import Diagnostic, Origin, Severity
from reconciler.model.text import clipped, count
from reconciler.planning.entry import Entry, Plan, Status
from reconciler.report.safe_text import safe_path, safe_text
from reconciler.report.view import elsewhere, group_of, uncompared_notes

_MAX_MESSAGE = 2_000
"""Characters of a message that are shown."""
MOST = 9
"""Annotations shown. One more says how many were left out."""
_PROGRAM = "reconciler"


@dataclass(frozen=True)
class Annotation:
    """One remark. `title` is a rule's id or a status. `origin` None: it belongs to no file."""

    severity: Severity
    title: str
    message: str
    origin: Origin | None = None


def plan_annotations(plan: Plan) -> tuple[Annotation, ...]:
    """What is ambiguous, unknown or drifted, in plan order. What was not compared. Then the problems of creates, which may be many."""
    return (*_left_as_it_is(plan), *_of_entries(plan.with_status(Status.CREATE)))


def apply_annotations(result: ApplyResult) -> tuple[Annotation, ...]:
    """A refusal with its reasons, each create and update that is not settled, and what was left drifted."""
    if result.refusal is not None:
        refusal = () if isinstance(result.refusal, InvalidInput) else error_annotations(result.refusal)
        return (*refusal, *plan_annotations(result.plan))
    accounts = (_of_creation(creation) for creation in result.creations if not creation.is_settled)
    return (*accounts, *_left_as_it_is(result.plan))


def problem_annotations(problems: Iterable[Diagnostic]) -> tuple[Annotation, ...]:
    """One for each problem, in their order."""
    return tuple(
        Annotation(each.severity, each.rule, _joined(each.message, each.help), each.origin)
        for each in problems
    )


def error_annotations(error: ReconcilerError) -> tuple[Annotation, ...]:
    """An error that ended the run: every problem of an invalid input, else the error itself."""
    if isinstance(error, InvalidInput):
        return problem_annotations(error.problems)
    return (Annotation(Severity.ERROR, _PROGRAM, _joined(error.message, error.help)),)


def annotation_lines(annotations: Sequence[Annotation], *, prefix: str = "") -> str:
    """The commands, one a line, each line ended: errors before warnings, at most `MOST`, then "and N more".

    `prefix` is the project's directory as seen from the repository's root (`""` for the root itself, `/` as separator).
    The message names a place that is no file inside the repository.
    """
    ranked = sorted(annotations, key=lambda annotation: annotation.severity is not Severity.ERROR)
    if ranked[MOST:]:
        words = f"and {len(ranked) - MOST} more: see the output of this step"
        ranked[MOST:] = [Annotation(ranked[MOST].severity, _PROGRAM, words)]
    return "".join(f"{_command(annotation, prefix)}\n" for annotation in ranked)


def github_report(text: str, annotations: Sequence[Annotation], *, token: str, prefix: str = "") -> str:
    """What stdout gets: the text report where no line of it can be a command, then the annotations.

    `token` has to be a fresh random word: a text that knew it could end the silence.
    """
    body = text if text.endswith("\n") else f"{text}\n"
    return f"::stop-commands::{token}\n{body}::{token}::\n{annotation_lines(annotations, prefix=prefix)}"


def _left_as_it_is(plan: Plan) -> Iterator[Annotation]:
    yield from _of_entries(entry for entry in plan.entries if entry.status is not Status.CREATE)
    for note in uncompared_notes(plan):
        yield Annotation(Severity.WARNING, _PROGRAM, note)


def _of_entries(entries: Iterable[Entry]) -> Iterator[Annotation]:
    return (annotation for entry in entries for annotation in _of_entry(entry))


def _of_entry(entry: Entry) -> Iterator[Annotation]:
    name = _name(entry)
    if is_refused_second(entry):
        message = f"{name} would be a second template of its definition; say `allowSecond: <reason>` under `spec` if it is wanted"
        yield Annotation(Severity.ERROR, RefusalCode.SECOND, message, entry.origin)
    if entry.status is Status.CREATE and entry.assessed is not None:
        yield from problem_annotations(entry.assessed.problems)
    elif entry.status in {Status.AMBIGUOUS, Status.UNKNOWN}:
        message = _joined(f"{name} is {entry.status}: {entry.reason}", *entry.ways_out[:1])
        yield Annotation(Severity.ERROR, entry.status, message, entry.origin)
    elif entry.status in {Status.DRIFTED, Status.UPDATE}:
        changes = count(len(entry.changes), "change")
        message = f"{name} {entry.reason}: {changes} against {entry.template_id}"
        yield Annotation(Severity.WARNING, entry.status, message, entry.origin)
    elif entry.status is Status.DUPLICATE:
        where = f" ({elsewhere(entry)})" if entry.is_elsewhere else ""
        yield Annotation(
            Severity.WARNING, entry.status, f"template {entry.template_id}{where} is {entry.reason}"
        )


def _of_creation(creation: Creation) -> Annotation:
    where = f" (template {creation.template_id})" if creation.template_id is not None else ""
    what = f"{_name(creation.entry)} {group_of(creation).value}{where}"
    message = _joined(f"{what}: {creation.detail}" if creation.detail else what, creation.help)
    return Annotation(Severity.ERROR, creation.outcome, message, creation.entry.origin)


def _name(entry: Entry) -> str:
    return f"{entry.name} ({elsewhere(entry)})" if entry.is_elsewhere else entry.name


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)


def _command(annotation: Annotation, prefix: str) -> str:
    origin, message = annotation.origin, annotation.message
    file = _in_repository(prefix, origin.file) if origin is not None and origin.line else ""
    properties = [("title", annotation.title)]
    if origin is not None and file:
        properties[:0] = [("file", file), ("line", str(origin.line)), ("col", str(origin.column))]
    elif origin is not None:
        message = f"{origin}: {message}"
    place = ",".join(f"{name}={_property(safe_path(value))}" for name, value in properties)
    return f"::{annotation.severity} {place}::{_data(clipped(safe_text(message), _MAX_MESSAGE))}"


def _in_repository(prefix: str, file: str) -> str:
    """The file's path from the repository's root. "" for one outside of it."""
    parts: list[str] = []
    for part in f"{prefix}/{file}".split("/"):
        if part == ".." and not parts:
            return ""
        if part == "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "" if file.startswith("/") or not file.strip("./") else "/".join(parts)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
