"""Leases on one remote from one checkout, and clocks that only the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from git_remote import BareRemote

from reconciler.lease.lease import Lease, LeaseClocks
from reconciler.lease.remote import GitRemote, open_remote

TARGET = "ab" * 32
NEEDED = 120.0


START = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@dataclass
class Clocks:
    """Both clocks of one machine; `skew` is what its wall clock is ahead by."""

    elapsed: float = 0.0
    skew: timedelta = timedelta(0)

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.elapsed) + self.skew

    def pass_(self, seconds: float) -> None:
        self.elapsed += seconds

    def value(self) -> LeaseClocks:
        return LeaseClocks(self.wall, lambda: self.elapsed)


@dataclass
class Bench:
    """Leases on one remote, from one checkout."""

    remote: BareRemote
    root: Path
    clocks: Clocks = field(default_factory=Clocks)
    name: str = "origin"
    seconds: float = 30.0

    def run(self, work: Callable[[GitRemote], Awaitable[None]]) -> None:
        """Open the remote, do this, close it."""

        async def opened() -> None:
            async with open_remote(self.root, self.name) as remote:
                await work(replace(remote, seconds=self.seconds))

        asyncio.run(opened())

    def lease(self, remote: GitRemote, hint: str = "run 1", clocks: Clocks | None = None) -> Lease:
        return Lease(remote, TARGET, hint, NEEDED, (clocks or self.clocks).value())

    def try_to_acquire(self) -> None:
        """Take the lease and keep it."""

        async def work(remote: GitRemote) -> None:
            await self.lease(remote).acquire()

        self.run(work)
