"""Edits of manifests on the Agent API, what the server has to hold after each, and what a PATCH may mean to it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

from agents.agent_contract import filled
from agents.agent_project import Env
from agents.agent_ways import CONNECTIONS, SOURCES

MAPPER = {"type": "hashing", "mapper_configuration": {"target_field": "email", "method": "MD5"}}


@dataclass(frozen=True)
class Edit:
    """A manifest's `spec` before and after, what the server has to hold then, and the members that a PATCH may send."""

    kind: str
    before: dict[str, Any]
    after: dict[str, Any]
    held: dict[str, Any]
    sent: frozenset[str]


def customization(**members: Any) -> Any:
    return filled("SourceTemplateCustomization-Output", members)


HASHING = {"type": "hashing", "mapperConfiguration": {"targetField": "email", "method": "MD5"}}
CONFIG = {"host": "old.internal", "port": 5432, "password": Env("RECONCILER_VAR_PASSWORD")}
EDITS = {
    "a preset changes": Edit(
        SOURCES,
        {"partialDefaultConfig": {"seed": 1, "count": 5}},
        {"partialDefaultConfig": {"seed": 2, "count": 5}},
        {"partial_default_config": {"seed": 2, "count": 5}},
        frozenset({"partial_default_config"}),
    ),
    "a preset goes": Edit(
        SOURCES,
        {"partialDefaultConfig": {"seed": 1, "count": 5}},
        {"partialDefaultConfig": {"count": 5}},
        {"partial_default_config": {"count": 5}},
        frozenset({"partial_default_config"}),
    ),
    "all presets go": Edit(
        SOURCES,
        {"partialDefaultConfig": {"a": {"seed": 1}}},
        {"partialDefaultConfig": {}},
        {"partial_default_config": {}},
        frozenset({"partial_default_config"}),
    ),
    "another name": Edit(SOURCES, {"name": "A"}, {"name": "B"}, {"name": "B"}, frozenset({"name"})),
    "another mode": Edit(
        SOURCES, {"mode": "DIRECT"}, {"mode": "MULTI"}, {"mode": "MULTI"}, frozenset({"mode"})
    ),
    "no mode any more": Edit(SOURCES, {"mode": "DIRECT"}, {}, {"mode": "REPLICATION"}, frozenset({"mode"})),
    "a whitelist goes": Edit(
        SOURCES,
        {"customization": {"streamSelectionMode": "whitelist", "streamWhitelist": ["users"]}},
        {"customization": {"streamSelectionMode": "all"}},
        {"customization": customization(stream_selection_mode="all")},
        frozenset({"customization"}),
    ),
    "a mapper comes": Edit(
        SOURCES,
        {"customization": {"streamSelectionMode": "all"}},
        {"customization": {"streamSelectionMode": "all", "streamMappers": {"users": [HASHING]}}},
        {"customization": customization(stream_selection_mode="all", stream_mappers={"users": [MAPPER]})},
        frozenset({"customization"}),
    ),
    "two members at once": Edit(
        SOURCES,
        {"mode": "DIRECT", "name": "A", "partialDefaultConfig": {"seed": 1}},
        {"mode": "MULTI", "name": "A", "partialDefaultConfig": {"count": 1}},
        {"mode": "MULTI", "name": "A", "partial_default_config": {"count": 1}},
        frozenset({"mode", "partial_default_config"}),
    ),
    "another host": Edit(
        CONNECTIONS,
        {"destinationConfig": CONFIG},
        {"destinationConfig": CONFIG | {"host": "new.internal"}},
        {"destination_config": {"host": "new.internal", "port": 5432}},
        frozenset({"destination_config"}),
    ),
    "a port goes": Edit(
        CONNECTIONS,
        {"destinationConfig": CONFIG},
        {"destinationConfig": {"host": "old.internal", "password": Env("RECONCILER_VAR_PASSWORD")}},
        {"destination_config": {"host": "old.internal"}},
        frozenset({"destination_config"}),
    ),
    "another schedule": Edit(
        CONNECTIONS,
        {"cronExpression": "0 0 0 * * ?"},
        {"cronExpression": "0 0 12 * * ?"},
        {"cron_expression": "0 0 12 * * ?"},
        frozenset({"cron_expression"}),
    ),
    "syncs on create again": Edit(
        CONNECTIONS, {"syncOnCreate": False}, {}, {"sync_on_create": True}, frozenset({"sync_on_create"})
    ),
    "another preference": Edit(
        CONNECTIONS,
        {"nonBreakingChangesPreference": "disable"},
        {"nonBreakingChangesPreference": "propagate_fully"},
        {"non_breaking_changes_preference": "propagate_fully"},
        frozenset({"non_breaking_changes_preference"}),
    ),
}
WAYS = [
    {"patch": patch, "null": null, "secrets": secrets, "defaults": defaults, "ignored": frozenset(ignored)}
    for patch, null, secrets, defaults, ignored in product(
        ("replace", "merge"),
        ("ignored", "clears"),
        ("clear", "masked", "absent"),
        (True, False),
        ((), ("partial_default_config", "destination_config"), ("mode", "cron_expression", "sync_on_create")),
    )
]
"""Every meaning of a PATCH, with every way of showing what was stored."""


def is_held(edit: Edit, members: dict[str, Any]) -> bool:
    """Whether these stored members are what the edited manifest wants, as far as it speaks of it. Secrets are not compared."""
    held = dict(members)
    if "customization" in edit.held:
        held["customization"] = filled("SourceTemplateCustomization-Output", held["customization"] or {})
    if "destination_config" in edit.held:
        held["destination_config"] = {k: v for k, v in held["destination_config"].items() if k != "password"}
    return all(held[name] == value for name, value in edit.held.items())
