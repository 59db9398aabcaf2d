"""The problems of one file, bounded: the first hundred in full, the rest as a number. Kept while a file is read."""

from __future__ import annotations

from reconciler.manifests import rules
from reconciler.manifests.limits import MAX_PROBLEMS_PER_FILE
from reconciler.model.diagnostic import Diagnostic, Origin, Severity


class ProblemLog:
    """Collects problems of the file `file` (the name as the user would write it)."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._kept: list[Diagnostic] = []
        self._others = 0
        self._others_severity = Severity.WARNING

    @property
    def room(self) -> int:
        """How many more problems will be kept in full."""
        return MAX_PROBLEMS_PER_FILE - len(self._kept)

    @property
    def is_full(self) -> bool:
        """Whether further problems are only counted: then their words need not be made."""
        return self.room <= 0

    def __bool__(self) -> bool:
        """Whether anything is wrong in the file."""
        return bool(self._kept)

    def add(self, origin: Origin, rule: str, message: str, help: str = "") -> None:
        """Keeps an error, or counts it when the log is full."""
        self.keep(Diagnostic(origin, rule, message, help))

    def refuse(self, refusal: rules.Refused) -> None:
        """Keeps what ended the reading of the file."""
        self.add(Origin(self.file, refusal.line, refusal.column), refusal.rule, refusal.message, refusal.help)

    def keep(self, problem: Diagnostic) -> None:
        """Keeps a problem, or counts it when the log is full."""
        if self.is_full:
            self.count(1, problem.severity)
        else:
            self._kept.append(problem)

    def count(self, number: int = 1, severity: Severity = Severity.ERROR) -> None:
        """Notes problems without a description, at most this severe."""
        self._others += number
        if number and severity is Severity.ERROR:
            self._others_severity = severity

    def problems(self) -> tuple[Diagnostic, ...]:
        """Everything kept and, when there was more, a last line that says how much: an error if any of that is one."""
        if not self._others:
            return tuple(self._kept)
        last = max(problem.origin for problem in self._kept)
        message = f"and {self._others} more {'problem' if self._others == 1 else 'problems'} in this file"
        more = Diagnostic(
            last, rules.MORE_PROBLEMS, message, "correct those above first", self._others_severity
        )
        return (*self._kept, more)
