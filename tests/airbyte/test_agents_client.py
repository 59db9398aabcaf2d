"""The Agent API over real HTTP, against a server that is strict about the vendor's document and notes every violation of it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from agents.agent_place import FAKER, POSTGRES, STRIPE, agent_server, served
from agents.agent_server import AgentServer
from agents.agent_ways import (
    CLIENT_ID,
    CLIENT_SECRET,
    CONNECTIONS,
    ORGANIZATION,
    OTHER_ORGANIZATION,
    SOURCES,
    Row,
)
from attack.attack_faults import CREATE
from attack.fault_proxy import FaultProxy
from factories import target, template_id

from reconciler.airbyte.api import (
    Created,
    ListedTemplate,
    NewTemplate,
    Rejected,
    TemplateChange,
    Unclear,
    Updated,
)
from reconciler.airbyte.client import Client, connect
from reconciler.airbyte.reading import read_live_state
from reconciler.errors import CredentialsError, ReconcilerError, RefusedByServer, UnusableAnswer
from reconciler.model.credentials import BearerToken, ClientCredentials
from reconciler.model.target import Api, Dialect
from reconciler.model.template import AIRBYTE_HOSTED, CONNECTION_TEMPLATE, SOURCE_TEMPLATE

CREDENTIALS = ClientCredentials(CLIENT_ID, CLIENT_SECRET)
HASHING = {"type": "hashing", "mapper_configuration": {"target_field": "user_id", "method": "SHA256"}}


@dataclass
class Place:
    """A server on a port, what reaches it, and its url."""

    server: AgentServer
    proxy: FaultProxy
    url: str

    def using(self, work: Callable[[Client], Awaitable[Any]], **options: Any) -> Any:
        """The result of `work` with a client of this server."""
        where = replace(target(), api=Api.AGENTS, dialect=Dialect.AGENTS, url=self.url)
        credentials = options.pop("credentials", CREDENTIALS)

        async def run() -> Any:
            organization = options.pop("organization", ORGANIZATION)
            aim = replace(where, organization_id=organization)
            async with connect(aim, credentials, concurrency=options.pop("concurrency", 4)) as api:
                return await work(api)

        return asyncio.run(run())

    def listed(self) -> tuple[ListedTemplate, ...]:
        found: tuple[ListedTemplate, ...] = self.using(lambda api: api.list_templates(ORGANIZATION))
        return found

    def add(self, number: int, kind: str = SOURCES, definition: str | None = FAKER, **options: Any) -> Row:
        named = {"name": f"Template {number}"} if kind == SOURCES else {"destination_name": f"Place {number}"}
        own = self.server.definitions[definition] if definition else None
        members = named | options.pop("members", {})
        return self.server.insert(Row(template_id(number), kind, own, members, **options))

    @property
    def requests(self) -> list[str]:
        return [f"{seen.method} {seen.target}" for seen in self.proxy.seen]


@pytest.fixture
def at() -> Iterator[Callable[..., Place]]:
    """Starts a server with some switches. Every test ends with an error if a request broke the document."""
    with contextlib.ExitStack() as stack:

        def start(**ways: Any) -> Place:
            server = agent_server(**ways)
            return Place(server, *stack.enter_context(served(server)))

        yield start


At = Callable[..., Place]
SOURCE_MEMBERS: dict[str, Any] = {
    "partial_default_config": {"count": 3},
    "mode": "DIRECT",
    "customization": None,
}
CONNECTION_MEMBERS: dict[str, Any] = {
    "destination_definition_id": POSTGRES,
    "destination_config": {"host": "db"},
    "data_hosting_type": "user_hosted",
    "cron_expression": "0 0 * * * ?",
    "non_breaking_changes_preference": "ignore",
    "sync_on_create": False,
}
HOSTED_MEMBERS: dict[str, Any] = {"data_hosting_type": "airbyte_hosted", "cron_expression": None}


def test_list_and_get_speak_to_the_documented_addresses_in_the_name_of_the_organization(at: At) -> None:
    place = at(several=True)
    place.add(1, members=SOURCE_MEMBERS)
    place.add(2, CONNECTIONS, POSTGRES, members=CONNECTION_MEMBERS)

    async def work(api: Client) -> Any:
        await api.ensure_token()
        listed = await api.list_templates(ORGANIZATION.upper())
        return [await api.get_template(ORGANIZATION, each.id, kind=each.kind) for each in listed]

    source, connection = place.using(work, concurrency=1)
    assert (source.id, source.kind, source.connector_id) == (template_id(1), SOURCE_TEMPLATE, FAKER)
    assert (connection.id, connection.kind, connection.connector_id) == (
        template_id(2),
        CONNECTION_TEMPLATE,
        POSTGRES,
    )
    assert place.requests == [
        "POST /api/v1/account/applications/token",
        "GET /api/v1/integrations/templates/sources?use_global=false",
        "GET /api/v1/integrations/templates/connections",
        f"GET /api/v1/integrations/templates/sources/{template_id(1)}",
        f"GET /api/v1/integrations/templates/connections/{template_id(2)}",
    ]
    sent = [dict(seen.headers) for seen in place.proxy.seen]
    assert {headers["X-Organization-Id"] for headers in sent} == {ORGANIZATION}


def test_a_source_template_is_presets_form_and_settings_by_the_names_of_a_manifest(at: At) -> None:
    place = at(today=False)
    customization = {
        "stream_selection_mode": "whitelist",
        "stream_whitelist": ["user_events"],
        "stream_customizations": {
            "user_events": {"primary_key_fields": [["event_id"]], "cursor_field": None}
        },
        "stream_mappers": {"user_events": [HASHING]},
    }
    place.add(1, members={**SOURCE_MEMBERS, "customization": customization}, tags=["b", "a"])
    template = place.using(lambda api: api.get_template(ORGANIZATION, template_id(1)))
    assert template.name == "Sample Data"
    assert template.presets == {"count": 3}
    assert template.form == {"connectionSpecification": {"type": "object", "required": [], "properties": {}}}
    assert template.settings == {
        "name": "Template 1",
        "mode": "DIRECT",
        "customization": {
            "streamSelectionMode": "whitelist",
            "streamWhitelist": ["user_events"],
            "streamCustomizations": {"user_events": {"primaryKeyFields": [["event_id"]]}},
            "streamMappers": {
                "user_events": [
                    {"type": "hashing", "mapperConfiguration": {"targetField": "user_id", "method": "SHA256"}}
                ]
            },
        },
        "tags": ["b", "a"],
    }


def test_both_kinds_of_connection_templates_are_read(at: At) -> None:
    place = at()
    place.add(1, CONNECTIONS, POSTGRES, members=CONNECTION_MEMBERS, tags=["eu"])
    place.add(2, CONNECTIONS, None, members=HOSTED_MEMBERS)

    async def work(api: Client) -> Any:
        listed = await api.list_templates(ORGANIZATION)
        return listed, [await api.get_template(ORGANIZATION, each.id, kind=each.kind) for each in listed]

    listed, (own, hosted) = place.using(work)
    assert listed == (
        ListedTemplate(template_id(1), "Place 1", CONNECTION_TEMPLATE, POSTGRES),
        ListedTemplate(template_id(2), "Place 2", CONNECTION_TEMPLATE, ""),
    )
    assert (own.name, own.presets) == ("Place 1", {"host": "db"})
    assert own.settings == {
        "destinationName": "Place 1",
        "dataHostingType": "user_hosted",
        "cronExpression": "0 0 * * * ?",
        "tags": ["eu"],
        "nonBreakingChangesPreference": "ignore",
        "syncOnCreate": False,
    }
    assert (hosted.connector_id, hosted.presets) == ("", {})
    assert hosted.settings == {"destinationName": "Place 2", "dataHostingType": AIRBYTE_HOSTED, "tags": []}


@pytest.mark.parametrize("definition_key", ["source_definition_id", "actor_definition_id"])
def test_what_the_server_adds_by_itself_is_no_setting(at: At, definition_key: str) -> None:
    place = at(definition_key=definition_key)
    place.add(1, definition=STRIPE, members=SOURCE_MEMBERS)

    async def twice(api: Client) -> Any:
        return [await api.get_template(ORGANIZATION, template_id(1)) for _ in range(3)]

    first, *others = place.using(twice)
    assert others == [first, first]
    assert first.connector_id == STRIPE
    assert set(first.settings) == {"name", "mode", "tags"}


def test_templates_of_airbyte_and_of_other_organizations_are_never_listed(at: At) -> None:
    place = at(strangers=True)
    place.add(1, members=SOURCE_MEMBERS)
    place.add(2, members=SOURCE_MEMBERS, organization=OTHER_ORGANIZATION)
    assert [each.id for each in place.listed()] == [template_id(1)]


def test_templates_of_airbyte_are_listed_apart(at: At) -> None:
    place = at()
    place.add(1, members=SOURCE_MEMBERS)
    place.add(2, definition=STRIPE, members=SOURCE_MEMBERS, organization=None)
    found = place.using(lambda api: api.global_templates(ORGANIZATION))
    assert found == (ListedTemplate(template_id(2), "Template 2", SOURCE_TEMPLATE, STRIPE),)
    assert place.requests[-1] == "GET /api/v1/integrations/templates/sources?use_global=true"


def test_a_template_whose_owner_the_list_does_not_say_is_unknown_and_not_missing(at: At) -> None:
    place = at(strangers=True, unowned=True)
    place.add(1, members=SOURCE_MEMBERS, organization=None)
    state = place.using(lambda api: read_live_state(api, ORGANIZATION, concurrency=1), concurrency=1)
    (unread,) = state.unread
    assert (unread.id, unread.kind, unread.connector_id) == (template_id(1), SOURCE_TEMPLATE, FAKER)
    assert unread.reason == (
        "the list does not say whose it is (no `organization_id`): list it under `unmanaged` if it is Airbyte's or somebody else's"
    )
    assert state.templates == ()


def test_connectors_of_source_templates_that_are_not_read_are_in_the_state_all_the_same(at: At) -> None:
    """A second template of one definition breaks apps, whoever made the first."""
    place = at()
    place.add(1, members=SOURCE_MEMBERS)
    place.add(2, definition=STRIPE, members=SOURCE_MEMBERS)
    place.add(3, CONNECTIONS, POSTGRES, members=CONNECTION_MEMBERS)
    skipped = frozenset({template_id(2), template_id(3)})
    state = place.using(lambda api: read_live_state(api, ORGANIZATION, concurrency=1, skip=skipped))
    assert (state.ids, state.left_out) == ({template_id(1)}, skipped)
    assert state.left_out_sources == (STRIPE,)


def test_the_organization_of_a_template_is_found_in_the_list_without_a_write(at: At) -> None:
    place = at(strangers=True)
    place.add(1, members=SOURCE_MEMBERS)
    place.add(2, members=SOURCE_MEMBERS, organization=OTHER_ORGANIZATION)

    async def owned(api: Client) -> Any:
        return [await api.owns_template(ORGANIZATION, template_id(number)) for number in (1, 2, 3)]

    assert place.using(owned) == [True, False, None]
    assert {seen.method for seen in place.proxy.seen[1:]} == {"GET"}


def test_a_source_template_is_created_with_exactly_what_the_manifest_says(at: At) -> None:
    place = at()
    settings: dict[str, Any] = {
        "name": "Mine",
        "mode": "REPLICATION",
        "tags": ["eu"],
        "customization": {
            "streamSelectionMode": "all",
            "streamMappers": {
                "userEvents": [
                    {
                        "type": "row-filtering",
                        "mapperConfiguration": {
                            "conditions": {
                                "type": "equal",
                                "fieldName": "isActive",
                                "comparisonValue": "someValue",
                            }
                        },
                    }
                ]
            },
        },
    }
    new = NewTemplate(FAKER.upper(), {"camelCase": {"aB": 1}}, None, settings)
    created = place.using(lambda api: api.create_template(ORGANIZATION, new))
    (row,) = place.server.rows.values()
    assert created == Created(row.id)
    assert place.server.ledger[0].body == {
        "actor_definition_id": FAKER,
        "partial_default_config": {"camelCase": {"aB": 1}},
        "name": "Mine",
        "mode": "REPLICATION",
        "customization": {
            "stream_selection_mode": "all",
            "stream_mappers": {
                "userEvents": [
                    {
                        "type": "row-filtering",
                        "mapper_configuration": {
                            "conditions": {
                                "type": "equal",
                                "field_name": "isActive",
                                "comparison_value": "someValue",
                            }
                        },
                    }
                ]
            },
        },
    }


def test_what_was_created_is_read_back_as_it_was_written(at: At) -> None:
    place = at(defaults=False)
    settings: dict[str, Any] = {
        "name": "Mine",
        "mode": "MULTI",
        "customization": {"streamWhitelist": ["a_b", "cD"], "streamSelectionMode": "whitelist"},
    }

    async def work(api: Client) -> Any:
        created = await api.create_template(ORGANIZATION, NewTemplate(FAKER, {"x": None}, None, settings))
        assert isinstance(created, Created)
        return await api.get_template(ORGANIZATION, created.template_id)

    template = place.using(work)
    assert (template.presets, template.settings) == ({"x": None}, {**settings, "tags": []})


def test_a_clone_sends_no_presets(at: At) -> None:
    place = at()
    place.add(1, members=SOURCE_MEMBERS, organization=None)
    new = NewTemplate(FAKER, {}, None, {"name": "Copy"}, clone_of=template_id(1))
    assert isinstance(place.using(lambda api: api.create_template(ORGANIZATION, new)), Created)
    assert place.server.ledger[0].body == {"original_source_template_id": template_id(1), "name": "Copy"}


def test_connection_templates_of_both_kinds_are_created(at: At) -> None:
    place = at()
    own = NewTemplate(
        POSTGRES,
        {"host": "db"},
        None,
        {
            "destinationName": "Warehouse",
            "cronExpression": "0 0 1 * * ?",
            "syncOnCreate": False,
            "tags": ["eu"],
        },
        CONNECTION_TEMPLATE,
    )
    hosted = NewTemplate("", {}, None, {"dataHostingType": AIRBYTE_HOSTED}, CONNECTION_TEMPLATE)

    async def work(api: Client) -> Any:
        return [await api.create_template(ORGANIZATION, new) for new in (own, hosted)]

    assert [type(each) for each in place.using(work)] == [Created, Created]
    assert [entry.body for entry in place.server.ledger] == [
        {
            "data_hosting_type": "user_hosted",
            "destination_definition_id": POSTGRES,
            "destination_config": {"host": "db"},
            "destination_name": "Warehouse",
            "cron_expression": "0 0 1 * * ?",
            "sync_on_create": False,
        },
        {"data_hosting_type": "airbyte_hosted"},
    ]


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (
            NewTemplate(FAKER, {}, None, {"customization": {}}, clone_of=template_id(1)),
            "the Agent API cannot clone a template with `customization`",
        ),
        (
            NewTemplate(
                "", {}, None, {"dataHostingType": AIRBYTE_HOSTED, "syncOnCreate": True}, CONNECTION_TEMPLATE
            ),
            "the Agent API cannot create an Airbyte-hosted template with `syncOnCreate`",
        ),
        (
            NewTemplate(FAKER, {}, None, {"cronExpression": "x"}),
            "the Agent API cannot create a template with `cronExpression`",
        ),
        (NewTemplate("../../x", {}), "the connector id '../../x' is not a UUID"),
        (NewTemplate(FAKER, {}, clone_of="x"), "the template id 'x' is not a UUID"),
    ],
)
def test_what_a_request_cannot_say_is_refused_before_anything_is_sent(
    at: At, new: NewTemplate, message: str
) -> None:
    place = at()
    with pytest.raises(ReconcilerError) as caught:
        place.using(lambda api: api.create_template(ORGANIZATION, new))
    assert caught.value.message == message
    assert place.requests == []


@pytest.mark.parametrize("errors", ["errors", "detail"])
@pytest.mark.parametrize("status", [409, 422, 400])
def test_a_taken_name_may_be_our_own_template(at: At, status: int, errors: str) -> None:
    place = at(unique=status, errors=errors)
    place.add(1, members=SOURCE_MEMBERS)
    new = NewTemplate(FAKER, {}, None, {"name": "Template 1"})
    answer = place.using(lambda api: api.create_template(ORGANIZATION, new))
    assert isinstance(answer, Unclear)
    assert "A template named Template 1 already exists" in answer.error.message
    assert answer.error.help == (
        "a template of this name may exist already: run `reconciler plan`, which reads the list again"
    )


@pytest.mark.parametrize("errors", ["errors", "detail"])
def test_a_missing_definition_may_have_been_found_missing_at_any_time(at: At, errors: str) -> None:
    place = at(errors=errors)
    answer = place.using(lambda api: api.create_template(ORGANIZATION, NewTemplate(template_id(9), {})))
    assert isinstance(answer, Unclear)
    assert answer.error.message == (
        f"POST /api/v1/integrations/templates/sources answered 404: No definition {template_id(9)}"
    )


def test_a_create_is_sent_once_on_a_connection_of_its_own(at: At) -> None:
    place = at()

    async def work(api: Client) -> None:
        await api.list_templates(ORGANIZATION)
        await api.create_template(ORGANIZATION, NewTemplate(FAKER, {}))

    place.using(work, concurrency=1)
    create = place.proxy.seen[-1]
    assert create.route == CREATE
    assert create.connection not in {seen.connection for seen in place.proxy.seen[:-1]}


def test_an_update_sends_exactly_the_given_members(at: At) -> None:
    place = at()
    place.add(1, members=SOURCE_MEMBERS)
    place.add(2, CONNECTIONS, POSTGRES, members=CONNECTION_MEMBERS)
    changes = [
        TemplateChange(
            template_id(1),
            SOURCE_TEMPLATE,
            {"partialDefaultConfig": {"aB": 1}, "customization": {"streamSelectionMode": "all"}},
            propagate=False,
        ),
        TemplateChange(template_id(1), SOURCE_TEMPLATE, {"name": "New"}, propagate=True),
        TemplateChange(template_id(1), SOURCE_TEMPLATE, {"mode": "MULTI"}),
        TemplateChange(
            template_id(2), CONNECTION_TEMPLATE, {"cronExpression": None, "destinationConfig": {}}
        ),
    ]

    async def work(api: Client) -> Any:
        return [await api.update_template(ORGANIZATION, change) for change in changes]

    assert place.using(work) == [Updated()] * 4
    assert [(entry.method, entry.id, entry.body) for entry in place.server.ledger] == [
        (
            "PATCH",
            template_id(1),
            {
                "partial_default_config": {"aB": 1},
                "customization": {"stream_selection_mode": "all"},
                "propagate": False,
            },
        ),
        ("PATCH", template_id(1), {"name": "New", "propagate": True}),
        ("PATCH", template_id(1), {"mode": "MULTI"}),
        ("PATCH", template_id(2), {"cron_expression": None, "destination_config": {}}),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            TemplateChange(template_id(1), SOURCE_TEMPLATE, {"tags": []}),
            "the Agent API cannot update a SourceTemplate with `tags`",
        ),
        (
            TemplateChange(template_id(1), CONNECTION_TEMPLATE, {"dataHostingType": AIRBYTE_HOSTED}),
            "the Agent API cannot update a ConnectionTemplate with `dataHostingType`",
        ),
        (
            TemplateChange(template_id(1), CONNECTION_TEMPLATE, {"syncOnCreate": True}, propagate=True),
            "the Agent API cannot propagate the update of a connection template",
        ),
    ],
)
def test_an_update_that_the_api_cannot_express_is_refused_before_anything_is_sent(
    at: At, change: TemplateChange, message: str
) -> None:
    place = at()
    with pytest.raises(ReconcilerError) as caught:
        place.using(lambda api: api.update_template(ORGANIZATION, change))
    assert caught.value.message == message
    assert place.requests == []


TAGS = ["eu", "a b", "a/b", "ä?#%", "..", "."]


@pytest.mark.parametrize("kind", [SOURCES, CONNECTIONS])
def test_tags_are_added_and_removed_whatever_is_in_their_names(at: At, kind: str) -> None:
    place = at()
    is_source = kind == SOURCES
    members = SOURCE_MEMBERS if is_source else CONNECTION_MEMBERS
    row = place.add(1, kind, FAKER if is_source else POSTGRES, members=members, tags=["old"])
    (listed,) = place.listed()

    async def add(api: Client) -> Any:
        assert await api.can_tag(ORGANIZATION)
        return [await api.change_tag(ORGANIZATION, listed, tag, add=True) for tag in TAGS]

    async def remove(api: Client) -> Any:
        return [await api.change_tag(ORGANIZATION, listed, tag, add=False) for tag in TAGS]

    assert place.using(add) == [Updated()] * len(TAGS)
    assert row.tags == sorted([*TAGS, "old"])
    assert place.using(remove) == [Updated()] * len(TAGS)
    assert row.tags == ["old"]


@pytest.mark.parametrize("tag", ["", "x" * 256])
def test_a_tag_that_no_server_takes_is_not_sent(at: At, tag: str) -> None:
    place = at()
    listed = ListedTemplate(template_id(1), "Template 1")
    with pytest.raises(ReconcilerError, match="a tag has 1 to 255 characters"):
        place.using(lambda api: api.change_tag(ORGANIZATION, listed, tag, add=True))


def test_a_server_without_the_endpoints_of_tags_cannot_tag(at: At) -> None:
    assert at(tags=False).using(lambda api: api.can_tag(ORGANIZATION)) is False


def test_a_refusal_says_nothing_about_the_endpoints_of_tags(at: At) -> None:
    place = at()
    other = "11111111-2222-4333-8444-555555555555"
    with pytest.raises(CredentialsError):
        place.using(lambda api: api.can_tag(other))
    with pytest.raises(RefusedByServer):
        place.using(lambda api: api.can_tag(other), credentials=BearerToken("token-of-somebody"))


def test_a_token_of_another_organization_is_never_used(at: At) -> None:
    """The server of these tests names its organization with each token."""
    place = at()
    other = "11111111-2222-4333-8444-555555555555"
    with pytest.raises(CredentialsError) as caught:
        place.using(lambda api: api.list_templates(other))
    assert caught.value.message == (
        f"the credentials gave a token of organization {ORGANIZATION}, and {other} was asked for"
    )
    assert place.requests == ["POST /api/v1/account/applications/token"]


def test_a_list_of_another_organization_alone_is_not_taken_for_ours_with_a_given_token(at: At) -> None:
    place = at(strangers=True)
    place.add(1, members=SOURCE_MEMBERS, organization=OTHER_ORGANIZATION)
    assert place.listed() == ()  # the server confirmed whose the token is
    with pytest.raises(UnusableAnswer) as caught:
        place.using(
            lambda api: api.list_templates(ORGANIZATION), credentials=BearerToken("token-of-somebody")
        )
    assert caught.value.message == (
        "GET /api/v1/integrations/templates/sources gave an answer that cannot be used: it lists templates of organization"
        f" {OTHER_ORGANIZATION}, and none of {ORGANIZATION}, which was asked for"
    )


def test_refused_credentials_are_told_with_the_way_out(at: At) -> None:
    place = at()
    with pytest.raises(CredentialsError) as caught:
        place.using(lambda api: api.ensure_token(), credentials=ClientCredentials(CLIENT_ID, "hush-hush"))
    assert caught.value.message == (
        "no access token: POST /api/v1/account/applications/token answered 403: Invalid client credentials"
    )
    assert caught.value.help == (
        "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET, and that the url is the server they belong to"
    )


def test_a_refused_create_is_a_rejection_only_with_proof(at: At) -> None:
    place = at()
    new = NewTemplate(FAKER, {})
    answer = place.using(
        lambda api: api.create_template("11111111-2222-4333-8444-555555555555", new),
        credentials=BearerToken("token-of-somebody"),
    )
    assert isinstance(answer, Rejected)
    assert answer.error.help.startswith("the credentials may not do this in organization 11111111-")
