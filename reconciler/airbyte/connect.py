"""The way in: from a target and credentials to its API. Sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from reconciler.airbyte.calls import Call, parse_base_url
from reconciler.airbyte.public import ORGANIZATION_HEADER, PublicDialect
from reconciler.airbyte.session import Session
from reconciler.http.network import network_to
from reconciler.http.retrying import Timing
from reconciler.model.credentials import BearerToken, ClientCredentials
from reconciler.model.target import Target

if TYPE_CHECKING:
    from reconciler.http.network import HttpxFactory

Credentials: TypeAlias = ClientCredentials | BearerToken


def connect(
    target: Target,
    credentials: Credentials,
    *,
    concurrency: int,
    transport_factory: HttpxFactory | None = None,
    timing: Timing | None = None,
    on_secret: Callable[[str], None] | None = None,
) -> PublicDialect:
    """The API of one target, as an async context manager.

    `concurrency` is how many reads may be under way at once (1 or more). `transport_factory` replaces the
    network, for a server in the same process. `on_secret` is called with each token that the server issues,
    before the token is used. Raises `ReconcilerError` for a url or proxy that cannot be used,
    `CredentialsError` for a token that fits no header.
    """
    calls = parse_base_url(target.url)
    timing = timing or Timing()
    network = network_to(calls.origin, connect_seconds=timing.connect_seconds, in_process=transport_factory)
    login: BearerToken | Call
    if isinstance(credentials, BearerToken):
        login = credentials
    else:
        login = calls.token(target.organization_id, credentials.client_id, credentials.client_secret)
    session = Session(
        network,
        timing,
        login=login,
        secrets=credentials.secrets,
        organization_header=ORGANIZATION_HEADER,
        concurrency=concurrency,
        on_secret=on_secret,
    )
    return PublicDialect(calls, session)
