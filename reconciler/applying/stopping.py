"""A request to stop, the clock, and the window of a search. An apply gets them from outside, so that tests need not wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import Any, TypeVar

from reconciler.errors import Interrupted

T = TypeVar("T")

GRACE_SECONDS = 5.0
"""How long after a signal a create that is in flight may still answer and be looked for. GitHub sends the next signal to a
cancelled step after 7.5 seconds.
"""

LAST_TURN_SECONDS = 30.0
"""Seconds for the last turn of a window, which is one read. Without it a window of 0 seconds would see nothing."""

REQUEST_SECONDS = 30.0
"""Seconds for one list or one template with all its retries, so that one that hangs leaves time for the others."""

_PAUSES = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds between two turns. The last one repeats until the window ends."""


@dataclass(frozen=True)
class Clock:
    """Elapsed seconds and waiting. Replaced in tests."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def pause(self, seconds: float) -> None:
        """Wait that long."""
        await self.sleep(seconds)


@dataclass
class StopRequest:
    """Set by a signal handler. Asked between all steps.

    Nothing new begins after it. The create that is under way has the grace to come to an account: to answer, and to be
    looked for. A second request ends that too, unless it comes so soon that it is the same one: a key that was pressed
    twice, or a signal to the process and to its group.
    """

    grace_seconds: float = GRACE_SECONDS
    same_seconds: float = 1.0
    _event: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _first_at: float = 0.0

    def request(self) -> None:
        """Ask the run to stop at the next safe point. A second call stops it at once. Called in the running loop."""
        loop = asyncio.get_running_loop()
        if not self.is_requested:
            self._first_at = loop.time()
            self._event.set()
            loop.call_later(self.grace_seconds, self._over.set)
        elif loop.time() >= self._first_at + self.same_seconds:
            self._over.set()

    @property
    def is_requested(self) -> bool:
        """Whether somebody asked to stop."""
        return self._event.is_set()

    @property
    def is_over(self) -> bool:
        """Whether the grace has passed too."""
        return self._over.is_set()

    async def guard(
        self, work: Coroutine[Any, Any, T], *, graceful: bool = False, more_seconds: float = 0.0
    ) -> T:
        """The result of `work`, or Interrupted when a stop was asked for before it ended. With `graceful` only when the grace
        passed too. `more_seconds` extend that, for tidying up.

        Interrupted means that `work` was cancelled midway. What it had sent stays sent.
        """
        end = self._over if graceful else self._event
        if end.is_set() and not more_seconds:
            work.close()
            raise Interrupted("stopped by a signal")
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(end.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and more_seconds:
                await asyncio.wait({task}, timeout=more_seconds)
            if not task.done():
                raise Interrupted("stopped by a signal")
            return task.result()
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


@dataclass(frozen=True)
class Window:
    """A window of `seconds` that began at `opened`. Made by `open_window`."""

    stop: StopRequest
    clock: Clock
    seconds: float
    opened: float

    @property
    def allowance(self) -> float:
        """Seconds that the next request may take. 0 or less when there is no time for one."""
        left = self.opened + self.seconds + LAST_TURN_SECONDS - self.clock.monotonic()
        return min(left, REQUEST_SECONDS)

    async def guard(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of `work`, which looks for what was sent: Interrupted only when a signal's grace has passed too."""
        return await self.stop.guard(work, graceful=True)

    async def turns(self) -> AsyncIterator[None]:
        """One turn at once, more after growing pauses, the last one `seconds` after the first. None after a signal's grace."""
        deadline = self.opened + self.seconds
        yield
        for pause in chain(_PAUSES, repeat(_PAUSES[-1])):
            left = deadline - self.clock.monotonic()
            if left <= 0 or not await self._paused(min(pause, left)):
                return
            yield

    async def _paused(self, seconds: float) -> bool:
        """Wait. False when a signal's grace ended the wait."""
        try:
            await self.guard(self.clock.pause(seconds))
        except Interrupted:
            return False
        return True


def open_window(stop: StopRequest, clock: Clock, seconds: float) -> Window:
    """A window that opens now."""
    return Window(stop, clock, seconds, clock.monotonic())
