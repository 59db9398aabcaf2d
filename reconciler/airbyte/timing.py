"""Time and chance as one value, so that tests need neither to wait nor to be lucky."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


def _chance() -> float:
    """0 <= x < 1; spreads retries, protects nothing."""
    return random.random()  # noqa: S311


@dataclass(frozen=True)
class Timing:
    """Clocks, sleep, chance, and the deadlines in seconds.

    `monotonic` measures elapsed time, `now` is seconds since 1970 and only read to understand dates that the
    server names. `token`, `read` and `create` cover a whole exchange from connecting to the last byte;
    `connect` is the part of it before the first byte may be sent, and well below the others: then a late
    connection is always proved unsent.
    """

    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = _chance
    connect_seconds: float = 10.0
    token_seconds: float = 15.0
    read_seconds: float = 30.0
    create_seconds: float = 60.0
