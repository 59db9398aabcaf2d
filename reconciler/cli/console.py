"""The two streams: data on stdout, words on stderr, both behind the scrubber; and reports that are written
whole or not at all.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from reconciler.errors import ReconcilerError, ReportNotWritten
from reconciler.report.style import Style

if TYPE_CHECKING:
    from reconciler.report.scrub import Scrubber


class Console:
    """Everything this program prints goes through here. One per process; commands get it as click's context
    object.
    """

    def __init__(self, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        _hold_standard_descriptors()
        self._stdout: TextIO | None = stdout or sys.stdout
        self._stderr: TextIO | None = stderr or sys.stderr
        self._scrubber: Scrubber | None = None
        self.quiet = False
        self.format = "text"
        self._lost = False
        for stream in (self._stdout, self._stderr):
            reconfigure = getattr(stream, "reconfigure", None)
            if reconfigure is not None:  # a locale that cannot print a name must not end a run
                reconfigure(errors="backslashreplace")

    def keep_secret(self, value: str) -> None:
        """Register a value that must not leave this process in any text."""
        if self._scrubber is None:
            from reconciler.report.scrub import Scrubber

            self._scrubber = Scrubber()
        self._scrubber.add(value)

    def _clean(self, text: str) -> str:
        return text if self._scrubber is None else self._scrubber.scrub(text)

    def data(self, text: str) -> None:
        """The result, on stdout. A closed stdout is remembered and makes the run fail; it does not stop the
        run.
        """
        if self._lost or self._stdout is None:
            self._lost = True
            return
        try:
            self._stdout.write(self._clean(text))
            self._stdout.flush()
        except OSError:
            self._lost = True

    def words(self, text: str) -> None:
        """What a person wants to know meanwhile, on stderr; nothing with `--quiet`."""
        if not self.quiet:
            self.error(text)

    def error(self, text: str) -> None:
        """Why the run failed, on stderr, also with `--quiet`."""
        if self._stderr is None:
            return
        with contextlib.suppress(OSError):
            self._stderr.write(self._clean(text))
            self._stderr.flush()

    def report_error(self, error: ReconcilerError) -> None:
        """An error that ends the run: words on stderr, and with `--format json` a document on stdout."""
        self.say_error(error)
        if self.format == "json":
            from reconciler.report.document import document_text, error_document

            self.data(document_text(error_document(error)))

    def say_error(self, error: ReconcilerError) -> None:
        """An error in words on stderr."""
        from reconciler.report.text_problems import render_error

        self.error(render_error(error, self.error_style()))

    def report_bug(self) -> None:
        """A traceback of this program's own fault, without values."""
        import traceback

        self.error(
            "Internal error. This is a bug in the reconciler: please report it with the lines below.\n"
        )
        self.error(traceback.format_exc())

    def finish(self, code: int) -> int:
        """The exit code of the process: a result that could not be delivered is never success."""
        if not self._lost and self._stdout is not None:
            try:
                self._stdout.flush()
            except OSError:
                self._lost = True
        if self._lost:
            self.error("Error: stdout was closed before the result was written\n")
            return code or ReportNotWritten.exit_code
        return code

    def data_style(self) -> Style:
        """Colours for stdout."""
        return _style(self._stdout)

    def error_style(self) -> Style:
        """Colours for stderr."""
        return _style(self._stderr)

    def can_ask(self) -> bool:
        """Whether a person can be asked: stdin and stderr are both a terminal."""
        return sys.stdin is not None and sys.stdin.isatty() and _is_terminal(self._stderr)

    def shows_progress(self) -> bool:
        """Whether a progress bar makes sense on stderr."""
        return not self.quiet and _is_terminal(self._stderr) and not os.environ.get("CI")

    def write_report(self, path: Path, text: str) -> None:
        """Write a report whole or not at all: a temporary file beside it, flushed to disk, then renamed.

        A device or a pipe (`/dev/stdout`) cannot be renamed over: it is written to as it is. ReportNotWritten names
        the file and the reason; an older file of that name is then untouched.
        """
        goal = Path(os.path.realpath(path))
        try:
            if goal.exists() and not goal.is_file():
                with goal.open("w", encoding="utf-8", newline="\n") as stream:
                    stream.write(self._clean(text))
            else:
                _write_whole(goal, self._clean(text))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise ReportNotWritten(f"{path}: the report could not be written: {reason}") from error


def _write_whole(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _hold_standard_descriptors() -> None:
    """Give a standard stream that was closed before the start a descriptor that leads nowhere: else the first file
    that is opened gets its number.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _style(stream: TextIO | None) -> Style:
    if os.environ.get("NO_COLOR"):
        return Style(colour=False)
    if os.environ.get("FORCE_COLOR"):
        return Style(colour=True)
    return Style(colour=_is_terminal(stream) and os.environ.get("TERM") != "dumb")
