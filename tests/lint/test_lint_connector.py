"""The form held against the connector's specification."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.diagnostic import Diagnostic, Severity

Check = Callable[..., tuple[Diagnostic, ...]]
SCHEMA = "/spec/partialUserConfigSpec/connectionSpecification"
PRESETS = "/spec/partialDefaultConfig"


def form(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def text(**rest: Any) -> dict[str, Any]:
    return {"type": "string", "title": "Text", **rest}


def login(*options: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "title": "Login", "oneOf": list(options)}


def way(kind: str, **properties: Any) -> dict[str, Any]:
    constant = {"type": "string", "const": kind, "default": kind}
    return {
        "type": "object",
        "title": kind,
        "required": ["kind"],
        "properties": {"kind": constant, **properties},
    }


def test_a_field_that_the_connector_does_not_know_is_named_with_its_near_miss(linted: Check) -> None:
    assert linted(form(startDate=text()), spec=form(start_date=text(), count=text())) == (
        Diagnostic(
            f"{SCHEMA}/properties/startDate",
            "R520",
            "startDate is not known to the connector, which will ignore it",
            'did you mean "start_date"?',
            Severity.WARNING,
            on_key=True,
        ),
    )


def test_a_field_that_the_connector_refuses_is_an_error(linted: Check) -> None:
    spec = {**form(start_date=text()), "additionalProperties": False}
    (found,) = linted(form(region=text()), spec=spec)
    assert (found.rule, found.severity, found.help) == ("R520", Severity.ERROR, "known here: start_date")
    assert found.message == "region is not known to the connector, which refuses other names"


def test_a_field_of_another_option_is_not_known_in_this_one(linted: Check) -> None:
    spec = form(login=login(way("a", token=text()), way("b", user=text())))
    found = linted(form(login=login(way("a", user=text()), way("b", user=text()))), spec=spec)
    assert [(advice.rule, advice.pointer) for advice in found] == [
        ("R520", f"{SCHEMA}/properties/login/oneOf/0/properties/user")
    ]


@pytest.mark.parametrize(
    "spec",
    [
        None,
        {"type": "object"},
        {**form(a=text()), "additionalProperties": text()},
        {**form(a=text()), "patternProperties": {"^re": text()}},
        {**form(a=text()), "allOf": [form(region=text())]},
        {**form(a=text()), "anyOf": [form(region=text())]},
        {**form(a=text()), "$ref": "#/definitions/x", "definitions": {"x": form(region=text())}},
        {"type": "object", "properties": {"region": True}},
    ],
)
def test_names_that_may_be_known_are_left_alone(linted: Check, spec: Any) -> None:
    assert linted(form(region=text()), spec=spec) == ()


def test_below_an_unknown_field_nothing_more_is_said(linted: Check) -> None:
    inner = {"title": "X", **form(y=text())}
    assert [advice.rule for advice in linted(form(x=inner), spec=form(a=text()))] == ["R520"]


def test_a_field_of_another_type_is_an_error(linted: Check) -> None:
    assert linted(form(count=text()), spec=form(count={"type": "integer"})) == (
        Diagnostic(
            f"{SCHEMA}/properties/count/type",
            "R521",
            "count is asked for as string, but the connector takes integer",
            "write `type: integer`",
        ),
    )


def test_a_number_where_a_whole_one_is_wanted_is_a_warning(linted: Check) -> None:
    (found,) = linted(form(count={"type": "number", "title": "Count"}), spec=form(count={"type": "integer"}))
    assert (found.rule, found.severity) == ("R521", Severity.WARNING)


@pytest.mark.parametrize(
    ("asked", "known"),
    [
        ({"type": "integer"}, {"type": "number"}),
        ({"type": "string"}, {"type": ["string", "null"]}),
        ({"type": ["string", "null"]}, {"type": "string"}),
        ({"type": "string"}, {}),
        ({}, {"type": "string"}),
        ({"type": "string"}, {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        ({"type": "array", "items": {"type": "string"}}, {"type": "array", "items": {"type": "string"}}),
    ],
)
def test_types_that_go_together(linted: Check, asked: Any, known: Any) -> None:
    assert linted(form(field={"title": "Field", **asked}), spec=form(field=known)) == ()


def test_items_of_another_type_are_found(linted: Check) -> None:
    asked = {"type": "array", "title": "Ids", "items": {"type": "string"}}
    known = {"type": "array", "items": {"type": "integer"}}
    assert [(advice.rule, advice.pointer) for advice in linted(form(ids=asked), spec=form(ids=known))] == [
        ("R521", f"{SCHEMA}/properties/ids/items/type")
    ]


SECRET = text(airbyte_secret=True)


def test_a_secret_that_the_form_does_not_hide_is_an_error(linted: Check) -> None:
    assert linted(form(apikey=text()), spec=form(apikey=SECRET)) == (
        Diagnostic(
            f"{SCHEMA}/properties/apikey",
            "R522",
            "apikey is a secret of the connector, and the form does not hide what is typed",
            "add `airbyte_secret: true`",
            on_key=True,
        ),
    )


def test_a_secret_is_known_through_options_and_around(linted: Check) -> None:
    asked = form(login=login(way("a", value=text()), way("b", value=text())))
    spec = form(login=login(way("a", value=SECRET), way("b", value=text())))
    assert [advice.pointer for advice in linted(asked, spec=spec)] == [
        f"{SCHEMA}/properties/login/oneOf/0/properties/value"
    ]
    whole = {"type": "object", "title": "Login", "properties": {"value": text()}}
    around = form(login={**whole, "airbyte_secret": True})
    assert [advice.rule for advice in linted(form(login=whole), spec=around)] == ["R522"]


def test_a_field_that_looks_like_a_secret_is_a_warning(linted: Check) -> None:
    (found,) = linted(form(service_token=text()))
    assert (found.rule, found.severity) == ("R522", Severity.WARNING)
    assert found.message == "service_token looks like a secret, and the form does not hide what is typed"


def test_hidden_constant_marked_and_chosen_fields_show_no_secret(linted: Check) -> None:
    asked = form(
        a_token=SECRET,
        b_token=text(airbyte_hidden=True),
        c_token=text(const="x"),
        d_token=text(enum=["x", "y"]),
        token_url=text(),
        use_token={"type": "boolean", "title": "Use"},
    )
    assert linted(asked) == ()


def test_a_required_field_that_is_neither_preset_nor_asked_is_an_error(linted: Check) -> None:
    spec = form("host", "port", host=text(), port=text())
    assert linted(form("host", host=text()), spec=spec) == (
        Diagnostic(
            f"{SCHEMA}/properties",
            "R523",
            "the connector requires port, which is neither preset nor asked",
            "preset it, or ask for it in the form",
        ),
    )


def test_a_required_field_that_is_asked_as_optional_is_named_at_the_field(linted: Check) -> None:
    spec = form("host", host=text())
    assert linted(form(host=text()), spec=spec) == (
        Diagnostic(
            f"{SCHEMA}/properties/host",
            "R523",
            "the connector requires host, and the form asks for it as optional",
            "name it in the form's `required`",
        ),
    )


def test_a_preset_object_has_to_hold_what_the_connector_requires_in_it(linted: Check) -> None:
    spec = form("server", server=form("host", "port", host=text(), port=text()))
    assert linted(spec=spec, presets={"server": {"host": "x"}}) == (
        Diagnostic(
            f"{PRESETS}/server",
            "R523",
            "the connector requires server.port, which is neither preset nor asked",
            "preset it, or ask for it in the form",
        ),
    )


def test_preset_and_asked_fields_together_are_enough(linted: Check) -> None:
    spec = form("host", "port", host=text(), port=text())
    assert linted(form("host", host=text()), spec=spec, presets={"port": "5"}) == ()
    assert linted(spec=spec) == ()


def test_a_merge_that_the_server_cannot_make_is_left_to_the_verdict(linted: Check) -> None:
    spec = form("host", "server", host=text(), server=form())
    asked = form("server", server={"title": "Server", **form()})
    assert [a.rule for a in linted(asked, spec=spec, presets={"server": 1})] == []


@pytest.mark.parametrize(
    ("name", "spec"),
    [
        ("Crm (deprecated)", None),
        ("[DEPRECATED] Crm", None),
        ("Crm", {"type": "object", "title": "Deprecated: Crm"}),
        (None, {"type": "object", "deprecated": True}),
    ],
)
def test_a_deprecated_connector_is_a_warning(linted: Check, name: Any, spec: Any) -> None:
    label = name or "source-crm"
    assert linted(name=name, spec=spec) == (
        Diagnostic(
            "/spec/connector",
            "R524",
            f"{label} is deprecated",
            "look for the connector that replaces it",
            Severity.WARNING,
        ),
    )


def test_a_connector_that_speaks_of_deprecation_is_not_deprecated(linted: Check) -> None:
    assert linted(name="Deprecation Watch", spec={"type": "object", "title": "Use deprecated API"}) == ()


def test_deprecated_fields_are_named_where_they_are_asked_or_preset(linted: Check) -> None:
    old = text(description="[DEPRECATED] Use lists.")
    spec = form(groups=old, server=form(port={"type": "integer", "deprecated": True}), plain=text())
    found = linted(form(groups=text(), plain=text()), spec=spec, presets={"server": {"port": 1}})
    words = "the connector calls {} deprecated"
    mend = "see the connector's documentation for what replaces it"
    warning = Severity.WARNING
    assert found == (
        Diagnostic(f"{PRESETS}/server/port", "R525", words.format("server.port"), mend, warning, on_key=True),
        Diagnostic(f"{SCHEMA}/properties/groups", "R525", words.format("groups"), mend, warning, on_key=True),
    )


def test_a_field_that_replaces_a_deprecated_one_is_fine(linted: Check) -> None:
    spec = form(lists=text(description="Replaces the deprecated groups."))
    assert linted(form(lists=text()), spec=spec) == ()
