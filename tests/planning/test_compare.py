"""What counts as a difference, and how a difference is told."""

from __future__ import annotations

import pytest
from factories import FAKER, form, live, manifest, served, state, target

from reconciler.model.json_value import JsonObject, JsonValue
from reconciler.model.template import Connector, LiveTemplate, Manifest, live_template
from reconciler.planning.compare import diff_values
from reconciler.planning.content import Contents
from reconciler.planning.entry import Change, Entry, Operation, Status
from reconciler.planning.plan import build_plan


def compared(wanted: Manifest, held: LiveTemplate) -> Entry:
    (entry,) = build_plan([wanted], [state(held)], target()).entries
    return entry


def told(desired: JsonValue, held: JsonValue) -> list[tuple[str, str, JsonValue, JsonValue]]:
    return [(c.path, str(c.operation), c.desired, c.live) for c in diff_values(desired, held)]


@pytest.mark.parametrize(
    ("desired", "held"),
    [
        (True, 1),
        (False, 0),
        (1, "1"),
        (None, "null"),
        (0, False),
        ([1], [True]),
        ([], {}),
        ("", None),
        (1.5, 1),
    ],
)
def test_values_of_other_types_differ(desired: JsonValue, held: JsonValue) -> None:
    entry = compared(manifest(presets={"a": desired}, spec=form()), live(presets={"a": held}))
    assert entry.status is Status.DRIFTED
    assert entry.changes[0].path.startswith("/partialDefaultConfig/a")


def test_null_is_not_the_same_as_absent() -> None:
    entry = compared(manifest(presets={"a": None}, spec=form()), live(presets={}))
    assert entry.changes == (Change("/partialDefaultConfig/a", Operation.ADD, None, None),)


@pytest.mark.parametrize(("desired", "held"), [(1, 1.0), (1000, 1e3), (-0.0, 0), (10**20, 1e20)])
def test_equal_numbers_spelled_differently_are_in_sync(desired: JsonValue, held: JsonValue) -> None:
    entry = compared(manifest(presets={"a": desired}, spec=form()), live(presets={"a": held}))
    assert entry.status is Status.IN_SYNC


def test_large_integers_are_compared_exactly() -> None:
    entry = compared(manifest(presets={"a": 2**60}, spec=form()), live(presets={"a": 2**60 + 1}))
    assert entry.status is Status.DRIFTED


def test_what_the_server_adds_by_itself_is_not_drift() -> None:
    spec: JsonObject = {
        **form(),
        "documentationUrl": None,
        "advanced_auth": {
            "auth_flow_type": "oauth2.0",
            "oauth_config_specification": {"oauth_connector_input_specification": {}},
        },
    }
    held = served(form()) | {
        "advanced_auth": {
            "auth_flow_type": "oauth2.0",
            "predicate_key": [],
            "oauth_config_specification": {"oauth_connector_input_specification": {"extract_output": []}},
        }
    }
    template = live_template(live().id, "Sample Data", FAKER.id, {}, held)
    assert compared(manifest(spec=spec), template).status is Status.IN_SYNC


def test_required_is_a_set_but_only_where_it_is_a_keyword() -> None:
    def spec(order: int) -> JsonObject:
        return {
            "connectionSpecification": {"required": ["a", "b"][::order], "properties": {"a": {}, "b": {}}}
        }

    assert compared(manifest(spec=spec(1)), live(spec=spec(-1))).status is Status.IN_SYNC
    turned = form(a={"type": "string", "default": {"required": [2, 1]}})
    held = form(a={"type": "string", "default": {"required": [1, 2]}})
    assert compared(manifest(spec=turned), live(spec=held)).status is Status.DRIFTED


@pytest.mark.parametrize(
    "field",
    [{"type": ["string", "null"]}, {"enum": [1, 2]}, {"type": "array", "items": {"enum": ["a", "b"]}}],
)
def test_the_order_of_what_the_customer_sees_is_drift(field: JsonObject) -> None:
    def turned(value: JsonValue) -> JsonValue:
        if isinstance(value, dict):
            return {key: turned(inner) for key, inner in value.items()}
        return value[::-1] if isinstance(value, list) else value

    entry = compared(manifest(spec=form(a=field)), live(spec=form(a=turned(field))))
    assert entry.status is Status.DRIFTED
    assert entry.changes != ()


def test_property_called_required_is_not_taken_for_the_keyword() -> None:
    def spec(order: int) -> JsonObject:
        return form(required={"type": "array", "default": ["b", "a"][::order]})

    assert compared(manifest(spec=spec(1)), live(spec=spec(-1))).status is Status.DRIFTED


def test_order_of_one_of_matters() -> None:
    def spec(order: int) -> JsonObject:
        return form(a={"oneOf": [{"title": "x"}, {"title": "y"}][::order]})

    assert compared(manifest(spec=spec(1)), live(spec=spec(-1))).status is Status.DRIFTED


def test_form_left_to_inference_is_compared_with_what_the_server_would_infer() -> None:
    schema: JsonObject = {
        "type": "object",
        "title": "Spec",
        "required": ["token", "region"],
        "properties": {
            "token": {"type": "string"},
            "region": {"type": "string"},
            "optional": {"type": "string"},
        },
    }
    connector = Connector(
        FAKER.id, "source-faker", "Sample Data", "1.0.0", {"connectionSpecification": schema}
    )
    inferred: JsonObject = {
        "connectionSpecification": {
            **schema,
            "required": ["token"],
            "properties": {"token": {"type": "string"}},
        }
    }
    wanted = manifest(connector=connector, presets={"region": "eu"})
    assert compared(wanted, live(presets={"region": "eu"}, spec=inferred)).status is Status.IN_SYNC
    other = compared(wanted, live(presets={"region": "eu"}, spec={"connectionSpecification": schema}))
    assert "it was inferred from another connector version, or written by hand" in other.reason


def test_values_that_the_merge_defect_stored_are_named_as_such() -> None:
    spec = form(credentials={"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}})
    wanted = manifest(presets={"credentials": {"id": "mine", "kind": "Client"}}, spec=spec)
    entry = compared(
        wanted, live(presets={"credentials": {"id": "mock_string", "kind": "Client"}}, spec=spec)
    )
    assert "exactly what Airbyte's merge of mock values stores" in entry.reason


def test_change_names_the_smallest_place_that_differs() -> None:
    assert told({"a": {"b": [1, {"c/d": 2}]}}, {"a": {"b": [1, {"c/d": 3}]}}) == [
        ("/a/b/1/c~1d", "replace", 2, 3)
    ]


def test_inserted_array_item_is_one_change() -> None:
    assert told({"a": [0, 1, 2, 3]}, {"a": [1, 2, 3]}) == [("/a/0", "add", 0, None)]


def test_true_beside_one_in_an_array_is_found() -> None:
    assert told([1, 2], [True, 2]) == [("/0", "replace", 1, True)]


def test_long_arrays_are_compared_index_by_index() -> None:
    desired: list[JsonValue] = list(range(1000))
    held: list[JsonValue] = [*range(500), "x", *range(501, 1000)]
    assert told(desired, held) == [("/500", "replace", 500, "x")]


def test_array_that_holds_other_items_is_always_told() -> None:
    assert told([[]], [{}]) == [("/0", "replace", [], {})]


def test_two_manifests_that_differ_in_true_and_one_have_contents_of_their_own() -> None:
    """An earlier revision in git may be equal to the manifest of today for Python."""
    contents = Contents()
    now, before = (manifest(presets={"flag": value}, spec=form()) for value in (True, 1))
    assert now == before
    assert contents.desired(now).content != contents.desired(before).content
