"""Fixtures of the client's tests; the servers themselves are in `airbyte_doubles.py`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from airbyte.airbyte_doubles import SECRET, Airbyte, Certificate, Clock, Connect, make_certificate
from factories import target

from reconciler.airbyte.client import Client, connect
from reconciler.model.credentials import BearerToken, ClientCredentials


@pytest.fixture
def airbyte() -> Airbyte:
    return Airbyte()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api_of(clock: Clock) -> Connect:
    """Connects to an `Airbyte` in this process, or to a url; by default with client credentials and without waiting."""

    def build(server: Airbyte | str, **options: Any) -> Client:
        bearer = options.pop("bearer", None)
        credentials = BearerToken(bearer) if bearer else ClientCredentials("the-client", SECRET)
        timing = replace(clock.timing, **options.pop("timing", {}))
        url = server if isinstance(server, str) else "https://api.example.com/v1"
        factory = None if isinstance(server, str) else server.transport
        return connect(
            replace(target(), url=url),
            credentials,
            concurrency=options.pop("concurrency", 2),
            transport_factory=factory,
            timing=timing,
            **options,
        )

    return build


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy of the machine that runs the tests is not part of them."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
