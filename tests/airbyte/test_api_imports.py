"""What importing and using the room costs: no HTTP library before HTTP is spoken, no second one for reads."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("httpx", "httpcore", "anyio", "h11", "ssl", "asyncio", "pydantic", "yaml", "deepdiff", "starlette")


def loaded_by(code: str) -> set[str]:
    """The heavy modules that a fresh interpreter holds after running the code."""
    report = f"{code}\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        *(
            f"airbyte.{name}"
            for name in ("api", "calls", "answers", "refusals", "dialect", "public", "agents")
        ),
        "http.message",
    ],
)
def test_the_pure_modules_load_no_library(module: str) -> None:
    assert loaded_by(f"import reconciler.{module}") == set()


def test_reading_json_strictly_loads_no_library() -> None:
    assert loaded_by("import reconciler.model.strict_json") == set()


def test_reading_loads_asyncio_only() -> None:
    assert loaded_by("import reconciler.airbyte.reading") <= {"asyncio", "ssl"}


def test_direct_requests_do_not_load_httpx() -> None:
    code = """
import asyncio
from reconciler.airbyte.client import connect
from reconciler.http.exchange import Timing
from reconciler.errors import Unreachable
from reconciler.model.credentials import BearerToken
from reconciler.model.target import Api, Target
organization = "7c60d51f-b44e-4682-87d6-449835ea4de6"
async def no_sleep(seconds): pass
async def main():
    target = Target("e", Api.PUBLIC, "http://127.0.0.1:1/v1", organization)
    async with connect(target, BearerToken("b"), concurrency=1, timing=Timing(sleep=no_sleep)) as api:
        try:
            await api.list_templates(organization)
        except Unreachable:
            return
    raise SystemExit("it answered")
asyncio.run(main())
"""
    assert loaded_by(code) & {"httpx", "httpcore", "anyio"} == set()
