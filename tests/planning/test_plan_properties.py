"""Properties of the pure core over generated manifests and live states."""

from __future__ import annotations

import copy
import random
from collections import Counter
from typing import Any

from factories import CRM, FAKER, manifest, state, stored, target, template_id
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.model.json_value import JsonObject, JsonValue, canonical_json, same_json
from reconciler.model.template import LiveTemplate, Manifest, UnreadTemplate, live_template
from reconciler.planning.compare import diff_values
from reconciler.planning.entry import Status
from reconciler.planning.normal_form import normalise_form
from reconciler.planning.plan import build_plan
from reconciler.report.document import document_text, plan_document

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=5),
)
VALUES: st.SearchStrategy[JsonValue] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
OBJECTS: st.SearchStrategy[JsonObject] = st.dictionaries(st.sampled_from("abcde"), VALUES, max_size=3)
TITLES = st.sampled_from([None, "A", "B"])


@st.composite
def forms(draw: st.DrawFn) -> JsonObject:
    names = draw(st.lists(st.sampled_from(["x", "y", "required", "type"]), unique=True, max_size=3))
    schema: JsonObject = {
        "type": "object",
        "required": list(names),
        "properties": {
            name: {"type": "string", "enum": draw(st.lists(SCALARS, max_size=3))} for name in names
        },
    }
    if (title := draw(TITLES)) is not None:
        schema["title"] = title
    return {"connectionSpecification": schema}


@st.composite
def manifests(draw: st.DrawFn) -> list[Manifest]:
    count = draw(st.integers(0, 5))
    return [
        manifest(
            f"m{index}",
            connector=draw(st.sampled_from([FAKER, CRM])),
            presets=draw(OBJECTS),
            spec=draw(forms()),
            template=draw(st.sampled_from([None, None, None, template_id(1), template_id(99)])),
        )
        for index in range(count)
    ]


@st.composite
def templates(draw: st.DrawFn, of: list[Manifest]) -> list[LiveTemplate]:
    made = []
    for number in range(draw(st.integers(0, 5))):
        base = manifest(spec=draw(forms()), presets=draw(OBJECTS))
        is_of_one: bool = draw(st.booleans())
        if of and is_of_one:
            base = draw(st.sampled_from(of))
        made.append(stored(base, number))
    return made


WORLDS = manifests().flatmap(lambda ms: st.tuples(st.just(ms), templates(ms)))


@given(WORLDS, st.lists(st.integers(50, 52), unique=True))
def test_every_manifest_and_every_live_template_lands_in_exactly_one_entry(
    world: tuple[list[Manifest], list[LiveTemplate]], unread_numbers: list[int]
) -> None:
    wanted, held = world
    unread = tuple(UnreadTemplate(template_id(n), "Sample Data", "500") for n in unread_numbers)
    plan = build_plan(wanted, [state(*held, unread=unread)], target())
    assert Counter(e.name for e in plan.entries if e.origin) == Counter(m.name for m in wanted)
    ids = [e.template_id for e in plan.entries if e.template_id is not None]
    assert Counter(ids) == Counter([t.id for t in held] + [u.id for u in unread])
    if unread:
        assert not plan.with_status(Status.CREATE) or all(
            e.connector is not None and any(t.connector_id == e.connector.id for t in held)
            for e in plan.with_status(Status.CREATE)
        )


@given(manifests())
def test_plan_of_an_applied_plan_has_nothing_to_create_and_no_drift(wanted: list[Manifest]) -> None:
    free = [manifest(m.name, connector=m.connector, presets=m.presets, spec=m.form) for m in wanted]
    held = [stored(m, number) for number, m in enumerate(free)]
    plan = build_plan(free, [state(*held)], target())
    assert {e.status for e in plan.entries} <= {Status.IN_SYNC}


@given(WORLDS, st.randoms(use_true_random=False))
def test_order_of_manifests_templates_keys_and_set_items_changes_no_byte(
    world: tuple[list[Manifest], list[LiveTemplate]], chance: random.Random
) -> None:
    wanted, held = world
    plan = build_plan(wanted, [state(*held)], target())
    shuffled = [
        manifest(
            m.name,
            connector=m.connector,
            presets=_shuffled(m.presets, chance),
            spec=_shuffled(m.form, chance),
            template=m.template_id,
        )
        for m in wanted
    ]
    moved = [
        live_template(t.id, t.name, t.connector_id, _shuffled(t.presets, chance), _shuffled(t.form, chance))
        for t in held
    ]
    chance.shuffle(shuffled)
    chance.shuffle(moved)
    again = build_plan(shuffled, [state(*moved)], target())
    assert document_text(plan_document(again)) == document_text(plan_document(plan))


def _shuffled(value: Any, chance: random.Random, *, is_set: bool = False) -> Any:
    """Other key order everywhere, other item order where JSON Schema reads a set."""
    if isinstance(value, dict):
        items = list(value.items())
        chance.shuffle(items)
        in_schema = "properties" in value
        return {k: _shuffled(v, chance, is_set=in_schema and k == "required") for k, v in items}
    if isinstance(value, list):
        items = [_shuffled(item, chance) for item in value]
        if is_set:
            chance.shuffle(items)
        return items
    return value


@given(WORLDS)
def test_planning_does_not_touch_its_arguments(world: tuple[list[Manifest], list[LiveTemplate]]) -> None:
    before = copy.deepcopy(world)
    build_plan(world[0], [state(*world[1])], target())
    assert [(m.presets, m.form) for m in world[0]] == [(m.presets, m.form) for m in before[0]]
    assert [(t.presets, t.form) for t in world[1]] == [(t.presets, t.form) for t in before[1]]


@given(VALUES)
def test_diff_of_a_value_with_itself_is_empty(value: JsonValue) -> None:
    assert diff_values(value, copy.deepcopy(value)) == ()


@settings(max_examples=3 * settings().max_examples)
@given(VALUES, VALUES)
def test_diff_is_empty_exactly_when_the_values_mean_the_same(left: JsonValue, right: JsonValue) -> None:
    assert (diff_values(left, right) == ()) is same_json(left, right)


@given(OBJECTS, st.data())
def test_any_single_changed_leaf_is_drift_and_the_change_names_it(
    presets: JsonObject, data: st.DataObject
) -> None:
    paths = list(_leaves(presets))
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    other = data.draw(SCALARS)
    changed, old = _with(presets, path, other)
    if same_json(old, other):
        return
    wanted = manifest(presets=presets, spec={"connectionSpecification": {"type": "object", "title": "T"}})
    held = stored(manifest(presets=changed, spec=wanted.form), 1)
    (entry,) = build_plan([wanted], [state(held)], target()).entries
    assert entry.status is Status.DRIFTED
    assert entry.changes


def _leaves(value: JsonValue, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]
    if isinstance(value, list) and value:
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, (*path, index))]
    return [path] if path else []


def _with(value: JsonObject, path: tuple[str | int, ...], leaf: JsonValue) -> tuple[JsonObject, JsonValue]:
    changed = copy.deepcopy(value)
    place: Any = changed
    for segment in path[:-1]:
        place = place[segment]
    old = place[path[-1]]
    place[path[-1]] = leaf
    return changed, old


@given(forms())
def test_normalising_a_form_twice_changes_nothing_more(spec: JsonObject) -> None:
    once = normalise_form(spec)
    assert canonical_json(normalise_form(once)) == canonical_json(once)
