"""The files through which a step speaks to the runner: its outputs and its summary."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path

from reconciler.errors import ReportNotWritten

MAX_SUMMARY_BYTES = 1024 * 1024
"""GitHub: the summary of one step may hold 1 MiB; a larger one is dropped with an error."""

SUMMARY_BUDGET = 1_000_000


def summary_budget(path: Path) -> int:
    """How many bytes may still be added to the step's summary; what an earlier command wrote counts."""
    try:
        used = path.stat().st_size
    except OSError:
        used = 0
    return max(0, min(SUMMARY_BUDGET, MAX_SUMMARY_BYTES - used - 2))


def append_summary(path: Path, text: str) -> None:
    """Add Markdown to the step's summary. Raises ReportNotWritten."""
    _append(path, f"\n{text.rstrip()}\n", "the step summary")


def write_outputs(path: Path, outputs: Mapping[str, str]) -> None:
    """Set the step's outputs. A value of several lines stands between random delimiters, so that it cannot set another one.

    Raises ReportNotWritten.
    """
    _append(path, "".join(_output(name, value) for name, value in outputs.items()), "the step's outputs")


def _output(name: str, value: str) -> str:
    if not any(char in value for char in "\r\n"):
        return f"{name}={value}\n"
    delimiter = f"end-{secrets.token_hex(16)}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def _append(path: Path, text: str, what: str) -> None:
    try:
        with path.open("a", encoding="utf-8", newline="\n", errors="backslashreplace") as stream:
            stream.write(text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReportNotWritten(f"{path}: {what} could not be written: {reason}") from error
