"""Addresses of git remotes: what of them may be told, and whether two are the same repository. Pure.

Everything but scheme and host of an address may be a secret: deploy tokens stand before the host, in the path and in the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]{0,30}://)([^\s/?#'\"]*)([^\s'\"]*)")
_SCP = re.compile(r"(?:[^\s/@:'\"]+@)([A-Za-z0-9.-]+)(:[^\s'\"]+)?")
_SHORT = re.compile(r"(?:([^/@]*)@)?([^/@:]{2,}):(?!/)(.*)")
_HOST = re.compile(r"[A-Za-z0-9.-]*(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
_SHORTEST = 4
"""Parts of an address with fewer characters are in too many words to be taken out of them."""


def without_addresses(text: str, known: Iterable[str] = ()) -> str:
    """The text with `***` for whatever could be a secret of an address in it, or of one of the known ones: of an address only
    scheme and host stay, of a known one no part stays anywhere. A path on this machine is no secret.
    """
    text = _SCP.sub(_told_scp, _URL.sub(_told_url, text))
    for secret in sorted({s for address in known for s in _parts(address)}, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _told_url(found: re.Match[str]) -> str:
    scheme, authority, rest = found.groups()
    host = authority.rpartition("@")[2]
    # A password may hold a slash; then what looks like the host is a part of it.
    host = host if _HOST.fullmatch(host) and "@" not in rest else "***"
    return scheme + host + ("/***" if rest.strip("/") else "")


def _told_scp(found: re.Match[str]) -> str:
    host, path = found.groups()
    return f"***@{host}:***" if path else f"***@{host}"


def _parts(address: str) -> set[str]:
    """User, password, and every part of path, query and fragment, as they stand there and decoded."""
    if (url := _URL.match(address)) is not None:
        user, _, host = url[2].rpartition("@")
        rest = address[url.end(2) :] if "@" not in address[url.end(2) :] else url[2] + address[url.end(2) :]
        if url[1] == "file://":
            return set()
    elif (short := _SHORT.fullmatch(address)) is not None:
        user, host, rest = short[1] or "", short[2], short[3]
    else:
        return set()
    pieces = re.split(r"[/?&#;:@+]", f"{user}/{rest.removesuffix('.git')}")
    values = [piece.partition("=")[2] or piece.rstrip("=") for piece in pieces]
    parts = {part for piece in (user, *pieces, *values) for part in (piece, unquote(piece))}
    return {part for part in parts if len(part) >= _SHORTEST and part != host}


def repository_of(address: str) -> str:
    """The same text for all spellings of one repository's address: neither scheme, user, port, case nor `.git` matter."""
    if (short := _SHORT.fullmatch(address)) is not None:
        plain = f"{short[2]}/{short[3]}"
    else:
        plain = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/]*@)?", "", address)
        plain = re.sub(r"^([^/]+):\d+/", r"\1/", plain)
    return re.sub(r"/+", "/", plain.lower()).rstrip("/").removesuffix(".git")


def other_repository(
    name: str, addresses: Mapping[str, str], environ: Mapping[str, str]
) -> tuple[str, str | None] | None:
    """Why the remote `name` may be a fork, as (what else there is, its remote if it has one here); None if nothing says so.

    `addresses` are those of all remotes by name. What is known on this machine: a remote `upstream`, as forks have it, and the
    repository that a pipeline of GitHub or GitLab says that it runs for.
    """
    own = repository_of(addresses[name])
    others = {
        repository_of(address): other for other, address in addresses.items() if repository_of(address) != own
    }
    pipeline = environ.get("GITHUB_REPOSITORY", "") or environ.get("CI_PROJECT_PATH", "")
    if pipeline and "/" in own and not own.startswith("/") and not f"/{own}".endswith(f"/{pipeline.lower()}"):
        remote = next(
            (o for repository, o in others.items() if repository.endswith(f"/{pipeline.lower()}")), None
        )
        return "the repository of this pipeline is another one", remote
    if "upstream" in others.values():
        return "git remote 'upstream' is another repository", "upstream"
    return None
