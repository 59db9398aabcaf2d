"""Connectors for the tests of this room: the built-in ones, and small specifications made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.model.json_value import JsonObject


@pytest.fixture
def specification_of() -> Callable[[str], JsonObject]:
    """The specification of a built-in connector by its repository."""

    def find(repository: str) -> JsonObject:
        connector = builtin_catalogue().resolve(repository)
        assert connector is not None
        assert connector.specification is not None
        return connector.specification

    return find


@pytest.fixture
def make_specification() -> Callable[..., JsonObject]:
    """A specification with these properties; the rest of the connection specification as keyword arguments."""

    def make(properties: dict[str, Any] | None = None, **rest: Any) -> JsonObject:
        connection: JsonObject = {"type": "object", "required": [], "properties": properties or {}, **rest}
        return {"connectionSpecification": connection}

    return make
