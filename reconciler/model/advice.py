"""What a rule has to say about one manifest, before anybody knows in which line it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from reconciler.model.problem import Severity

SeverityChoice: TypeAlias = Literal["error", "warning", "ignore"]
"""What a project may set for a rule. Not `off`: YAML 1.1 reads that word as false."""


@dataclass(frozen=True)
class Advice:
    """One finding of a rule.

    `pointer` is a JSON pointer from the manifest document's root (`/spec/partialDefaultConfig/region`); it may
    name a place that does not exist: then the nearest place above it is shown. `on_key` points at the key
    rather than at its value. `rule` is a stable id: R4xx what the server will answer, R5xx the form, R6xx
    secrets.
    """

    rule: str
    pointer: str
    message: str
    help: str = ""
    severity: Severity = Severity.ERROR
    on_key: bool = False
