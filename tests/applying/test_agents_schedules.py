"""Creates on the Agent API under any faults, run after run: each manifest is created once at most, and every account is true.

The judge is what the sandbox stores.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

from applying.test_creates_of_agents import code, faker, hosted, later, speaking, warehouse
from factories import ORGANIZATION
from faulty_sandbox import Fault, World, answered, lost_after, lost_before, never_connected, passed_on
from hypothesis import given
from hypothesis import strategies as st

from reconciler.applying.outcome import Creation, Outcome
from reconciler.errors import ServerError
from reconciler.model.template import Manifest
from reconciler.sandbox.store import open_store

PROVED: Any = {"message": "no", "errors": [{"field": "name", "message": "no"}]}
ON_CREATE = [
    passed_on,
    lost_after,
    lost_before,
    never_connected,
    answered(502),
    answered(502, after=True),
    answered(409, {}),
    answered(409, {}, after=True),
    answered(401, {}),
    answered(429, {}, {"Retry-After": "1"}),
    answered(422, PROVED),
    answered(200, {}, after=True),
    answered(400, {"message": "no", "errors": []}, after=True),
]
ON_LIST = [passed_on, passed_on, passed_on, answered(503), answered(200, {"data": []}), lost_after]
ON_GET = [passed_on, passed_on, answered(500), lost_after]
MANIFESTS = (faker(tags=["eu"]), later(), warehouse(), hosted())
WAYS = st.fixed_dictionaries(
    {
        "tags": st.booleans(),
        "unique_names": st.booleans(),
        "mixed_list": st.booleans(),
        "secrets": st.sampled_from(["clear", "masked", "omitted"]),
        "shape": st.sampled_from(["2026-07", "2026-05", "older"]),
    }
)
SCHEDULE = st.fixed_dictionaries(
    {
        "POST": st.lists(st.sampled_from(ON_CREATE), max_size=4),
        "LIST": st.lists(st.sampled_from(ON_LIST), max_size=12).map(
            lambda faults: [passed_on, passed_on, *faults]
        ),
        "GET": st.lists(st.sampled_from(ON_GET), max_size=5),
        "TAG": st.lists(st.sampled_from([passed_on, lost_after, answered(500)]), max_size=1),
    }
)


def rows_of(world: World, wanted: Manifest) -> list[dict[str, Any]]:
    """The rows of the manifest's kind and definition: each of these manifests has its own."""
    kind = "source" if wanted.kind == "SourceTemplate" else "connection"
    rows = world.store.agent_templates(kind, ORGANIZATION)  # type: ignore[arg-type]
    own = (row for row in rows if (row.definition_id or "") == wanted.connector.id)
    return [{"id": row.id, **json.loads(row.members)} for row in own]


def check(world: World, account: Creation) -> None:
    wanted = account.entry.manifest
    assert wanted is not None
    rows = rows_of(world, wanted)
    if account.is_on_server:
        assert [row["id"] for row in rows] == [account.template_id]
    if account.outcome in {Outcome.REJECTED, Outcome.NOT_ATTEMPTED} and not account.is_on_server:
        assert rows == []
    if account.is_settled:
        assert set(rows[0]["tags"]) == set(wanted.settings.get("tags", ()))  # type: ignore[arg-type]


@given(
    st.lists(st.sampled_from(MANIFESTS), min_size=1, unique_by=lambda each: each.name),
    WAYS,
    SCHEDULE,
    SCHEDULE,
)
def test_each_manifest_is_created_once_whatever_goes_wrong(
    wanted: list[Manifest],
    ways: dict[str, Any],
    first: dict[str, list[Fault]],
    second: dict[str, list[Fault]],
) -> None:
    with closing(open_store(None)) as store:
        world = speaking(World(store), **ways)
        for schedule in (first, second, {}):
            world.faults.waiting.clear()
            for method, faults in schedule.items():
                world.faults.on(
                    method, passed_on, passed_on, *faults
                ) if method == "LIST" else world.faults.on(method, *faults)
            before = {each.name: len(rows_of(world, each)) for each in wanted}
            try:
                result = world.apply(*wanted)
            except ServerError:  # no list, no plan
                assert before == {each.name: len(rows_of(world, each)) for each in wanted}
                continue
            for account in result.creations:
                check(world, account)
            assert all(len(rows_of(world, each)) <= 1 for each in wanted)
            is_done = not result.interrupted and result.refusal is None
            assert (code(result) == 0) == (is_done and all(each.is_settled for each in result.creations))
