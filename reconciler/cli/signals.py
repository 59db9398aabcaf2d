"""SIGINT, SIGTERM and SIGHUP (a terminal that was closed), from the first look at the network to the end of the process.

While a loop works, a signal is its stop request, and stays one for every later loop: a run that was told to stop starts nothing anew.
Outside of a loop a signal ends the run at once (KeyboardInterrupt), until something is at stake (`hold`): the account of what was
created. From then on the first one is only noted, and what is at stake goes to stderr; the second one ends the process, which may
hang on a pipe that nobody reads.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GIVEN_UP = "Ended by a second signal before everything was reported; `reconciler plan` shows what is on the server now.\n"


class Signals:
    """One per process. `tell` writes to stderr past its buffer: a handler may run in the middle of a write."""

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
        """The run is ending on a signal: another one ends the process where it stands."""
        self.install()
        self._at_stake, self._late = (lambda: ""), 2

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
            self._insisted(self._at_stake)

    def _insisted(self, at_stake: Callable[[], str]) -> None:
        self._late += 1
        if self._late == 1:
            self._tell(at_stake())
            return
        if self._late == 2:
            self._tell(_GIVEN_UP)
        os._exit(INTERRUPTED)
