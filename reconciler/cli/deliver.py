"""One result to stdout and to every file that `--write` names, whatever becomes of one of them."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from reconciler.cli.console import Console
from reconciler.cli.options import Options
from reconciler.cli.renderings import Rendering, Renderings, error_rendering
from reconciler.cli.report_files import is_replaced
from reconciler.errors import ReportNotWritten
from reconciler.report.style import Style

__all__ = ["Rendering", "deliver"]

_WITH_CODE = "json"
"""The rendering that names the exit code."""


def deliver(
    console: Console,
    options: Options,
    renderings: Callable[[int], Renderings],
    code: int,
    *,
    on_stdout: Rendering | None = None,
    account: Callable[[], str] = str,
) -> int:
    """Write every report; the exit code of the run, which is never 0 when one could not be made, written or printed.

    `renderings` gives one for each format, for an exit code; `on_stdout` is what stdout gets in place of its own. Files come first
    and are never coloured; then pipes and devices, which may wait for a reader; then stdout. None keeps the others from being
    told. A file that names the exit code is written again when the code became another one. `account` goes to stderr when anything
    is missing: what must be known in any case, in few words.
    """
    run = _Delivery(console, options, renderings, code)
    files = [write for write in options.writes if is_replaced(options.chdir / write[1])]
    others = (write for write in options.writes if write not in files)
    written = [write for write in (*files, *others) if run.write(*write)]
    run.print(on_stdout)
    if run.code != code:
        for form, file in written:
            if form == _WITH_CODE and (form, file) in files:
                run.write(form, file)
    if run.has_gaps:
        console.error(account())
    return run.code


@dataclass
class _Delivery:
    """`code` is what the reports so far made of the run's; `has_gaps` when one of them is missing."""

    console: Console
    options: Options
    renderings: Callable[[int], Renderings]
    code: int
    has_gaps: bool = False

    def write(self, form: str, file: Path) -> bool:
        """Whether it is written."""
        path = self.options.chdir / file
        put = partial(self.console.write_report, path, may_command=form == "github")
        return self._attempt(form, put, lambda: self.renderings(self.code)[form](Style()), str(path))

    def print(self, rendering: Rendering | None) -> None:
        form, style = self.options.format, self.console.data_style()

        def made() -> str:
            return (rendering or self.renderings(self.code)[form])(style)

        self._attempt(form, self.console.result, made, "stdout")
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
            with contextlib.suppress(Exception):
                self._say_why_not(form, put, ReportNotWritten(f"{what}: {_not_made(error)}"))
        return False

    def _say_why_not(self, form: str, put: Callable[[str], None], error: ReportNotWritten) -> None:
        """In place of a report that could not be made, a short one of its format: an older one must not be taken for it."""
        self.console.report_bug()
        self.console.say_error(error)
        error.exit_code = self.code
        put(error_rendering(error, form, self.options.chdir))

    def _miss(self, code: int) -> None:
        self.has_gaps = True
        self.code = self.code or code


def _not_made(error: Exception) -> str:
    return f"the report could not be made: internal error ({type(error).__name__})"
