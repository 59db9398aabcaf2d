"""How a run without a result ends: words on stderr, and reports that say why there is none.

A report of an earlier run is never left to be taken for this one's; what this run has told already stays as it is.
"""

from __future__ import annotations

from reconciler.cli.console import Console
from reconciler.cli.report_files import is_replaced
from reconciler.errors import Interrupted, ReconcilerError, ReportNotWritten


def report_error(console: Console, error: ReconcilerError) -> None:
    """An error that ends the run: words on stderr; stdout and report files say it in their formats."""
    from reconciler.cli.renderings import error_rendering

    console.say_error(error)
    _replace_reports(console, error)
    if console.format != "text" and not console.has_result:
        console.data(error_rendering(error, console.format, console.chdir))


def report_bug(console: Console, error: Exception) -> None:
    """An exception that nobody caught: its place and kind on stderr; report files say that there is no result."""
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
        if not may_block and not is_replaced(path):
            continue
        from reconciler.cli.renderings import error_rendering

        try:
            rendering = error_rendering(error, form, console.chdir)
            console.write_report(path, rendering, may_command=form == "github")
        except ReportNotWritten as unwritten:
            console.say_error(unwritten)
