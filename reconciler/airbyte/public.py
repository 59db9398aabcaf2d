"""The public dialect: `config_templates` of a self-managed platform from 1.7 to 2.1. Its requests, answers and refusals. Opens nothing.

Paths, bodies and statuses are those of the vendor's contract and server (platform v1.7.0 to v2.0.0). Everything lies under one base url,
which ends in `/api/public/v1`.
"""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.airbyte import answers
from reconciler.airbyte.api import ListedTemplate, NewTemplate, TemplateChange
from reconciler.airbyte.calls import BaseUrl, Call, Endpoint, encoded, parse_base_url, require_uuid
from reconciler.airbyte.refusals import Problem, Refusals, text_or_empty
from reconciler.errors import EndpointMoved, ReconcilerError, RefusedByServer
from reconciler.http.message import Answer
from reconciler.model.json_value import JsonObject
from reconciler.model.template import LiveTemplate, live_template

URL_HELP = "a self-managed platform's API is at <host>/api/public/v1"
NO_TEMPLATES_HELP = (
    "there are no configuration templates at this url. Airbyte Cloud (api.airbyte.com, also where no url is set) has them in the Agent API"
    " at api.airbyte.ai: set `api: agents` for the environment. A self-managed platform has them from 1.7 to 2.1, and lost them if it was"
    " upgraded to 2.2 or later: point the environment at a platform that has them, at <host>/api/public/v1. `reconciler doctor` looks for"
    " the API that answers"
)
"""Cloud dropped the routes in April 2026. The upgrade to 2.2.0 (2026-08-10) drops the tables too, and no upgrade goes back."""


@dataclass(frozen=True, slots=True)
class PublicRules:
    """The `DialectRules` of `config_templates` under a base url."""

    base: BaseUrl

    @property
    def organization_header(self) -> str:
        """Platform v1.7 looks it up in a plain map and resolves roles by it: the spelling on the wire must be exactly this."""
        return "X-Airbyte-Organization-Id"

    @property
    def token_per_organization(self) -> bool:
        """The token's user has roles in every organization that the platform gave them."""
        return False

    @property
    def refusals(self) -> Refusals:
        """See `REFUSALS`."""
        return REFUSALS

    def login(self, organization_id: str, client_id: str, client_secret: str) -> Call:
        """The grant is sent under both names: the contract requires `grant_type` and defines `grant-type`."""
        body: JsonObject = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "client_credentials",
            "grant-type": "client_credentials",
        }
        return self._call(Endpoint.TOKEN, "POST", "/applications/token", require_uuid(organization_id), body)

    def lists(self, organization_id: str) -> tuple[Call, ...]:
        """The list of one organization. It has no paging, filter or sort parameter."""
        organization = require_uuid(organization_id)
        return (self._call(Endpoint.LIST, "GET", f"{_SOURCES}?organizationId={organization}", organization),)

    def parse_list(self, call: Call, answer: Answer, *, is_own: bool = False) -> tuple[ListedTemplate, ...]:
        """`{data: [{id, name, ...}]}`. A platform without the route may answer with its web app's page."""
        del is_own
        items = answers.parse_items(call, answer, page_help=NO_TEMPLATES_HELP)
        return answers.sorted_once(
            call,
            (
                ListedTemplate(
                    answers.uuid_of(call, item, "id", where), answers.text_of(call, item, "name", where)
                )
                for where, item in items
            ),
        )

    def get(self, organization_id: str, template_id: str, kind: str) -> Call:
        """There is one kind that can be read."""
        del kind
        target = f"{_SOURCES}/{require_uuid(template_id, 'template')}"
        return self._call(Endpoint.GET, "GET", target, require_uuid(organization_id))

    def parse_template(self, call: Call, answer: Answer, template_id: str) -> LiveTemplate:
        """The form is written as `partialUserConfigSpec` and read back as `configTemplateSpec`."""
        body = answers.parse_object(call, answer)
        return live_template(
            id=answers.same_id(call, body, template_id),
            name=answers.text_of(call, body, "name"),
            connector_id=answers.uuid_of(call, body, "sourceDefinitionId"),
            presets=answers.object_of(call, body, "partialDefaultConfig"),
            form=answers.object_of(call, body, "configTemplateSpec"),
        )

    def create(self, organization_id: str, new: NewTemplate) -> Call:
        """Without a form `partialUserConfigSpec` is left out: an explicit null is a 500."""
        organization = require_uuid(organization_id)
        body: JsonObject = {
            "organizationId": organization,
            "actorDefinitionId": require_uuid(new.connector_id, "connector"),
            "partialDefaultConfig": new.presets,
        }
        if new.form is not None:
            body["partialUserConfigSpec"] = new.form
        return self._call(Endpoint.CREATE, "POST", _SOURCES, organization, body)

    def update(self, organization_id: str, change: TemplateChange) -> Call:
        """Never sent: this API's PATCH cannot bring a form back."""
        del organization_id, change
        raise ReconcilerError("the public API's templates are not updated")

    def tags(self, organization_id: str) -> Call | None:
        """Templates have no tags here."""
        del organization_id
        return None

    def change_tag(self, organization_id: str, listed: ListedTemplate, tag: str, *, add: bool) -> Call:
        """Never sent: templates have no tags here."""
        del organization_id, listed, tag, add
        raise ReconcilerError("the public API's templates have no tags")

    def global_list(self, organization_id: str) -> Call | None:
        """The list mixes them with the organization's, and nothing can be cloned."""
        del organization_id
        return None

    def parse_global(self, call: Call, answer: Answer) -> tuple[ListedTemplate, ...]:
        """Never asked for."""
        del call, answer
        return ()

    def ownership(self, organization_id: str, template_id: str) -> Call:
        """The PATCH that changes nothing: with only the organization in its body the server writes no row. It needs the
        administrator's role.
        """
        organization = require_uuid(organization_id)
        target = f"{_SOURCES}/{require_uuid(template_id, 'template')}"
        return self._call(Endpoint.OWNERSHIP, "PATCH", target, organization, {"organizationId": organization})

    def owns(self, call: Call, answer: Answer, template_id: str) -> bool | None:
        """Platform v1.7 answers 200 for a template of the organization, and 500 with `OrganizationId does not match` for Airbyte's defaults
        and templates of other organizations.
        """
        del call, template_id
        if answer.status == 200:
            return True
        problem = REFUSALS.problem(answer.body) if answer.status == 500 else None
        return False if problem is not None and "OrganizationId does not match" in problem.text else None

    def _call(
        self, endpoint: Endpoint, method: str, path: str, organization: str, body: JsonObject | None = None
    ) -> Call:
        data = None if body is None else encoded(body)
        return Call(endpoint, method, self.base.prefix + path, organization, data, URL_HELP)


def public_rules(url: str) -> PublicRules:
    """The dialect under a base url. Raises `ReconcilerError` for one that cannot be used."""
    return PublicRules(parse_base_url(url, URL_HELP))


_SOURCES = "/config_templates/sources"
_MOVED = "error:embedded/endpoint-moved"
_ENTITLEMENT = "error:license/entitlement"
_ENTITLEMENT_TITLE = "License Entitlement Error"
_MEMBERS = frozenset({"status", "type", "title", "detail", "message", "errorId"})
_NOT_FOUND_STEPS = {
    Endpoint.LIST: NO_TEMPLATES_HELP,
    Endpoint.GET: "the template or its connector was removed while the run was reading: start it again",
    Endpoint.CREATE: "the server does not know this connector, or withdrew it, or the id is a destination's:"
    " check the manifest's connector",
    Endpoint.OWNERSHIP: "check the template id",
}


def _read_problem(body: JsonObject) -> Problem | None:
    """Platform v1.7: `{status, type, title, detail, documentationUrl, data}` with the useful text in `data.message` and a fixed sentence
    in `detail`. Errors outside its handler are `{"errorId": uuid}`. The login layer answers `{message}`.
    """
    if _MEMBERS.isdisjoint(body):
        return None
    data, error_id = body.get("data"), text_or_empty(body.get("errorId"))
    kind, title = text_or_empty(body.get("type")), text_or_empty(body.get("title"))
    inner = data.get("message") if isinstance(data, dict) else None
    texts = [text_or_empty(each) for each in (inner, body.get("detail"), title, body.get("message"))]
    text = next((text for text in texts if text.strip()), f"errorId {error_id}" if error_id else "")
    if kind == _MOVED:
        return Problem("this organization now lives on api.airbyte.ai, Airbyte's Agent API", _MOVED)
    if kind == _ENTITLEMENT or title == _ENTITLEMENT_TITLE:
        return Problem(text if text in ("", title) else f"{title}: {text}", _ENTITLEMENT)
    return Problem(text)


def _error(status: int, problem: Problem | None) -> type[RefusedByServer]:
    return (
        EndpointMoved
        if status == 301 and problem is not None and problem.about == _MOVED
        else RefusedByServer
    )


def _next_step(call: Call, status: int, problem: Problem | None) -> str:
    about = problem.about if problem is not None else ""
    if status == 301 and about == _MOVED:
        return (
            "set `api: agents` for the environment: `reconciler doctor` prints the lines for reconciler.yaml"
        )
    if call.endpoint is Endpoint.TOKEN:
        return ""
    if status == 403 and about == _ENTITLEMENT:
        return (
            "Airbyte Embedded is not enabled for this organization, or the connector is not: ask Airbyte;"
            " self-managed platforms need an Enterprise licence with Embedded"
        )
    if status == 403:
        role = "READER" if call.endpoint in (Endpoint.LIST, Endpoint.GET) else "ADMIN"
        return f"the application needs the role ORGANIZATION_{role} in organization {call.organization_id}: check both"
    return _NOT_FOUND_STEPS.get(call.endpoint, "") if status == 404 else ""


_NOTHING_STORED = frozenset({400, 403, 405, 413, 415})
_VALIDATION = "json schema validation failed"
_NOT_BOUND = "errorId"


def _stores_nothing(answer: Answer) -> bool:
    """Whether a refused create is proved to have come before the insert (platform v1.7).

    | Answer | Proof |
    |--|--|
    | 400, 403, 405, 413, 415, 301 endpoint moved | yes: role, licence, route and body are judged before the insert |
    | 422 of the validator, or for a body that could not be bound (`{"errorId": ...}`) | yes: both come before the insert |
    | other 422 | no: every checked exception is one, trouble with the database too, which is read again after the insert |
    | 404, 409 | no: the platform reads the connector again after the insert, and it may be withdrawn |

    Only the text identifies the validator. Another text makes the outcome unclear, never the other way round.
    """
    problem = REFUSALS.problem(answer.body)
    if answer.status == 422:
        return problem is not None and problem.text.startswith((_VALIDATION, _NOT_BOUND))
    return answer.status in _NOTHING_STORED or _error(answer.status, problem) is EndpointMoved


REFUSALS = Refusals(_read_problem, _next_step, _error, _stores_nothing, frozenset({200}))
