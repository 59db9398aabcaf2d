"""The two streams: data on stdout, words on stderr, both without secrets and unable to drive a terminal, and reports that are
written whole or not at all.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, TextIO, cast

from reconciler.cli.process import (
    CleanStream,
    Signals,
    buffered,
    clean_log_records,
    hold_standard_descriptors,
)
from reconciler.cli.report_files import is_replaced, write_report
from reconciler.errors import ReconcilerError, ReportNotWritten
from reconciler.report.safe_text import Style, safe_output

if TYPE_CHECKING:
    from reconciler.cli.options import Options
    from reconciler.report.scrub import Scrubber, WithChanges


class Console:
    """Everything this program prints goes through here. One per process. Commands get it as click's context object.

    `quiet`, `format`, `chdir` and `writes` are the command line's (`follow`). `has_result`: stdout has the run's one result.
    """

    def __init__(self, stdout: TextIO | None = None, stderr: TextIO | None = None) -> None:
        hold_standard_descriptors()
        self._stdout = buffered(stdout or sys.stdout)
        self.terminal = buffered(stderr or sys.stderr)
        """stderr as it is, for a progress bar that moves the cursor. Nothing from outside may be written to it."""
        self._scrubber: Scrubber | None = None
        self._lock = RLock()  # manifests are judged in a thread. A signal handler may come amid a search
        self._is_guarding = False
        self.signals = Signals(self.urgent)
        self.quiet, self.format, self.chdir = False, "text", Path()
        self.writes: tuple[tuple[str, Path], ...] = ()
        self.has_result = False
        self._written: set[Path] = set()
        self._is_lost = False
        self._has_said_so = False

    def follow(self, options: Options) -> None:
        """Print and write from now on as the command line says."""
        self.quiet, self.format = options.quiet, options.format
        self.chdir, self.writes = options.chdir, options.writes

    def guard_process(self) -> None:
        """Put the same filters under everything that others print in this process: `sys.stdout`, `sys.stderr`, log records."""
        self._is_guarding = True
        sys.stdout = cast(TextIO, CleanStream(self._stdout, self._for_stdout, self._lose))
        sys.stderr = cast(TextIO, CleanStream(self.terminal, self._for_stderr, lambda: None))

    def _lose(self) -> None:
        self._is_lost = True

    def keep_secret(self, value: str) -> None:
        """Register a value that must not leave this process in any text."""
        with self._lock:
            if self._scrubber is None:
                from reconciler.report.scrub import Scrubber

                self._scrubber = Scrubber()
                if self._is_guarding:
                    clean_log_records(self.clean)
            self._scrubber.add(value)

    def clean(self, text: str, *, colours: bool = False, may_command: bool = False) -> str:
        """The text as it is printed and written: without registered values (a JSON document stays one), and nothing in it drives a
        terminal (`colours` may stay) or, unless `may_command`, a runner. A fresh plan is compared with a saved one in this form.
        """
        with self._lock:
            scrubbed = text if self._scrubber is None else self._scrubber.scrub_output(text)
        return safe_output(scrubbed, colours=colours, may_command=may_command)

    def without_secrets(self, text: str) -> str:
        """Foreign text without registered values, before a message cuts it: half of one is not recognised any more."""
        with self._lock:
            return text if self._scrubber is None else self._scrubber.scrub(text)

    def without_secrets_in(self, items: Iterable[WithChanges]) -> tuple[WithChanges, ...]:
        """Entries or creations whose changes hold no registered value, before a report cuts them."""
        with self._lock:
            return tuple(items) if self._scrubber is None else self._scrubber.scrub_changes(items)

    def _for_stdout(self, text: str) -> str:
        return self.clean(text, colours=self.data_style().colour, may_command=self.format == "github")

    def _for_stderr(self, text: str) -> str:
        return self.clean(text, colours=self.error_style().colour)

    def data(self, text: str) -> None:
        """The result, on stdout. A closed stdout is remembered and makes the run fail. It does not stop the run."""
        if self._stdout is None:
            self._lose()
        elif not self._is_lost:
            try:
                self._stdout.write(self._for_stdout(text))
                self._stdout.flush()
            except OSError:
                self._lose()

    def result(self, text: str) -> None:
        """The run's one result, on stdout as `data`."""
        self.has_result = True
        self.data(text)

    def words(self, text: str) -> None:
        """What a person wants to know meanwhile, on stderr. Nothing with `--quiet`."""
        if not self.quiet:
            self.error(text)

    def error(self, text: str) -> None:
        """Why the run failed, on stderr, also with `--quiet`."""
        with contextlib.suppress(OSError):
            if self.terminal is not None:
                self.terminal.write(self._for_stderr(text))
                self.terminal.flush()

    def urgent(self, text: str) -> None:
        """On stderr, past its buffer and whatever is being written to it: for a signal handler."""
        with contextlib.suppress(OSError):
            if self.terminal is not None:
                clean = self._for_stderr(text)
                os.write(self.terminal.fileno(), clean.encode("utf-8", "backslashreplace"))

    def say_error(self, error: ReconcilerError) -> None:
        """An error in words on stderr."""
        from reconciler.report.text_problems import render_error

        self.error(render_error(error, self.error_style()))

    def report_bug(self) -> None:
        """The place and kind of an unexpected exception. Not its message, which may quote unregistered secrets."""
        import traceback

        self.error(
            "Internal error. This is a bug in the reconciler: please report it with the lines below.\n"
        )
        error = sys.exc_info()[1]
        while error is not None:
            self.error("".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__qualname__}\n")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)

    def has_arrived(self) -> bool:
        """Whether everything that was printed is out. Says once on stderr when it is not."""
        if self._is_guarding:
            sys.stdout.flush()
        if self._stdout is not None:
            self.data("")
        if self._is_lost and not self._has_said_so:
            self._has_said_so = True
            self.error("Error: the result could not be written to stdout: it is closed or full\n")
        return not self._is_lost

    def finish(self, code: int) -> int:
        """The exit code of the process: a result that could not be delivered is never success."""
        return code if self.has_arrived() else code or ReportNotWritten.exit_code

    def data_style(self) -> Style:
        """Colours for stdout."""
        return _style(self._stdout)

    def error_style(self) -> Style:
        """Colours for stderr."""
        return _style(self.terminal)

    def can_ask(self) -> bool:
        """Whether a person can be asked: stdin and stderr are both a terminal."""
        return sys.stdin is not None and sys.stdin.isatty() and _is_terminal(self.terminal)

    def prints_to_terminal(self) -> bool:
        """Whether stdout is a terminal."""
        return _is_terminal(self._stdout)

    def shows_progress(self) -> bool:
        """Whether a progress bar makes sense on stderr."""
        return not self.quiet and _is_terminal(self.terminal) and not os.environ.get("CI")

    def missing_reports(self) -> list[tuple[str, Path]]:
        """Format and path of every report that was asked for and that this run has not written."""
        asked = ((form, self.chdir / file) for form, file in self.writes)
        return [(form, path) for form, path in asked if path not in self._written]

    def write_report(self, path: Path, text: str, *, may_command: bool = False) -> None:
        """Write a report whole or not at all, or through to a pipe or a device (`report_files`). ReportNotWritten names the file
        and the reason. An older file of that name is then untouched, and said to be old.
        """
        clean = self.clean(text, may_command=may_command)
        for stream in (self._stdout, self.terminal):  # the report may go where this process prints to
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.flush()
        try:
            write_report(path, clean)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            is_old = os.path.isfile(path) and is_replaced(path) and path not in self._written
            raise ReportNotWritten(
                f"{path}: the report could not be written: {reason}",
                help="what that file holds is from an earlier run" if is_old else "",
            ) from error
        self._written.add(path)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _style(stream: TextIO | None) -> Style:
    if os.environ.get("NO_COLOR"):
        return Style(colour=False)
    if os.environ.get("FORCE_COLOR"):
        return Style(colour=True)
    return Style(colour=_is_terminal(stream) and os.environ.get("TERM") != "dumb")
