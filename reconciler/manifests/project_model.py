"""The project file's fields as pydantic models: what is legal, and what editors say about it. Judges only, like `model`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.manifests.model import StrictModel, Uuid
from reconciler.manifests.plain import LONGEST_SETTLE
from reconciler.manifests.project import DEFAULT_MANIFESTS, DEFAULT_MAX_CREATES, DEFAULT_SETTLE_SECONDS


class EnvironmentModel(StrictModel):
    """One place that templates are reconciled with."""

    api: Annotated[
        Literal["public", "sandbox"],
        Field(
            default="public",
            description="Which server answers: `public` is Airbyte's API over HTTP, `sandbox` the local Airbyte that comes with this tool.",
        ),
    ]
    url: Annotated[
        str,
        Field(
            default_factory=str,
            min_length=1,
            description="Base URL of the API; https, or http for this machine. `https://api.airbyte.com/v1` when left out.",
            examples=["https://api.airbyte.com/v1", "https://airbyte.example.com/api/public/v1"],
        ),
    ]
    organization_id: Annotated[
        Uuid,
        Field(
            default_factory=str,
            description="The organization whose templates these are; AIRBYTE_ORGANIZATION_ID overrides it.",
            examples=["7c60d51f-b44e-4682-87d6-449835ea4de6"],
        ),
    ]
    max_creates: Annotated[
        int,
        Field(
            default=DEFAULT_MAX_CREATES,
            ge=0,
            description="How many templates one run may create before it refuses.",
        ),
    ]
    settle_seconds: Annotated[
        float,
        Field(
            default=DEFAULT_SETTLE_SECONDS,
            ge=0,
            le=LONGEST_SETTLE,
            allow_inf_nan=False,
            description="How long a create without a clear answer is looked for before it is reported as unknown.",
        ),
    ]
    unmanaged: Annotated[
        list[Uuid],
        Field(
            default_factory=list,
            description="Ids of live templates that are not ours (Airbyte's defaults, made by hand): never matched.",
        ),
    ]
    apply_branches: Annotated[
        list[Annotated[str, Field(min_length=1)]],
        Field(
            default_factory=list,
            min_length=1,
            description="Branches that `ci apply` creates for; `*` is any text, `/` too. The default branch when left out.",
            examples=[["main", "release/*"]],
        ),
    ]


class ProjectModel(StrictModel):
    """Where the manifests are, and the environments that they can be reconciled with."""

    version: Annotated[Literal[1], Field(description="The format of this file.")]
    manifests: Annotated[
        str,
        Field(
            default=DEFAULT_MANIFESTS,
            min_length=1,
            description="The directory of the manifests, relative to this file.",
        ),
    ]
    default_environment: Annotated[
        str,
        Field(
            default_factory=str,
            min_length=1,
            description="The environment when none is chosen; needed when there are several.",
        ),
    ]
    environments: Annotated[
        dict[str, EnvironmentModel],
        Field(
            default_factory=dict,
            description="Environments by name. One called `sandbox` always exists, and has `api: sandbox`.",
            examples=[
                {"production": {"api": "public", "organizationId": "7c60d51f-b44e-4682-87d6-449835ea4de6"}}
            ],
        ),
    ]
    rules: Annotated[
        dict[str, str],
        Field(
            default_factory=dict,
            description="Severity of lint rules by id: error, warning or ignore. `reconciler explain` lists them.",
            examples=[{"R503": "ignore"}],
        ),
    ]
