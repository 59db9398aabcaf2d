"""Updates of any pair, on a server of any way and with any fault: the account is true, and nothing else than planned is sent.

The judge is what the sandbox stores, and a reading of manifests of its own.
"""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from typing import Any

import httpx
from applying.test_creates_of_agents import code, faker, stored
from applying.test_updates import TEMPLATE, patches, put, updating
from faulty_sandbox import Fault, World, answered, lost_after, lost_before, never_connected, passed_on
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.template import Manifest
from reconciler.sandbox.store import open_store

PRESETS = st.fixed_dictionaries(
    {},
    optional={
        "count": st.integers(1, 2),
        "seed": st.integers(1, 2),
        "deep": st.sampled_from([{}, {"a": 1}, {"b": 2}]),
    },
)
MODES = st.sampled_from(["DIRECT", "REPLICATION", "MULTI"])
CUSTOMIZATIONS: Any = st.sampled_from(
    [
        {},
        {"streamSelectionMode": "all"},
        {"streamSelectionMode": "whitelist", "streamWhitelist": ["users"]},
        {"streamSelectionMode": "whitelist", "streamWhitelist": ["users", "orders"]},
    ]
)
NAMES = st.sampled_from(["Sample", "Other"])
TAGS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True)
API_NAMES = {"partialDefaultConfig": "partial_default_config"}


def forgets(member: str) -> Fault:
    """A server that takes a member of a PATCH and does not store it."""

    async def fault(request: httpx.Request, inner: httpx.AsyncBaseTransport) -> httpx.Response:
        body = json.loads(request.content)
        body.pop(member, None)
        content = json.dumps(body).encode()
        headers = {
            k: v for k, v in request.headers.items() if k not in {"content-length", "transfer-encoding"}
        }
        return await inner.handle_async_request(
            httpx.Request(request.method, request.url, headers=headers, content=content)
        )

    return fault


FAULTS = st.sampled_from(
    [
        passed_on,
        passed_on,
        lost_after,
        lost_before,
        never_connected,
        answered(502),
        answered(502, after=True),
        answered(401, {}),
        answered(401, {}, after=True),
        answered(200, {}),
        answered(422, {"message": "no", "errors": [{"field": "mode", "message": "no"}]}),
        answered(422, {"message": "no", "errors": [{"field": "mode", "message": "no"}]}, after=True),
        forgets("partial_default_config"),
        forgets("customization"),
        forgets("name"),
    ]
)
MANIFESTS = st.builds(
    lambda presets, name, more, propagate: replace(faker(name, presets, **more), propagate=propagate),
    PRESETS,
    st.none() | NAMES,
    st.fixed_dictionaries({}, optional={"mode": MODES, "customization": CUSTOMIZATIONS, "tags": TAGS}),
    st.sampled_from([None, True, False]),
)
WAYS = st.fixed_dictionaries({"patch": st.sampled_from(["replace", "merge"]), "tags": st.booleans()})
ROWS = st.fixed_dictionaries(
    {
        "partial_default_config": PRESETS,
        "name": NAMES,
        "mode": MODES,
        "customization": st.none()
        | CUSTOMIZATIONS.map(lambda value: {_snake(k): v for k, v in value.items()}),
        "tags": TAGS,
    }
)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def row_of(world: World) -> dict[str, Any]:
    row = world.store.agent_template("source", TEMPLATE)
    assert row is not None
    members: dict[str, Any] = json.loads(row.members)
    return members


def plain(members: dict[str, Any]) -> dict[str, Any]:
    """What is stored, with the documented defaults where nothing is, tags in order."""
    given = {k: v for k, v in (members["customization"] or {}).items() if v is not None}
    customization = {"stream_selection_mode": "suggested", **given}
    if "stream_whitelist" in customization:
        customization["stream_whitelist"] = sorted(customization["stream_whitelist"])
    return {**members, "customization": customization, "tags": sorted(members["tags"])}


def asked(wanted: Manifest) -> dict[str, Any]:
    """What the manifest says of a stored row."""
    says: dict[str, Any] = {
        "partial_default_config": wanted.presets,
        "mode": "REPLICATION",
        "customization": {},
    }
    says |= {name: value for name, value in wanted.settings.items() if name != "customization"}
    customization: Any = wanted.settings.get("customization", {})
    says["customization"] = {_snake(name): value for name, value in customization.items()}
    whole = plain({"tags": [], **says})
    return {name: whole[name] for name in says}


@given(MANIFESTS, ROWS, WAYS, FAULTS, FAULTS)
def test_account_of_an_update_is_what_the_server_stores(
    wanted: Manifest, row: dict[str, Any], ways: dict[str, Any], fault: Fault, tag_fault: Fault
) -> None:
    with closing(open_store(None)) as store:
        world = updating(World(store), **ways)
        put(world, **row)
        before = plain(row_of(world))
        world.faults.on("PATCH", fault)
        world.faults.on("TAG", tag_fault)
        bound = replace(wanted, template_id=TEMPLATE)
        result = world.apply(bound)
        after = plain(row_of(world))
        asks = asked(wanted)
        is_equal = asks == {name: after[name] for name in asks}
        if not result.creations:
            assert asks == {name: before[name] for name in asks}
            assert (world.faults.patches, before) == ([], after)
            return
        (account,) = result.creations
        update = account.entry.update
        assert update is not None
        members = {API_NAMES.get(name, name): value for name, value in update.members.items()}
        differing = {name for name in asks if asks[name] != before[name]}
        assert members.keys() == differing - {"tags"}
        for body in patches(world):
            propagate = body.pop("propagate")
            assert (body.keys(), propagate) == (members.keys(), wanted.propagate is True)
        untouched = {name for name in before if name not in differing}
        if account.is_settled:
            assert is_equal
            assert all(before[name] == after[name] for name in untouched)
        assert (code(result) == 0) == account.is_settled
        if account.equals_manifest is False:
            assert account.changes
        if account.outcome in {"rejected", "not-attempted"}:
            assert before == after
        assert world.posts() == 0


def test_judge_knows_a_difference() -> None:
    other = plain(json.loads(stored(7, partial_default_config={"count": 2}).members))
    assert asked(faker(presets={"count": 1}))["partial_default_config"] != other["partial_default_config"]
