"""The served sandbox by hand: its own help, and the vendor's examples."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from program import Project

from reconciler.model.target import SANDBOX_ORGANIZATION_ID
from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET

LIST = "/config_templates/sources"
QUERY = {"organizationId": SANDBOX_ORGANIZATION_ID}


@contextmanager
def served(project: Project, *arguments: str) -> Iterator[str]:
    """The base URL of a sandbox that the program serves."""
    process = project.start("sandbox", "serve", "--port", "0", "--database", ":memory:", *arguments)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def test_both_apis_are_served_and_switches_reach_the_agent_api(tmp_path: Path) -> None:
    process = Project(tmp_path).start(
        *("sandbox", "serve", "--port", "0", "--database", ":memory:"),
        *("--errors", "detail", "--tags", "--throttle-every", "3"),
    )
    assert process.stdout is not None
    public, agents = (process.stdout.readline().strip() for _ in range(2))
    try:
        assert agents == public.removesuffix("/v1") + "/api/v1"
        bearer = {"Authorization": f"Bearer {token(f'{agents}/account')}"}
        nobody = f"{agents}/integrations/templates/sources/{SANDBOX_ORGANIZATION_ID}"
        wanted = [
            (f"{agents}/integrations/templates/tags", 200),
            (nobody, 404),
            (nobody, 429),
            (public + LIST, 200),
        ]
        answers = [httpx.get(url, headers=bearer, params=QUERY) for url, _ in wanted]
        assert [answer.status_code for answer in answers] == [status for _, status in wanted]
        assert answers[1].json() == {"detail": f"Source template {SANDBOX_ORGANIZATION_ID} not found"}
    finally:
        process.kill()
        process.communicate()


def token(url: str) -> str:
    body = {"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET}
    return str(httpx.post(f"{url}/applications/token", json=body).json()["access_token"])


@pytest.mark.parametrize(
    ("arguments", "status"), [((), 200), (("--role", "admin"), 403), (("--role", "reader"), 403)]
)
def test_the_vendor_s_get_without_a_header_works_unless_roles_are_asked_for(
    tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    with served(Project(tmp_path), *arguments) as url:
        bearer = {"Authorization": f"Bearer {token(url)}"}
        assert httpx.get(url + LIST, params=QUERY, headers=bearer).status_code == status
        named = {**bearer, "X-Airbyte-Organization-Id": SANDBOX_ORGANIZATION_ID}
        assert httpx.get(url + LIST, params=QUERY, headers=named).status_code == 200


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
@pytest.mark.parametrize("arguments", [(), ("--role", "reader")])
def test_the_curl_line_of_the_help_works(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    project = Project(tmp_path)
    told = project.run("sandbox", "serve", "--help").out
    (lines,) = re.findall(r"^ +TOKEN=.*?Organization-Id: \$AIRBYTE_ORGANIZATION_ID\"$", told, re.M | re.S)
    with served(project, *arguments) as url:
        environment = {
            "PATH": "/usr/bin:/bin",
            "AIRBYTE_API_URL": url,
            "AIRBYTE_ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID,
            "AIRBYTE_CLIENT_ID": DEFAULT_CLIENT_ID,
            "AIRBYTE_CLIENT_SECRET": DEFAULT_CLIENT_SECRET,
        }
        done = subprocess.run(
            ["sh", "-c", lines], env=environment, capture_output=True, text=True, check=True
        )
    assert done.stdout.startswith('{"data": [{'), done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_the_curl_line_of_the_agent_api_works(tmp_path: Path) -> None:
    project = Project(tmp_path)
    told = project.run("sandbox", "serve", "--help").out
    (line,) = re.findall(r"^ +(curl .*/integrations/.*)$", told, re.M)
    with served(project) as url:
        agents = url.removesuffix("/v1") + "/api/v1"
        given = {"PATH": "/usr/bin:/bin", "AIRBYTE_API_URL": agents, "TOKEN": token(f"{agents}/account")}
        done = subprocess.run(["sh", "-c", line], env=given, capture_output=True, text=True, check=True)
    assert [item["name"] for item in json.loads(done.stdout)["data"]] == ["Stripe"]


@pytest.mark.parametrize("organization", ["x", "", "7c60d51f-b44e-4682-87d6-449835ea4de6x"])
def test_an_organization_that_is_no_uuid_is_a_wrong_command_line(tmp_path: Path, organization: str) -> None:
    told = Project(tmp_path).run("sandbox", "serve", "--organization", organization)
    assert told.code == 64
    assert "is not a valid UUID" in told.err


def test_a_database_in_a_folder_that_there_is_not_makes_none(tmp_path: Path) -> None:
    told = Project(tmp_path).run("sandbox", "serve", "--port", "0", "--database", "no/x.db")
    assert told.code == 1
    assert "the sandbox's state no/x.db cannot be made: there is no folder no" in told.err
    assert not (tmp_path / "no").exists()
