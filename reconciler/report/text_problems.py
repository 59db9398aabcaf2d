"""Problems and errors as text: one line each, place first, then what is wrong, then what to do."""

from __future__ import annotations

from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.report.safe_text import safe_place, safe_sentence
from reconciler.report.style import Style
from reconciler.report.wording import count


def render_problem(problem: Diagnostic, style: Style = Style()) -> str:  # noqa: B008 - frozen
    """`file:line:column: severity rule: message; help`."""
    colour = "red" if problem.severity is Severity.ERROR else "yellow"
    label = style.paint(f"{problem.severity} {problem.rule}", colour)
    text = f"{safe_place(problem.origin)}: {label}: {safe_sentence(problem.message)}"
    return f"{text}; {safe_sentence(problem.help)}" if problem.help else text


def render_problems(problems: tuple[Diagnostic, ...], style: Style = Style()) -> str:  # noqa: B008 - frozen
    """All problems, one a line, each line ended; "" for none."""
    return "".join(render_problem(problem, style) + "\n" for problem in problems)


def problem_counts(problems: tuple[Diagnostic, ...]) -> str:
    """`2 errors, 1 warning`, or `no problems`."""
    errors = sum(p.severity is Severity.ERROR for p in problems)
    warnings = len(problems) - errors
    told = [count(number, word) for number, word in ((errors, "error"), (warnings, "warning")) if number]
    return ", ".join(told) or "no problems"


def render_error(error: ReconcilerError, style: Style = Style(), *, label: str = "Error") -> str:  # noqa: B008 - frozen
    """An error for stderr: every problem of an invalid input, else one line with the way out below."""
    if isinstance(error, InvalidInput):
        return f"{render_problems(error.problems, style)}{style.paint('Invalid', 'red')}: {problem_counts(error.problems)}\n"
    text = f"{style.paint(label, 'red')}: {safe_sentence(error.message)}\n"
    return f"{text}  {safe_sentence(error.help)}\n" if error.help else text
