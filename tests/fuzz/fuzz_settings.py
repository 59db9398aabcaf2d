"""How much is fuzzed: a bounded share in CI, as much as anybody likes by environment variables.

    RECONCILER_FUZZ_CASES=100000 pytest tests/fuzz -n 0 --timeout 0
    RECONCILER_FUZZ_SEED=7       another sequence of cases; the seed of a failure stands in its message
    RECONCILER_FUZZ_CASE=1234    one case alone, as a failure names it

Read when this module is imported: the suite clears such variables before each test.
"""

from __future__ import annotations

import os
from dataclasses import dataclass


@dataclass(frozen=True)
class Amount:
    """Which cases of a fuzzer to run."""

    seed: str
    numbers: range

    def shares(self, count: int) -> list[range]:
        """The cases in `count` interleaved parts, so that a suite on several cores shares them."""
        return [self.numbers[part::count] for part in range(count)]


def amount(in_ci: int) -> Amount:
    """What the environment asks for; `in_ci` cases of a fixed seed when it asks for nothing."""
    seed = os.environ.get("RECONCILER_FUZZ_SEED", "1")
    single = os.environ.get("RECONCILER_FUZZ_CASE")
    if single is not None:
        return Amount(seed, range(int(single), int(single) + 1))
    return Amount(seed, range(int(os.environ.get("RECONCILER_FUZZ_CASES", in_ci))))
