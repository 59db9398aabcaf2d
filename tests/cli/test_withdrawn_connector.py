"""A connector that the lock marks as withdrawn: nothing is created of it, and the lock says so because the registry did."""

from __future__ import annotations

import json

import pytest
from program import Project, Server

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.registry.registry import spec_digest


def lock(production: Project, **more: object) -> None:
    faker = builtin_catalogue().resolve("source-faker")
    assert faker is not None
    entry = {
        "id": faker.id,
        "type": "source",
        "repository": "airbyte/source-faker",
        "name": "Sample Data",
        "version": "1.0.0",
        "digest": spec_digest(faker.specification),
        "spec": faker.specification,
    }
    document = {"formatVersion": "1", "source": "cloud", "connectors": [entry | more]}
    production.write("connectors.lock.json", json.dumps(document))


@pytest.mark.parametrize("command", [("validate",), ("plan",), ("apply", "--yes")])
def test_nothing_is_created_of_a_withdrawn_connector(
    production: Project, server: Server, command: tuple[str, ...]
) -> None:
    production.add()
    lock(production, tombstone=True)
    told = production.run(*command)
    assert (told.code, server.posts()) == (3, 0)
    assert (
        "R415: source-faker was withdrawn: Airbyte would store the template, answer 404"
        in told.out + told.err
    )


def test_no_line_says_that_the_server_accepts_a_create_of_a_withdrawn_connector(production: Project) -> None:
    production.add()
    lock(production, tombstone=True)
    told = production.run("plan").out
    assert "server not known: see R415" in told
    assert "accepts it" not in told


def test_connector_that_is_not_withdrawn_is_created(production: Project, server: Server) -> None:
    production.add()
    lock(production, tombstone=False)
    assert (production.run("apply", "--yes").code, server.posts()) == (0, 1)


def test_tombstone_that_is_no_boolean_is_told_with_its_place(production: Project) -> None:
    production.add()
    lock(production, tombstone="yes")
    told = production.run("plan")
    assert told.code == 3
    assert 'R221: "tombstone" must be true or false' in told.err
