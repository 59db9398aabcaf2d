"""Small forms and connector specifications for the tests of this room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.model.json_value import JsonObject
from reconciler.model.template import Manifest

Make = Callable[..., Manifest]


def form(properties: JsonObject, required: list[str] | None = None, **rest: Any) -> JsonObject:
    """A form (or a connector's specification) with these fields; all of them required unless said otherwise."""
    names: Any = list(properties) if required is None else required
    return {
        "connectionSpecification": {"type": "object", "required": names, "properties": properties, **rest}
    }
