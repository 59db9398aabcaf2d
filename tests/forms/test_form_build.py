"""A specification as the parts of a form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from factories import FAKER, live, manifest

from reconciler.connectors.specification.schema import Kind
from reconciler.forms.build import build_form
from reconciler.forms.parts import Control, Form, NoForm, Part
from reconciler.forms.template_form import form_of_live, form_of_manifest
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Connector


def specification(required: tuple[str, ...] = (), /, **properties: Any) -> JsonObject:
    schema: JsonObject = {"type": "object", "required": list(required), "properties": dict(properties)}
    return {"connectionSpecification": schema}


def parts_of(form: Form, *, optional: bool | None = None) -> list[Part]:
    """The parts of all cards: all, or only those that are open or collapsed."""
    parts = [part for card in form.cards for part in card.parts]
    return [part for part in parts if optional is None or part.is_open is not optional]


def titles(parts: Iterable[Part]) -> list[str]:
    return [part.title for part in parts if part.kind is not Kind.LOGIN]


def only_field(schema: JsonObject, name: str = "value") -> Part:
    (part,) = parts_of(build_form(specification((name,), **{name: schema})))
    assert part.kind is Kind.FIELD
    return part


@pytest.mark.parametrize(
    ("schema", "control"),
    [
        ({"type": "string"}, Control.TEXT),
        ({}, Control.TEXT),
        ({"type": ["null", "string"]}, Control.TEXT),
        ({"type": "string", "multiline": True}, Control.LINES),
        ({"type": "string", "airbyte_secret": True}, Control.SECRET),
        ({"type": "string", "airbyte_secret": True, "multiline": True}, Control.SECRET_LINES),
        ({"type": "integer", "airbyte_secret": True}, Control.SECRET),
        ({"type": "integer"}, Control.INTEGER),
        ({"type": "number"}, Control.NUMBER),
        ({"type": "boolean"}, Control.SWITCH),
        ({"type": "string", "enum": ["a", "b"]}, Control.SELECT),
        ({"type": "array", "items": {"type": "string"}}, Control.TAGS),
        ({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}, Control.SEVERAL),
        ({"type": "string", "format": "date"}, Control.DATE),
        ({"type": "string", "format": "date-time"}, Control.DATE_TIME),
        ({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}$"}, Control.MONTH),
        ({"type": "string", "format": "date", "default": "yesterday"}, Control.TEXT),
    ],
)
def test_each_kind_of_field_has_its_control(schema: JsonObject, control: Control) -> None:
    assert only_field(schema).control is control


def test_required_fields_stand_open_and_optional_ones_are_collapsed_in_the_order_of_the_widget() -> None:
    form = build_form(
        specification(
            ("late", "early"),
            spare={"type": "string"},
            late={"type": "string", "order": 9},
            early={"type": "string", "order": 1},
            second={"type": "string", "order": 2},
            shown={"type": "string", "always_show": True, "order": 5},
        )
    )
    assert titles(parts_of(form, optional=False)) == ["early", "shown", "late"]
    assert titles(parts_of(form, optional=True)) == ["second", "spare"]


def test_hidden_fields_and_constants_are_not_in_the_form() -> None:
    form = build_form(
        specification(
            seen={"type": "string"},
            hidden={"type": "string", "airbyte_hidden": True},
            fixed={"type": "string", "const": "x"},
            single={"type": "string", "enum": ["x"], "default": "x"},
        )
    )
    assert titles(parts_of(form)) == ["seen"]


def test_groups_become_cards_with_their_titles_and_a_wholly_optional_one_is_collapsed_under_its_title() -> (
    None
):
    spec = specification(
        ("host", "free"),
        free={"type": "string"},
        host={"type": "string", "group": "connection"},
        tuning={"type": "string", "group": "advanced"},
    )
    schema: Any = spec["connectionSpecification"]
    schema["groups"] = [{"id": "connection", "title": "Connection"}, {"id": "advanced", "title": "Advanced"}]
    first, second, third = build_form(spec).cards
    assert (first.title, second.title, third.title) == ("Connection", "", "Advanced")
    assert [card.is_folded for card in (first, second, third)] == [False, False, True]


def test_a_constant_in_a_group_keeps_the_group_from_being_collapsed_as_a_whole() -> None:
    tuning = {"tuning": {"type": "string", "group": "extra"}, "mode": {"const": "x", "group": "extra"}}
    spec = specification((), **tuning)
    schema: Any = spec["connectionSpecification"]
    schema["groups"] = [{"id": "extra", "title": "Extra"}]
    (card,) = build_form(spec).cards
    assert (card.title, card.is_folded, [part.is_open for part in card.parts]) == ("Extra", False, [False])


def choice(**more: Any) -> JsonObject:
    return {
        "type": "object",
        "title": "Login",
        "oneOf": [
            {
                "title": "Token",
                "required": ["token"],
                "properties": {"kind": {"const": "token"}, "token": {"type": "string"}},
            },
            {"title": "None", "properties": {"kind": {"const": "none"}}},
        ],
        **more,
    }


def the_choice(**more: Any) -> Part:
    (part,) = parts_of(build_form(specification(login=choice(**more))))
    assert part.kind is Kind.CHOICE
    return part


def test_a_choice_opens_with_its_first_option_or_with_its_default() -> None:
    assert the_choice().chosen == 0
    assert the_choice(default="none").chosen == 1
    assert the_choice(default="unheard of").chosen == 0


def test_a_choice_shows_options_by_title_and_is_a_dropdown_unless_it_asks_for_radio_buttons() -> None:
    part = the_choice()
    assert titles(part.parts) == ["Token", "None"]
    assert not part.is_radio
    assert the_choice(display_type="radio").is_radio


def test_a_hidden_option_is_left_out_and_not_chosen() -> None:
    schema = choice()
    options: Any = schema["oneOf"]
    options[0]["airbyte_hidden"] = True
    (part,) = parts_of(build_form(specification(login=schema)))
    assert part.kind is Kind.CHOICE
    assert titles(part.parts) == ["None"]
    assert part.chosen is None


def test_a_choice_without_a_shared_constant_is_said_to_break_the_form() -> None:
    schema = choice()
    options: Any = schema["oneOf"]
    del options[1]["properties"]["kind"]
    form = build_form(specification(login=schema))
    assert form.trouble == "login: the options of its oneOf share no property with a `const`"


def test_a_form_that_is_no_object_says_so() -> None:
    assert (
        build_form({"connectionSpecification": {"properties": {}}}).trouble
        == "the form is not `type: object`"
    )
    assert build_form({}).trouble == "there is no connectionSpecification"


def test_objects_are_groups_lists_of_objects_show_one_entry_and_empty_objects_nothing() -> None:
    inner: JsonObject = {"type": "object", "title": "Tunnel", "properties": {"port": {"type": "integer"}}}
    form = build_form(
        specification(tunnel=inner, reports={"type": "array", "items": inner}, free={"type": "object"})
    )
    kinds = {part.kind: titles(part.parts) for part in parts_of(form)}
    assert kinds == {Kind.GROUP: ["port"], Kind.LIST: ["port"]}


@pytest.mark.parametrize(
    ("pattern", "shape"),
    [
        ("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", "YYYY-MM-DDTHH:mm:ssZ"),
        ("^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "YYYY-MM-DD"),
        ("^[a-z]+$", ""),
    ],
)
def test_well_known_date_patterns_are_described(pattern: str, shape: str) -> None:
    assert only_field({"type": "string", "pattern": pattern}).shape == shape


def test_own_words_for_a_format_win_and_those_of_the_items_count() -> None:
    described: JsonObject = {
        "type": "string",
        "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        "pattern_descriptor": "day",
    }
    assert only_field(described).shape == "day"
    assert only_field({"type": "array", "items": described}).shape == "day"


def test_defaults_fill_the_controls() -> None:
    assert only_field({"type": "integer", "default": 5000}).values == ("5000",)
    assert only_field({"type": "boolean", "default": True}).values == ("true",)
    assert only_field({"type": "array", "items": {"type": "string"}, "default": ["a", "b"]}).values == (
        "a",
        "b",
    )
    assert only_field(
        {"type": "string", "format": "date-time", "default": "2024-01-01T00:00:00Z"}
    ).values == ("2024-01-01T00:00:00",)


def test_a_reference_is_said_not_to_be_followed() -> None:
    assert "no $ref" in only_field({"$ref": "#/definitions/x"}).note


OAUTH: JsonObject = {
    "auth_flow_type": "oauth2.0",
    "predicate_key": ["login", "kind"],
    "predicate_value": "token",
    "oauth_config_specification": {
        "complete_oauth_output_specification": {
            "properties": {"token": {"path_in_connector_config": ["login", "token"]}}
        },
    },
}


def test_a_log_in_stands_in_its_option_and_what_it_fills_in_is_folded_away() -> None:
    form = build_form({**specification(login=choice()), "advanced_auth": OAUTH})
    (part,) = parts_of(form)
    assert part.kind is Kind.CHOICE
    token, nothing = part.parts
    assert [(each.kind, each.title, each.by_login) for each in token.parts] == [
        (Kind.LOGIN, "", False),
        (Kind.FIELD, "token", True),
    ]
    assert nothing.parts == ()


def test_a_log_in_without_a_condition_stands_at_the_top() -> None:
    auth: JsonObject = {
        "oauth_config_specification": {
            "complete_oauth_output_specification": {
                "properties": {"t": {"path_in_connector_config": ["token"]}}
            }
        }
    }
    form = build_form({**specification(("token",), token={"type": "string"}), "advanced_auth": auth})
    assert [(part.kind, part.by_login) for part in parts_of(form)] == [
        (Kind.LOGIN, False),
        (Kind.FIELD, True),
    ]


SECRETIVE = {
    "type": "string",
    "airbyte_secret": True,
    "default": "s3cr3t-value",
    "examples": ["s3cr3t-value"],
}


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("key", SECRETIVE),
        ("api_key", {"type": "string", "default": "s3cr3t-value"}),
        ("key", {"type": "array", "items": SECRETIVE, "default": ["s3cr3t-value"]}),
        ("key", {"type": "string", "enum": ["s3cr3t-value"], "airbyte_secret": True}),
        (
            "key",
            {
                **SECRETIVE,
                "type": "object",
                "properties": {"part": {"type": "string", "default": "s3cr3t-value"}},
            },
        ),
    ],
)
def test_secret_values_of_a_form_are_masked(name: str, schema: JsonObject) -> None:
    form = build_form(specification((name,), **{name: schema}))
    assert "s3cr3t-value" not in repr(form)
    assert "(sensitive)" in repr(form)


def test_values_of_variables_are_masked_in_form_and_presets_on_both_sides() -> None:
    spec = specification(
        ("region",), region={"type": "string", "default": "x1", "title": "x2", "examples": ["x3"]}
    )
    at = "/spec/partialUserConfigSpec/connectionSpecification/properties/region"
    places = frozenset(
        {f"{at}/default", f"{at}/title", f"{at}/examples/0", "/spec/partialDefaultConfig/zone"}
    )
    desired = manifest(presets={"zone": "x4"}, spec=spec, variables=places)
    shown = (form_of_manifest(desired), form_of_live(live(presets={"zone": "x4"}, spec=spec), desired))
    for form in shown:
        assert not any(f"x{number}" in repr(form) for number in range(1, 5)), form
        assert repr(form).count("(sensitive)") == 4


def test_presets_are_rows_with_titles_and_secret_ones_are_masked() -> None:
    schema: JsonObject = specification(
        name={"title": "Name", "type": "string"}, login={"type": "object", "properties": {"pass": SECRETIVE}}
    )
    connector = Connector(FAKER.id, "source-faker", "Sample Data", "1", schema)
    form = form_of_manifest(
        manifest(
            connector=connector,
            presets={"name": "shop", "login": {"pass": "hunter2"}, "token": "t0p"},
            spec=specification(),
        )
    )
    assert isinstance(form, Form)
    rows = [(preset.path, preset.title, preset.value) for preset in form.presets]
    assert rows == [("name", "Name", "shop"), ("login.pass", "", "(sensitive)"), ("token", "", "(sensitive)")]


def test_a_preset_that_the_form_asks_for_too_says_so() -> None:
    spec = specification(("count",), count={"type": "integer"})
    form = form_of_manifest(manifest(presets={"count": 1, "seed": 2}, spec=spec))
    assert isinstance(form, Form)
    assert [(preset.path, preset.is_asked) for preset in form.presets] == [("count", True), ("seed", False)]


def test_an_inferred_form_says_what_nobody_can_set() -> None:
    spec = specification(("asked",), asked={"type": "string"}, spare={"type": "string"})
    form = form_of_manifest(manifest(connector=Connector(FAKER.id, "source-faker", "Sample Data", "1", spec)))
    assert isinstance(form, Form)
    assert titles(parts_of(form)) == ["asked"]
    assert form.never_asked == ("spare",)


def test_a_form_that_is_not_known_says_why_and_what_to_do() -> None:
    unlocked = form_of_manifest(manifest())
    assert isinstance(unlocked, NoForm)
    assert "connectors.lock.json" in unlocked.reason
    assert "reconciler connectors lock" in unlocked.help
    broken = Connector(
        FAKER.id, "source-faker", "Sample Data", "1", {"connectionSpecification": {"type": "object"}}
    )
    failed = form_of_manifest(manifest(connector=broken))
    assert isinstance(failed, NoForm)
    assert "cannot infer" in failed.reason
