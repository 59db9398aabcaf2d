"""Who holds a lease, in words for the person who has to wait for it. Pure; never a host name, never a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

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
