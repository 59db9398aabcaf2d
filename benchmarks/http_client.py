"""What one GET costs over our connection and over httpx's transport, with everything around it the same.

    python benchmarks/http_client.py            1,000 templates at 50 ms, then 5,000 without latency; 16 lanes

CPU seconds are those of this process: compare the two rows of one run. This is why `reconciler.http` has a client of its own.
"""

from __future__ import annotations

import asyncio
import math
import statistics
import sys
import time

import httpx
from latency_server import MEDIAN_FIELDS, ORGANIZATION
from run import latency_server

from reconciler.airbyte.client import connect
from reconciler.airbyte.reading import read_live_state
from reconciler.model.credentials import BearerToken
from reconciler.model.target import Api, Target

LANES = 16
ROUNDS = 3
SIZES = ((1000, 0.05), (5000, 0.0))


def measured(url: str, *, with_httpx: bool) -> tuple[float, float]:
    """Elapsed and CPU seconds of reading every template."""
    factory = (lambda: httpx.AsyncHTTPTransport(trust_env=False, verify=False)) if with_httpx else None

    async def run() -> None:
        target = Target("benchmark", Api.PUBLIC, url, ORGANIZATION)
        bearer = BearerToken("benchmark")
        async with connect(target, bearer, concurrency=LANES, transport_factory=factory) as api:
            await read_live_state(api, ORGANIZATION, concurrency=LANES)

    elapsed, used = time.perf_counter(), time.process_time()
    asyncio.run(run())
    return time.perf_counter() - elapsed, time.process_time() - used


def main() -> None:
    """Print both clients side by side."""
    for number, latency in SIZES:
        bound = (1 + math.ceil(number / LANES)) * latency
        with latency_server(number, latency, MEDIAN_FIELDS) as url:
            rows: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
            for _ in range(ROUNDS):
                for with_httpx, row in rows.items():
                    row.append(measured(url, with_httpx=with_httpx))
        for with_httpx, row in rows.items():
            elapsed, used = (statistics.median(column) for column in zip(*row, strict=True))
            ratio = f"{elapsed / bound:.2f} of the bound" if bound else ""
            name = "httpx" if with_httpx else "ours"
            each = f"{used / number * 1000:.2f} ms of CPU a GET"
            sys.stdout.write(
                f"{number} at {latency * 1000:.0f} ms, {name:5} {elapsed:6.2f} s  {each}  {ratio}\n"
            )


if __name__ == "__main__":
    main()
