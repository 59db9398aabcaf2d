"""The question before the creates of `apply`: a person answers it, or nothing is sent."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from reconciler.applying.stopping import StopRequest
from reconciler.cli.console import Console
from reconciler.errors import UnsafePlan
from reconciler.planning.entry import Plan, Status
from reconciler.report.organizations import numbers_by_organization
from reconciler.report.safe_text import safe_name
from reconciler.report.wording import count


async def unconfirmed(
    plan: Plan, console: Console, stop: StopRequest, show_plan: Callable[[], None]
) -> UnsafePlan | None:
    """Show the plan and ask a person; None when the creates may go on."""
    templates = count(plan.summary[Status.CREATE], "template")
    if not console.can_ask():
        return UnsafePlan(
            f"nobody can be asked whether to create {templates}", help="check the plan, then add --yes"
        )
    show_plan()
    where = numbers_by_organization(plan, plan.with_status(Status.CREATE))
    console.error(
        f"\nCreate {templates} in {safe_name(plan.target.environment)} ({where})?\n"
        "This tool can never change or delete them afterwards. Type yes to go on: "
    )
    answer = ""
    try:
        answer = await _answer(stop)
    finally:
        if not answer.endswith("\n"):
            console.error("\n")  # the question's line was left open
    confirmed = answer.strip().lower() == "yes"
    return None if confirmed else UnsafePlan("not confirmed; nothing was sent")


async def _answer(stop: StopRequest) -> str:
    """One line from the terminal; "" at its end. Waited for by the loop, so that a signal ends it at any instant."""
    ready = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin.fileno(), ready.set)
    try:
        await stop.guard(ready.wait())
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return sys.stdin.readline()
