"""The agents dialect: Airbyte's Agent API at api.airbyte.ai. Its requests and answers. Opens nothing.

The server is closed source. What is known is its OpenAPI document (version 0.9.0, July 2026) and what the vendor's own clients send and
read. Where these disagree, both are understood.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.airbyte import agents_members as members
from reconciler.airbyte import answers
from reconciler.airbyte.agents_refusals import REFUSALS, URL_HELP
from reconciler.airbyte.api import ListedTemplate, NewTemplate, TemplateChange
from reconciler.airbyte.calls import BaseUrl, Call, Endpoint, encoded, parse_base_url, require_uuid
from reconciler.airbyte.refusals import Refusals
from reconciler.errors import ReconcilerError
from reconciler.http.message import Answer
from reconciler.model.json_value import JsonObject
from reconciler.model.template import (
    AIRBYTE_HOSTED,
    CONNECTION_TEMPLATE,
    SOURCE_TEMPLATE,
    LiveTemplate,
    live_template,
)

_PATHS = {
    SOURCE_TEMPLATE: "/integrations/templates/sources",
    CONNECTION_TEMPLATE: "/integrations/templates/connections",
}
_TAGS = "/integrations/templates/tags"
_SOURCE_DEFINITION = ("actor_definition_id", "source_definition_id")
_DESTINATION_DEFINITION = ("destination_definition_id", "destination_actor_definition_id")
_NOT_SAID = "?"
_DOUBT = "the list does not say whose it is (no `organization_id`): list it under `unmanaged` if it is Airbyte's or somebody else's"


@dataclass(frozen=True, slots=True)
class AgentsRules:
    """The `DialectRules` of the Agent API under a base url."""

    base: BaseUrl

    @property
    def organization_header(self) -> str:
        """Needed where the credentials reach several organizations, and allowed everywhere."""
        return "X-Organization-Id"

    @property
    def token_per_organization(self) -> bool:
        """The token may decide alone which organization is meant: newer pages of the vendor say so."""
        return True

    @property
    def refusals(self) -> Refusals:
        """See `agents_refusals`."""
        return REFUSALS

    def login(self, organization_id: str, client_id: str, client_secret: str) -> Call:
        """The exchange of client id and secret for a token."""
        body: JsonObject = {"client_id": client_id, "client_secret": client_secret}
        organization = require_uuid(organization_id)
        return self._call(Endpoint.TOKEN, "POST", "/account/applications/token", organization, body)

    def lists(self, organization_id: str) -> tuple[Call, ...]:
        """Both lists have no paging. `use_global` is sent although false is the default: docs and document disagree about it."""
        organization = require_uuid(organization_id)
        return (
            self._call(Endpoint.LIST, "GET", f"{_PATHS[SOURCE_TEMPLATE]}?use_global=false", organization),
            self._call(
                Endpoint.LIST, "GET", _PATHS[CONNECTION_TEMPLATE], organization, kind=CONNECTION_TEMPLATE
            ),
        )

    def parse_list(self, call: Call, answer: Answer, *, is_own: bool) -> tuple[ListedTemplate, ...]:
        """The templates with the organization's id. Without one (null) it is Airbyte's own, with another one it is somebody else's.

        A source template may come without the member, which the document allows. Then nobody knows whose it is: it is listed with that
        doubt. Templates of other organizations only, in answer to a token that no server confirmed for ours, are an error: the list is
        then about another organization, and must not make ours look empty.
        """
        owners = self._owners(call, answer)
        ours = [listed for listed, owner in owners.items() if owner in (call.organization_id, _NOT_SAID)]
        others = sorted({owner for owner in owners.values() if owner} - {call.organization_id, _NOT_SAID})
        if others and not ours and not is_own:
            text = f"it lists templates of organization {others[0]}, and none of {call.organization_id}, which was asked for"
            raise answers.unusable(call, text, help="check organizationId, and that the token belongs to it")
        return tuple(ours)

    def _owners(self, call: Call, answer: Answer) -> dict[ListedTemplate, str | None]:
        """Every listed template, sorted by id, with its `organization_id`. None: null."""
        found: list[tuple[ListedTemplate, str | None]] = []
        for where, item in answers.parse_items(call, answer):
            owner: str | None = _NOT_SAID
            if "organization_id" in item:
                given = item["organization_id"]
                owner = None if given is None else answers.uuid_of(call, item, "organization_id", where)
            found.append((_listed(call, item, where, _DOUBT if owner == _NOT_SAID else ""), owner))
        answers.sorted_once(call, (listed for listed, _ in found))
        return dict(sorted(found, key=lambda pair: pair[0].id))

    def get(self, organization_id: str, template_id: str, kind: str) -> Call:
        """One template of a kind."""
        return self._call(
            Endpoint.GET, "GET", _one(kind, template_id), require_uuid(organization_id), kind=kind
        )

    def parse_template(self, call: Call, answer: Answer, template_id: str) -> LiveTemplate:
        """A source template names no organization here. A connection template does, and must be of the one that was asked for."""
        body = answers.parse_object(call, answer)
        found = answers.same_id(call, body, template_id)
        if call.kind == CONNECTION_TEMPLATE:
            return _connection_template(call, body, found)
        form = body.get("user_config_spec")
        connector = body.get("connector_name")
        return live_template(
            id=found,
            name=connector if isinstance(connector, str) else answers.text_of(call, body, "name"),
            connector_id=_definition(call, body, _SOURCE_DEFINITION),
            presets=answers.object_of(call, body, "partial_default_config"),
            # Never compared and never sent, so a template without one can be read all the same.
            form=form if isinstance(form, dict) else {},
            settings=_checked(call, members.source_settings(body)),
        )

    def create(self, organization_id: str, new: NewTemplate) -> Call:
        """A source template, a clone of one, or a connection template of either kind. The documents' examples send `organization_id` and
        `tags` too, which the contract does not have: they are never sent.
        """
        body = members.connection_body(new) if new.kind == CONNECTION_TEMPLATE else members.source_body(new)
        organization = require_uuid(organization_id)
        return self._call(Endpoint.CREATE, "POST", _PATHS[new.kind], organization, body, kind=new.kind)

    def update(self, organization_id: str, change: TemplateChange) -> Call:
        """Exactly the given members. Whether an object replaces the stored one or is merged into it is not documented."""
        is_source = change.kind == SOURCE_TEMPLATE
        allowed = members.SOURCE_UPDATE if is_source else members.CONNECTION_UPDATE
        body = members.sent(change.members, allowed, f"update a {change.kind}")
        if change.propagate is not None:
            if not is_source:
                raise ReconcilerError("the Agent API cannot propagate the update of a connection template")
            body["propagate"] = change.propagate
        target, organization = _one(change.kind, change.template_id), require_uuid(organization_id)
        return self._call(Endpoint.UPDATE, "PATCH", target, organization, body, kind=change.kind)

    def tags(self, organization_id: str) -> Call | None:
        """In the older document (Sonar 0.9.0) and the docs, and not in the one of 2026."""
        return self._call(Endpoint.TAGS, "GET", _TAGS, require_uuid(organization_id))

    def change_tag(self, organization_id: str, listed: ListedTemplate, tag: str, *, add: bool) -> Call:
        """By the endpoints of the older document. A name is one segment of the path, whatever it holds."""
        segment = members.tag_segment(tag)
        target, organization = f"{_one(listed.kind, listed.id)}/tags", require_uuid(organization_id)
        if add:
            return self._call(Endpoint.TAG, "POST", target, organization, {"tag": tag}, kind=listed.kind)
        return self._call(Endpoint.TAG, "DELETE", f"{target}/{segment}", organization, kind=listed.kind)

    def global_list(self, organization_id: str) -> Call | None:
        """Global templates "instead of organization-specific" ones, by the document."""
        target = f"{_PATHS[SOURCE_TEMPLATE]}?use_global=true"
        return self._call(Endpoint.LIST, "GET", target, require_uuid(organization_id))

    def parse_global(self, call: Call, answer: Answer) -> tuple[ListedTemplate, ...]:
        """Those of no organization. A server that ignores the parameter lists ours too: they are left out."""
        owners = self._owners(call, answer)
        return tuple(listed for listed, owner in owners.items() if owner in (None, _NOT_SAID))

    def ownership(self, organization_id: str, template_id: str) -> Call:
        """The list of source templates: it says whose each of them is."""
        require_uuid(template_id, "template")
        return self.lists(organization_id)[0]

    def owns(self, call: Call, answer: Answer, template_id: str) -> bool | None:
        """By the `organization_id` in the list. None for a template that it does not name, or names without one."""
        if answer.status != 200:
            return None
        owners = {listed.id: owner for listed, owner in self._owners(call, answer).items()}
        owner = owners.get(template_id.lower(), _NOT_SAID)
        return None if owner == _NOT_SAID else owner == call.organization_id

    def _call(
        self,
        endpoint: Endpoint,
        method: str,
        path: str,
        organization: str,
        body: JsonObject | None = None,
        *,
        kind: str = SOURCE_TEMPLATE,
    ) -> Call:
        data = None if body is None else encoded(body)
        return Call(endpoint, method, self.base.prefix + path, organization, data, URL_HELP, kind)


def agents_rules(url: str) -> AgentsRules:
    """The dialect under a base url. Raises `ReconcilerError` for one that cannot be used."""
    return AgentsRules(parse_base_url(url, URL_HELP))


def _one(kind: str, template_id: str) -> str:
    return f"{_PATHS[kind]}/{require_uuid(template_id, 'template')}"


def _listed(call: Call, item: JsonObject, where: str, doubt: str) -> ListedTemplate:
    is_source = call.kind == SOURCE_TEMPLATE
    name = answers.text_of(call, item, "name" if is_source else "destination_name", where)
    if is_source:
        connector = _definition(call, item, _SOURCE_DEFINITION, where)
    else:
        connector = "" if _is_hosted(item) else _definition(call, item, _DESTINATION_DEFINITION, where)
    return ListedTemplate(answers.uuid_of(call, item, "id", where), name, call.kind, connector, doubt)


def _definition(call: Call, source: JsonObject, names: tuple[str, ...], where: str = "it") -> str:
    """The connector's definition id, under either of its names."""
    name = next((name for name in names if source.get(name) is not None), names[0])
    return answers.uuid_of(call, source, name, where)


def _is_hosted(body: JsonObject) -> bool:
    """Whether Airbyte hosts the destination. Without the type, which has a default, by what only a user-hosted one has."""
    hosting = body.get("data_hosting_type")
    if hosting is None:
        return all(body.get(name) is None for name in _DESTINATION_DEFINITION)
    return hosting == AIRBYTE_HOSTED


def _connection_template(call: Call, body: JsonObject, template_id: str) -> LiveTemplate:
    owner = answers.uuid_of(call, body, "organization_id")
    if owner != call.organization_id:
        raise answers.unusable(call, f"it belongs to organization {owner}", help="check the template id")
    is_hosted = _is_hosted(body)
    return live_template(
        id=template_id,
        name=answers.text_of(call, body, "destination_name"),
        connector_id="" if is_hosted else _definition(call, body, _DESTINATION_DEFINITION),
        presets={} if is_hosted else answers.object_of(call, body, "destination_config"),
        form={},
        settings=_checked(call, members.connection_settings(body, is_hosted=is_hosted)),
        kind=CONNECTION_TEMPLATE,
    )


def _checked(call: Call, settings: JsonObject) -> JsonObject:
    tags = settings["tags"]
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise answers.unusable(call, "`tags` is not a list of texts")
    if not isinstance(settings.get("customization", {}), dict):
        raise answers.unusable(call, "`customization` is not an object")
    return settings
