"""`doctor` finds the API that an organization is on, and shows credentials to nobody else."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import factories
import pytest
from agents.agent_place import FAKER, STRIPE, agent_proxy, agent_server
from agents.agent_server import AgentServer
from agents.agent_ways import CLIENT_ID, CLIENT_SECRET, SOURCES, Row
from attack.fault_proxy import FaultProxy, in_a_thread
from factories import template_id
from program import Project, Server

from reconciler.cli.console import Console
from reconciler.cli.doctor_dialect import _others, with_other_dialect
from reconciler.errors import RefusedByServer
from reconciler.model.target import Api, Dialect, Target
from reconciler.report.checks import failed
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET

MANIFEST = (
    "apiVersion: reconciler/v1\nkind: SourceTemplate\nmetadata: {name: sample-data}\n"
    "spec: {connector: source-faker, partialDefaultConfig: {}}\n"
)
Start = Callable[..., tuple[AgentServer, FaultProxy, str]]


@pytest.fixture
def agents() -> Iterator[Start]:
    """Starts an Agent API with some switches: the server, what reaches it, its base url."""
    with contextlib.ExitStack() as stack:

        def start(**ways: Any) -> tuple[AgentServer, FaultProxy, str]:
            server = agent_server(**ways)
            for number, (definition, organization) in enumerate(
                ((FAKER, factories.ORGANIZATION), (STRIPE, None))
            ):
                members = {"name": f"Template {number}", "partial_default_config": {}}
                row = Row(template_id(number), SOURCES, server.definitions[definition], members, organization)
                server.insert(row)
            proxy = agent_proxy(server)
            return server, proxy, stack.enter_context(in_a_thread(proxy))

        yield start


def settle(project: Project, url: str, api: str, *more: str) -> Project:
    """A project whose one environment is at this url, with a manifest for both dialects."""
    project.write("manifests/sample-data.yaml", MANIFEST)
    lines = ["version: 1", "environments:", "  production:", f"    api: {api}", f"    url: {url}"]
    lines += [f"    organizationId: {factories.ORGANIZATION}", *more]
    project.write("reconciler.yaml", "\n".join(lines) + "\n")
    project.environment = {"AIRBYTE_CLIENT_ID": CLIENT_ID, "AIRBYTE_CLIENT_SECRET": CLIENT_SECRET}
    return project


def test_doctor_tells_what_the_agent_api_can_and_what_a_run_may(project: Project, agents: Start) -> None:
    server, _, url = agents()
    told = settle(project, url, "agents").run("doctor")
    assert told.code == 0
    assert (
        "ok       dialect    agents: 1 template listed\n"
        "                    it can list, get, create, update and delete; with the policy create-only a run may create\n"
    ) in told.out
    assert (
        "skipped  rights     reading works; whether the token may create is not tested: only a write can show it\n"
        in (told.out)
    )
    updating = settle(project, url, "agents", "    policy: create-update").run("doctor")
    assert "with the policy create-update a run may create and update\n" in updating.out
    assert server.violations == []


def test_probe_of_the_agent_api_writes_nothing_and_says_what_is_airbytes(
    project: Project, agents: Start
) -> None:
    server, proxy, url = agents()
    told = settle(project, url, "agents").run("doctor", "--probe")
    assert (
        "ok       owners     1 template of this organization; 1 template of Airbyte's own, never matched: --global lists them\n"
        in told.out
    )
    assert {seen.method for seen in proxy.seen if "token" not in seen.target} == {"GET"}
    assert server.violations == []


def test_probe_lists_templates_without_an_owner_ready_to_paste(project: Project, agents: Start) -> None:
    _, _, url = agents(strangers=True, unowned=True)
    told = settle(project, url, "agents").run("doctor", "--probe")
    assert (
        "1 template without an organization in the list; those that are not yours go into reconciler.yaml:\n"
        "                        unmanaged:\n"
        f"                          - {template_id(1)}  # Template 1\n"
    ) in told.out


def test_airbytes_own_templates_are_listed_with_their_connectors(project: Project, agents: Start) -> None:
    _, _, url = agents()
    told = settle(project, url, "agents").run("doctor", "--global")
    assert (
        "ok       global     1 template of Airbyte's own, which `cloneOf` can name\n"
        f"                    {template_id(1)}  Template 1  source-stripe\n"
    ) in told.out


def test_the_public_api_has_nothing_to_clone(production: Project) -> None:
    production.add()
    told = production.run("doctor", "--global")
    assert told.code == 0
    assert "skipped  global     the public API has no templates that can be cloned\n" in told.out


def test_a_public_environment_at_the_agent_api_gets_the_lines_that_work(
    project: Project, agents: Start
) -> None:
    _, proxy, url = agents()
    told = settle(project, url.replace("/api/v1", "/v1"), "public").run("doctor")
    assert told.code == 1
    assert (
        "but the Agent API answers, and lists 1 template; in reconciler.yaml, under `environments`:\n"
        "                        production:\n"
        "                          api: agents\n"
        f"                          url: {url}\n"
        f"                          organizationId: {factories.ORGANIZATION}\n"
    ) in told.out
    assert {seen.method for seen in proxy.seen if "token" not in seen.target} == {"GET"}
    lines = re.search(r"production:\n(?: +(?:api|url|organizationId): .*\n){3}", told.out)
    assert lines is not None
    project.write("reconciler.yaml", f"version: 1\nenvironments:\n{' ' * 24}{lines[0]}")
    assert project.run("doctor").code == 0


def test_an_agents_environment_at_a_public_api_gets_the_lines_that_work(
    project: Project, serve: Callable[..., Server]
) -> None:
    server = serve(dialects=(Dialect.PUBLIC,))
    settle(project, server.url.replace("/v1", "/api/public/v1"), "agents")
    project.environment = {
        "AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID,
        "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
    }
    told = project.run("doctor")
    assert told.code == 1
    assert (
        "but the public API answers, and lists 1 template; in reconciler.yaml, under `environments`:\n"
        in told.out
    )
    assert "api: public\n" in told.out


@pytest.mark.parametrize(("api", "right"), [("agents", "/api/v1"), ("public", "/api/public/v1")])
def test_a_url_without_its_path_gets_the_url_of_the_configured_api_where_both_answer(
    project: Project, server: Server, api: str, right: str
) -> None:
    origin = server.url.removesuffix("/v1")
    settle(project, origin, api)
    project.environment = {
        "AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID,
        "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
    }
    told = project.run("doctor")
    assert told.code == 1
    assert f"api: {api}\n                          url: {origin}{right}\n" in told.out
    assert told.out.count("      api: ") == 1


def test_manifests_of_the_other_api_are_a_failed_check_and_the_server_is_asked_all_the_same(
    project: Project, agents: Start
) -> None:
    _, _, url = agents()
    settle(project, url, "public")
    project.write(
        "manifests/other.yaml", MANIFEST.replace("sample-data", "other").replace("{}}", "{}, mode: DIRECT}")
    )
    connection = MANIFEST.replace("SourceTemplate", "ConnectionTemplate").replace("sample-data", "lake")
    spec = "spec: {connector: destination-postgres, destinationName: Lake, destinationConfig: {}}\n"
    project.write("manifests/lake.yaml", connection[: connection.index("spec:")] + spec)
    told = project.run("doctor")
    assert told.code == 3
    assert "failed   manifests  manifests/lake.yaml:2:" in told.out
    assert "manifests/other.yaml:4:" in told.out
    assert told.out.count("error R112") == 2
    assert "R112" not in told.err
    assert "but the Agent API answers, and lists 1 template; in reconciler.yaml" in told.out
    project.write("manifests/wrong.yaml", MANIFEST.replace("spec:", "sepc:"))
    stopped = project.run("doctor")
    assert stopped.code == 3
    assert "skipped  server     not asked before the project is valid\n" in stopped.out


def test_an_organization_that_was_moved_gets_the_way_out(
    project: Project, serve: Callable[..., Server]
) -> None:
    server = serve(moved=True)
    settle(project, server.url.replace("/v1", "/api/public/v1"), "public")
    project.environment = {
        "AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID,
        "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
    }
    told = project.run("doctor")
    assert told.code == 1
    assert "answered 301: this organization now lives on api.airbyte.ai, Airbyte's Agent API\n" in told.out
    assert "      api: agents\n" in told.out


def test_where_neither_api_answers_every_place_is_named(
    project: Project, serve: Callable[..., Server]
) -> None:
    elsewhere = serve(dialects=()).url.removesuffix("/v1")
    settle(project, f"{elsewhere}/x", "agents")
    told = project.run("doctor")
    assert told.code == 1
    assert f"the Agent API was looked for, and gives no list at {elsewhere}/api/v1\n" in told.out
    for path in ("/x", "/api/public/v1", "/v1"):
        assert f"the public API was looked for, and gives no list at {elsewhere}{path}\n" in told.out


@pytest.mark.parametrize(
    "url",
    [
        "https://airbyte.example.com/api/public/v1",
        "https://api.airbyte.com.example.com/v1",
        "http://localhost:8000/v1",
    ],
)
@pytest.mark.parametrize("dialect", Dialect)
def test_credentials_go_to_their_own_origin_only(url: str, dialect: Dialect) -> None:
    target = Target("e", Api(dialect), url, factories.ORGANIZATION, dialect=dialect)
    urls = [other.url for other in _others(target)]
    assert urls
    assert {urlsplit(other)[:2] for other in urls} == {urlsplit(url)[:2]}


def test_credentials_of_airbyte_cloud_are_sent_nowhere_else_either() -> None:
    """The lines for its Agent API are shown instead."""
    target = Target("prod", Api.PUBLIC, "https://api.airbyte.com/v1", factories.ORGANIZATION)
    gone = RefusedByServer("GET /v1/x answered 404", method="GET", path="/v1/x", status=404)

    async def never(*_: Any) -> int:
        raise AssertionError("something was asked")

    found = asyncio.run(with_other_dialect(failed("dialect", gone), target, Console(), never))
    assert found.detail == (
        "GET /v1/x answered 404\n"
        "Airbyte Cloud has templates in the Agent API, which was not asked: credentials go to the configured url only;"
        " in reconciler.yaml, under `environments`:\n"
        "    prod:\n"
        "      api: agents\n"
        "      url: https://api.airbyte.ai/api/v1\n"
        f"      organizationId: {factories.ORGANIZATION}"
    )


def test_a_server_that_is_down_or_refuses_the_role_is_not_asked_for_another_api(
    project: Project, agents: Start
) -> None:
    server, proxy, url = agents()
    settle(project, url, "agents")
    project.environment["AIRBYTE_CLIENT_SECRET"] = "wrong-hush"
    told = project.run("doctor")
    assert told.code == 1
    assert len(proxy.seen) == 1
    assert "wrong-hush" not in told.out + told.err
    assert server.violations == []
