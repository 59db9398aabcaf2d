"""New files for `reconciler init`: each is written whole or left as it is, and both are told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.report_files import write_new
from reconciler.errors import ReportNotWritten
from reconciler.report.safe_text import safe_text
from reconciler.report.wording import count
from reconciler.starter.files import StarterFile


@dataclass(frozen=True)
class Outcome:
    """What was written, and what was there already."""

    written: tuple[StarterFile, ...]
    left: tuple[StarterFile, ...]


def write_files(root: Path, planned: Iterable[StarterFile]) -> Outcome:
    """Write what is not there yet. Raises ReportNotWritten; what was written before stays, and a second run goes on."""
    written: list[StarterFile] = []
    left: list[StarterFile] = []
    for file in planned:
        (written if _write_new(root / file.path, file.text) else left).append(file)
    return Outcome(tuple(written), tuple(left))


def _write_new(path: Path, text: str) -> bool:
    """Whether the file was written; False when there is one, or anything else of that name."""
    make_directory(path.parent)
    try:
        return write_new(path, text)
    except OSError as error:
        raise _not_written(path, error) from error


def make_directory(path: Path) -> None:
    """Make a directory and those above it. Raises ReportNotWritten."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(path, error) from error


def _not_written(path: Path, error: OSError) -> ReportNotWritten:
    reason = error.strerror or type(error).__name__
    return ReportNotWritten(
        f"{path}: could not be written: {reason}", help="what was written before it stays; run this again"
    )


def account(root: Path, outcome: Outcome) -> str:
    """What was written and what was left, one line each."""
    width = max((len(safe_text(file.path)) for file in outcome.written), default=0)
    lines = [f"{count(len(outcome.written), 'file')} written in {safe_text(str(root))}"]
    lines += [f"  {safe_text(file.path):<{width}}  {safe_text(file.about)}" for file in outcome.written]
    if outcome.left:
        lines.append(
            f"{count(len(outcome.left), 'file')} left as {'they are' if len(outcome.left) > 1 else 'it is'}"
        )
        lines += [f"  {safe_text(file.path)}" for file in outcome.left]
    return "\n".join(lines) + "\n"


def to_be_merged(root: Path, left: tuple[StarterFile, ...]) -> str:
    """The texts for files that other tools have too, and that do not mention this one yet; "" when there is none."""
    parts = []
    for file in left:
        if file.is_shared and "reconciler" not in _content(root / file.path):
            lines = "\n".join(f"  {line}".rstrip() for line in file.text.splitlines())
            parts.append(f"\n{safe_text(file.path)} was there already. Add to it:\n{lines}\n")
    return "".join(parts)


def _content(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
