"""Plan entries and problems as Markdown objects: one line each, and the whole story where there is room. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.text import clipped
from reconciler.model.verdict import Verdict
from reconciler.planning.entry import Assessed, Change, Entry, Operation, Status
from reconciler.report.changed_values import change_values
from reconciler.report.markdown.asked import form_lines, question_count, questions
from reconciler.report.markdown.budget import Item
from reconciler.report.markdown.inline import code, fence_for, prose
from reconciler.report.safe_text import safe_text
from reconciler.report.text_verdict import why_not_known
from reconciler.report.wording import count

MAX_CHANGES = 20
"""Changes shown of one template; the rest is a number."""
MAX_VALUE = 200
"""Characters of a changed value that are shown."""
MAX_MESSAGES = 10
"""Problems, server messages, notes or ways out shown of one object."""


def create_item(entry: Entry) -> Item:
    """A template that would be created: what the customer will be asked, and what to know before."""
    asked = None if entry.assessed is None else entry.assessed.asked
    questions = "" if asked is None else f", asks {question_count(asked)}"
    return Item(f"- {head(entry)}{questions}", lambda: joined(head(entry), *_create_parts(entry)))


def _create_parts(entry: Entry) -> Iterator[str]:
    assessed = entry.assessed or Assessed()
    lines = (*form_lines(assessed.asked), *problem_lines(assessed.problems), *_notes(entry))
    if entry.assessed is not None and assessed.verdict is None:
        lines = (*lines, f"The server's answer is not known: {prose(why_not_known(assessed))}")
    yield questions(assessed.asked)
    yield bullets(lines)


def missing_item(entry: Entry) -> Item:
    """A manifest without a live template, for an operator: one line."""
    return Item(f"- {head(entry)}: {prose(entry.reason)}")


def uncompared_item(entry: Entry) -> Item:
    """A manifest with a live template whose presets are equal: why no more is known, and the way out."""
    return Item(f"- {head(entry)}", lambda: f"- {head(entry)}: {'; '.join(map(prose, entry.notes))}")


def refused_item(entry: Entry) -> Item:
    """A create that must not be sent: the server's answer, and every problem with its place and its way out."""
    assessed = entry.assessed
    verdict = None if assessed is None else assessed.verdict
    problems = () if assessed is None else assessed.problems
    line = head(entry, _refusal_words(verdict))
    return Item(f"- {line}", lambda: joined(line, bullets(problem_lines(problems))))


def _refusal_words(verdict: Verdict | None) -> str:
    if verdict is None or verdict.is_safe:
        return "must not be created as it is"
    if verdict.status == 200:
        return "would be stored with other values"
    return (
        f"would be {'refused' if verdict.status == 422 else 'answered'} with {verdict.status} by the server"
    )


def blocked_item(entry: Entry) -> Item:
    """An ambiguous manifest, or something unknown: why, and every way out."""
    what = "is ambiguous" if entry.status is Status.AMBIGUOUS else "is unknown"
    if entry.origin is None:
        what = f"is unknown: {_template(entry)}"
    line = head(entry, what)
    return Item(f"- {line}", lambda: joined(line, bullets((f"Why: {prose(entry.reason)}", *_ways(entry)))))


def drift_item(entry: Entry) -> Item:
    """A template that differs: its changes as a diff, from the server's value to the manifest's."""
    line = head(entry, f"differs from {_template(entry)}")
    return Item(
        f"- {line} in {count(len(entry.changes), 'place')}",
        lambda: joined(
            line, diff_fence(entry.changes), bullets((f"Why: {prose(entry.reason)}", *_ways(entry)))
        ),
    )


def live_item(entry: Entry) -> Item:
    """A live template alone (duplicate or unmanaged): one line."""
    title = f"form {code(entry.form_title)}" if entry.form_title is not None else ""
    what = ", ".join(part for part in (code(entry.name), _template(entry), title, _elsewhere(entry)) if part)
    return Item(f"- {what}: {prose(entry.reason)}")


def problem_item(problem: Diagnostic) -> Item:
    """One problem of a file: one line, its message and its way out always with it."""
    return Item(f"- {_problem(problem)}")


def problem_lines(problems: Iterable[Diagnostic]) -> Iterator[str]:
    """Problems as lines; the rest is a number."""
    return _cut([_problem(problem) for problem in problems], "problem")


def _problem(problem: Diagnostic) -> str:
    text = (
        f"**{problem.severity}** {code(problem.rule)} {code(str(problem.origin))}: {prose(problem.message)}"
    )
    return f"{text}; {prose(problem.help)}" if problem.help else text


def diff_fence(changes: tuple[Change, ...]) -> str:
    """Changes as a `diff` fence, `-` what the server has, `+` what the manifest says; "" for none."""
    shown = [line for change in changes[:MAX_CHANGES] for line in _change_lines(change)]
    if not shown:
        return ""
    if len(changes) > MAX_CHANGES:
        shown.append(f"# and {count(len(changes) - MAX_CHANGES, 'more change')}")
    fence = fence_for(shown)
    return "\n".join((f"{fence}diff", *shown, fence))


def _change_lines(change: Change) -> Iterator[str]:
    yield f"@@ {clipped(safe_text(change.path), MAX_VALUE)} @@"
    live, desired = change_values(change, MAX_VALUE)
    if change.operation is not Operation.ADD:
        yield f"- {live}"
    if change.operation is not Operation.REMOVE:
        yield f"+ {desired}"


def head(entry: Entry, words: str = "") -> str:
    """Name, what is said of it, then connector and place: what every object begins with."""
    connector = entry.connector
    reference = "" if connector is None else code(connector.repository or connector.label)
    place = code(f"{entry.origin.file}:{entry.origin.line}") if entry.origin is not None else ""
    facts = ", ".join(part for part in (reference, place, _elsewhere(entry)) if part)
    said = " ".join(part for part in (f"**{code(entry.name)}**", words) if part)
    return f"{said} ({facts})" if facts else said


def _template(entry: Entry) -> str:
    return f"template {code(entry.template_id)}" if entry.template_id is not None else ""


def _elsewhere(entry: Entry) -> str:
    return f"organization {code(entry.organization_id)}" if entry.is_elsewhere else ""


def _notes(entry: Entry) -> Iterator[str]:
    return _cut([f"Note: {prose(note)}" for note in entry.notes], "note")


def _ways(entry: Entry) -> Iterator[str]:
    return _cut([f"Do: {prose(way)}" for way in entry.ways_out], "way out", "ways out")


def _cut(lines: list[str], one: str, many: str | None = None) -> Iterator[str]:
    yield from lines[:MAX_MESSAGES]
    if len(lines) > MAX_MESSAGES:
        left = len(lines) - MAX_MESSAGES
        yield f"... and {count(left, f'more {one}', None if many is None else f'more {many}')}"


def bullets(lines: Iterable[str]) -> str:
    """Lines as one list; "" for none."""
    return "\n".join(f"- {line}" for line in lines)


def joined(*blocks: str) -> str:
    """Blocks with an empty line between them, without the empty ones."""
    return "\n\n".join(block for block in blocks if block)
