"""One result to stdout and to every file that `--write` names."""

from __future__ import annotations

from reconciler.cli.console import Console
from reconciler.cli.options import Options
from reconciler.cli.renderings import Rendering
from reconciler.errors import ReportNotWritten
from reconciler.report.style import Style

__all__ = ["Rendering", "deliver"]


def deliver(console: Console, options: Options, renderings: dict[str, Rendering], code: int) -> int:
    """Write every report; the exit code of the run, which is never 0 when a report could not be written.

    `renderings` has one for each format. Files come first and are never coloured; stdout gets its rendering
    whatever happens to them.
    """
    for form, file in options.writes:
        try:
            path = file if file.is_absolute() else options.chdir / file
            console.write_report(path, renderings[form](Style()), may_command=form == "github")
        except ReportNotWritten as error:
            console.say_error(error)
            code = code or error.exit_code
    console.data(renderings[options.format](console.data_style()))
    return code
