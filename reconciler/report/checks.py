"""What `doctor` found: a list of checks, as text or as a document. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from reconciler.errors import InvalidInput, ReconcilerError
from reconciler.model.json_value import JsonObject
from reconciler.planning.plan import PLAN_FORMAT_VERSION
from reconciler.report.exit_code import ExitCode
from reconciler.report.safe_text import safe_sentence
from reconciler.report.style import Style
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


def failed(name: str, error: ReconcilerError) -> Check:
    """A check that failed with this error; every problem of an invalid input is told."""
    if isinstance(error, InvalidInput):
        return Check(name, Health.FAILED, "\n".join(render_problem(p) for p in error.problems), error=error)
    return Check(name, Health.FAILED, error.message, error.help, error)


def checks_exit_code(checks: tuple[Check, ...]) -> ExitCode:
    """That of the first failure, else done."""
    first = next((check.error for check in checks if check.error is not None), None)
    return ExitCode.DONE if first is None else ExitCode(first.exit_code)


def render_checks(checks: tuple[Check, ...], style: Style = Style()) -> str:  # noqa: B008 - frozen
    """One line per check, its way out below it."""
    lines = []
    for check in checks:
        detail = [safe_sentence(line) for line in check.detail.split("\n")]
        lines.append(
            f"{style.paint(f'{check.health:<8}', _COLOURS[check.health])} {check.name:<10} {detail[0]}"
        )
        lines.extend(f"{'':<20}{line}" for line in detail[1:])
        if check.help:
            lines.append(f"{'':<20}{safe_sentence(check.help)}")
    return "\n".join(lines) + "\n"


def checks_document(checks: tuple[Check, ...]) -> JsonObject:
    """The checks as a document."""
    return {
        "formatVersion": PLAN_FORMAT_VERSION,
        "checks": [
            {"name": c.name, "health": str(c.health), "detail": c.detail, "help": c.help} for c in checks
        ],
    }
