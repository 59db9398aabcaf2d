"""The first line of everything this program writes on GitHub: by it the same comment or issue is found again.

`<!-- reconciler:v1 kind=plan env=production project=. plan=sha256:... sha=... -->`. It stands first, so that no cut of the text
can lose it, and it is versioned. Values are percent-encoded: no environment's name can end the HTML comment or forge a field.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

_LINE = re.compile(r"<!-- reconciler:v1((?: [a-z]+=[A-Za-z0-9._~%:/-]*)+) -->")


@dataclass(frozen=True)
class Marker:
    """What one comment or issue is about. `kind`, `environment` and `project` are its key; `facts` say of which state it is.

    `project` is the project's folder in the repository, "." for its root: two projects may have environments of one name.
    """

    kind: str
    environment: str
    project: str = "."
    facts: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """Equal for markers of the same thing, whatever its state."""
        return (self.kind, self.environment, self.project)

    @property
    def line(self) -> str:
        """The marker as the first line of a text, without a line break."""
        fields = {"kind": self.kind, "env": self.environment, "project": self.project, **self.facts}
        return f"<!-- reconciler:v1 {' '.join(f'{name}={_encoded(value)}' for name, value in fields.items())} -->"


def parse_marker(text: str) -> Marker | None:
    """The marker in the first line of a text; None when there is none, or not one of this version."""
    match = _LINE.fullmatch(text.split("\n", 1)[0].strip())
    if match is None:
        return None
    pairs = [part.partition("=") for part in match.group(1).split()]
    fields = {name: unquote(value, errors="surrogatepass") for name, _, value in pairs}
    if len(fields) != len(pairs) or not {"kind", "env", "project"} <= fields.keys():
        return None
    kind, environment, project = (fields.pop(name) for name in ("kind", "env", "project"))
    return Marker(kind, environment, project, fields)


def _encoded(value: str) -> str:
    # `--` could end the comment for some readers of HTML; the rest of what may stand unquoted is harmless.
    return quote(value, safe="/:", errors="surrogatepass").replace("--", "-%2D")
