"""Source templates: what is listed, read, created and updated."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from reconciler.connectors.catalogue import Catalogue
from reconciler.sandbox import DEFAULT_TEMPLATE_ID
from reconciler.sandbox.store import Store

FAKER_ID = "dfd88b22-b603-4c3d-aad7-3701784586b1"
STRIPE_ID = "e094cb9a-26de-4645-8761-65c0c425d1de"
DRIVE_ID = "9f8dda77-1048-4368-815b-269bf54ee9b8"
HUBSPOT_ID = "36c891d9-4bd9-43ac-bad2-10e12756272c"
AIRTABLE_ID = "14c6e7ea-97ed-4f5e-a7b5-25e9a80b8212"
OWN_ID = "00000000-0000-4000-8000-00000000000a"
UNKNOWN_ID = "00000000-0000-4000-8000-0000000000ff"

Client = Any
COUNT_FORM = {
    "connectionSpecification": {
        "type": "object",
        "required": ["count"],
        "properties": {"count": {"type": "integer", "minimum": 1, "default": 5000}},
    }
}


def message_of(answer: Any) -> str:
    return str(answer.json()["data"]["message"])


def test_a_new_sandbox_lists_one_default_of_stripe(client: Client) -> None:
    assert client.listed().json() == {
        "data": [
            {
                "id": DEFAULT_TEMPLATE_ID,
                "name": "Stripe",
                "icon": "http://sandbox.invalid/icons/source-stripe.svg",
            }
        ]
    }


def test_a_create_answers_200_with_the_new_id_only(client: Client) -> None:
    answer = client.create({"count": 5})
    assert answer.status_code == 200
    assert list(answer.json()) == ["id"]


def test_the_list_has_id_name_and_icon_and_the_name_is_the_connectors(client: Client) -> None:
    identity = client.created()
    own, _default = client.listed().json()["data"]
    assert own == {
        "id": identity,
        "name": "Sample Data",
        "icon": "http://sandbox.invalid/icons/source-faker.svg",
    }


def test_reading_renames_the_members_and_adds_three_keys_to_a_form_sent_verbatim(client: Client) -> None:
    identity = client.created({"seed": 1}, partialUserConfigSpec=COUNT_FORM)
    assert client.read(identity).json() == {
        "id": identity,
        "name": "Sample Data",
        "icon": "http://sandbox.invalid/icons/source-faker.svg",
        "sourceDefinitionId": FAKER_ID,
        "configTemplateSpec": {
            **COUNT_FORM,
            "supportsDBT": False,
            "supportsNormalization": False,
            "supported_destination_sync_modes": [],
        },
        "partialDefaultConfig": {"seed": 1},
    }


def test_an_omitted_form_is_inferred(client: Client) -> None:
    spec = client.read(client.created()).json()["configTemplateSpec"]
    assert spec["connectionSpecification"]["properties"] == {}
    assert spec["documentationUrl"] == "https://docs.airbyte.com/integrations/sources/faker"


def test_the_same_body_twice_makes_two_templates(client: Client) -> None:
    first, second = client.created({"count": 1}), client.created({"count": 1})
    assert first != second
    assert len(client.listed().json()["data"]) == 3


def test_an_own_template_hides_the_default_of_its_connector(client: Client) -> None:
    own = client.created({"account_id": "a"}, connector=STRIPE_ID)
    assert [item["id"] for item in client.listed().json()["data"]] == [own]


def test_of_several_defaults_of_a_connector_only_the_first_is_listed(client: Client, store: Store) -> None:
    default = store.template(DEFAULT_TEMPLATE_ID)
    assert default is not None
    store.insert_template(replace(default, id=UNKNOWN_ID))
    assert [item["id"] for item in client.listed().json()["data"]] == [DEFAULT_TEMPLATE_ID]


def test_a_default_can_be_read_and_says_nothing_about_being_one(client: Client) -> None:
    answer = client.read(DEFAULT_TEMPLATE_ID).json()
    assert answer["sourceDefinitionId"] == STRIPE_ID
    assert sorted(answer["configTemplateSpec"]["connectionSpecification"]["properties"]) == [
        "account_id",
        "client_secret",
    ]


def test_organizations_see_their_own_templates_and_read_each_others(
    make_client: Callable[..., Client],
) -> None:
    client = make_client(organizations=(OWN_ID, UNKNOWN_ID))
    identity = client.created()
    assert len(client.listed(UNKNOWN_ID).json()["data"]) == 1
    assert client.read(identity).status_code == 200


def test_the_list_is_not_in_the_order_of_creation_but_stable(client: Client) -> None:
    created = [client.created() for _ in range(12)]
    listed = [item["id"] for item in client.listed().json()["data"]][:-1]
    assert listed == sorted(created)
    assert listed != created


def test_keys_come_back_by_length_then_bytes(client: Client) -> None:
    text = client.read(client.created({"bb": 1, "a": {"z": 1, "yy": 2}, "ä": 1, "ab": 1})).text
    assert text.endswith('"partialDefaultConfig": {"a": {"z": 1, "yy": 2}, "ab": 1, "bb": 1, "ä": 1}}')


def test_numbers_pass_through_doubles_and_integers_survive(client: Client) -> None:
    body = (
        f'{{"organizationId": "{client.settings.organizations[0]}", "actorDefinitionId": "{FAKER_ID}",'
        ' "partialDefaultConfig": {"a": 1e3, "b": 0.10, "c": 1, "d": 1.0, "e": 123456789012345678901234567890}}'
    )
    answer = client("POST", "/config_templates/sources", content=body)
    text = client.read(answer.json()["id"]).text
    assert (
        '"partialDefaultConfig": {"a": 1000.0, "b": 0.1, "c": 1, "d": 1.0, "e": 123456789012345678901234567890}'
        in text
    )


def test_nulls_stay_in_presets_and_in_the_connection_specification_only(client: Client) -> None:
    form = {"documentationUrl": None, "connectionSpecification": {"type": "object", "title": None}}
    answer = client.read(client.created({"note": None}, partialUserConfigSpec=form)).json()
    assert answer["partialDefaultConfig"] == {"note": None}
    assert answer["configTemplateSpec"]["connectionSpecification"] == {"type": "object", "title": None}
    assert "documentationUrl" not in answer["configTemplateSpec"]


@pytest.mark.parametrize("presets", [{"a": "x\x00"}, {"a\x00": 1}, {"a": ["\x00"]}])
def test_a_nul_character_is_a_500_and_stores_nothing(client: Client, store: Store, presets: Any) -> None:
    answer = client.create(presets)
    assert answer.status_code == 500
    assert message_of(answer) == "ERROR: unsupported Unicode escape sequence"
    assert store.templates_of(client.settings.organizations[0]) == ()


def body_with(client: Client, value: str) -> str:
    return (
        f'{{"organizationId": "{client.settings.organizations[0]}", "actorDefinitionId": "{FAKER_ID}",'
        f' "partialDefaultConfig": {{"a": {value}}}}}'
    )


def test_what_postgres_cannot_hold_is_a_500(client: Client) -> None:
    body = body_with(client, '"\\ud800"')
    assert client("POST", "/config_templates/sources", content=body).status_code == 500


def test_an_infinite_number_is_kept_as_a_text(client: Client) -> None:
    created = client("POST", "/config_templates/sources", content=body_with(client, "1e999"))
    assert client.read(created.json()["id"]).json()["partialDefaultConfig"] == {"a": "Infinity"}


def test_nested_presets_are_silently_replaced_by_mock_values(client: Client) -> None:
    sent = {"credentials": {"auth_type": "Client", "client_id": "real", "client_secret": "real"}}
    assert client.read(client.created(sent, connector=DRIVE_ID)).json()["partialDefaultConfig"] == {
        "credentials": {
            "auth_type": "Client",
            "client_id": "mock_string",
            "client_secret": "mock_string",
            "refresh_token": "mock_string",
        }
    }


def test_a_refused_create_is_a_422_problem_and_stores_nothing(client: Client, store: Store) -> None:
    answer = client.create(connector=HUBSPOT_ID)
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["title"], problem["type"]) == (
        "unprocessable-entity",
        "https://reference.airbyte.com/reference/errors#unprocessable-entity",
    )
    assert message_of(answer).startswith(
        "json schema validation failed when comparing the data to the json schema. \nErrors: $.credentials: must be valid"
    )
    assert store.templates_of(client.settings.organizations[0]) == ()


def test_an_unknown_definition_is_a_404(client: Client) -> None:
    answer = client.create(connector=UNKNOWN_ID)
    assert answer.status_code == 404
    assert answer.json() == {
        "status": 404,
        "type": "https://reference.airbyte.com/reference/errors#resource-not-found",
        "title": "resource-not-found",
        "detail": "The resource could not be found.",
        "documentationUrl": None,
        "data": {"resourceType": "STANDARD_SOURCE_DEFINITION", "resourceId": UNKNOWN_ID},
    }


def test_a_repository_name_is_no_definition_id(client: Client) -> None:
    assert client.create(connector="source-faker").status_code == 422


def test_ids_are_taken_in_any_letter_case(client: Client) -> None:
    identity = client.created(connector=FAKER_ID.upper())
    assert client.read(identity.upper()).json()["sourceDefinitionId"] == FAKER_ID


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"partialDefaultConfig": None}, "Default config must be object"),
        ({"partialDefaultConfig": []}, "Default config must be object"),
        ({"partialUserConfigSpec": None}, "Cannot construct instance of ConnectorSpecification from null"),
        (
            {"partialUserConfigSpec": {"type": "object"}},
            "Parameter specified as non-null is null: createDefaultValuesFromSchema, parameter schema",
        ),
    ],
)
def test_bad_input_is_a_500_problem(client: Client, members: Any, message: str) -> None:
    answer = client.create(**members)
    assert answer.status_code == 500
    assert answer.json() == {
        "status": 500,
        "type": "https://reference.airbyte.com/reference/errors",
        "title": "unexpected-problem",
        "detail": "An unexpected problem has occurred.",
        "documentationUrl": None,
        "data": {"message": message},
    }


def test_a_failing_inference_is_a_500(client: Client) -> None:
    assert message_of(client.create(connector=AIRTABLE_ID)).startswith("null cannot be cast to non-null type")


def test_a_definition_without_default_version_is_a_500(
    make_client: Callable[..., Client], catalogue_with: Callable[..., Catalogue]
) -> None:
    client = make_client(connectors=catalogue_with(OWN_ID, None))
    assert message_of(client.create(connector=OWN_ID)) == "ActorDefinition not found"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '{"a": NaN}',
        "[" * 100_000,
        json.dumps({"organizationId": "x", "actorDefinitionId": FAKER_ID, "partialDefaultConfig": {}}),
        json.dumps({"organizationId": OWN_ID, "actorDefinitionId": 5, "partialDefaultConfig": {}}),
        json.dumps({"organizationId": OWN_ID, "actorDefinitionId": FAKER_ID}),
        json.dumps({"actorDefinitionId": FAKER_ID, "partialDefaultConfig": {}}),
    ],
)
def test_a_body_that_cannot_be_bound_gets_an_error_id_only(client: Client, body: str) -> None:
    answer = client("POST", "/config_templates/sources", content=body)
    assert answer.status_code == 422
    assert list(answer.json()) == ["errorId"]


@pytest.mark.parametrize("depth", [100, 500, 990, 5_000])
def test_no_depth_of_a_body_breaks_the_sandbox(client: Client, depth: int) -> None:
    nested = "[" * depth + "]" * depth
    organization = client.settings.organizations[0]
    body = f'{{"organizationId": "{organization}", "actorDefinitionId": "{FAKER_ID}", "partialDefaultConfig": {{"a": {nested}}}}}'
    answer = client("POST", "/config_templates/sources", content=body)
    assert answer.status_code in (200, 422, 500)
    assert client.listed().status_code == 200


def test_a_list_without_organization_is_a_400_and_with_a_bad_one_a_500(client: Client) -> None:
    missing = client("GET", "/config_templates/sources")
    assert (missing.status_code, list(missing.json())) == (400, ["errorId"])
    malformed = client("GET", "/config_templates/sources", params={"organizationId": "acme"})
    assert malformed.status_code == 500
    assert message_of(malformed) == "Invalid UUID string: acme"


def test_an_unknown_template_is_a_500_not_a_404(client: Client) -> None:
    for answer in (client.read(UNKNOWN_ID), client.patch(UNKNOWN_ID)):
        assert answer.status_code == 500
        assert message_of(answer) == "No value present"


def test_a_template_id_that_is_no_uuid_is_a_400(client: Client) -> None:
    answer = client.read("x")
    assert (answer.status_code, list(answer.json())) == (400, ["errorId"])


def test_a_connector_without_icon_fails_after_the_row_is_stored_and_breaks_every_list(
    make_client: Callable[..., Client], store: Store
) -> None:
    client = make_client(without_icon=frozenset({FAKER_ID}))
    assert client.create().status_code == 500
    [row] = store.templates_of(client.settings.organizations[0])
    assert client.listed().status_code == 500
    assert client.read(row.id).status_code == 500
    assert [entry.template_id for entry in store.ledger() if entry.method == "POST"][-1] == row.id


def test_a_tombstoned_definition_is_a_404_after_the_insert_and_is_not_listed(
    make_client: Callable[..., Client], store: Store
) -> None:
    client = make_client(tombstoned=frozenset({FAKER_ID, STRIPE_ID}))
    assert client.create().status_code == 404
    [row] = store.templates_of(client.settings.organizations[0])
    assert client.listed().json() == {"data": []}
    assert client.read(row.id).status_code == 404


def test_a_patch_with_the_organization_only_writes_nothing(client: Client) -> None:
    identity = client.created({"count": 1})
    before = client.read(identity).text
    answer = client.patch(identity)
    assert (answer.status_code, answer.json()) == (200, {"id": identity})
    assert client.read(identity).text == before


def test_a_patch_replaces_whole_members_and_never_infers_again(client: Client) -> None:
    identity = client.created({"a": 1, "b": 2}, partialUserConfigSpec=COUNT_FORM)
    spec = client.read(identity).json()["configTemplateSpec"]
    assert client.patch(identity, partialDefaultConfig={"c": 3}).status_code == 200
    answer = client.read(identity).json()
    assert answer["partialDefaultConfig"] == {"c": 3}
    assert answer["configTemplateSpec"] == spec


def test_a_patch_stores_the_form_as_served(client: Client, store: Store) -> None:
    identity = client.created(partialUserConfigSpec=COUNT_FORM)
    created = store.template(identity)
    assert client.patch(identity, partialUserConfigSpec=COUNT_FORM).status_code == 200
    patched = store.template(identity)
    assert created is not None
    assert patched is not None
    assert created.form != created.served_form
    assert patched.form == patched.served_form == created.served_form


def test_a_patch_of_the_form_alone_corrupts_nested_presets_too(client: Client) -> None:
    sent = {"credentials": {"auth_type": "Service", "service_account_info": "real"}}
    service = {
        "type": "object",
        "required": ["auth_type", "service_account_info"],
        "properties": {
            "auth_type": {"type": "string", "default": "Service"},
            "service_account_info": {"type": "string"},
        },
    }
    base = {
        "folder_url": {"type": "string", "default": "https://drive.google.com/x"},
        "streams": {"type": "array"},
    }
    without = {"type": "object", "required": ["folder_url"], "properties": base}
    asking = {
        "type": "object",
        "required": ["folder_url", "credentials"],
        "properties": {**base, "credentials": service},
    }
    identity = client.created(
        {**sent, "streams": []},
        connector=DRIVE_ID,
        partialUserConfigSpec={"connectionSpecification": without},
    )
    assert client.read(identity).json()["partialDefaultConfig"]["credentials"] == sent["credentials"]
    assert (
        client.patch(identity, partialUserConfigSpec={"connectionSpecification": asking}).status_code == 200
    )
    stored = client.read(identity).json()["partialDefaultConfig"]["credentials"]
    assert stored == {"auth_type": "Service", "service_account_info": "mock_string"}


def test_a_patch_is_validated_against_the_connector_of_today(
    make_client: Callable[..., Client], catalogue_with: Callable[..., Catalogue]
) -> None:
    old = {"connectionSpecification": {"type": "object", "required": [], "properties": {}}}
    new = {"connectionSpecification": {"type": "object", "required": ["key"], "properties": {}}}
    identity = make_client(connectors=catalogue_with(OWN_ID, old)).created(connector=OWN_ID)
    client = make_client(connectors=catalogue_with(OWN_ID, new))
    assert client.patch(identity, partialDefaultConfig={}).status_code == 422


@pytest.mark.parametrize("member", ["partialDefaultConfig", "partialUserConfigSpec"])
def test_an_explicit_null_in_a_patch_is_a_500(client: Client, member: str) -> None:
    assert client.patch(client.created(), **{member: None}).status_code == 500


def test_a_default_or_foreign_template_cannot_be_patched(make_client: Callable[..., Client]) -> None:
    client = make_client(organizations=(OWN_ID, UNKNOWN_ID))
    foreign = client.created(organizationId=UNKNOWN_ID)
    for identity in (DEFAULT_TEMPLATE_ID, foreign):
        answer = client.patch(identity, partialDefaultConfig={})
        assert answer.status_code == 500
        assert message_of(answer) == "OrganizationId does not match"
