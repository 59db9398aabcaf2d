"""What lies under everything that is printed by anybody in this process: standard streams that are open and buffered, and a filter
for streams and log records.

The console writes its own text; this catches the rest: click's own messages, warnings, tracebacks of the interpreter, log
handlers that somebody set up before the start.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable
from typing import TextIO

Clean = Callable[[str], str]

_CHATTY = ("httpx", "httpcore", "asyncio", "h11")
"""Loggers that tell headers, and with them tokens that nobody has registered yet."""


def hold_standard_descriptors() -> None:
    """Give a standard stream that was closed before the start a descriptor that leads nowhere: else the first file
    that is opened gets its number.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def buffered(stream: TextIO | None) -> TextIO | None:
    """The stream with a buffer below it, if it has none (PYTHONUNBUFFERED, as in containers): without one, what a signal cuts
    a write short by is lost in silence.
    """
    raw = getattr(stream, "buffer", None)
    if stream is None or not isinstance(raw, io.FileIO):
        return stream
    # A file object of its own, which leaves the descriptor open: whoever made the stream may go on to use it.
    below = io.BufferedWriter(io.FileIO(raw.fileno(), "w", closefd=False))
    return io.TextIOWrapper(below, encoding=stream.encoding, errors=stream.errors)


class CleanStream(io.TextIOBase):
    """A text stream that hands on whole lines, cleaned; what is left when it is flushed counts as one.

    It has no binary buffer below it that could be written to past the filter. A line that cannot be written is told to
    `on_lost` and raises nothing.
    """

    def __init__(self, stream: TextIO | None, clean: Clean, on_lost: Callable[[], None]) -> None:
        self._stream = stream
        self._clean = clean
        self._on_lost = on_lost
        self._rest = ""

    def write(self, text: str, /) -> int:
        """Take text; lines that are complete go out."""
        lines, end, self._rest = (self._rest + text).rpartition("\n")
        if end:
            self._send(lines + end)
        return len(text)

    def flush(self) -> None:
        """Send what is there, complete or not."""
        rest, self._rest = self._rest, ""
        self._send(rest)

    def _send(self, text: str) -> None:
        if self._stream is None:
            if text:
                self._on_lost()
            return
        try:
            if text:
                self._stream.write(self._clean(text))
            self._stream.flush()
        except (OSError, ValueError):  # a full disk, a closed pipe; a closed stream
            self._on_lost()

    def writable(self) -> bool:
        """Always."""
        return True

    def isatty(self) -> bool:
        """Whether the stream below is a terminal."""
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        """The descriptor below, for who asks whether it is a terminal; what is written to it is not cleaned."""
        if self._stream is None:
            raise io.UnsupportedOperation("there is no stream")
        return self._stream.fileno()

    @property
    def encoding(self) -> str:  # type: ignore[override]  # an attribute there
        """That of the stream below."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    @property
    def errors(self) -> str:  # type: ignore[override]  # an attribute there
        """That of the stream below."""
        return getattr(self._stream, "errors", None) or "backslashreplace"


def clean_log_records(clean: Clean) -> None:
    """From now on every log record is text without secrets when a handler gets it, its traceback included.

    Libraries that log what goes over the wire are limited to warnings.
    """
    import logging
    import traceback

    make = logging.getLogRecordFactory()

    def made(*arguments: object, **keywords: object) -> logging.LogRecord:
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
