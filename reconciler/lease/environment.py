"""What git may see and do: which program, which environment, which settings. Pure but for finding the program.

Trusted are the operator's environment and the checkout's own `.git/config`: CI or a person wrote them, and they hold the
credentials and the transport. A pull request cannot: git tracks no `.git`. Not trusted are the files of the checkout: no
repository is taken from among them (`safe.bareRepository`), and no relative entry of PATH is searched.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from reconciler.errors import UnsafePlan

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=",
    "credential.interactive=false",
    "fetch.recurseSubmodules=false",
    "fetch.writeCommitGraph=false",
    "gc.auto=0",
    "i18n.commitEncoding=UTF-8",
    "maintenance.auto=false",
    "protocol.ext.allow=never",
    "push.followTags=false",
    "push.gpgSign=false",
    "push.pushOption=",
    "push.recurseSubmodules=no",
    "safe.bareRepository=explicit",
)
"""Nothing of the checkout's hooks, no upkeep in the background, no question, no more than the one ref."""

_KEPT = (
    "GIT_ALLOW_PROTOCOL",
    "GIT_CEILING_DIRECTORIES",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_KEY_",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_VALUE_",
    "GIT_DISCOVERY_ACROSS_FILESYSTEM",
    "GIT_HTTP_",
    "GIT_PROXY_",
    "GIT_SSH",
    "GIT_SSL_",
)
"""What is kept of git's own variables: how to reach the remote, and how far up to look for the checkout. The rest could
point it at another repository, index or object store, or make it trace credentials."""

_OWN = ("AIRBYTE_", "RECONCILER_")
"""This program's credentials and values: git and its credential helpers have no use for them."""

_IDENTITY = {"NAME": "reconciler", "EMAIL": "noreply@reconciler.invalid"}


def git_command(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The start of every command line. UnsafePlan when there is no git."""
    program = shutil.which("git", path=_search_path(environ))
    if program is None:
        raise UnsafePlan(
            "git is not installed, so the lease cannot be taken", help="install git, or run without --lock"
        )
    return (program, *(part for setting in _SETTINGS for part in ("-c", setting)))


def git_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment of every command: the operator's, without what is not git's business."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(("GIT_", *_OWN)) or name.startswith(_KEPT)
    }
    return kept | {
        "PATH": _search_path(environ),
        "LC_ALL": "C",
        "GCM_INTERACTIVE": "never",
        "GIT_ASKPASS": "",  # empty, not absent: an absent one falls back to SSH_ASKPASS
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "SSH_ASKPASS_REQUIRE": "never",
        **{
            f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _IDENTITY.items()
        },
    }


def _search_path(environ: Mapping[str, str]) -> str:
    """PATH without relative entries: they would be looked up in the checkout."""
    entries = environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if os.path.isabs(entry))
