"""One request to GitHub's API and one whole answer, as plain values: the pure rules read them without knowing any HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.json_value import JsonObject

COMMENTS = "pull-requests: write"
PULLS = "pull-requests: read"
ISSUES = "issues: write"
CONTENTS = "contents: read"
"""Permissions, as a workflow file names them."""


@dataclass(frozen=True)
class Request:
    """`path` begins behind the API's base URL, or is a whole URL of the same origin (a next page).

    `permission` is what the job needs for it, in the words of a workflow file.
    """

    method: str
    path: str
    permission: str
    body: JsonObject | None = field(default=None, repr=False, hash=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """Status, headers (looked up in lower case) and the whole body, never compressed."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
