"""Connectors to scaffold from, and manifests read back as the program reads them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.connectors.catalogue import Catalogue
from reconciler.manifests.load import load_manifests
from reconciler.model.template import Connector, Manifest


@pytest.fixture
def crm() -> Callable[..., Connector]:
    """A connector with these fields; `required` and everything else of its connection specification by keyword."""

    def make(
        properties: dict[str, Any] | None = None, /, advanced_auth: Any = None, **rest: Any
    ) -> Connector:
        connection = {"type": "object", "required": [], "properties": properties or {}, **rest}
        auth = {} if advanced_auth is None else {"advanced_auth": advanced_auth}
        specification: Any = {"connectionSpecification": connection, **auth}
        return Connector("00000000-0000-4000-8000-0000000000c1", "source-crm", "Crm", "1.2.3", specification)

    return make


@pytest.fixture
def read_back(tmp_path: Path) -> Callable[[str, Connector], Manifest]:
    """The manifest in a text; the test fails when anything at all is wrong with it."""

    def read(text: str, connector: Connector) -> Manifest:
        file = tmp_path / "scaffold.yaml"
        file.write_text(text, encoding="utf-8", newline="\n")
        loaded = load_manifests((file,), root=tmp_path, catalogue=Catalogue([connector]), environ={})
        assert loaded.problems == ()
        (manifest,) = loaded.manifests
        assert manifest.connector == connector
        return manifest

    return read
