"""The registry as a value: what is taken from its file, and what a manifest's words find in it."""

from __future__ import annotations

from typing import Any

import pytest
from connectors_registry.registry_doubles import CRM_ID, FAKER_ID, POSTGRES_ID, destination, registry, source

from reconciler.connectors.registry.registry import (
    ConnectorType,
    NoRegistry,
    Registry,
    Skipped,
    parse_registry,
)

FAKER = source("airbyte/source-faker", sourceDefinitionId=FAKER_ID.upper(), name="Sample Data")


def labels(found: Any) -> list[str]:
    return [entry.label for entry in found]


def made(*sources: Any, destinations: Any = ()) -> Registry:
    return parse_registry(registry(*sources, destinations=destinations))


def test_sources_come_first_each_type_by_repository_with_lower_case_ids() -> None:
    parsed = made(FAKER, source(), destinations=[destination()])
    assert [(e.label, e.type, e.id) for e in parsed.entries] == [
        ("source-crm", ConnectorType.SOURCE, CRM_ID),
        ("source-faker", ConnectorType.SOURCE, FAKER_ID),
        ("destination-postgres", ConnectorType.DESTINATION, POSTGRES_ID),
    ]


@pytest.mark.parametrize(
    "reference", ["source-faker", "airbyte/source-faker", FAKER_ID, FAKER_ID.upper(), "Sample Data"]
)
def test_a_connector_is_found_by_repository_id_and_unique_name(reference: str) -> None:
    assert labels(made(FAKER, source()).find(reference)) == ["source-faker"]


@pytest.mark.parametrize("reference", ["Source-Faker", "sample data", "faker", "", "other/source-faker"])
def test_what_is_only_similar_is_not_found(reference: str) -> None:
    assert made(FAKER, source()).find(reference) == ()


def test_a_name_that_two_connectors_have_finds_both() -> None:
    twin = source("acme/crm-source", sourceDefinitionId=FAKER_ID)
    assert labels(made(source(), twin).find("Crm")) == ["acme/crm-source", "source-crm"]


def test_a_destination_is_found_only_by_what_no_source_is_called() -> None:
    parsed = made(source(name="Postgres"), destinations=[destination()])
    assert labels(parsed.find("Postgres")) == ["source-crm"]
    assert labels(parsed.find("destination-postgres")) == ["destination-postgres"]


def test_a_repository_wins_over_a_connector_of_that_name() -> None:
    odd = source("airbyte/source-odd", sourceDefinitionId=FAKER_ID, name="source-crm")
    assert labels(made(source(), odd).find("source-crm")) == ["source-crm"]


def test_near_misses_are_suggested_by_repository() -> None:
    assert made(FAKER, source()).suggestions("source-fakr") == ("source-faker",)
    assert made(FAKER, source()).suggestions("x" * 10_000) == ()


@pytest.mark.parametrize(
    ("broken", "skipped"),
    [
        ("text", Skipped("sources[1]", "it is not an object")),
        (source(sourceDefinitionId="x"), Skipped("source-crm", "its sourceDefinitionId is not a UUID")),
        (source(sourceDefinitionId=None), Skipped("source-crm", "its sourceDefinitionId is not a UUID")),
        (source(spec=None), Skipped("source-crm", "it has no specification")),
        (source(spec=[]), Skipped("source-crm", "it has no specification")),
        (source(name=7), Skipped("source-crm", "one of dockerRepository, dockerImageTag, name is missing")),
        (source(""), Skipped(CRM_ID, "one of dockerRepository, dockerImageTag, name is missing")),
        (source(sourceDefinitionId=FAKER_ID), Skipped("source-crm", "its id occurs twice")),
        ({}, Skipped("sources[1]", "its sourceDefinitionId is not a UUID")),
    ],
)
def test_an_entry_without_what_a_lock_needs_is_skipped_and_told(broken: Any, skipped: Skipped) -> None:
    parsed = made(FAKER, broken)
    assert labels(parsed.entries) == ["source-faker"]
    assert parsed.skipped == (skipped,)
    assert parsed.why_skipped(skipped.label) == skipped.reason
    assert parsed.why_skipped("source-faker") == ""


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "it is no Connector Registry: it has no array `sources`"),
        (None, "it is no Connector Registry: it has no array `sources`"),
        ({"sources": {}}, "it is no Connector Registry: it has no array `sources`"),
        ({"sources": []}, "it holds no usable source (0 without what a lock needs)"),
        ({"sources": [1], "destinations": [destination()]}, "it holds no usable source (1 without what a lock needs)"),
    ],
)  # fmt: skip
def test_another_document_is_no_registry(document: Any, reason: str) -> None:
    with pytest.raises(NoRegistry) as raised:
        parse_registry(document)
    assert str(raised.value) == reason


@pytest.mark.parametrize("destinations", [None, {}, "x"])
def test_destinations_may_be_missing(destinations: Any) -> None:
    assert labels(parse_registry({"sources": [FAKER], "destinations": destinations}).entries) == [
        "source-faker"
    ]


def test_removed_and_archived_connectors_are_marked() -> None:
    parsed = made(source(tombstone=True), source("a/b", sourceDefinitionId=FAKER_ID, supportLevel="archived"))
    assert parsed.retired == {
        CRM_ID: "the registry marks it as removed (tombstone)",
        FAKER_ID: "the registry marks it as archived",
    }


@pytest.mark.parametrize("text", ["SAMPLE", "e-fak", "dfd88b22", FAKER_ID.upper()])
def test_search_looks_into_name_repository_and_id_whatever_the_case(text: str) -> None:
    assert labels(made(FAKER, source()).search(text)) == ["source-faker"]
