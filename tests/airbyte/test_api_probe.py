"""What `doctor` asks a server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from airbyte.airbyte_doubles import MOVED, Airbyte, Connect, Reply, problem
from factories import ORGANIZATION, template_id

from reconciler.airbyte.probe import ServerReport, Standing, which_dialect
from reconciler.errors import CredentialsError


def asked(api: Any) -> ServerReport:
    async def run() -> ServerReport:
        async with api:
            return await which_dialect(api, ORGANIZATION)

    return asyncio.run(run())


def owned(api: Any) -> bool | None:
    async def run() -> bool | None:
        async with api:
            owns: bool | None = await api.owns_template(ORGANIZATION, template_id(1))
            return owns

    return asyncio.run(run())


def test_a_working_public_dialect_is_reported_with_its_templates(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.add(template_id(1))
    assert asked(api_of(airbyte)) == ServerReport(
        reachable=True, logged_in=True, standing=Standing.PUBLIC, templates=1
    )


@pytest.mark.parametrize(
    ("reply", "standing"),
    [
        (MOVED, Standing.MOVED),
        (Reply(301), Standing.UNKNOWN),
        (Reply(403), Standing.FORBIDDEN),
        (Reply(404), Standing.REMOVED),
        (Reply(422), Standing.UNKNOWN),
    ],
)
def test_the_lists_status_tells_the_dialect(
    airbyte: Airbyte, api_of: Connect, reply: Reply, standing: Standing
) -> None:
    airbyte.queued["list"].append(reply)
    report = asked(api_of(airbyte))
    assert (report.reachable, report.logged_in, report.standing) == (True, True, standing)
    assert report.templates is None
    assert report.error is not None


def test_refused_credentials_are_reported(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.queued["token"].append(Reply(400))
    report = asked(api_of(airbyte))
    assert (report.reachable, report.logged_in, report.standing) == (True, False, Standing.UNKNOWN)
    assert isinstance(report.error, CredentialsError)


def test_refused_bearer_token_is_reported(airbyte: Airbyte, api_of: Connect) -> None:
    report = asked(api_of(airbyte, bearer="wrong"))
    assert (report.reachable, report.logged_in, report.standing) == (True, False, Standing.UNKNOWN)


@pytest.mark.parametrize("options", [{}, {"bearer": "b"}])
def test_a_server_that_is_not_there_is_reported(api_of: Connect, options: dict[str, str]) -> None:
    report = asked(api_of("http://127.0.0.1:1", **options))
    assert (report.reachable, report.logged_in, report.standing) == (False, None, Standing.UNKNOWN)


@pytest.mark.parametrize("kind", ["token", "list"])
def test_a_web_page_in_place_of_the_api_is_reachable_and_nothing_more(
    airbyte: Airbyte, api_of: Connect, kind: str
) -> None:
    airbyte.queued[kind].append(Reply(200, b"<html>"))
    report = asked(api_of(airbyte))
    assert (report.reachable, report.logged_in, report.standing) == (True, None, Standing.UNKNOWN)


def test_own_template_is_recognised_by_a_patch_that_changes_nothing(
    airbyte: Airbyte, api_of: Connect
) -> None:
    airbyte.add(template_id(1))
    assert owned(api_of(airbyte)) is True
    patch = airbyte.seen[-1]
    assert str(patch) == f"PATCH /v1/config_templates/sources/{template_id(1)}"
    assert patch.json == {"organizationId": ORGANIZATION}


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (problem(500, "OrganizationId does not match"), False),
        (problem(500, "No value present"), None),
        (problem(422, "OrganizationId does not match"), None),
        (problem(403), None),
        (MOVED, None),
        (Reply(500), None),
    ],
)
def test_a_template_is_foreign_only_when_the_server_says_so(
    airbyte: Airbyte, api_of: Connect, reply: Reply, answer: bool | None
) -> None:
    airbyte.queued["patch"].append(reply)
    assert owned(api_of(airbyte)) is answer
    assert airbyte.count("PATCH", "") == 1
