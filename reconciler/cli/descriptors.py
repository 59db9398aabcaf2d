"""What the standard streams need before anything is printed."""

from __future__ import annotations

import io
import os
from typing import TextIO


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
