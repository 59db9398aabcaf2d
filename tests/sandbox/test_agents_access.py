"""Who the Agent API lets in, for which organization, and the shapes of its refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sandbox.agent_client import MakeAgent, made
from sandbox.conftest import CREDENTIALS, FAKER_ID

from reconciler.sandbox.store import Store, open_store

ONE, TWO = "00000000-0000-4000-8000-00000000000a", "00000000-0000-4000-8000-00000000000b"
TOKEN = "/account/applications/token"


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(None) as opened:
        yield opened


@pytest.fixture
def make(store: Store) -> MakeAgent:
    return lambda agents=None, **settings: made(store, agents or {}, **settings)


def test_a_token_lives_as_long_as_it_says_and_names_the_only_organization(make: MakeAgent) -> None:
    agent = make(token_lifetime_seconds=60)
    answer = agent("POST", TOKEN, CREDENTIALS).json()
    assert (answer["expires_in"], answer["organization_id"]) == (60, agent.settings.organizations[0])
    agent.now += 61
    late = agent("GET", "sources")
    assert (late.status_code, late.headers["www-authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**CREDENTIALS, "client_secret": "x"}, 401),
        ({"client_id": "x"}, 422),
        ({**CREDENTIALS, "client_id": 1}, 422),
    ],
)
def test_wrong_credentials_get_no_token(make: MakeAgent, body: Any, status: int) -> None:
    assert make()("POST", TOKEN, body).status_code == status


def test_a_request_without_a_good_token_is_a_401(make: MakeAgent) -> None:
    agent = make()
    answer = agent("GET", "sources", headers={"Authorization": "Bearer x"})
    assert (answer.status_code, answer.json()["message"]) == (401, "Not authenticated")


def test_credentials_of_several_organizations_have_to_name_one(make: MakeAgent) -> None:
    agent = make(organizations=(ONE, TWO))
    assert agent("POST", TOKEN, CREDENTIALS).json()["organization_id"] is None
    asked = agent("GET", "sources")
    assert asked.status_code == 400
    assert "specify target organization" in asked.json()["message"]
    agent.headers["X-Organization-Id"] = TWO.upper()
    made = agent.source()
    assert agent("POST", TOKEN, CREDENTIALS).json()["organization_id"] == TWO
    assert agent.listed("sources") == [made["id"]]
    agent.headers["X-Organization-Id"] = ONE
    assert agent.listed("sources") == []
    assert agent("GET", f"sources/{made['id']}").status_code == 404


@pytest.mark.parametrize(("organization", "status"), [(TWO, 403), ("x", 422)])
def test_another_s_organization_is_refused(make: MakeAgent, organization: str, status: int) -> None:
    agent = make(organizations=(ONE,))
    agent.headers["X-Organization-Id"] = organization
    assert agent("GET", "connections").status_code == status
    assert agent("POST", TOKEN, CREDENTIALS).status_code == status


@pytest.mark.parametrize(
    ("settings", "statuses"),
    [
        ({"role": "none"}, [403, 403]),
        ({"role": "reader"}, [200, 403]),
        ({"role": "editor"}, [200, 403]),
        ({"role": "admin"}, [200, 200]),
        ({"role": "instance-admin"}, [200, 200]),
        ({"entitled": False}, [403, 403]),
        ({"moved": True}, [200, 200]),
    ],
)
def test_a_role_lets_read_or_write(make: MakeAgent, settings: Any, statuses: list[int]) -> None:
    agent = make(**settings)
    body = {"actor_definition_id": FAKER_ID, "partial_default_config": {}}
    assert [agent("GET", "sources").status_code, agent("POST", "sources", body).status_code] == statuses


def test_every_nth_request_is_throttled_before_anything_is_done(make: MakeAgent) -> None:
    agent = make({"throttle_every": 3})
    answers = [agent("GET", "sources") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200, 200, 429]
    assert answers[2].headers["retry-after"] == "1"


def test_refusals_have_the_contract_s_shape_or_fastapi_s(make: MakeAgent) -> None:
    contract, fastapi = make(), make({"errors": "detail"})
    nobody = "sources/00000000-0000-4000-8000-0000000000ff"
    text = f"Source template {nobody.removeprefix('sources/')} not found"
    assert contract("GET", nobody).json() == {"message": text, "errors": []}
    assert fastapi("GET", nobody).json() == {"detail": text}
    body = {"name": 1, "original_source_template_id": FAKER_ID}
    place = ["SourceTemplateCloneRequest", "name"]
    wrong = {"msg": "Input should be a valid string", "type": "string_type"}
    assert {"loc": ["body", *place], **wrong} in fastapi("POST", "sources", body).json()["detail"]
    entry = {
        "field": f"body.{'.'.join(place)}",
        "message": wrong["msg"],
        "error_code": wrong["type"],
        "details": None,
    }
    assert entry in contract("POST", "sources", body).json()["errors"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nothing", 404), ("PUT", "sources", 405)])
def test_an_unknown_path_is_answered_as_fastapi_does(
    make: MakeAgent, method: str, path: str, status: int
) -> None:
    answer = make()(method, path)
    assert (answer.status_code, answer.json().keys()) == (status, {"detail"})


def test_the_public_dialect_and_its_other_token_are_there_beside_it(make: MakeAgent) -> None:
    agent = make()
    assert agent("POST", "/applications/token", CREDENTIALS).json().keys() == {"access_token"}


def test_a_sandbox_of_the_public_dialect_alone_loads_nothing_of_the_agent_api() -> None:
    import subprocess
    import sys

    code = """
import sys
from reconciler.model.target import Dialect
from reconciler.sandbox.app import create_app
from reconciler.sandbox.exchange import SandboxSettings
from reconciler.sandbox.store import open_store
create_app(open_store(None), SandboxSettings(), dialects=(Dialect.PUBLIC,))
print(sorted({"pydantic", "reconciler.sandbox.agents"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
