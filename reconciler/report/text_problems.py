"""Problems, errors, and what is known of a manifest before anything is sent, as text: lines that several reports share. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.json_value import pointer_segments
from reconciler.model.text import SENSITIVE, clipped, count
from reconciler.model.verdict import Ask, Asked, AskOption, Corruption
from reconciler.planning.entry import Assessed
from reconciler.report.safe_text import (
    PLAIN,
    Style,
    safe_name,
    safe_path,
    safe_place,
    safe_sentence,
    safe_text,
    short_json,
)
from reconciler.report.view import problem_counts, why_not_known

_MOST = 20
_MOST_MESSAGES = 3
_SHORT_MESSAGE = 160


def render_problem(problem: Diagnostic, style: Style = PLAIN) -> str:
    """`file:line:column: severity rule: message; help`."""
    colour = "red" if problem.severity is Severity.ERROR else "yellow"
    label = style.paint(f"{problem.severity} {problem.rule}", colour)
    text = f"{safe_place(problem.origin)}: {label}: {safe_sentence(problem.message)}"
    return f"{text}; {safe_sentence(problem.help)}" if problem.help else text


def render_problems(problems: Sequence[Diagnostic], style: Style = PLAIN) -> str:
    """All problems, one a line, each line ended. "" for none."""
    return "".join(render_problem(problem, style) + "\n" for problem in problems)


def render_error(error: ReconcilerError, style: Style = PLAIN, *, label: str = "Error") -> str:
    """An error for stderr: every problem of an invalid input, else one line with the way out below."""
    if isinstance(error, InvalidInput):
        return f"{render_problems(error.problems, style)}{style.paint('Invalid', 'red')}: {problem_counts(error.problems)}\n"
    text = f"{style.paint(label, 'red')}: {safe_sentence(error.message)}\n"
    return f"{text}  {safe_sentence(error.help)}\n" if error.help else text


def dotted(path: str) -> str:
    """A JSON pointer within a configuration, as people write it."""
    return ".".join(pointer_segments(path)) or "configuration"


def verdict_lines(assessed: Assessed, *, verbose: bool = False) -> Iterator[str]:
    """What the server would do, in a line. Messages of a refusal that no problem quotes below it, all of them only when `verbose`."""
    verdict = assessed.untold_verdict
    if verdict is None:
        yield f"server not known: {why_not_known(assessed)}"
    elif verdict.is_safe:
        yield "server accepts it and stores it as written"
    elif verdict.status == 200:
        shown = _cut([_stored(each) for each in verdict.corrupted], verbose=verbose)
        yield f"server accepts it and stores other values: {shown}"
    else:
        yield f"server {'refuses it' if verdict.status == 422 else 'fails'} ({verdict.status})"
        messages = verdict.messages if verbose else verdict.messages[:_MOST_MESSAGES]
        for message in messages:
            yield f"       {safe_sentence(message) if verbose else clipped(safe_text(message), _SHORT_MESSAGE)}"
        if len(messages) < len(verdict.messages):
            yield f"       and {count(len(verdict.messages) - len(messages), 'more message')}"


def _stored(corruption: Corruption) -> str:
    value = SENSITIVE if corruption.is_secret else short_json(corruption.stored, 40)
    return f"{safe_path(dotted(corruption.path))} as {value}"


def asks_lines(asked: Asked | None, *, verbose: bool = False) -> Iterator[str]:
    """What the customer is asked, what is preset, what cannot be set. A `*` marks what must be answered.

    Nothing for None: the form is not known.
    """
    if asked is None:
        return
    fields = [_field(field, verbose=verbose) for field in asked.fields]
    yield f"asks   {_cut(fields, verbose=verbose) if fields else 'nothing'}"
    for words, paths in (
        ("preset", asked.preset),
        ("never asked (optional, dropped by inference):", asked.dropped),
    ):
        if paths:
            yield f"{words} {_cut([safe_path(dotted(path)) for path in paths], verbose=verbose)}"


def _field(ask: Ask, *, verbose: bool) -> str:
    kind = "secret" if ask.secret else ask.type or ""
    facts = [kind, "by log-in" if ask.by_login else ""]
    if ask.options:
        facts = ["one of " + " | ".join(_option(option, verbose=verbose) for option in ask.options)]
    details = ", ".join(fact for fact in facts if fact)
    return f"{safe_name(ask.title)}{'*' if ask.required else ''}{f' ({details})' if details else ''}"


def _option(option: AskOption, *, verbose: bool) -> str:
    fields = ", ".join(_field(field, verbose=True) for field in option.fields) if verbose else ""
    return f"{safe_name(option.title)} [{fields}]" if fields else safe_name(option.title)


def _cut(items: Sequence[str], *, verbose: bool) -> str:
    shown = items if verbose else items[:_MOST]
    rest = f" and {len(items) - len(shown)} more" if len(shown) < len(items) else ""
    return ", ".join(shown) + rest
