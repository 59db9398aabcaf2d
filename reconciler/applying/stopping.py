"""A request to stop, and the clock: what `apply` gets from outside so that it can be interrupted and tested
without waiting.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from reconciler.errors import Interrupted

T = TypeVar("T")

GRACE_SECONDS = 5.0
"""How long after a signal a create that is in flight may still answer and be looked for. GitHub sends the next signal to a
cancelled step after 7.5 seconds.
"""


@dataclass(frozen=True)
class Clock:
    """Elapsed seconds and waiting; replaced in tests."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def pause(self, seconds: float) -> None:
        """Wait that long."""
        await self.sleep(seconds)


@dataclass
class StopRequest:
    """Set by a signal handler; asked between all steps.

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
        """Ask the run to stop at the next safe point; once more: at once. Called in the running loop."""
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
        """The result of `work`, or Interrupted when a stop was asked for before it ended; with `graceful`, when the grace
        passed too. `more_seconds` are given on top, for what has to be tidied up.

        Interrupted means that `work` was cancelled where it stood: what it had sent stays sent.
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
