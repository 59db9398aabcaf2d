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
"""How long a create that is in flight may still answer after a signal. GitHub kills a cancelled step after
7.5 seconds.
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
    """Set by a signal handler; asked between all steps."""

    grace_seconds: float = GRACE_SECONDS
    _event: asyncio.Event = field(default_factory=asyncio.Event)

    def request(self) -> None:
        """Ask the run to stop at the next safe point. May be called more than once."""
        self._event.set()

    @property
    def is_requested(self) -> bool:
        """Whether somebody asked to stop."""
        return self._event.is_set()

    async def guard(self, work: Coroutine[Any, Any, T], *, grace_seconds: float = 0.0) -> T:
        """The result of `work`, or Interrupted when a stop was asked for and `work` did not end within the
        grace.

        Interrupted means that `work` was cancelled where it stood: what it had sent stays sent.
        """
        if self.is_requested and not grace_seconds:
            work.close()
            raise Interrupted("stopped by a signal")
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._event.wait())
        try:
            await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and grace_seconds:
                await asyncio.wait({task}, timeout=grace_seconds)
            if not task.done():
                raise Interrupted("stopped by a signal")
            return task.result()
        finally:
            stop.cancel()
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
