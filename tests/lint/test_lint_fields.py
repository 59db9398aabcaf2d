"""Fields as the customer sees them: titles, order, choices of one, what is required."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.model.diagnostic import Diagnostic, Severity

Check = Callable[..., tuple[Diagnostic, ...]]
SCHEMA = "/spec/partialUserConfigSpec/connectionSpecification"


def form(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def field(**rest: Any) -> dict[str, Any]:
    return {"type": "string", "title": "Field", **rest}


def test_a_field_without_a_title_shows_its_bare_name(linted: Check) -> None:
    assert linted(form(**{"dflt/id": {"type": "string"}})) == (
        Diagnostic(
            f"{SCHEMA}/properties/dflt~1id",
            "R505",
            "dflt/id has no title: the customer sees the bare name",
            "add `title`",
            Severity.WARNING,
            on_key=True,
        ),
    )


def test_titles_are_wanted_inside_objects_options_and_lists_of_objects(linted: Check) -> None:
    inner = {"type": "object", "properties": {"b": {"type": "string"}}}
    kind = {"type": "string", "const": "x"}
    option = {"title": "X", "properties": {"kind": kind, "c": {"type": "string"}}}
    found = linted(
        form(
            a={"title": "A", **inner},
            list={"title": "List", "type": "array", "items": inner},
            login={"title": "Login", "type": "object", "oneOf": [option]},
        )
    )
    assert [(advice.rule, advice.message.split()[0]) for advice in found] == [
        ("R505", "a.b"),
        ("R505", "list.*.b"),
        ("R505", "login.c"),
    ]


def test_what_the_customer_never_sees_needs_no_title(linted: Check) -> None:
    hidden = {"type": "object", "airbyte_hidden": True, "properties": {"b": {"type": "string"}}}
    constant = {"type": "string", "const": "x"}
    untitled = {"properties": {"z": {"type": "string"}}}
    assert linted({**form(a=hidden, b=constant), "anyOf": [untitled], "definitions": {"d": untitled}}) == ()


def test_a_token_that_the_login_button_fetches_needs_no_title(linted: Check) -> None:
    output = {"properties": {"token": {"path_in_connector_config": ["token"]}}}
    oauth = {"oauth_config_specification": {"complete_oauth_output_specification": output}}
    token = {"type": "string", "airbyte_secret": True}
    assert linted(form(token=token), more={"advanced_auth": oauth}) == ()


def test_the_second_field_of_an_order_is_named(linted: Check) -> None:
    assert linted(form(a=field(order=1), b=field(order=2), c=field(order=1.0))) == (
        Diagnostic(
            f"{SCHEMA}/properties/c/order",
            "R506",
            "c has the same order as a",
            "give it a number of its own",
            Severity.WARNING,
        ),
    )


def test_required_and_optional_fields_and_groups_are_ordered_apart(linted: Check) -> None:
    assert linted(form("a", a=field(order=1), b=field(order=1), c=field(order=1, group="auth"))) == ()


def test_a_hidden_field_does_not_use_up_an_order(linted: Check) -> None:
    assert linted(form(a=field(order=1, airbyte_hidden=True), b=field(order=1))) == ()


def test_a_list_of_one_is_no_choice(linted: Check) -> None:
    assert linted(form(region=field(enum=["eu"]))) == (
        Diagnostic(
            f"{SCHEMA}/properties/region/enum",
            "R507",
            "region lets the customer choose from a list of one",
            "write the value as `default` too",
            Severity.WARNING,
        ),
    )


def test_a_list_of_one_that_is_filled_in_or_hidden_is_fine(linted: Check) -> None:
    filled, hidden = field(enum=["eu"], default="eu"), field(enum=["eu"], airbyte_hidden=True)
    assert linted(form(a=filled, b=hidden, c=field(enum=["eu", "us"]))) == ()


def test_a_required_name_that_is_no_field_is_named_with_its_near_miss(linted: Check) -> None:
    assert linted(form("count", "cuont", count=field())) == (
        Diagnostic(
            f"{SCHEMA}/required/1",
            "R508",
            "`required` names cuont, which is no field",
            'did you mean "count"?',
            Severity.WARNING,
        ),
    )


def test_a_required_name_may_be_a_field_of_the_options_or_around_them(linted: Check) -> None:
    option = {"title": "O", "required": ["host", "kind"], "properties": {"kind": {"const": "x"}}}
    node = {
        "type": "object",
        "title": "N",
        "properties": {"host": field()},
        "required": ["kind"],
        "oneOf": [option],
    }
    assert linted(form(node=node)) == ()


def test_required_names_without_any_field_around_say_nothing(linted: Check) -> None:
    assert linted({**form(a=field()), "not": {"required": ["b"]}}) == ()


def test_a_hidden_required_field_that_nothing_fills_blocks_the_form(linted: Check) -> None:
    assert linted(form("region", region=field(airbyte_hidden=True))) == (
        Diagnostic(
            f"{SCHEMA}/properties/region",
            "R509",
            "region is required and hidden, and nothing fills it",
            "give it a `default`, or show it",
            Severity.WARNING,
            on_key=True,
        ),
    )


def test_a_hidden_required_field_with_a_value_is_fine(linted: Check) -> None:
    properties = {
        "a": field(airbyte_hidden=True, default="eu"),
        "b": field(airbyte_hidden=True, const="eu"),
    }
    assert linted(form("a", "b", **properties)) == ()


def test_a_preset_fills_a_hidden_required_field(linted: Check) -> None:
    found = linted(form("a", a=field(airbyte_hidden=True)), presets={"a": "eu"})
    assert [advice.rule for advice in found] == ["R531"]
