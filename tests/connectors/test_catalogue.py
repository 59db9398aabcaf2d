"""Looking connectors up, and the built-in ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.connectors.catalogue import Catalogue, builtin_catalogue, builtin_destinations
from reconciler.manifests.desired import read_catalogue
from reconciler.model.target import Api, Dialect
from reconciler.model.template import Connector

FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
FAKER = Connector(FAKER_ID, "source-faker", "Sample Data", "6.2.24")
CRM = Connector("00000000-0000-4000-8000-00000000000a", "acme/source-crm", "CRM")
ANONYMOUS = Connector("00000000-0000-4000-8000-00000000000b")


@pytest.fixture
def catalogue() -> Catalogue:
    return Catalogue([FAKER, CRM, ANONYMOUS])


@pytest.mark.parametrize(
    ("reference", "connector"),
    [
        (FAKER_ID, FAKER),
        (FAKER_ID.upper(), FAKER),
        ("source-faker", FAKER),
        ("airbyte/source-faker", FAKER),
        ("acme/source-crm", CRM),
        (ANONYMOUS.id, ANONYMOUS),
        ("Sample Data", None),
        ("source-crm", None),
        ("", None),
    ],
)
def test_a_reference_is_an_id_or_a_repository(
    catalogue: Catalogue, reference: str, connector: Connector | None
) -> None:
    assert catalogue.resolve(reference) == connector


@pytest.mark.parametrize(
    ("reference", "repositories"),
    [
        ("source-fakr", ("source-faker",)),
        ("faker", ("source-faker",)),
        ("Sample Data", ("source-faker",)),
        ("airbyte/source-fakers", ("source-faker",)),
        ("something-else-entirely", ()),
    ],
)
def test_near_misses_are_suggested(
    catalogue: Catalogue, reference: str, repositories: tuple[str, ...]
) -> None:
    assert catalogue.suggestions(reference) == repositories


def test_at_most_three_suggestions_are_made() -> None:
    many = Catalogue(Connector(f"id-{n}", f"source-faker{n}") for n in range(9))
    assert many.suggestions("source-faker") == ("source-faker8", "source-faker7", "source-faker6")


def test_merging_lets_the_other_win_by_id_and_changes_neither(catalogue: Catalogue) -> None:
    newer = Connector(FAKER_ID, "source-faker", "Sample Data", "7.0.0")
    merged = catalogue.merged(Catalogue([newer]))
    assert merged.resolve("source-faker") == merged.resolve(FAKER_ID) == newer
    assert merged.resolve("acme/source-crm") == CRM
    assert catalogue.resolve("source-faker") == FAKER


def test_merging_lets_the_other_take_a_repository_over(catalogue: Catalogue) -> None:
    own = Connector("00000000-0000-4000-8000-00000000000c", "source-faker")
    merged = catalogue.merged(Catalogue([own]))
    assert merged.resolve("source-faker") == own
    assert merged.resolve(FAKER_ID) == FAKER


def test_connectors_come_sorted_by_id(catalogue: Catalogue) -> None:
    assert catalogue.connectors == (CRM, ANONYMOUS, FAKER)
    assert tuple(catalogue) == catalogue.connectors
    assert len(catalogue) == 3


def test_builtin_faker_has_the_real_identity_and_fields() -> None:
    faker = builtin_catalogue().resolve("source-faker")
    assert faker is not None
    assert (faker.id, faker.name, faker.version) == (FAKER_ID, "Sample Data", "6.2.24")
    assert faker.specification is not None
    connection = faker.specification["connectionSpecification"]
    assert isinstance(connection, dict)
    assert connection["required"] == []
    properties = connection["properties"]
    assert isinstance(properties, dict)
    assert sorted(properties) == ["always_updated", "count", "parallelism", "records_per_slice", "seed"]


def test_builtin_catalogue_holds_one_connector_of_each_kind() -> None:
    repositories = [connector.repository for connector in builtin_catalogue()]
    assert sorted(filter(None, repositories)) == [
        "source-airtable",
        "source-faker",
        "source-github",
        "source-google-drive",
        "source-hubspot",
        "source-pipedrive",
        "source-stripe",
    ]


def test_builtin_destinations_are_known_where_the_agent_api_may_be(tmp_path: Path) -> None:
    repositories = {connector.repository for connector in builtin_destinations()}
    assert repositories == {"destination-dev-null", "destination-postgres"}
    for api, dialect, is_known, is_specified in (
        (Api.SANDBOX, Dialect.AGENTS, True, True),
        (Api.AGENTS, Dialect.AGENTS, True, False),
        (Api.PUBLIC, None, True, False),
        (Api.SANDBOX, Dialect.PUBLIC, False, False),
    ):
        found = read_catalogue(tmp_path, api, dialect).resolve("destination-postgres")
        assert (found is not None, bool(found and found.specification)) == (is_known, is_specified)


def test_a_destination_is_suggested_for_a_destination_only() -> None:
    everything = builtin_catalogue().merged(builtin_destinations())
    assert everything.suggestions("destination-postgre") == ("destination-postgres",)
    assert everything.suggestions("source-postgres") == ()


def test_builtin_catalogue_is_read_once() -> None:
    assert builtin_catalogue() is builtin_catalogue()
