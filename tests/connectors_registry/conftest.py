"""A server of registries, and a network without the proxy of the machine that runs the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from connectors_registry.registry_doubles import Behaviour, RegistryServer


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def serve() -> Iterator[Callable[[Behaviour], RegistryServer]]:
    """Start a server that behaves so."""
    running: list[RegistryServer] = []

    def start(behave: Behaviour) -> RegistryServer:
        running.append(RegistryServer(behave))
        running[-1].start()
        return running[-1]

    yield start
    for server in running:
        server.stop()
