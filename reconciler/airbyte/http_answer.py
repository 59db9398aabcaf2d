"""One complete HTTP answer as a plain value: the pure rules read it without knowing any HTTP library."""

from __future__ import annotations

import re
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

    def is_older_than(self, seconds: float) -> bool:
        """Whether a cache says that it kept this answer for longer, or that it is stale (RFC 9111: `Age`; RFC 7234: `Warning`
        110 to 113). A second more is granted, because an age is rounded.
        """
        ages = re.findall(r"\d+", self.headers.get("age", ""))
        return _STALE.search(self.headers.get("warning", "")) is not None or any(
            float(age) > seconds + 1 for age in ages
        )


_STALE = re.compile(r"(?:^|,)\s*11[0-3]\b")
