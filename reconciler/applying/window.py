"""How long something is looked for: turns after growing pauses, within a time that also the slowest server cannot stretch."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from reconciler.applying.stopping import Clock, StopRequest
from reconciler.errors import Interrupted

T = TypeVar("T")

LAST_TURN_SECONDS = 30.0
"""What the turn at the end of the window may take: as long as one read. Without it a window of no seconds would see nothing."""

REQUEST_SECONDS = 30.0
"""What one list or one template may take with all its retries: one that hangs must not eat the time of the others."""

_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between two turns; the last one repeats until the window ends."""


@dataclass(frozen=True)
class Window:
    """A window of `seconds` that began at `opened`. Made by `open_window`."""

    stop: StopRequest
    clock: Clock
    seconds: float
    opened: float

    @property
    def allowance(self) -> float:
        """Seconds that the next request may take; 0 or less when there is no time for one."""
        left = self.opened + self.seconds + LAST_TURN_SECONDS - self.clock.monotonic()
        return min(left, REQUEST_SECONDS)

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which looks for what was sent: Interrupted only when a signal's grace has passed too."""
        return await self.stop.guard(work, graceful=True)

    async def turns(self) -> AsyncIterator[None]:
        """One turn at once, more after growing pauses, the last one `seconds` after the first; none after a signal's grace."""
        deadline = self.opened + self.seconds
        yield
        for pause in _pauses():
            left = deadline - self.clock.monotonic()
            if left <= 0 or not await self._paused(min(pause, left)):
                return
            yield

    async def _paused(self, seconds: float) -> bool:
        """Wait; False when a signal's grace ended the wait."""
        try:
            await self.guard(self.clock.pause(seconds))
        except Interrupted:
            return False
        return True


def open_window(stop: StopRequest, clock: Clock, seconds: float) -> Window:
    """A window that opens now."""
    return Window(stop, clock, seconds, clock.monotonic())


def _pauses() -> Iterator[float]:
    yield from _PAUSES
    while True:
        yield _PAUSES[-1]
