"""The Agent API (api.airbyte.ai, contract 0.9.0): its endpoints as one table.

The server's code is closed. What the contract and the vendor's pages leave open is a switch of `AgentSettings`, or an assumption that is
named where it is made.
"""

from __future__ import annotations

from functools import partial

from reconciler.connectors.server.cron import describe, read_schedule
from reconciler.connectors.server.quartz import RefusedSchedule
from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.template import Connector
from reconciler.sandbox.access import new_token, token_members
from reconciler.sandbox.agents_answers import (
    definition_answer,
    destinations,
    icon,
    sources,
    whole_definition,
)
from reconciler.sandbox.agents_call import Call, Denied, endpoint, organization_of
from reconciler.sandbox.agents_requests import (
    ChosenDefinitions,
    CronExpressionDescribeRequest,
    NamedDefinitions,
    TokenRequest,
)
from reconciler.sandbox.agents_tags import add_tag, create_tag, delete_tag, list_tags, remove_tag, rename_tag
from reconciler.sandbox.agents_templates import (
    create_connection,
    create_source,
    delete_template,
    list_global,
    list_templates,
    read_template,
    update_template,
)
from reconciler.sandbox.exchange import Endpoint
from reconciler.sandbox.settings import AgentSettings
from reconciler.sandbox.store import Kind


def give_token(call: Call) -> JsonValue:
    """`POST account/applications/token`. It names the organization when there is one only."""
    login = call.body(TokenRequest.model_validate)
    named = organization_of(call.settings, call.exchange)
    token = new_token(call.sandbox, login.client_id, login.client_secret)
    if token is None:
        raise Denied(401, "Invalid client credentials")
    known = call.settings.organizations
    only = known[0].lower() if len(known) == 1 else None
    return {**token_members(call.sandbox, token), "organization_id": named or only}


def describe_schedule(call: Call) -> JsonValue:
    """`POST templates/connections/cron/describe`."""
    try:
        expression = read_schedule(call.body(CronExpressionDescribeRequest.model_validate).cron_expression)
        return {"description": describe(expression), "is_valid": True}
    except RefusedSchedule as error:
        return {"description": f"Invalid cron expression: {error}", "is_valid": False}


def list_source_definitions(call: Call) -> JsonValue:
    """`GET definitions/sources?name=`: a part of the name, in any letter case."""
    wanted = (call.query(NamedDefinitions.model_validate).name or "").lower()
    found = [each for each in sources(call.settings) if wanted in each.label.lower()]
    return {"definitions": [definition_answer(each) for each in found]}


def list_destination_definitions(call: Call) -> JsonValue:
    """`GET definitions/destinations?actorDefinitionIds=`."""
    wanted = [str(each) for each in call.query(ChosenDefinitions.model_validate).actorDefinitionIds]
    found = [each for each in destinations(call.settings) if not wanted or each.id in wanted]
    return {"destinations": [{"id": e.id, "name": e.label, "icon": icon(e)} for e in found]}


def read_source_definition(call: Call) -> JsonValue:
    """`GET definitions/sources/{id}`."""
    questions: JsonValue = {"direct": [], "search": []}
    return {**_definition(call, call.settings.source(call.path_id())), "example_questions": questions}


def read_destination_definition(call: Call) -> JsonValue:
    """`GET definitions/destinations/{id}`."""
    return _definition(call, call.settings.destination(call.path_id()))


def _definition(call: Call, connector: Connector | None) -> JsonObject:
    if connector is None:
        raise Denied(404, f"Definition {call.path_id()} not found")
    return {"id": connector.id, "definition": whole_definition(connector)}


_TEMPLATES = "/integrations/templates"
_DEFINITIONS = "/integrations/definitions"
_TAG = f"{_TEMPLATES}/tags/{{name}}"


def _templates(kind: Kind) -> tuple[Endpoint, ...]:
    path, one = f"{_TEMPLATES}/{kind}s", f"{_TEMPLATES}/{kind}s/{{id}}"
    create = create_source if kind == "source" else create_connection
    return (
        endpoint("GET", path, partial(list_templates, kind)),
        endpoint("POST", path, create, "admin", creates=True),
        endpoint("GET", one, partial(read_template, kind)),
        endpoint("PATCH", one, partial(update_template, kind), "admin"),
        endpoint("DELETE", one, partial(delete_template, kind), "admin"),
    )


def _tagging(kind: Kind) -> tuple[Endpoint, ...]:
    path = f"{_TEMPLATES}/{kind}s/{{id}}/tags"
    return (
        endpoint("POST", path, partial(add_tag, kind), "admin"),
        endpoint("DELETE", f"{path}/{{tag_name}}", partial(remove_tag, kind), "admin"),
    )


_AGENTS = (
    endpoint("POST", "/account/applications/token", give_token, None),
    *_templates("source"),
    *_templates("connection"),
    endpoint("POST", f"{_TEMPLATES}/connections/cron/describe", describe_schedule),
    endpoint("GET", f"{_DEFINITIONS}/sources", list_source_definitions),
    endpoint("GET", f"{_DEFINITIONS}/sources/{{id}}", read_source_definition),
    endpoint("GET", f"{_DEFINITIONS}/destinations", list_destination_definitions),
    endpoint("GET", f"{_DEFINITIONS}/destinations/{{id}}", read_destination_definition),
)
_TAGS = (
    endpoint("GET", f"{_TEMPLATES}/tags", list_tags),
    endpoint("POST", f"{_TEMPLATES}/tags", create_tag, "admin"),
    endpoint("PUT", _TAG, rename_tag, "admin"),
    endpoint("DELETE", _TAG, delete_tag, "admin"),
    *_tagging("source"),
    *_tagging("connection"),
)
_GLOBAL = endpoint("GET", f"{_TEMPLATES}/sources/global", list_global)


def agents_endpoints(settings: AgentSettings) -> tuple[Endpoint, ...]:
    """The table that these settings have. The word `global` goes before an id in its place."""
    is_older = settings.shape == "older"
    return (*((_GLOBAL,) if is_older else ()), *(_TAGS if settings.tags or is_older else ()), *_AGENTS)
