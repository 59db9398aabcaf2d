"""What stands in a lease, as JSON in the message of a commit, and the name of its ref. Pure.

Nothing in it is secret: whoever may read the repository may read who applies, since when and until when, and what the holder
carries. The target is a digest, so that a public repository does not tell the organization.
"""

from __future__ import annotations

import hashlib
import json
import socket
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from reconciler.model.json_value import JsonObject

FORMAT: Final = "1"
LONGEST: Final = timedelta(hours=3)
"""A lease that claims to last longer was not written by this program."""

_PREFIX: Final = "refs/reconciler/leases/"
_PORTS: Final = {"https": 443, "http": 80}
MOST_CHARACTERS: Final = 100_000
"""What one argument of a command can hold, with room to spare: the text is one."""
_LONGEST_HINT: Final = 200


@dataclass(frozen=True)
class LeaseRecord:
    """One state of a lease. `holder` is random for each run, `hint` says to people who it is; times are UTC.

    `number` counts the renewals, so that no two states of a lease are the same object. `carried` are objects that the holder leaves
    to whoever takes the lease next; this room does not look into them. `released`: nobody holds it, it only carries.
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
        """The JSON document."""
        document = {
            "formatVersion": FORMAT,
            "target": self.target,
            "holder": self.holder,
            "hint": self.hint,
            "acquired": shown(self.acquired),
            "renewed": shown(self.renewed),
            "expires": shown(self.expires),
            "number": self.number,
            "carried": list(self.carried),
            "released": self.released,
        }
        return json.dumps(document, indent=1)


def target_digest(url: str, organization_id: str) -> str:
    """What a lease is about: one organization behind one origin (scheme, host, port), whatever the path or spelling."""
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme, 0)
    text = f"{parts.scheme}://{_host(parts.hostname or '')}:{port}\n{organization_id.lower()}"
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _host(name: str) -> str:
    """One name for all spellings of a host; every name of this machine is `localhost`."""
    name = name.rstrip(".").encode("idna").decode("ascii").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return "localhost"
    try:  # 127.1 and 0x7f000001 are addresses too
        address = ip_address(name if ":" in name else socket.inet_aton(name))
    except (OSError, ValueError):
        return name
    plain = getattr(address, "ipv4_mapped", None) or address
    return "localhost" if plain.is_loopback or plain.is_unspecified else str(plain)


def lease_ref(target: str) -> str:
    """The ref that holds the lease of this target digest. Outside refs/heads and refs/tags: no branch, no workflow."""
    return f"{_PREFIX}{target[:32]}"


def parse_record(text: str, target: str) -> LeaseRecord | None:
    """The lease that a message holds; None for anything that this program would not have written for this target."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        document = json.loads(text)
        record = _record_of(document)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None
    lifetime = record.expires - record.renewed
    # In the last year that there is, nothing can be added to an end.
    plausible = (
        record.target == target and timedelta(0) < lifetime <= LONGEST and record.expires.year < MAXYEAR
    )
    return record if plausible and document["formatVersion"] == FORMAT else None


def _record_of(document: Any) -> LeaseRecord:
    return LeaseRecord(
        target=_text(document["target"]),
        holder=_text(document["holder"]),
        hint=_text(document["hint"])[:_LONGEST_HINT],
        acquired=_time(document["acquired"]),
        renewed=_time(document["renewed"]),
        expires=_time(document["expires"]),
        number=int(document["number"]),
        carried=_objects(document["carried"]),
        released=document["released"] is True,
    )


def _objects(value: object) -> tuple[JsonObject, ...]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise TypeError("no objects")
    return tuple(value)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _time(value: object) -> datetime:
    """A time with its offset, as UTC; a time without one has no meaning on another machine."""
    time = datetime.fromisoformat(_text(value))
    if time.tzinfo is None:
        raise ValueError("no offset")
    return time.astimezone(UTC)


def shown(time: datetime) -> str:
    """A time as it stands in a lease and in messages: UTC, whole seconds."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
