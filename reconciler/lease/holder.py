"""Who holds a lease, in words for the person who has to wait for it. Pure. No host name and no secret is in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from reconciler.errors import UnsafePlan
from reconciler.lease.record import LeaseRecord, shown

_RUN_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?/[A-Za-z0-9._/-]+")
_LONGEST = 180


def holder_hint(environ: Mapping[str, str], process_id: int) -> str:
    """The address of the CI run where there is one (GitHub, GitLab), else the user and process on some machine."""
    server, repository, run = (environ.get(f"GITHUB_{n}", "") for n in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    for url in (f"{server}/{repository}/actions/runs/{run}" if run else "", environ.get("CI_JOB_URL", "")):
        if len(url) <= _LONGEST and _RUN_URL.fullmatch(url):
            return url
    user = re.sub(r"[^A-Za-z0-9._-]", "", environ.get("USER", "") or environ.get("LOGNAME", ""))[:32]
    return f"{user or 'somebody'}, process {process_id}"


def held_by(record: LeaseRecord, free: datetime, now: datetime, removal: str) -> UnsafePlan:
    """The error for a lease that is held. It blocks other runs until `free`; `removal` is the command that deletes its ref."""
    return UnsafePlan(
        f"another apply holds the lease for this organization: {record.hint}, "
        f"since {shown(record.acquired)}, until {shown(record.expires)}",
        help=f"wait for it and run again; a run that died blocks it until {shown(free)} "
        f"(here it is {shown(now)}). Only if it is dead for sure: {removal}",
    )


def holder_words(record: LeaseRecord | None) -> str:
    """Who has the lease and since when; None is a ref that holds no lease."""
    if record is None:
        return "something else is there"
    return f"{record.hint} holds it since {shown(record.acquired)}"


def lost_to(what: str) -> UnsafePlan:
    """The error for a lease that was ours; `what` says what became of it."""
    return UnsafePlan(
        f"the lease was lost: {what}",
        help="nothing more is created; run again when no other apply is under way",
    )
