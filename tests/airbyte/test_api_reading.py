"""The live state holds every listed template, read or unread; nothing is dropped and nothing is guessed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from airbyte.airbyte_doubles import FAKER_ID, MOVED, Airbyte, Connect, Reply, problem
from factories import ORGANIZATION, template_id

from reconciler.airbyte.reading import GIVE_UP_AFTER, read_live_state
from reconciler.errors import CredentialsError, EndpointMoved, ServerError
from reconciler.model.template import LiveState, UnreadTemplate, live_template


def read(api: Any, *, concurrency: int = 1, **options: Any) -> LiveState:
    async def run() -> LiveState:
        async with api:
            return await read_live_state(api, ORGANIZATION, concurrency=concurrency, **options)

    return asyncio.run(run())


def with_templates(airbyte: Airbyte, count: int) -> Airbyte:
    for number in range(count, 0, -1):
        airbyte.add(template_id(number))
    return airbyte


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_every_template_is_read_and_sorted_by_id(airbyte: Airbyte, api_of: Connect, concurrency: int) -> None:
    state = read(api_of(with_templates(airbyte, 7), concurrency=concurrency), concurrency=concurrency)
    form: dict[str, Any] = {"connectionSpecification": {"type": "object"}}
    assert state == LiveState(
        ORGANIZATION,
        tuple(live_template(template_id(n), "Sample Data", FAKER_ID, {"seed": 1}, form) for n in range(1, 8)),
    )
    assert airbyte.count("GET", "config_templates") == 8


def test_an_empty_organization_is_an_empty_state(airbyte: Airbyte, api_of: Connect) -> None:
    assert read(api_of(airbyte)) == LiveState(ORGANIZATION)


def test_unreadable_template_stays_in_the_state_as_unread(airbyte: Airbyte, api_of: Connect) -> None:
    with_templates(airbyte, 3)
    airbyte.queued["get"].extend([problem(500, "No value present")] * 5)
    state = read(api_of(airbyte))
    assert [t.id for t in state.templates] == [template_id(2), template_id(3)]
    assert state.unread == (
        UnreadTemplate(
            template_id(1),
            "Sample Data",
            f"GET /v1/config_templates/sources/{template_id(1)} answered 500: No value present (tried 5 times)",
        ),
    )


def test_misshapen_template_is_unread(airbyte: Airbyte, api_of: Connect) -> None:
    with_templates(airbyte, 2)
    airbyte.queued["get"].append(Reply(200, {"id": template_id(2)}))
    state = read(api_of(airbyte))
    assert [t.id for t in state.unread] == [template_id(1)]
    assert [t.id for t in state.templates] == [template_id(2)]


def test_a_404_that_is_still_listed_is_looked_at_again_and_then_unread(
    airbyte: Airbyte, api_of: Connect
) -> None:
    with_templates(airbyte, 2)
    second = Reply(200, airbyte.templates[template_id(2)])
    airbyte.queued["get"].extend([problem(404, "gone?"), second, problem(404, "gone?")])
    state = read(api_of(airbyte))
    assert [(u.id, u.reason) for u in state.unread] == [
        (template_id(1), f"GET /v1/config_templates/sources/{template_id(1)} answered 404: gone?")
    ]
    assert [t.id for t in state.templates] == [template_id(2)]
    assert airbyte.count("GET", "organizationId") == 2


def test_a_404_that_passes_is_read_at_the_second_look(airbyte: Airbyte, api_of: Connect) -> None:
    with_templates(airbyte, 2)
    airbyte.queued["get"].append(problem(404))
    steps: list[tuple[int, int]] = []
    state = read(api_of(airbyte), on_progress=lambda done, total: steps.append((done, total)))
    assert [t.id for t in state.templates] == [template_id(1), template_id(2)]
    assert state.unread == ()
    assert steps[-1] == (2, 2)


def test_a_404_that_is_listed_no_more_is_unread_and_not_gone(airbyte: Airbyte, api_of: Connect) -> None:
    with_templates(airbyte, 2)
    first = Reply(200, {"data": [{"id": template_id(n), "name": "x"} for n in (1, 2, 3)]})
    airbyte.queued["list"].append(first)
    airbyte.queued["get"].extend([problem(404)] * 5)
    state = read(api_of(airbyte))
    assert state.templates == ()
    assert [u.id for u in state.unread] == [template_id(1), template_id(2), template_id(3)]


def test_a_second_list_that_lacks_what_was_read_makes_nothing_vanish(
    airbyte: Airbyte, api_of: Connect
) -> None:
    with_templates(airbyte, 2)
    whole = Reply(200, {"data": [{"id": template_id(n), "name": "x"} for n in (1, 2)]})
    airbyte.queued["list"].extend([whole, Reply(200, {"data": []})])
    airbyte.queued["get"].append(problem(404))
    state = read(api_of(airbyte))
    assert [t.id for t in state.templates] == [template_id(2)]
    assert [u.id for u in state.unread] == [template_id(1)]


def test_what_only_the_second_list_names_is_read_too(airbyte: Airbyte, api_of: Connect) -> None:
    """The first list named a wrong id in the place of template 2: template 2 is not missing."""
    with_templates(airbyte, 2)
    first = Reply(200, {"data": [{"id": template_id(n), "name": "x"} for n in (1, 9)]})
    airbyte.queued["list"].append(first)
    airbyte.queued["get"].extend([Reply(200, airbyte.templates[template_id(1)]), problem(404)])
    state = read(api_of(airbyte))
    assert [t.id for t in state.templates] == [template_id(1), template_id(2)]
    assert [u.id for u in state.unread] == [template_id(9)]


def test_a_second_list_that_fails_raises(airbyte: Airbyte, api_of: Connect) -> None:
    with_templates(airbyte, 1)
    airbyte.queued["list"].extend([Reply(200, {"data": [{"id": template_id(1), "name": "x"}]}), Reply(403)])
    airbyte.queued["get"].append(problem(404))
    with pytest.raises(ServerError, match="answered 403"):
        read(api_of(airbyte))


@pytest.mark.parametrize("reply", [Reply(403), Reply(200, {}), Reply(200, b"<html>"), Reply(404), Reply(302)])
def test_a_list_that_fails_raises_and_is_never_an_empty_state(
    airbyte: Airbyte, api_of: Connect, reply: Reply
) -> None:
    airbyte.queued["list"].append(reply)
    with pytest.raises(ServerError):
        read(api_of(with_templates(airbyte, 1)))


def test_skipped_ids_are_not_read_and_those_that_the_list_names_are_told(
    airbyte: Airbyte, api_of: Connect
) -> None:
    state = read(api_of(with_templates(airbyte, 3)), skip=frozenset({template_id(2), template_id(9)}))
    assert state.ids == {template_id(1), template_id(3)}
    assert state.left_out == {template_id(2)}
    assert airbyte.count("GET", template_id(2)) == 0


def test_progress_is_told_from_zero_to_all(airbyte: Airbyte, api_of: Connect) -> None:
    steps: list[tuple[int, int]] = []
    with_templates(airbyte, 3)
    airbyte.queued["get"].append(problem(422))
    read(api_of(airbyte), on_progress=lambda done, total: steps.append((done, total)))
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_moved_endpoint_stops_the_reading_at_once(airbyte: Airbyte, api_of: Connect) -> None:
    with_templates(airbyte, 50)
    airbyte.queued["get"].append(MOVED)
    with pytest.raises(EndpointMoved):
        read(api_of(airbyte, concurrency=4), concurrency=4)
    assert airbyte.count("GET", "config_templates") < 10


def test_refused_credentials_stop_the_reading_at_once(airbyte: Airbyte, api_of: Connect) -> None:
    with_templates(airbyte, 50)
    airbyte.queued["get"].extend([Reply(401)] * 50)
    with pytest.raises(CredentialsError):
        read(api_of(airbyte, concurrency=4), concurrency=4)
    assert airbyte.count("GET", "config_templates") < 20


def test_a_token_that_expires_in_the_middle_is_renewed_once_for_all(
    airbyte: Airbyte, api_of: Connect
) -> None:
    with_templates(airbyte, 20)
    airbyte.queued["list"].append(
        Reply(200, {"data": [{"id": template_id(n), "name": "x"} for n in range(1, 21)]})
    )
    api = api_of(airbyte, concurrency=5)

    async def run() -> LiveState:
        async with api:
            await api.ensure_token()
            airbyte.valid.clear()
            return await read_live_state(api, ORGANIZATION, concurrency=5)

    state = asyncio.run(run())
    assert len(state.templates) == 20
    assert len(airbyte.tokens) == 2


def test_a_server_that_fails_again_and_again_is_not_asked_for_every_template(
    airbyte: Airbyte, api_of: Connect
) -> None:
    with_templates(airbyte, 100)
    airbyte.queued["get"].extend([Reply(503)] * 1000)
    state = read(api_of(airbyte))
    assert len(state.unread) == 100
    assert airbyte.count("GET", "sources/") == 5 * GIVE_UP_AFTER
    assert state.unread[-1].reason == "not asked for: the 20 templates before it could not be read either"


def test_one_success_between_failures_keeps_the_reading_going(airbyte: Airbyte, api_of: Connect) -> None:
    with_templates(airbyte, 45)
    for number in range(1, 46):
        good = airbyte.templates[template_id(number)]
        airbyte.queued["get"].append(Reply(200, good) if number in (20, 40) else Reply(422))
    state = read(api_of(airbyte))
    assert (len(state.templates), len(state.unread)) == (2, 43)
    assert not any("not asked for" in unread.reason for unread in state.unread)
