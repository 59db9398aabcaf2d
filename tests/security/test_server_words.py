"""What a server says of a create may quote what was sent: secrets are taken out before its words are cut."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import factories
import pytest
from program import Project

PASSWORD = "abcdefghijklmnop"
MANIFESTS = {
    "public": "kind: SourceTemplate\nmetadata: {name: mine}\nspec:\n  connector: source-faker\n"
    "  partialDefaultConfig: {password: !env RECONCILER_VAR_PASSWORD}\n"
    "  partialUserConfigSpec: {connectionSpecification: {type: object, properties: {}}}\n",
    "agents": "kind: SourceTemplate\nmetadata: {name: mine}\nspec:\n  connector: source-faker\n"
    "  partialDefaultConfig: {password: !env RECONCILER_VAR_PASSWORD}\n",
}


@pytest.fixture
def quoting() -> Iterator[Callable[[int], str]]:
    """Starts a server of either dialect without templates. It refuses creates, and quotes the password after so many characters."""
    with contextlib.ExitStack() as stack:

        def start(before: int) -> str:
            class Quoting(BaseHTTPRequestHandler):
                def log_message(self, *_: Any) -> None: ...

                def _send(self, status: int, body: Any) -> None:
                    data = json.dumps(body).encode()
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

                def do_GET(self) -> None:
                    self._send(200, {"data": []})

                def do_POST(self) -> None:
                    self.rfile.read(int(self.headers["Content-Length"]))
                    if self.path.endswith("/token"):
                        self._send(
                            200, {"access_token": "a-token", "token_type": "Bearer", "expires_in": 900}
                        )
                    else:
                        self._send(400, {"message": "x" * before + PASSWORD * 2})

            server = ThreadingHTTPServer(("127.0.0.1", 0), Quoting)
            Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
            stack.callback(server.server_close)
            stack.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}"

        yield start


@pytest.mark.parametrize("shown", [1, 5, 15, 16, 21])
@pytest.mark.parametrize("api", MANIFESTS)
def test_secret_that_the_servers_words_end_in_is_not_shown_in_part(
    project: Project, quoting: Callable[[int], str], api: str, shown: int
) -> None:
    project.write("manifests/mine.yaml", f"apiVersion: reconciler/v1\n{MANIFESTS[api]}")
    url = f"url: {quoting(500 - shown)}, organizationId: {factories.ORGANIZATION}, settleSeconds: 0.01"
    project.write("reconciler.yaml", f"version: 1\nenvironments: {{e: {{api: {api}, {url}}}}}\n")
    project.environment = {
        "AIRBYTE_CLIENT_ID": "the-client",
        "AIRBYTE_CLIENT_SECRET": "the-client-secret",
        "RECONCILER_VAR_PASSWORD": PASSWORD,
    }
    told = project.run("apply", "--yes")
    assert told.code in (1, 5), told.out + told.err
    assert "xxx" in told.out
    assert "xxa" not in told.out + told.err
