"""Tags of the Agent API, which are there when a switch says so."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sandbox.agent_client import AgentClient, MakeAgent, made

from reconciler.sandbox.store import open_store


@pytest.fixture
def make() -> Iterator[MakeAgent]:
    with open_store(None) as store:
        yield lambda **agents: made(store, agents)


@pytest.fixture
def agent(make: MakeAgent) -> AgentClient:
    return make(tags=True)


@pytest.mark.parametrize(
    ("ways", "status"),
    [({}, 404), ({"shape": "2026-05"}, 404), ({"shape": "older"}, 200), ({"tags": True}, 200)],
)
def test_the_endpoints_are_those_of_the_older_contract(
    make: MakeAgent, ways: dict[str, str], status: int
) -> None:
    agent = make(**ways)
    assert agent("GET", "tags").status_code == status
    answer = agent("POST", f"sources/{agent.source()['id']}/tags", {"tag": "eu"})
    assert answer.status_code == status


def test_a_tag_is_made_renamed_and_deleted_everywhere(agent: AgentClient) -> None:
    source, connection = agent.source()["id"], agent.connection()["id"]
    made = agent("POST", "tags", {"name": "eu"}).json()
    assert agent("POST", "tags", {"name": "eu"}).json() == made
    tagged = agent("POST", f"sources/{source}/tags", {"tag": "eu"}).json()
    agent("POST", f"connections/{connection}/tags", {"tag": "eu"})
    assert tagged["tags"] == ["eu"]
    renamed = agent("PUT", "tags/eu", {"name": "a b"}).json()
    assert (renamed["id"], renamed["name"]) == (made["id"], "a b")
    assert agent("GET", f"connections/{connection}").json()["tags"] == ["a b"]
    assert agent("DELETE", "tags/a%20b").json()["id"] == made["id"]
    assert agent("GET", f"sources/{source}").json()["tags"] == []
    assert agent("GET", "tags").json() == {"data": []}


def test_a_tag_that_there_is_not_is_made_with_the_template_that_gets_it(agent: AgentClient) -> None:
    agent("POST", f"connections/{agent.connection()['id']}/tags", {"tag": "x"})
    assert [tag["name"] for tag in agent("GET", "tags").json()["data"]] == ["x"]


def test_a_tag_is_taken_from_one_template_only(agent: AgentClient) -> None:
    one, two = agent.source()["id"], agent.source()["id"]
    for each in (one, two):
        agent("POST", f"sources/{each}/tags", {"tag": "eu"})
    assert agent("DELETE", f"sources/{one}/tags/eu").status_code == 200
    assert agent("DELETE", f"sources/{one}/tags/eu").status_code == 404
    assert agent.listed("sources", tags="eu") == [two]


def test_lists_are_filtered_by_all_tags_or_by_any(agent: AgentClient) -> None:
    both, one, _ = (agent.source()["id"] for _ in range(3))
    for template, tag in ((both, "eu"), (both, "b"), (one, "eu")):
        agent("POST", f"sources/{template}/tags", {"tag": tag})
    assert agent.listed("sources", tags=["eu", "b"]) == [both]
    assert agent.listed("sources", tags=["eu", "b"], tags_mode="any") == sorted([both, one])
    assert len(agent.listed("sources")) == 3


def test_a_rename_to_a_taken_name_is_refused(agent: AgentClient) -> None:
    for name in ("a", "b"):
        agent("POST", "tags", {"name": name})
    assert agent("PUT", "tags/a", {"name": "b"}).status_code == 400
    assert agent("PUT", "tags/c", {"name": "d"}).status_code == 404


@pytest.mark.parametrize(("length", "status"), [(1, 200), (255, 200), (256, 422)])
def test_a_name_has_up_to_255_characters(agent: AgentClient, length: int, status: int) -> None:
    assert agent("POST", "tags", {"name": "é" * length}).status_code == status


def test_a_name_with_a_slash_can_be_given_and_never_be_named_in_a_path(agent: AgentClient) -> None:
    source = agent.source()["id"]
    agent("POST", f"sources/{source}/tags", {"tag": "a/b"})
    assert agent("DELETE", f"sources/{source}/tags/a%2Fb").status_code == 404
