"""What `doctor` asks a server."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from airbyte.airbyte_doubles import MOVED, Airbyte, Connect, Reply, problem
from factories import ORGANIZATION, template_id

from reconciler.cli.doctor import first_answer
from reconciler.report.checks import Check


def asked(api: Any) -> int | str:
    """The number of templates, or the name of the check that failed."""

    async def run() -> int | Check:
        async with api:
            return await first_answer(api, ORGANIZATION)

    answer = asyncio.run(run())
    return answer.name if isinstance(answer, Check) else answer


def owned(api: Any) -> bool | None:
    async def run() -> bool | None:
        async with api:
            owns: bool | None = await api.owns_template(ORGANIZATION, template_id(1))
            return owns

    return asyncio.run(run())


def test_a_working_public_dialect_is_reported_with_its_templates(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.add(template_id(1))
    assert asked(api_of(airbyte)) == 1


@pytest.mark.parametrize("reply", [MOVED, Reply(301), Reply(403), Reply(404), Reply(422)])
def test_a_list_that_is_refused_is_about_the_dialect(airbyte: Airbyte, api_of: Connect, reply: Reply) -> None:
    airbyte.queued["list"].append(reply)
    assert asked(api_of(airbyte)) == "dialect"


def test_refused_credentials_are_reported(airbyte: Airbyte, api_of: Connect) -> None:
    airbyte.queued["token"].append(Reply(400))
    assert asked(api_of(airbyte)) == "login"


def test_refused_bearer_token_is_reported(airbyte: Airbyte, api_of: Connect) -> None:
    assert asked(api_of(airbyte, bearer="wrong")) == "login"


@pytest.mark.parametrize("options", [{}, {"bearer": "b"}])
def test_a_server_that_is_not_there_is_reported(api_of: Connect, options: dict[str, str]) -> None:
    assert asked(api_of("http://127.0.0.1:1", **options)) == "server"


@pytest.mark.parametrize("kind", ["token", "list"])
def test_a_web_page_in_place_of_the_api_is_reachable_and_nothing_more(
    airbyte: Airbyte, api_of: Connect, kind: str
) -> None:
    airbyte.queued[kind].append(Reply(200, b"<html>"))
    assert asked(api_of(airbyte)) == "login"


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
