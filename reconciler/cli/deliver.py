"""One result to stdout and to every file that `--write` names."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.cli.console import Console
from reconciler.cli.options import Options
from reconciler.errors import ReportNotWritten
from reconciler.report.style import Style

Rendering = Callable[[Style], str]


def deliver(console: Console, options: Options, renderings: dict[str, Rendering], code: int) -> int:
    """Write every report; the exit code of the run, which is never 0 when a report could not be written.

    `renderings` has one for each format. Files come first and are never coloured; stdout gets its rendering
    whatever happens to them.
    """
    for form, file in options.writes:
        try:
            console.write_report(
                file if file.is_absolute() else options.chdir / file, renderings[form](Style())
            )
        except ReportNotWritten as error:
            console.say_error(error)
            code = code or error.exit_code
    console.data(renderings[options.format](console.data_style()))
    return code
