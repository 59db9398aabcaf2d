"""Every small world of the Agent API: manifests that say more or less, and templates of one definition. An oracle that knows only what
equal means judges the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations_with_replacement, islice, product

import pytest
from factories import agents, live, manifest, state, template_id, unread
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.json_value import JsonObject, same_json
from reconciler.model.target import Dialect, Policy
from reconciler.model.template import LiveTemplate, Manifest, live_template
from reconciler.planning.content import Contents
from reconciler.planning.entry import Entry, Plan, Rule, Status
from reconciler.planning.plan import build_plan

DEFAULTS: JsonObject = {"mode": "REPLICATION", "customization": {"streamSelectionMode": "suggested"}}
NAMES: tuple[JsonObject, ...] = ({}, {"name": "A"}, {"name": "B"})
TAGS: tuple[JsonObject, ...] = ({}, {"tags": ["eu"]})
MODES: tuple[JsonObject, ...] = ({}, {"mode": "DIRECT"})
SAID = tuple(name | tags | mode for name, tags, mode in product(NAMES, TAGS, MODES))
NO_TAGS: JsonObject = {"tags": []}
NAME_C: JsonObject = {"name": "C"}
HELD: tuple[JsonObject, ...] = tuple(
    DEFAULTS | NO_TAGS | name | tags | mode for name, tags, mode in product((*NAMES[1:], NAME_C), TAGS, MODES)
)
PRESETS: tuple[JsonObject, ...] = ({}, {"seed": 1})
CONTENTS = Contents(Dialect.AGENTS)


@cache
def wanted(name: str, presets: int, said: int, second: str = "") -> Manifest:
    made = manifest(name, presets=PRESETS[presets], allow_second=second)
    return replace(made, settings=SAID[said])


@cache
def held(number: int, presets: int, settings: int) -> LiveTemplate:
    template = live(number)
    return live_template(
        template.id, "Sample Data", template.connector_id, PRESETS[presets], {}, settings=HELD[settings]
    )


def fits(desired: Manifest, template: LiveTemplate) -> bool:
    """Whether the template is all that the manifest says, with the documented defaults."""
    asked, has = DEFAULTS | desired.settings, template.settings
    return same_json(desired.presets, template.presets) and all(
        same_json(asked[key], has[key]) for key in asked
    )


def planned(manifests: list[Manifest], templates: list[LiveTemplate], policy: Policy) -> Plan:
    return build_plan(manifests, [state(*templates)], agents(policy), contents=CONTENTS)


def worlds(most_manifests: int, most_templates: int) -> Iterator[tuple[list[Manifest], list[LiveTemplate]]]:
    sides = [*product(range(len(PRESETS)), range(len(SAID)))]
    stored = [*product(range(len(PRESETS)), range(len(HELD)))]
    for number, there in product(range(1, most_manifests + 1), range(most_templates + 1)):
        for says, has in product(
            combinations_with_replacement(sides, number), combinations_with_replacement(stored, there)
        ):
            yield (
                [wanted("abc"[index], *each) for index, each in enumerate(says)],
                [held(index, *each) for index, each in enumerate(has)],
            )


def check(manifests: list[Manifest], templates: list[LiveTemplate], policy: Policy) -> None:
    plan, by_id = planned(manifests, templates, policy), {each.id: each for each in templates}
    of_manifests = [entry for entry in plan.entries if entry.manifest is not None]
    assert sorted(entry.name for entry in of_manifests) == [each.name for each in manifests]
    taken = [entry.template_id for entry in of_manifests if entry.template_id]
    assert len(taken) == len(set(taken))
    for entry in of_manifests:
        assert entry.manifest is not None
        live_one = by_id.get(entry.template_id or "")
        if entry.status is Status.IN_SYNC:
            assert live_one is not None
            assert fits(entry.manifest, live_one)
        if entry.status is Status.CREATE:
            assert_is_missing(entry, of_manifests, by_id)
        if entry.status in {Status.DRIFTED, Status.UPDATE}:
            assert live_one is not None
            assert not fits(entry.manifest, live_one)
            assert entry.changes
            assert (entry.update is not None) == (entry.status is Status.UPDATE)
        if entry.update is not None:
            assert live_one is not None
            sent = DEFAULTS | entry.update.members
            tags = {*live_one.settings["tags"], *entry.update.tags_to_add} - {*entry.update.tags_to_remove}  # type: ignore[misc]
            after = live_one.settings | {k: sent[k] for k in entry.update.members if k in live_one.settings}
            presets = entry.update.members.get("partialDefaultConfig", live_one.presets)
            assert isinstance(presets, dict)
            changed = live_template(
                live_one.id, "", live_one.connector_id, presets, {}, settings=after | {"tags": sorted(tags)}
            )
            assert fits(entry.manifest, changed)
            assert all(
                not same_json(value, (live_one.settings | {"partialDefaultConfig": live_one.presets})[key])
                for key, value in entry.update.members.items()
            )


def assert_is_missing(entry: Entry, of_manifests: list[Entry], by_id: dict[str, LiveTemplate]) -> None:
    """Every template is another manifest's, and every create but the first is called a second one."""
    others = {other.template_id for other in of_manifests if other.status is not Status.CREATE}
    assert set(by_id) <= others
    assert entry.manifest is not None
    assert not any(fits(entry.manifest, template) for template in by_id.values())
    first = min(other.name for other in of_manifests if other.status is Status.CREATE)
    assert entry.is_second == bool(by_id or entry.name != first)


@pytest.mark.parametrize("policy", Policy)
def test_small_worlds_have_no_create_of_what_exists_and_no_false_in_sync(policy: Policy) -> None:
    """Every fifth of them where properties are tried with few examples."""
    for manifests, templates in islice(worlds(1, 2), None, None, max(1, 100 // settings().max_examples)):
        check(manifests, templates, policy)


NUMBERS = st.tuples(st.integers(0, len(PRESETS) - 1), st.integers(0, len(HELD) - 1))


@given(st.lists(NUMBERS, max_size=3), st.lists(NUMBERS, max_size=3), st.sampled_from(Policy))
def test_larger_worlds_have_no_create_of_what_exists_and_no_false_in_sync(
    says: list[tuple[int, int]], has: list[tuple[int, int]], policy: Policy
) -> None:
    check(
        [wanted("abc"[index], *each) for index, each in enumerate(says)],
        [held(index, *each) for index, each in enumerate(has)],
        policy,
    )


@given(st.lists(NUMBERS, min_size=1, max_size=3, unique_by=lambda each: each[1]))
def test_what_was_created_is_in_sync_whatever_the_server_fills_in(says: list[tuple[int, int]]) -> None:
    manifests = [wanted("abc"[index], *each) for index, each in enumerate(says)]
    templates = [
        live_template(
            template_id(index),
            "Sample Data",
            each.connector.id,
            each.presets,
            {"connectionSpecification": {}},
            settings=DEFAULTS | {"name": f"made-{index}", "tags": []} | each.settings,
        )
        for index, each in enumerate(manifests)
    ]
    plan = planned(manifests, templates, Policy.CREATE_ONLY)
    assert not plan.with_status(Status.CREATE)
    assert {entry.matched_by for entry in plan.with_status(Status.IN_SYNC)} <= {Rule.CONTENT}


def test_second_template_on_purpose_is_sent_after_the_first_one() -> None:
    manifests = [wanted("a", 0, 0, "two regions"), wanted("b", 1, 0)]
    plan = planned(manifests, [], Policy.CREATE_ONLY)
    assert [(entry.name, entry.is_second) for entry in plan.to_send] == [("b", False), ("a", True)]


@given(NUMBERS)
def test_unread_template_of_the_definition_stops_every_create(says: tuple[int, int]) -> None:
    one = wanted("a", *says)
    lost = replace(unread(), connector_id=one.connector.id)
    plan = build_plan([one], [state(unread=(lost,))], agents(), contents=CONTENTS)
    assert not plan.with_status(Status.CREATE)
