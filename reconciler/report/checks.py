"""What `doctor` found: a list of checks, as text or as a document. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.json_value import JsonObject
from reconciler.planning.plan import PLAN_FORMAT_VERSION
from reconciler.report.exit_code import ExitCode
from reconciler.report.safe_text import PLAIN, Style, safe_sentence
from reconciler.report.text_problems import render_problem


class Health(StrEnum):
    """`skipped`: not asked, because something before it failed or because asking would be a write."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


_COLOURS = {Health.OK: "green", Health.FAILED: "red", Health.SKIPPED: "dim"}


@dataclass(frozen=True)
class Check:
    """One question and its answer. `error` is set exactly when it failed."""

    name: str
    health: Health
    detail: str
    help: str = ""
    error: ReconcilerError | None = None


def passed(name: str, *lines: str) -> Check:
    """A check that found everything in order."""
    return Check(name, Health.OK, "\n".join(lines))


def failed(name: str, error: ReconcilerError) -> Check:
    """A check that failed with this error. Of an invalid input with every problem."""
    if isinstance(error, InvalidInput):
        return Check(name, Health.FAILED, "\n".join(map(render_problem, error.problems)), error=error)
    return Check(name, Health.FAILED, error.message, error.help, error)


def checks_exit_code(checks: tuple[Check, ...]) -> ExitCode:
    """That of the first failure, else done."""
    return next(
        (ExitCode(check.error.exit_code) for check in checks if check.error is not None), ExitCode.DONE
    )


def render_checks(checks: tuple[Check, ...], style: Style = PLAIN) -> str:
    """One line per check, its way out below it."""
    return "".join(f"{line}\n" for check in checks for line in _lines(check, style))


def _lines(check: Check, style: Style) -> Iterator[str]:
    first, *more = (*check.detail.split("\n"), *([check.help] if check.help else []))
    health = style.paint(f"{check.health:<8}", _COLOURS[check.health])
    yield f"{health} {check.name:<10} {safe_sentence(first)}"
    yield from (f"{'':<20}{safe_sentence(line)}" for line in more)


def checks_document(checks: tuple[Check, ...]) -> JsonObject:
    """The checks as a document."""
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "checks": [
            {"name": c.name, "health": str(c.health), "detail": c.detail, "help": c.help} for c in checks
        ],
    }
