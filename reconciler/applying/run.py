"""One apply as a value: every step of it gets this."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeAlias

from reconciler.airbyte.api import TemplateApi
from reconciler.applying.journal import Journal
from reconciler.applying.live_view import LiveView
from reconciler.applying.stopping import Clock, StopRequest
from reconciler.model.template import Manifest, Past
from reconciler.planning.entry import Plan

BeforeCreate: TypeAlias = Callable[[str], Coroutine[Any, Any, None]]
"""Called with the organization after the list that authorises a create, right before each POST: what holds then held for
the list too, and the time until the POST is as short as it can be. What it raises stops the create."""


@dataclass(frozen=True)
class Applying:
    """What one apply works with. `manifests` are all of the run: to plan again needs those too that are not created."""

    plan: Plan
    manifests: tuple[Manifest, ...]
    api: TemplateApi
    journal: Journal
    views: dict[str, LiveView]
    stop: StopRequest
    clock: Clock
    before_create: BeforeCreate | None
    past: Callable[[], Past]
