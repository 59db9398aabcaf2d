"""What the Agent API takes: the bodies and queries of its contract (0.9.0), read by pydantic as FastAPI reads them.

Members that the contract does not name are passed over, as FastAPI does unless it is told otherwise. The names of the bodies are the
contract's: they are in the places of a 422.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from reconciler.model.json_value import JsonObject, JsonValue

_Text = Annotated[str, Field(min_length=1)]
_Mode = Literal["DIRECT", "REPLICATION", "MULTI"]
_T = TypeVar("_T")


class Misread(Exception):
    """A part of a request that cannot be read. `problems` are FastAPI's: where, what, and a code."""

    def __init__(self, problems: list[JsonValue]) -> None:
        super().__init__("the request cannot be read")
        self.problems = problems


class Unwritable(Exception):
    """A body that was read and that pydantic cannot write: half a character, or more than about 250 levels."""


class _Hash(BaseModel):
    target_field: _Text
    method: Literal["SHA256", "SHA512", "MD5"]
    field_name_suffix: str | None = None


class _Rename(BaseModel):
    original_field_name: _Text
    new_field_name: _Text


class _Leave(BaseModel):
    target_field: _Text


class _Condition(BaseModel):
    type: Literal["equal"]
    field_name: _Text
    comparison_value: _Text


class _Keep(BaseModel):
    conditions: _Condition


class _Encrypt(BaseModel):
    target_field: _Text
    algorithm: Literal["RSA"] = "RSA"
    padding: Literal["RSA-OAEP"] = "RSA-OAEP"
    oaep_hash: Literal["SHA256"] = "SHA256"
    public_key: _Text
    field_name_suffix: str | None = "_encrypted"
    output_encoding: Literal["base64", "hex"] = "base64"


class _Hashing(BaseModel):
    type: Literal["hashing"]
    mapper_configuration: _Hash


class _FieldRenaming(BaseModel):
    type: Literal["field-renaming"]
    mapper_configuration: _Rename


class _FieldFiltering(BaseModel):
    type: Literal["field-filtering"]
    mapper_configuration: _Leave


class _RowFiltering(BaseModel):
    type: Literal["row-filtering"]
    mapper_configuration: _Keep


class _Encryption(BaseModel):
    type: Literal["encryption"]
    mapper_configuration: _Encrypt


_Mapper = Annotated[
    _Hashing | _FieldRenaming | _FieldFiltering | _RowFiltering | _Encryption, Field(discriminator="type")
]


class _Stream(BaseModel):
    primary_key_fields: list[list[str]] | None = None
    cursor_field: list[str] | None = None


class SourceTemplateCustomization(BaseModel):
    """Which streams are synced, and how. Also what an answer fills in."""

    stream_selection_mode: Literal["all", "suggested", "whitelist"] = "suggested"
    stream_whitelist: list[str] | None = None
    stream_customizations: dict[str, _Stream] | None = None
    stream_mappers: dict[str, list[_Mapper]] | None = None


class SourceTemplateCreateRequest(BaseModel):
    """A source template from nothing."""

    actor_definition_id: UUID
    partial_default_config: dict[str, Any]
    name: str | None = None
    customization: SourceTemplateCustomization | None = None
    mode: _Mode | None = None


class SourceTemplateCloneRequest(BaseModel):
    """A source template from another one."""

    original_source_template_id: UUID
    name: str | None = None
    mode: _Mode | None = None


class SourceTemplateUpdateRequest(BaseModel):
    """What of a source template changes."""

    name: str | None = None
    propagate: bool | None = False
    partial_default_config: dict[str, Any] | None = None
    customization: SourceTemplateCustomization | None = None
    mode: _Mode | None = None


_Preference = Literal["ignore", "disable", "propagate_columns", "propagate_fully"]


class UserHostedConnectionTemplateCreateRequest(BaseModel):
    """A connection template whose destination is the user's."""

    data_hosting_type: Literal["user_hosted"] = "user_hosted"
    destination_name: str
    destination_definition_id: UUID
    destination_config: dict[str, Any]
    cron_expression: str | None = None
    non_breaking_changes_preference: _Preference = "ignore"
    sync_on_create: bool = True


class AirbyteHostedConnectionTemplateCreateRequest(BaseModel):
    """A connection template whose destination is Airbyte's."""

    data_hosting_type: Literal["airbyte_hosted"]
    cron_expression: str | None = None


class ConnectionTemplatePatchRequest(BaseModel):
    """What of a connection template changes."""

    destination_name: str | None = None
    destination_config: dict[str, Any] | None = None
    cron_expression: str | None = None
    non_breaking_changes_preference: _Preference | None = None
    sync_on_create: bool | None = None


class CronExpressionDescribeRequest(BaseModel):
    """A schedule in question."""

    cron_expression: str


class TokenRequest(BaseModel):
    """A login."""

    client_id: str
    client_secret: str


class TagRequest(BaseModel):
    """A tag's name, as it is made or renamed."""

    name: Annotated[str, Field(max_length=255)]


class TaggedRequest(BaseModel):
    """The name of a tag that a template gets."""

    tag: Annotated[str, Field(max_length=255)]


class Tagged(BaseModel):
    """The query of a list that tags choose from."""

    tags: list[str] = []
    tags_mode: Literal["all", "any"] = "all"
    use_global: bool = False


class NamedDefinitions(BaseModel):
    """The query of the source definitions."""

    name: str | None = None


class ChosenDefinitions(BaseModel):
    """The query of the destination definitions."""

    actorDefinitionIds: list[UUID] = []  # noqa: N815 - the API's name


LISTS = ("tags", "actorDefinitionIds")
"""The query parameters that may be there several times."""

_SourceBody = SourceTemplateCreateRequest | SourceTemplateCloneRequest
_ConnectionBody = UserHostedConnectionTemplateCreateRequest | AirbyteHostedConnectionTemplateCreateRequest
source_create = TypeAdapter[_SourceBody](_SourceBody).validate_python
connection_create = TypeAdapter[_ConnectionBody](_ConnectionBody).validate_python
identifier = TypeAdapter(UUID).validate_python
"""Readers of what is no model: one of two bodies, and an id."""


def read(reader: Callable[[object], _T], value: object, *place: str) -> _T:
    """The value, typed. `reader` is pydantic's: `model_validate` of a model, or one of those above. `place` is where in the request it
    is. Raises Misread.
    """
    try:
        return reader(value)
    except ValidationError as error:
        raise Misread([_problem(each, place) for each in error.errors(include_url=False)]) from None


def _problem(found: Any, place: tuple[str, ...]) -> JsonValue:
    """FastAPI adds what was sent as `input`. The vendor's documents show these three members only."""
    return {"loc": [*place, *found["loc"]], "msg": found["msg"], "type": found["type"]}


def sent(model: BaseModel, *, with_defaults: bool = False) -> JsonObject:
    """The members that were sent, and those that the model filled in if they are wanted. Raises Unwritable."""
    try:
        return model.model_dump(mode="json", exclude_unset=not with_defaults)
    except ValueError as error:
        raise Unwritable from error


def filled(customization: JsonValue) -> JsonValue:
    """A stored customization as an answer shows it: every member of the contract, null where nothing was sent."""
    if customization is None:
        return None
    return SourceTemplateCustomization.model_validate(customization).model_dump(mode="json")
