"""The client against the sandbox: in process, and on a port behind a real uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import uvicorn
from factories import template_id

from reconciler.airbyte.api import CreateAnswer, Created, NewTemplate, Rejected, TemplateApi, Unclear
from reconciler.airbyte.client import connect
from reconciler.airbyte.reading import read_live_state
from reconciler.cli.doctor import first_answer
from reconciler.errors import CredentialsError, EndpointMoved
from reconciler.model.credentials import ClientCredentials
from reconciler.model.target import SANDBOX_ORGANIZATION_ID, SANDBOX_URL, SANDBOX_URLS, Api, Dialect, Target
from reconciler.report.checks import Check
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_TEMPLATE_ID
from reconciler.sandbox.app import create_app
from reconciler.sandbox.settings import SandboxSettings
from reconciler.sandbox.store import Store, open_store

ORG = SANDBOX_ORGANIZATION_ID
FAKER, AIRTABLE = "dfd88b22-b603-4c3d-aad7-3701784586b1", "14c6e7ea-97ed-4f5e-a7b5-25e9a80b8212"
FORM: Any = {
    "connectionSpecification": {
        "type": "object",
        "required": ["count"],
        "properties": {"count": {"type": "integer", "title": "Count"}},
    }
}
Work = Callable[[TemplateApi], Awaitable[Any]]


@pytest.fixture
def store() -> Iterator[Store]:
    with contextlib.closing(open_store(None)) as opened:
        yield opened


def target(url: str = SANDBOX_URL) -> Target:
    return Target("sandbox", Api.SANDBOX, url, ORG)


def in_process(
    store: Store, work: Work, settings: SandboxSettings | None = None, secret: str = DEFAULT_CLIENT_SECRET
) -> Any:
    app = create_app(store, settings or SandboxSettings())
    credentials = ClientCredentials(DEFAULT_CLIENT_ID, secret)

    async def run() -> Any:
        api = connect(
            target(), credentials, concurrency=4, transport_factory=lambda: httpx.ASGITransport(app=app)
        )
        async with api:
            return await work(api)

    return asyncio.run(run())


def creating(new: NewTemplate) -> Work:
    async def work(api: TemplateApi) -> CreateAnswer:
        return await api.create_template(ORG, new)

    return work


async def reading(api: TemplateApi) -> Any:
    return await read_live_state(api, ORG, concurrency=4)


def test_a_created_template_is_listed_and_read_back(store: Store) -> None:
    async def work(api: TemplateApi) -> None:
        before = await reading(api)
        answer = await api.create_template(ORG, NewTemplate(FAKER, {"seed": 7}, FORM))
        assert isinstance(answer, Created)
        after = await reading(api)
        assert after.ids - before.ids == {answer.template_id}
        template = await api.get_template(ORG, answer.template_id)
        assert (template.connector_id, template.presets) == (FAKER, {"seed": 7})
        assert template.form["connectionSpecification"] == FORM["connectionSpecification"]
        assert template.form["supportsDBT"] is False

    in_process(store, work)


@pytest.mark.parametrize(
    ("new", "kind"),
    [
        (NewTemplate(FAKER, {"count": "many"}, FORM), Created),
        (NewTemplate(FAKER, {"seed": "text"}, FORM), Rejected),
        (NewTemplate(template_id(1), {}, FORM), Unclear),
        (NewTemplate(AIRTABLE, {}), Unclear),
    ],
)
def test_outcomes_of_creates_have_their_classes(store: Store, new: NewTemplate, kind: type) -> None:
    assert isinstance(in_process(store, creating(new)), kind)


def test_missing_role_and_entitlement_are_rejections_with_their_own_steps(store: Store) -> None:
    role = in_process(store, creating(NewTemplate(FAKER, {}, FORM)), SandboxSettings(role="reader"))
    assert isinstance(role, Rejected)
    assert "needs the role ORGANIZATION_ADMIN" in role.error.help
    licence = in_process(store, creating(NewTemplate(FAKER, {}, FORM)), SandboxSettings(entitled=False))
    assert isinstance(licence, Rejected)
    assert "Airbyte Embedded is not enabled" in licence.error.help


def test_reads_name_the_organization_well_enough_for_a_mere_reader(store: Store) -> None:
    state = in_process(store, reading, SandboxSettings(role="reader"))
    assert state.ids == {DEFAULT_TEMPLATE_ID}
    assert state.unread == ()


def test_a_moved_organization_is_told_so_in_every_call(store: Store) -> None:
    moved = SandboxSettings(moved=True)
    with pytest.raises(EndpointMoved):
        in_process(store, reading, moved)
    answer = in_process(store, creating(NewTemplate(FAKER, {}, FORM)), moved)
    assert isinstance(answer, Rejected)
    assert isinstance(answer.error, EndpointMoved)


def test_wrong_credentials_are_refused_without_their_secret(store: Store) -> None:
    with pytest.raises(CredentialsError) as caught:
        in_process(store, reading, secret="wrong-and-hush")
    assert caught.value.message.startswith("no access token: POST /v1/applications/token answered")
    assert "hush" not in str(caught.value)


def test_default_templates_are_told_from_ones_own(store: Store) -> None:
    async def work(api: TemplateApi) -> tuple[bool | None, bool | None, bool | None]:
        created = await api.create_template(ORG, NewTemplate(FAKER, {}, FORM))
        assert isinstance(created, Created)
        ids = (created.template_id, DEFAULT_TEMPLATE_ID, template_id(99))
        own, default, unknown = [await api.owns_template(ORG, each) for each in ids]
        return own, default, unknown

    assert in_process(store, work) == (True, False, None)


@pytest.mark.parametrize("settings", [SandboxSettings(moved=True), SandboxSettings(role="none")])
def test_an_organization_without_this_api_fails_the_check_of_the_dialect(
    store: Store, settings: SandboxSettings
) -> None:
    answer = in_process(store, lambda api: first_answer(api, ORG), settings)
    assert isinstance(answer, Check)
    assert answer.name == "dialect"


class Counted:
    """Counts the connections that requests come in on, by the client's port."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.ports: list[tuple[str, int]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            self.ports.append((scope["method"], scope["client"][1]))
        await self.app(scope, receive, send)


class Quiet(uvicorn.Server):
    """uvicorn that leaves signals to the test runner."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def on_a_port(app: Any) -> AsyncIterator[str]:
    """The app behind uvicorn on a free port; gives its base url."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = Quiet(uvicorn.Config(app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        finally:
            server.should_exit = True
            await serving


def test_behind_uvicorn_reads_keep_their_connections_and_creates_have_their_own(store: Store) -> None:
    app = Counted(create_app(store, SandboxSettings()))

    async def run() -> None:
        async with on_a_port(app) as url:
            api = connect(
                target(url), ClientCredentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET), concurrency=2
            )
            async with api:
                for seed in range(6):
                    assert isinstance(
                        await api.create_template(ORG, NewTemplate(FAKER, {"seed": seed}, FORM)), Created
                    )
                state = await read_live_state(api, ORG, concurrency=2)
                assert len(state.templates) == 7

    asyncio.run(run())
    creates = [port for method, port in app.ports[1:] if method == "POST"]
    reads = [port for method, port in app.ports if method == "GET"]
    assert len(set(creates)) == 6
    assert len(reads) == 8
    assert len(set(reads)) == 2
    assert not set(creates) & set(reads)


def test_each_organization_of_the_agent_api_has_a_token_of_its_own(store: Store) -> None:
    other = "99999999-0000-4000-8000-000000000001"
    app = create_app(store, SandboxSettings(organizations=(ORG, other)))
    tokens: list[str] = []
    credentials = ClientCredentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET)
    where = replace(target(SANDBOX_URLS[Dialect.AGENTS]), dialect=Dialect.AGENTS)

    async def run() -> Any:
        async with connect(
            where,
            credentials,
            concurrency=2,
            transport_factory=lambda: httpx.ASGITransport(app=app),
            on_secret=tokens.append,
        ) as api:
            created = [
                await api.create_template(each, NewTemplate(FAKER, {"seed": 1}, None, {"name": each}))
                for each in (ORG, other)
            ]
            listed = [await api.list_templates(each) for each in (ORG, other, ORG)]
            await api.renew_token()
            return created, listed

    created, listed = asyncio.run(run())
    assert all(isinstance(each, Created) for each in created)
    assert [[each.name for each in names] for names in listed] == [[ORG], [other], [ORG]]
    assert sum(entry.path.endswith("/token") for entry in store.ledger()) == 3
    assert len(tokens) == 3
