"""The way in: from a target and credentials to its API. Sends nothing."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.airbyte.network import Network, TransportFactory, build_network
from reconciler.airbyte.public import Credentials, PublicApi
from reconciler.airbyte.routes import parse_base_url
from reconciler.airbyte.timing import Timing
from reconciler.model.target import Target


def connect(
    target: Target,
    credentials: Credentials,
    *,
    concurrency: int,
    transport_factory: TransportFactory | None = None,
    timing: Timing | None = None,
    on_secret: Callable[[str], None] | None = None,
) -> PublicApi:
    """The API of one target, as an async context manager. Sends nothing by itself.

    `concurrency` is how many reads may be under way at once (1 or more). `transport_factory` replaces the
    network, for a server in the same process. `on_secret` is called with each token that the server issues,
    before the token is used. Raises `ReconcilerError` for a url or proxy that cannot be used,
    `CredentialsError` for a token that fits no header.
    """
    routes = parse_base_url(target.url)
    timing = timing or Timing()
    if transport_factory is None:
        network = build_network(routes, connect_seconds=timing.connect_seconds)
    else:
        network = Network(for_reads=transport_factory, for_create=transport_factory)
    return PublicApi(
        routes,
        network,
        credentials,
        organization_id=target.organization_id,
        concurrency=concurrency,
        timing=timing,
        on_secret=on_secret,
    )
