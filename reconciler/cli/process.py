"""What this program does to its own process: it keeps standard streams open, buffered and filtered, log records clean, and handles
signals.

The filters catch what others print: click's messages, warnings, the interpreter's tracebacks, handlers of logs.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, TextIO

Clean = Callable[[str], str]

_CHATTY = ("httpx", "httpcore", "asyncio", "h11")
"""Loggers that write headers, which may hold unregistered tokens."""
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_INTERRUPTED = 130
_GIVEN_UP = "Ended by a second signal before everything was reported; `reconciler plan` shows what is on the server now.\n"


def hold_standard_descriptors() -> None:
    """A standard stream that is closed leads nowhere from now on: else the next file that is opened gets its number."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def buffered(stream: TextIO | None) -> TextIO | None:
    """The stream with a buffer, without which a signal cuts a write short in silence (PYTHONUNBUFFERED takes it away). What its
    encoding lacks is escaped.
    """
    raw = getattr(stream, "buffer", None)
    if stream is not None and isinstance(raw, io.FileIO):
        # A file object of its own, which leaves the descriptor open: its maker may go on to use it.
        below = io.BufferedWriter(io.FileIO(raw.fileno(), "w", closefd=False))
        stream = io.TextIOWrapper(below, encoding=stream.encoding)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")
    return stream


class CleanStream(io.TextIOBase):
    """A text stream that hands on whole lines, cleaned. What is left when it is flushed counts as one. It has no binary buffer to
    write past the filter. A line that cannot be written calls `on_lost` and raises nothing.
    """

    def __init__(self, stream: TextIO | None, clean: Clean, on_lost: Callable[[], None]) -> None:
        self._stream, self._clean, self._on_lost = stream, clean, on_lost
        self._rest = ""

    def write(self, text: str, /) -> int:
        """Take text. Lines that are complete go out."""
        lines, end, self._rest = (self._rest + text).rpartition("\n")
        if end:
            self._send(lines + end)
        return len(text)

    def flush(self) -> None:
        """Send what is there, complete or not."""
        rest, self._rest = self._rest, ""
        self._send(rest)

    def _send(self, text: str) -> None:
        try:
            if text:
                self._below().write(self._clean(text))
            if self._stream is not None:
                self._stream.flush()
        except (OSError, ValueError):  # a full disk, a closed pipe, no stream. A closed stream
            self._on_lost()

    def _below(self) -> TextIO:
        if self._stream is None:
            raise io.UnsupportedOperation("there is no stream")
        return self._stream

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """Whether the stream below is a terminal."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor below, for who asks whether it is a terminal. What is written to it is not cleaned."""
        return self._below().fileno()


def clean_log_records(clean: Clean) -> None:
    """From now on handlers get log records without secrets, tracebacks included, and from libraries that log what goes over the
    wire, warnings only.
    """
    import logging
    import traceback

    make = logging.getLogRecordFactory()

    def made(*arguments: object, **keywords: object) -> logging.LogRecord:
        """A record as everybody gets it from now on."""
        record = make(*arguments, **keywords)
        with contextlib.suppress(TypeError, ValueError):  # arguments that do not fit the message
            record.msg = record.getMessage()
        record.msg, record.args = clean(str(record.msg)), ()
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = clean("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
        record.exc_info = None
        record.stack_info = clean(record.stack_info) if record.stack_info else None
        return record

    logging.setLogRecordFactory(made)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


class Signals:
    """SIGINT, SIGTERM and SIGHUP (a closed terminal), from the first look at the network to the end of the process.

    While a loop works, a signal is its stop request, and that of every later loop. Outside of a loop it ends the run at once
    (KeyboardInterrupt), until something is at stake (`hold`): then the first signal is noted and says what is at stake, and the
    second ends the process, which may hang on a pipe without a reader.

    One per process. `tell` writes to stderr past its buffer: a handler may run in the middle of a write.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.came = False
        self._tell = tell
        self._wake: Callable[[], object] | None = None
        self._at_stake: Callable[[], str] | None = None
        self._late = 0
        self._before: dict[signal.Signals, Any] = {}

    def install(self) -> None:
        """Take the signals over, for good. In the main thread only, like every handler. SIGHUP stays ignored under `nohup`."""
        for number in _SIGNALS:
            is_ignored = number is signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
            if number not in self._before and not is_ignored:
                self._before[number] = signal.signal(number, self._arrived)

    @property
    def is_installed(self) -> bool:
        """Whether the run has begun to look at a network."""
        return bool(self._before)

    def restore(self) -> None:
        """Give them back: for a caller that lives on."""
        while self._before:
            signal.signal(*self._before.popitem())

    def hold(self, at_stake: Callable[[], str]) -> None:
        """From now on no signal ends the process before a second one does. `at_stake` are the words for the first one."""
        self._at_stake = at_stake

    def let_go(self) -> None:
        """The run is ending on a signal: another one ends the process at once."""
        self.install()
        self._at_stake, self._late = str, 2

    @contextlib.contextmanager
    def waking(self, wake: Callable[[], object]) -> Iterator[None]:
        """Meanwhile a signal calls `wake`, which has to be safe in a handler. One that came before is in `came`."""
        self._wake = wake
        try:
            yield
        finally:
            self._wake = None

    def _arrived(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True
        if self._wake is not None:
            self._wake()
        elif self._at_stake is None:
            raise KeyboardInterrupt
        else:
            self._late += 1
            if self._late <= 2:
                self._tell(self._at_stake() if self._late == 1 else _GIVEN_UP)
            if self._late > 1:
                os._exit(_INTERRUPTED)
