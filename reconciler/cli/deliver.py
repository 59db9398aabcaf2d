"""How a run ends: one result to stdout and to every file that `--write` names, or words why there is none.

A report of an earlier run is never left to be taken for this one's. A fault in one report does not take the others along.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reconciler.cli.console import Console
from reconciler.cli.renderings import Rendering, Renderings, error_rendering
from reconciler.cli.report_files import is_replaced
from reconciler.errors import Interrupted, ReconcilerError, ReportNotWritten
from reconciler.model.json_value import JsonObject
from reconciler.report.safe_text import Style

_WITH_CODE = "json"
"""The rendering that names the exit code."""


def deliver_two(console: Console, text: Rendering, document: JsonObject, code: int) -> int:
    """`deliver` for a result that is text or JSON."""
    from reconciler.report.document import document_text

    return deliver(console, lambda _: {"text": text, "json": lambda _: document_text(document)}, code)


def deliver(
    console: Console,
    renderings: Callable[[int], Renderings],
    code: int,
    *,
    on_stdout: Rendering | None = None,
    account: Callable[[], str] = str,
) -> int:
    """Write every report. The exit code of the run, which is never 0 when one could not be made, written or printed.

    `renderings` gives one for each format, for an exit code. `on_stdout` is what stdout gets in place of its own. Files come first
    and are never coloured. Then pipes and devices, which may wait for a reader. Then stdout. A file that names the exit code is
    written again when the code became another one. `account` goes to stderr when anything is missing: what must be known in any
    case, in few words.
    """
    run = _Delivery(console, renderings, code)
    writes = [(form, console.chdir / file) for form, file in console.writes]
    files = [write for write in writes if is_replaced(write[1])]
    others = [write for write in writes if write not in files]
    written = [write for write in (*files, *others) if run.write(*write)]
    run.print(on_stdout)
    if run.code != code:
        for form, path in written:
            if form == _WITH_CODE and (form, path) in files:
                run.write(form, path)
    if run.has_gaps:
        console.error(account())
    return run.code


@dataclass
class _Delivery:
    """`code` is what the reports so far made of the run's. `has_gaps` when one of them is missing."""

    console: Console
    renderings: Callable[[int], Renderings]
    code: int
    has_gaps: bool = False

    def write(self, form: str, path: Path) -> bool:
        """Whether it is written."""
        put = partial(self.console.write_report, path, may_command=form == "github")
        return self._attempt(form, put, lambda: self.renderings(self.code)[form](Style()), str(path))

    def print(self, rendering: Rendering | None) -> None:
        """Print the result, as `rendering` has it where there is one."""
        form, style = self.console.format, self.console.data_style()
        put = self.console.result
        self._attempt(form, put, lambda: (rendering or self.renderings(self.code)[form])(style), "stdout")
        if not self.console.has_arrived():
            self._miss(ReportNotWritten.exit_code)

    def _attempt(self, form: str, put: Callable[[str], None], made: Callable[[], str], what: str) -> bool:
        try:
            put(made())
            return True
        except ReportNotWritten as error:
            self.console.say_error(error)
            self._miss(error.exit_code)
        except Exception as error:  # noqa: BLE001 - a fault in one report must not take the others along
            self._miss(ReportNotWritten.exit_code)
            why = f"the report could not be made: internal error ({type(error).__name__})"
            with contextlib.suppress(Exception):
                self._say_why_not(form, put, ReportNotWritten(f"{what}: {why}"))
        return False

    def _say_why_not(self, form: str, put: Callable[[str], None], error: ReportNotWritten) -> None:
        """In place of a report that could not be made, a short one of its format: an older one must not be taken for it."""
        self.console.report_bug()
        self.console.say_error(error)
        error.exit_code = self.code
        put(error_rendering(error, form, self.console.chdir))

    def _miss(self, code: int) -> None:
        self.has_gaps = True
        self.code = self.code or code


def report_error(console: Console, error: ReconcilerError) -> None:
    """An error that ends the run: words on stderr. Stdout and report files say it in their formats."""
    console.say_error(error)
    _replace_reports(console, error)
    if console.format != "text" and not console.has_result:
        console.data(error_rendering(error, console.format, console.chdir))


def report_bug(console: Console, error: Exception) -> None:
    """An unexpected exception: its place and kind on stderr. Report files say that there is no result."""
    console.report_bug()
    _replace_reports(console, ReconcilerError(f"internal error ({type(error).__name__})"))


def report_interrupt(console: Console) -> None:
    """A signal ended the run while nothing was created: words on stderr, and in those report files that cannot block."""
    was_offline = not console.signals.is_installed
    console.signals.let_go()
    console.error(f"Interrupted; {'nothing was sent' if was_offline else 'no template was created'}.\n")
    _replace_reports(console, Interrupted("stopped by a signal"), may_block=False)


def _replace_reports(console: Console, error: ReconcilerError, *, may_block: bool = True) -> None:
    for form, path in console.missing_reports():
        if may_block or is_replaced(path):
            try:
                rendering = error_rendering(error, form, console.chdir)
                console.write_report(path, rendering, may_command=form == "github")
            except ReportNotWritten as unwritten:
                console.say_error(unwritten)
