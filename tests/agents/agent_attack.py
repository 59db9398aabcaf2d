"""The Agent API under attack: the tests' own server, manifests for it, and what it holds against its clients."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import factories
from agents.agent_place import FAKER, POSTGRES, STRIPE, agent_proxy, agent_server
from agents.agent_server import AgentServer
from agents.agent_ways import (
    CLIENT_ID,
    CLIENT_SECRET,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    SOURCES,
    Definition,
    Row,
    Ways,
)
from attack.attack_world import ServerOf
from attack.fault_proxy import FaultProxy, Seen
from factories import manifest

from reconciler.model.credentials import ClientCredentials
from reconciler.model.target import Api, Dialect, Policy, Target
from reconciler.model.template import CONNECTION_TEMPLATE, Connector, Manifest

GITHUB = "ef69ef6e-aa7f-4af1-a01d-ef775033524e"
CANARY = "canary-7f3a9-of-the-warehouse"
GLOBAL, OF_ANOTHER, STRANGER = (factories.template_id(number) for number in (71, 72, 73))


@cache
def _wanted() -> dict[str, tuple[Manifest, str, dict[str, Any]]]:
    """Manifests by name, each with the kind and the members of its create, by the API's names. What the body may hold besides are
    documented defaults.
    """
    faker = Connector(FAKER, "source-faker", "Sample Data")
    config = {"host": "db.internal", "password": CANARY}
    mapper: Any = {"type": "field-filtering", "mapperConfiguration": {"targetField": "email"}}
    customization: Any = {"streamSelectionMode": "all", "streamMappers": {"all_users": [mapper]}}
    alpha = manifest("alpha", connector=faker, presets={"seed": 1})
    warehouse = manifest(
        "warehouse",
        connector=Connector(POSTGRES, "destination-postgres", "Postgres"),
        presets=config,
        variables=frozenset({"/spec/destinationConfig/password"}),
    )
    account = manifest("account", connector=Connector(STRIPE, "source-stripe", "Stripe"))
    beta = manifest("beta", connector=faker, allow_second="two sizes of samples")
    return {
        "alpha": (
            replace(alpha, settings={"name": "Alpha"}),
            "sources",
            {"actor_definition_id": FAKER, "partial_default_config": {"seed": 1}, "name": "Alpha"},
        ),
        "warehouse": (
            replace(warehouse, kind=CONNECTION_TEMPLATE, settings={"destinationName": "Warehouse"}),
            "connections",
            {
                "destination_name": "Warehouse",
                "destination_definition_id": POSTGRES,
                "destination_config": config,
            },
        ),
        "account": (
            account,
            "sources",
            {"actor_definition_id": STRIPE, "partial_default_config": {}, "name": None},
        ),
        "beta": (
            replace(beta, settings={"name": "Beta", "mode": "DIRECT", "customization": customization}),
            "sources",
            {
                "actor_definition_id": FAKER,
                "partial_default_config": {},
                "name": "Beta",
                "mode": "DIRECT",
                "customization": {
                    "stream_selection_mode": "all",
                    "stream_mappers": {
                        "all_users": [
                            {"type": "field-filtering", "mapper_configuration": {"target_field": "email"}}
                        ]
                    },
                },
            },
        ),
    }


def agent_manifests() -> tuple[Manifest, ...]:
    """Two of one connector, which has to be allowed, one without a name, and a connection template with a secret."""
    return tuple(wanted for wanted, _, _ in _wanted().values())


@dataclass(frozen=True)
class AttackedAgents:
    """The tests' own server as something to attack."""

    server: AgentServer
    policy: Policy = Policy.CREATE_ONLY
    credentials = ClientCredentials(CLIENT_ID, CLIENT_SECRET)

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        return agent_manifests()

    def proxy(self) -> FaultProxy:
        return agent_proxy(self.server)

    def target(self, url: str) -> Target:
        return Target(
            environment="attacked",
            api=Api.AGENTS,
            url=url,
            organization_id=ORGANIZATION,
            settle_seconds=60,
            dialect=Dialect.AGENTS,
            policy=self.policy,
        )

    def meet_a_stranger(self) -> None:
        self.server.insert(_source(STRANGER, GITHUB, "GitHub"))

    def rows_of(self, wanted: Manifest) -> list[str]:
        return [
            entry.id
            for entry in self.server.ledger
            if entry.method == "POST"
            and not entry.path.endswith("/tags")
            and _is_of(entry.path, entry.body, wanted)
        ]

    def is_create_of(self, seen: Seen, wanted: Manifest) -> bool:
        return _is_of(seen.target, json.loads(seen.body), wanted)

    def authorises(self, listed: Seen, create: Seen) -> bool:
        return listed.target.partition("?")[0] == create.target

    def problems(self) -> Iterator[str]:
        yield from self.server.violations
        changed = [entry for entry in self.server.ledger if entry.method == "PATCH"]
        if changed and self.policy is Policy.CREATE_ONLY:
            yield f"a template was changed under create-only: {changed[0]}"


def _is_of(path: str, body: Any, wanted: Manifest) -> bool:
    _, kind, members = _wanted()[wanted.name]
    return path.endswith(f"/{kind}") and all(body.get(name) == value for name, value in members.items())


def _source(identity: str, definition: str, name: str, organization: str | None = ORGANIZATION) -> Row:
    members: dict[str, Any] = {
        "name": name,
        "partial_default_config": {},
        "customization": None,
        "mode": "REPLICATION",
    }
    return Row(identity, SOURCES, Definition(definition, name), members, organization)


def agents(ways: Ways, policy: Policy = Policy.CREATE_ONLY) -> ServerOf:
    """Servers with these switches, and with templates of Airbyte and of another organization."""

    @contextlib.contextmanager
    def opened() -> Iterator[AttackedAgents]:
        server = agent_server()
        server.ways = ways
        server.insert(_source(GLOBAL, FAKER, "Sample Data", None))
        server.insert(_source(OF_ANOTHER, FAKER, "Alpha", OTHER_ORGANIZATION))
        yield AttackedAgents(server, policy)

    return opened


def ways_of(seed: int) -> Ways:
    """The switches of a seed; always the same ones."""
    chance = random.Random(f"ways {seed}")
    return Ways(
        patch=chance.choice(("replace", "merge")),
        null=chance.choice(("ignored", "clears")),
        secrets=chance.choice(("clear", "masked", "absent")),
        errors=chance.choice(("errors", "detail")),
        today=chance.random() < 0.5,
        defaults=chance.random() < 0.5,
        strangers=chance.random() < 0.5,
        tags=chance.random() < 0.5,
        unique=chance.choice((None, None, 409, 422)),
        several=chance.random() < 0.5,
        definition_key=chance.choice(("source_definition_id", "source_definition_id", "actor_definition_id")),
    )
