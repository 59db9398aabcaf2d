"""One complete HTTP answer as a plain value: the pure rules read it without knowing any HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and the whole body, never compressed. `headers` looks names up in lower case; repeated
    ones are joined.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
