"""The sandbox on a real port, as a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from reconciler.errors import ReconcilerError
from reconciler.model.target import SANDBOX_ORGANIZATION_ID
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET
from reconciler.sandbox.serve import serve
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import open_store

PROGRAM = """
import sys
from reconciler.sandbox.serve import serve
from reconciler.sandbox.exchange import SandboxSettings
from reconciler.sandbox.store import open_store
with open_store(None) as store:
    settings = SandboxSettings(role="instance-admin")
    serve("127.0.0.1", 0, store, settings, on_ready=lambda url: print(url, flush=True))
print("stopped", flush=True)
"""


@contextmanager
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves, and its base URL."""
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_the_documented_calls_work_on_a_port_and_sigterm_ends_it_cleanly() -> None:
    with served() as (process, url):
        with httpx.Client(base_url=url, trust_env=False) as http:
            credentials = {"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET}
            body = {**credentials, "grant-type": "client_credentials"}
            http.headers["Authorization"] = (
                f"Bearer {http.post('/applications/token', json=body).json()['access_token']}"
            )
            template = {
                "organizationId": SANDBOX_ORGANIZATION_ID,
                "actorDefinitionId": "dfd88b22-b603-4c3d-aad7-3701784586b1",
                "partialDefaultConfig": {},
            }
            created = http.post("/config_templates/sources", json=template)
            assert created.status_code == 200
            listed = http.get("/config_templates/sources", params={"organizationId": SANDBOX_ORGANIZATION_ID})
            assert created.json()["id"] in [item["id"] for item in listed.json()["data"]]
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (0, "stopped\n", "")


def test_ctrl_c_ends_it_cleanly_too() -> None:
    with served() as (process, _url):
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=20)
        assert (process.returncode, output, errors) == (0, "stopped\n", "")


def test_a_port_that_is_taken_is_reported() -> None:
    with open_store(None) as store, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ReconcilerError) as raised:
            serve("127.0.0.1", port, store, SandboxSettings(), on_ready=lambda _: None)
    assert raised.value.message == f"cannot listen on 127.0.0.1 port {port}: Address already in use"
    assert raised.value.help == "choose another --port, or 0 for a free one"


def test_a_host_that_does_not_exist_is_reported() -> None:
    with (
        open_store(None) as store,
        pytest.raises(ReconcilerError, match=r"cannot listen on 256\.0\.0\.1 port 0: "),
    ):
        serve("256.0.0.1", 0, store, SandboxSettings(), on_ready=lambda _: None)
