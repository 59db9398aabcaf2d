"""The sandbox on a port, by uvicorn. Prints nothing: the caller says where it is."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from reconciler.errors import ReconcilerError
from reconciler.sandbox.app import CLOUD, create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store

_SHUTDOWN_SECONDS = 2


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, and for which a signal is an ordinary end."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to accept connections, then says so."""
        await super().startup(sockets)
        self._on_listening()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stops. A second signal does not wait for open requests. uvicorn's own way raises the signal again afterwards."""
        del sig, frame
        self.force_exit = self.should_exit
        self.should_exit = True


def serve(
    host: str, port: int, store: Store, settings: SandboxSettings, *, on_ready: Callable[[str], None]
) -> None:
    """Serves until SIGINT or SIGTERM, then returns. `on_ready` gets the base URL (`http://host:port/v1`) once it listens.

    Port 0 takes a free one. Call it in the main thread. ReconcilerError for an address that cannot be listened on. The caller
    closes the store.
    """
    with _listen(host, port) as listener:
        config = uvicorn.Config(
            create_app(store, settings),
            access_log=False,
            log_config=None,
            lifespan="off",
            timeout_graceful_shutdown=_SHUTDOWN_SECONDS,
        )
        url = _base_url(host, listener)
        _Server(config, lambda: on_ready(url)).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise ReconcilerError(
            f"cannot listen on {host} port {port}: {error.strerror or error}",
            help="choose another --port, or 0 for a free one",
        ) from error
    return listener


def _base_url(host: str, listener: socket.socket) -> str:
    """Where a client on this machine reaches the listener, wildcard addresses included."""
    port = listener.getsockname()[1]
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - recognised, not bound here
    return f"http://{f'[{name}]' if ':' in name else name}:{port}{CLOUD}"
