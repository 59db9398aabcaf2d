"""Manifests for the tests of this room: of built-in connectors, and of small connectors made on the spot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import factories
import pytest
from verdict.verdict_forms import Make

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Connector, Manifest


@pytest.fixture
def built_in() -> Make:
    """A manifest of a built-in connector."""

    def make(repository: str, presets: Any = None, spec: JsonObject | None = None, **rest: Any) -> Manifest:
        connector = builtin_catalogue().resolve(repository)
        assert connector is not None
        return factories.manifest(connector=connector, presets=presets, spec=spec, **rest)

    return make


@pytest.fixture
def of_connector() -> Make:
    """A manifest of a connector with this specification."""

    def make(
        specification: JsonObject | None, presets: Any = None, spec: JsonObject | None = None, **rest: Any
    ) -> Manifest:
        connector: Connector = replace(factories.FAKER, specification=specification)
        return factories.manifest(connector=connector, presets=presets, spec=spec, **rest)

    return make
