"""Small factories with defaults for the values that travel between the rooms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reconciler.model.diagnostic import Origin
from reconciler.model.json_value import JsonObject
from reconciler.model.target import Api, Dialect, Policy, Target
from reconciler.model.template import (
    Connector,
    LiveState,
    LiveTemplate,
    Manifest,
    UnreadTemplate,
    live_template,
)

ORGANIZATION = "7c60d51f-b44e-4682-87d6-449835ea4de6"

FAKER = Connector("dfd88b22-b603-4c3d-aad7-3701784586b1", "source-faker", "Sample Data")
CRM = Connector("00000000-0000-4000-8000-0000000000c1", "source-crm", "Crm")


def template_id(number: int) -> str:
    """A template id that sorts by its number."""
    return f"10000000-0000-4000-8000-{number:012d}"


def form(title: str | None = "Sample data", **properties: Any) -> JsonObject:
    """A form with this title and these fields, as a manifest would write it."""
    schema: JsonObject = {"type": "object", "required": sorted(properties), "properties": dict(properties)}
    if title is not None:
        schema["title"] = title
    return {"connectionSpecification": schema}


def served(spec: JsonObject) -> JsonObject:
    """The form as the server returns it: three more keys."""
    return {
        "supportsDBT": False,
        "supportsNormalization": False,
        "supported_destination_sync_modes": [],
        **spec,
    }


def manifest(
    name: str = "sample-data",
    *,
    connector: Connector = FAKER,
    presets: Any = None,
    spec: Any = None,
    template: str | None = None,
    organization: str | None = None,
    file: str | None = None,
    variables: frozenset[str] = frozenset(),
    allow_second: str = "",
    unset: frozenset[str] = frozenset(),
) -> Manifest:
    """A manifest; `spec` is its form, None leaves it to inference."""
    return Manifest(
        name=name,
        origin=Origin(file or f"manifests/{name}.yaml"),
        connector=connector,
        presets={} if presets is None else presets,
        form=spec,
        organization_id=organization,
        template_id=template,
        variable_pointers=variables,
        allow_second=allow_second,
        unset_pointers=unset,
    )


def live(
    number: int = 1,
    *,
    connector: Connector = FAKER,
    presets: Any = None,
    spec: Any = None,
    name: str | None = None,
) -> LiveTemplate:
    """A live template, its form as the server returns it."""
    return live_template(
        id=template_id(number),
        name=name or connector.name or "",
        connector_id=connector.id,
        presets={} if presets is None else presets,
        form=served(form() if spec is None else spec),
    )


def stored(of: Manifest, number: int) -> LiveTemplate:
    """What the server holds after a create of a manifest that has a form."""
    assert of.form is not None
    return live_template(
        template_id(number), of.connector.name or "", of.connector.id, of.presets, served(of.form)
    )


def unread(number: int = 9, name: str = "Sample Data", reason: str = "GET answered 500") -> UnreadTemplate:
    """A listed template that could not be read."""
    return UnreadTemplate(template_id(number), name, reason)


def state(
    *templates: LiveTemplate, unread: tuple[UnreadTemplate, ...] = (), organization: str = ORGANIZATION
) -> LiveState:
    """The live state of one organization."""
    return LiveState(organization, tuple(sorted(templates, key=lambda t: t.id)), unread)


def target(*, unmanaged: tuple[str, ...] = (), max_creates: int = 10, settle_seconds: float = 60.0) -> Target:
    """A public target."""
    return Target(
        environment="production",
        api=Api.PUBLIC,
        url="https://api.example.com/v1",
        organization_id=ORGANIZATION,
        max_creates=max_creates,
        settle_seconds=settle_seconds,
        unmanaged=frozenset(unmanaged),
    )


def agents(policy: Policy = Policy.CREATE_UPDATE, **others: Any) -> Target:
    """A target of the Agent API."""
    url = "https://agents.example.com/api/v1"
    return replace(target(**others), api=Api.AGENTS, url=url, dialect=Dialect.AGENTS, policy=policy)
