"""What the faulty server's sockets stand in front of: a server of one dialect, with an account that no client reaches."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Protocol

import factories
from attack.fault_proxy import FaultProxy, Seen
from factories import form, manifest

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.model.credentials import ClientCredentials
from reconciler.model.target import Api, Target
from reconciler.model.template import Connector, Manifest
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store, TemplateRow, open_store

SETTINGS = SandboxSettings(organizations=(factories.ORGANIZATION,))


class Attackable(Protocol):
    """A server, and what a run asks of it. `manifests` are what can be wanted there, `credentials` open it."""

    @property
    def manifests(self) -> tuple[Manifest, ...]: ...

    @property
    def credentials(self) -> ClientCredentials: ...

    def proxy(self) -> FaultProxy:
        """New sockets in front of it."""
        ...

    def target(self, url: str) -> Target:
        """The environment of a run, for sockets at this url."""
        ...

    def meet_a_stranger(self) -> None:
        """Somebody else's template is stored."""
        ...

    def rows_of(self, wanted: Manifest) -> list[str]:
        """Ids of the rows that creates of this manifest stored, whatever they were answered."""
        ...

    def is_create_of(self, seen: Seen, wanted: Manifest) -> bool:
        """Whether a whole create is that of this manifest."""
        ...

    def authorises(self, listed: Seen, create: Seen) -> bool:
        """Whether a list could show what this create stores."""
        ...

    def problems(self) -> Iterator[str]:
        """What the server holds against its clients."""
        ...


_COUNT: Any = {"title": "Count", "type": "integer", "minimum": 1, "default": 5, "order": 0}
_STRANGER = TemplateRow(
    factories.template_id(77),
    factories.ORGANIZATION,
    "14c6e7ea-97ed-4f5e-a7b5-25e9a80b8212",
    "{}",
    json.dumps(form("Airtable")),
    json.dumps(factories.served(form("Airtable"))),
)


def connector_named(name: str) -> Connector:
    """A connector that the program knows by itself."""
    found = builtin_catalogue().resolve(name)
    assert found is not None
    return found


def _public_manifests() -> tuple[Manifest, ...]:
    """Three of one connector, and one of another whose form is left to the server."""
    faker = connector_named("source-faker")
    account = {"account_id": "acct_1", "start_date": "2024-01-01T00:00:00Z"}
    return (
        manifest("alpha", connector=faker, spec=form("Alpha", count=_COUNT), presets={"seed": 1}),
        manifest("account", connector=connector_named("source-stripe"), presets=account),
        manifest("beta", connector=faker, spec=form("Beta", count=_COUNT)),
        manifest("gamma", connector=faker, spec=form("Gamma", count=_COUNT), presets={"seed": 3}),
    )


@dataclass(frozen=True)
class PublicServer:
    """The sandbox, speaking the public dialect."""

    store: Store
    credentials = ClientCredentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        return _public_manifests()

    def proxy(self) -> FaultProxy:
        return FaultProxy(create_app(self.store, SETTINGS), self._ids)

    def _ids(self) -> frozenset[str]:
        return frozenset(row.id for row in self.store.templates_of(factories.ORGANIZATION))

    def target(self, url: str) -> Target:
        return Target(
            environment="attacked",
            api=Api.PUBLIC,
            url=url,
            organization_id=factories.ORGANIZATION,
            settle_seconds=60,
            unmanaged=frozenset({DEFAULT_TEMPLATE_ID}),
        )

    def meet_a_stranger(self) -> None:
        self.store.insert_template(_STRANGER)

    def rows_of(self, wanted: Manifest) -> list[str]:
        body = _body(wanted)
        return [
            e.template_id
            for e in self.store.ledger()
            if e.template_id is not None and e.body is not None and json.loads(e.body) == body
        ]

    def is_create_of(self, seen: Seen, wanted: Manifest) -> bool:
        return bool(json.loads(seen.body) == _body(wanted))

    def authorises(self, listed: Seen, create: Seen) -> bool:
        del listed, create
        return True

    def problems(self) -> Iterator[str]:
        return iter(())


def _body(wanted: Manifest) -> dict[str, Any]:
    body: dict[str, Any] = {
        "organizationId": factories.ORGANIZATION,
        "actorDefinitionId": wanted.connector.id,
        "partialDefaultConfig": wanted.presets,
    }
    return body if wanted.form is None else {**body, "partialUserConfigSpec": wanted.form}


@contextlib.contextmanager
def public_server() -> Iterator[PublicServer]:
    """A sandbox without templates."""
    with closing(open_store(None)) as store:
        yield PublicServer(store)
