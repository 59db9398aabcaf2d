"""What a lease says, as JSON in the message of a commit, and the name of its ref. Pure.

Nothing in it is secret: readers of the repository see who applies, from when until when, and what the
holder carries. The target is a digest, because a public repository must not name the organization.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from reconciler.model.json_value import JsonObject

FORMAT: Final = "1"
LONGEST: Final = timedelta(hours=3)
"""A lease that claims to last longer was not written by this program."""

MOST_CHARACTERS: Final = 100_000
"""The text is one argument of a command, which can hold this much with room to spare."""

_PORTS: Final = {"https": 443, "http": 80}
_RUN_URL: Final = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?/[A-Za-z0-9._/-]+")
_LONGEST_URL: Final = 180
_LONGEST_HINT: Final = 200


@dataclass(frozen=True)
class LeaseRecord:
    """One state of a lease. `holder` is random for each run, `hint` names it for people. Times are UTC.

    `number` counts the renewals, so that no two states of a lease are the same object. `carried` are objects that the holder
    leaves to the next one. This room does not look into them. `released`: no run holds the lease, it only carries.
    """

    target: str
    holder: str
    hint: str
    acquired: datetime
    renewed: datetime
    expires: datetime
    number: int
    carried: tuple[JsonObject, ...] = field(default=(), hash=False)
    released: bool = False

    @property
    def text(self) -> str:
        """The JSON document. Its members are the fields, in this order."""
        return json.dumps({"formatVersion": FORMAT, **vars(self)}, indent=1, default=utc_text)


def utc_text(time: datetime) -> str:
    """A time as leases and messages show it: UTC, whole seconds."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_record(text: str, target: str) -> LeaseRecord | None:
    """The lease that a message holds. None for anything that this program would not have written for this target."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        document = json.loads(text)
        record = LeaseRecord(**{name: read(document[name]) for name, read in _MEMBERS.items()})
        is_ours = document["formatVersion"] == FORMAT and record.target == target
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    # In the last year that there is, nothing can be added to an end.
    lasts = record.expires - record.renewed if record.expires.year < MAXYEAR else timedelta(0)
    return record if is_ours and timedelta(0) < lasts <= LONGEST else None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _time(value: object) -> datetime:
    """A time with its offset, as UTC. A time without one has no meaning on another machine."""
    time = datetime.fromisoformat(_text(value))
    if time.tzinfo is None:
        raise ValueError("no offset")
    return time.astimezone(UTC)


def _objects(value: object) -> tuple[JsonObject, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise TypeError("no objects")
    return tuple(value)


_MEMBERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "target": _text,
    "holder": _text,
    "hint": lambda value: _text(value)[:_LONGEST_HINT],
    "acquired": _time,
    "renewed": _time,
    "expires": _time,
    "number": int,
    "carried": _objects,
    "released": lambda value: value is True,
}


def lease_ref(target: str) -> str:
    """The ref that holds the lease of this target digest. Outside refs/heads and refs/tags: no branch, no workflow."""
    return f"refs/reconciler/leases/{target[:32]}"


def target_digest(url: str, organization_id: str) -> str:
    """What a lease is about: one organization behind one origin (scheme, host, port), whatever the path or spelling."""
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme, 0)
    text = f"{parts.scheme}://{_host(parts.hostname or '')}:{port}\n{organization_id.lower()}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _host(name: str) -> str:
    """One name for all spellings of a host. Every name of this machine is `localhost`."""
    name = name.rstrip(".").encode("idna").decode("ascii").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return "localhost"
    try:  # 127.1 and 0x7f000001 are addresses too
        address = ip_address(name if ":" in name else socket.inet_aton(name))
    except (OSError, ValueError):
        return name
    plain = getattr(address, "ipv4_mapped", None) or address
    return "localhost" if plain.is_loopback or plain.is_unspecified else str(plain)


def holder_hint(environ: Mapping[str, str], process_id: int) -> str:
    """Who holds a lease: the address of the CI run (GitHub, GitLab), else the user and process. No host name, no secret."""
    server, repository, run = (environ.get(f"GITHUB_{n}", "") for n in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    for url in (f"{server}/{repository}/actions/runs/{run}" if run else "", environ.get("CI_JOB_URL", "")):
        if len(url) <= _LONGEST_URL and _RUN_URL.fullmatch(url):
            return url
    user = re.sub(r"[^A-Za-z0-9._-]", "", environ.get("USER", "") or environ.get("LOGNAME", ""))[:32]
    return f"{user or 'somebody'}, process {process_id}"
