"""No secret value reaches a change, and a secret that differs still shows."""

from __future__ import annotations

from factories import FAKER, form, live, manifest, state, target

from reconciler.model.json_value import JsonObject
from reconciler.model.template import Connector, LiveTemplate, Manifest
from reconciler.planning.compare import MAX_SECRETS
from reconciler.planning.entry import Entry
from reconciler.planning.plan import build_plan
from reconciler.report.document import document_text, plan_document

SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "region": {"type": "string"},
        "auth": {
            "oneOf": [
                {
                    "properties": {
                        "kind": {"const": "key"},
                        "value": {"type": "string", "airbyte_secret": True},
                    }
                },
                {"properties": {"kind": {"const": "none"}}},
            ]
        },
        "keys": {"type": "array", "items": {"type": "string", "airbyte_secret": True}},
    },
}
SPECIFIED = Connector(FAKER.id, "source-faker", "Sample Data", "1.0.0", {"connectionSpecification": SCHEMA})


def drifted(wanted: Manifest, held: LiveTemplate) -> Entry:
    plan = build_plan([wanted], [state(held)], target())
    text = document_text(plan_document(plan))
    assert "HUSH" not in text
    (entry,) = plan.entries
    return entry


def test_value_at_a_secret_position_is_masked_on_both_sides() -> None:
    entry = drifted(
        manifest(connector=SPECIFIED, presets={"auth": {"kind": "key", "value": "HUSH1"}}, spec=form()),
        live(presets={"auth": {"kind": "key", "value": "HUSH2"}}),
    )
    (change,) = entry.changes
    assert (change.path, change.desired, change.live) == (
        "/partialDefaultConfig/auth/value",
        "(sensitive)",
        "(sensitive, differs)",
    )


def test_secret_inside_a_removed_object_is_masked_and_the_rest_is_shown() -> None:
    entry = drifted(
        manifest(connector=SPECIFIED, presets={}, spec=form()),
        live(presets={"auth": {"kind": "key", "value": "HUSH"}}),
    )
    assert entry.changes[0].live == {"kind": "key", "value": "(sensitive, differs)"}


def test_secret_array_items_are_masked_at_any_index() -> None:
    entry = drifted(
        manifest(connector=SPECIFIED, presets={"keys": ["HUSH1"]}, spec=form()),
        live(presets={"keys": ["HUSH0", "HUSH1"]}),
    )
    assert [c.live for c in entry.changes] == ["(sensitive, differs)"]


def test_value_of_a_variable_is_masked_whatever_its_name() -> None:
    wanted = manifest(
        connector=SPECIFIED,
        presets={"region": "HUSH"},
        spec=form(),
        variables=frozenset({"/spec/partialDefaultConfig/region"}),
    )
    assert drifted(wanted, live(presets={"region": "HUSH old"})).changes[0].desired == "(sensitive)"


def test_without_a_specification_names_that_look_secret_are_masked() -> None:
    entry = drifted(
        manifest(presets={"api_key": "HUSH", "region": "eu"}, spec=form()),
        live(presets={"api_key": "HUSHED", "region": "us"}),
    )
    assert {c.path: c.desired for c in entry.changes} == {
        "/partialDefaultConfig/api_key": "(sensitive)",
        "/partialDefaultConfig/region": "eu",
    }


def test_default_of_a_secret_field_in_a_form_is_masked() -> None:
    def spec(value: str) -> JsonObject:
        return form(
            pin={"type": "string", "airbyte_secret": True, "default": value}, client_secret={"const": value}
        )

    entry = drifted(manifest(spec=spec("HUSH1")), live(spec=spec("HUSH2")))
    assert {c.desired for c in entry.changes} == {"(sensitive)"}


def test_pair_with_more_secrets_than_can_be_looked_for_is_hidden_as_a_whole() -> None:
    def entry(number: int) -> Entry:
        held = live(presets={"password": [f"HUSH-{n}" for n in range(number)], "region": "eu"})
        return drifted(manifest(spec=form()), held)

    paths = {change.path for change in entry(MAX_SECRETS).changes}
    assert paths == {"/partialDefaultConfig/password", "/partialDefaultConfig/region"}
    (change,) = entry(MAX_SECRETS + 1).changes
    assert (change.path, change.live) == ("/partialDefaultConfig", "(sensitive, differs)")
