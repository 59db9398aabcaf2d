"""The lease on one target: taken, renewed before each create, given back.

The ref names a commit that says who holds the lease and until when. No ref means that it is free. Every change is a
compare-and-swap against the object id that was read before, and no two states are the same object. So a successful
renewal proves that no other run held the lease since it was taken.

Clocks. The remote has none, and the machines' clocks differ, so safety does not rest on them:
  - whether somebody else took the lease is decided by the swap, never by a clock.
  - a run that takes over an expired lease waits `needed_seconds` before it lists anything: as long as a create may be under way
    plus as long as a stored one may take to be listed. The old holder cannot renew any more, so it sends nothing new, and
    what it had sent is in the list by then. A clock that is years ahead stops the other run, and nothing worse.
Wall clocks decide only when a lease counts as expired, plus SKEW_SECONDS. Watching the
ref for a whole lifetime would need no wall clock, but every takeover would take that long.

The ref carries the creates whose outcome is open (`carried`). They are pushed with the renewal before each create and given to the
next holder. A released lease with something to carry stays on the ref. One with nothing to carry is deleted. After kill -9 a lease
expires with what it carried.

The limit: the server does not know the lease. A run may be frozen after its last renewal for longer than the lease lives. If it then
sends its create, two runs collide. Right before the create, a clock that counts suspension checks the time left. That narrows the
gap and does not close it.
"""

from __future__ import annotations

import math
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from reconciler.errors import UnsafePlan
from reconciler.lease.record import MOST_CHARACTERS, LeaseRecord, lease_ref, parse_record, utc_text
from reconciler.lease.remote import REACH_HELP, GitRemote
from reconciler.model.json_value import JsonObject

SKEW_SECONDS = 30.0
"""How long a lease is respected past its end, for clocks that differ a little."""

SPARE_SECONDS = 90.0
"""What a lease lives longer than a create needs: time for pushing it, listing and reading between two renewals."""

_ATTEMPTS = 3


def _elapsed() -> float:
    """Seconds that also pass while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(frozen=True)
class LeaseClocks:
    """Both clocks. Replaced in tests."""

    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    elapsed: Callable[[], float] = _elapsed


@dataclass(frozen=True)
class _State:
    """One state of our lease that was pushed, whether or not it arrived. `ends` is by the clock of elapsed time."""

    object_id: str
    record: LeaseRecord
    ends: float


@dataclass
class Lease:
    """The lease on one target digest. `needed_seconds`: how long a create may take, and then how long the list may not show it yet.

    `carried` is sent with every push. After `acquire` it holds what the last holder left, and the caller replaces it. Every
    method may raise UnsafePlan: without a proved lease nothing may be created.
    """

    remote: GitRemote
    target: str
    hint: str
    needed_seconds: float
    clocks: LeaseClocks = field(default_factory=LeaseClocks)
    carried: tuple[JsonObject, ...] = ()
    _holder: str = field(default_factory=lambda: secrets.token_hex(16))
    _pushed: dict[str, _State] = field(default_factory=dict)
    _current: _State | None = None
    _quiet_until: float = -math.inf

    @property
    def ref(self) -> str:
        """The ref on the remote."""
        return lease_ref(self.target)

    @property
    def expires(self) -> datetime | None:
        """Until when other runs respect it. None before it was taken."""
        return self._current.record.expires if self._current else None

    @property
    def quiet_seconds(self) -> float:
        """How long nothing may be listed or created yet, because an expired lease was taken over. Else 0."""
        return max(self._quiet_until - self.clocks.elapsed(), 0.0)

    async def acquire(self) -> None:
        """Take it. Afterwards `quiet_seconds` have to pass before anything is listed.

        UnsafePlan when somebody holds it, when the ref holds no lease, and when the remote cannot be asked or refuses the push.
        """
        expected, why = None, ""
        for _ in range(_ATTEMPTS):
            found = await self.remote.read(self.ref)
            if found in self._pushed:  # the answer of the push was lost, the push was not
                return self._hold(self._pushed[found])
            if not await self._is_free(found):
                continue
            if why and found == expected:
                break
            expected = found
            why = await self._push(expected)
            if not why:
                return None
        raise UnsafePlan(
            f"git remote {self.remote.name!r} did not accept the lease: {why or 'it changes all the time'}",
            help=REACH_HELP,
        )

    async def renew(self) -> None:
        """Prove that it is still ours, and extend it. Afterwards a create may be sent at once.

        UnsafePlan when it is lost, cannot be proved, or has too little time left.
        """
        if self._current is None or self.quiet_seconds:
            raise UnsafePlan("the lease is not held yet")
        why = await self._push(self._current.object_id)
        if why:
            await self._recover(why)
        left = self._current.ends - self.clocks.elapsed()
        if left < self.needed_seconds:
            reason = f"it could not be renewed ({why})" if why else "this machine stood still"
            raise UnsafePlan(
                f"the lease has {max(left, 0):.0f} of {self.needed_seconds:.0f} seconds left that a create needs: {reason}",
                help="nothing more is created; run again once the remote answers",
            )

    async def release(self) -> None:
        """Give it back if it is still ours: delete the ref, or leave it as released when there is something to carry.

        Nothing happens if it was never taken or somebody else has it, nor before `quiet_seconds` are over: the next run must wait
        too. UnsafePlan when that cannot be done: it then expires by itself.
        """
        if not self._pushed or self.quiet_seconds:
            return
        expected = self._current.object_id if self._current else await self.remote.read(self.ref)
        why = ""
        for _ in range(_ATTEMPTS):
            if expected not in self._pushed:
                return
            if self.carried:
                why = await self._push(expected, released=True)
            else:
                why = await self.remote.swap(self.ref, None, expected)
            if not why:
                return
            before, expected = expected, await self.remote.read(self.ref)
            if expected == before:
                break
        raise UnsafePlan(f"the lease on git remote {self.remote.name!r} could not be given back: {why}")

    async def _push(self, expected: str | None, *, released: bool = False) -> str:
        """Swap in a fresh state. "" when the remote did it. The lifetime counts from before the push."""
        started, now = self.clocks.elapsed(), self.clocks.wall()
        lifetime = self.needed_seconds + SPARE_SECONDS
        record = LeaseRecord(
            target=self.target,
            holder=self._holder,
            hint=self.hint,
            acquired=self._current.record.acquired if self._current else now,
            renewed=now,
            expires=now + timedelta(seconds=lifetime),
            number=len(self._pushed),
            carried=self.carried,
            released=released,
        )
        if len(record.text) > MOST_CHARACTERS:
            raise UnsafePlan(
                f"the lease cannot carry {len(self.carried)} creates that are in doubt",
                help="decide some of them first: `reconciler doctor` lists them, `reconciler resolve NAME` decides one",
            )
        state = _State(await self.remote.write(record.text), record, started + lifetime)
        self._pushed[state.object_id] = state
        why = await self.remote.swap(self.ref, state.object_id, expected)
        if not why:
            self._hold(state)
        return why

    def _hold(self, state: _State) -> None:
        """The remote has this state of ours. No earlier holder can renew after it."""
        if self._current is None and self._quiet_until == math.inf:
            self._quiet_until = self.clocks.elapsed() + self.needed_seconds
        self._current = state

    async def _recover(self, why: str) -> None:
        """After a renewal that failed: hold the state that the remote has. UnsafePlan unless it is ours and carries everything."""
        found = await self.remote.read(self.ref)
        if found not in self._pushed:
            record = await self._record(found) if found else None
            holder = (
                f"{record.hint} holds it since {utc_text(record.acquired)}"
                if record
                else "something else is there"
            )
            raise UnsafePlan(
                f"the lease was lost: {holder if found else 'it was removed'}",
                help="nothing more is created; run again when no other apply is under way",
            )
        self._hold(self._pushed[found])
        if self._pushed[found].record.carried != self.carried:
            raise UnsafePlan(
                f"what is about to be sent could not be written to the lease: {why}", help=REACH_HELP
            )

    async def _is_free(self, object_id: str | None) -> bool:
        """Whether the ref is absent or holds an expired or released lease. False when it changed while it was read.

        UnsafePlan for a lease that is held, and for what cannot be read.
        """
        self.carried = ()
        if object_id is None:
            return True
        try:
            record = await self._record(object_id)
        except UnsafePlan:
            if await self.remote.read(self.ref) == object_id:
                raise
            return False
        removal = f"git push --force-with-lease={self.ref}:{object_id} {self.remote.name} :{self.ref}"
        if record is None:
            raise UnsafePlan(
                f"{self.ref} on git remote {self.remote.name!r} holds no lease that this version can read",
                help=f"find out who wrote it; to remove it: {removal}",
            )
        free, now = record.expires + timedelta(seconds=SKEW_SECONDS), self.clocks.wall()
        if not record.released:
            if now <= free:
                raise UnsafePlan(
                    f"another apply holds the lease for this organization: {record.hint}, "
                    f"since {utc_text(record.acquired)}, until {utc_text(record.expires)}",
                    help=f"wait for it and run again; a run that died blocks it until {utc_text(free)} "
                    f"(here it is {utc_text(now)}). Only if it is dead for sure: {removal}",
                )
            self._quiet_until = math.inf  # until this run holds it
        self.carried = record.carried
        return True

    async def _record(self, object_id: str) -> LeaseRecord | None:
        return parse_record(await self.remote.message(self.ref, object_id), self.target)
