"""One request, one complete answer, and the errors about them. Pure: the rules read these without an HTTP library."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Protocol

from reconciler.errors import UnusableAnswer

KIB = 1024
MIB = 1024 * KIB
MAX_HEAD = 64 * KIB
"""Bytes of status line and headers, interim answers included."""

LONGEST_WAIT = 60.0
"""Seconds that a run waits when Airbyte's server asks it to."""

_STALE = re.compile(r"(?:^|,)\s*11[0-3]\b")
_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate", "br", "zstd", "compress"})


class NotHttp(Exception):
    """What came is cut off or breaks HTTP. Without foreign text: an HTTP library quotes headers, and one of them is the token."""


class Asked(Protocol):
    """What errors name of a request. Its text begins their messages."""

    @property
    def method(self) -> str:
        """GET, POST or PATCH."""
        ...

    @property
    def path(self) -> str:
        """The path on the server."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """One request with its limits.

    `target` is path and query, behind the origin of the transport's server. `headers` are spelled as on the wire. `subject` begins
    every message, `help` is the next step after an answer that cannot be used. `seconds` bound the whole exchange, `max_body` the
    bytes of the body (unpacked, if `takes_gzip`).
    """

    method: str
    target: str
    headers: Mapping[str, str] = field(repr=False)
    subject: str
    seconds: float
    max_body: int
    body: bytes | None = field(default=None, repr=False)
    help: str = ""
    takes_gzip: bool = False

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def __str__(self) -> str:
        return self.subject


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and the whole body, unpacked. `headers` has names in lower case. Repeated ones are joined."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)

    def is_older_than(self, seconds: float) -> bool:
        """Whether a cache says that it kept this answer for longer, or that it is stale (RFC 9111: `Age`; RFC 7234: `Warning`
        110 to 113). A second more is granted, because an age is rounded.
        """
        ages = re.findall(r"\d+", self.headers.get("age", ""))
        return _STALE.search(self.headers.get("warning", "")) is not None or any(
            float(age) > seconds + 1 for age in ages
        )

    def retry_after(self, *, now: float) -> float | None:
        """Seconds to wait by the Retry-After header, 0 or more. None when there is none or it makes no sense.

        Both forms: seconds (infinity for more than thirty years), and a date. The date is read against the answer's own Date
        where it has one, because clocks differ, else against `now` (seconds since 1970).
        """
        text = self.headers.get("retry-after", "").strip()
        if re.fullmatch(r"[0-9]+", text):
            digits = text.lstrip("0")
            return math.inf if len(digits) > 9 else float(digits or "0")
        until = _timestamp(text)
        if until is None:
            return None
        sent = _timestamp(self.headers.get("date", ""))
        return max(0.0, until - (now if sent is None else sent))


def _timestamp(text: str) -> float | None:
    """Seconds since 1970 of an HTTP date, None when it is not one. Without a zone it is UTC, as every HTTP date."""
    from email.utils import parsedate_to_datetime  # only few answers name a time

    try:
        when = parsedate_to_datetime(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def unusable(asked: Asked, reason: str, *, status: int | None = 200, help: str) -> UnusableAnswer:
    """The error for an answer that came but cannot be trusted. `reason` completes "an answer that cannot be used: ..."."""
    return UnusableAnswer(
        f"{asked} gave an answer that cannot be used: {reason}",
        method=asked.method,
        path=asked.path,
        status=status,
        help=help,
    )


class Incoming:
    """An answer while it comes in: refused as soon as its head or its body is too large, or compressed without being asked for."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._status = 0
        self._headers: dict[str, str] = {}
        self._parts: list[bytes] = []
        self._size = 0
        self._unpacker: zlib._Decompress | None = None

    def head(self, status: int, headers: Iterable[tuple[bytes, bytes]], reason: bytes = b"") -> None:
        """Take status and headers. The size is counted as it would be written without needless white space: bytes that a parser
        drops are not known any more. Raises NotHttp for a larger one.
        """
        self._status = status
        size = len(b"HTTP/1.1 200 \r\n\r\n") + len(reason)
        for name, value in headers:
            size += len(name) + len(value) + len(b": \r\n")
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self._headers[key] = f"{self._headers[key]}, {text}" if key in self._headers else text
        if size > MAX_HEAD:
            raise NotHttp
        self._check_encoding(self._headers.get("content-encoding", "identity").strip().lower())

    def _check_encoding(self, encoding: str) -> None:
        """An encoding that was not asked for is refused before anything is unpacked: a small answer may hold gigabytes."""
        if encoding == "gzip" and self._request.takes_gzip:
            self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        elif encoding not in ("", "identity"):
            # Not the server's own word: a header may hold an unregistered token.
            how = encoding if encoding in _ENCODINGS else "in a way of its own"
            raise self._unusable(f"it is compressed ({how}), which was not asked for")

    def data(self, part: bytes) -> None:
        """Take the next bytes of the body."""
        limit = self._request.max_body
        if self._unpacker is not None:
            try:
                part = self._unpacker.decompress(part, limit - self._size + 1)
            except zlib.error:
                raise self._unusable("it is not the gzip stream that it says it is") from None
        self._size += len(part)
        if self._size > limit:
            said = f"{limit // MIB} MiB" if limit >= MIB else f"{limit // KIB} KiB"
            raise self._unusable(f"it is larger than {said}")
        self._parts.append(part)

    def answer(self) -> Answer:
        """The whole answer, after its last byte."""
        if self._unpacker is not None and not self._unpacker.eof:
            raise self._unusable("it is cut off")
        return Answer(self._status, self._headers, b"".join(self._parts))

    def _unusable(self, reason: str) -> UnusableAnswer:
        return unusable(self._request, reason, status=self._status, help=self._request.help)
