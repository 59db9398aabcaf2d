"""Presets: keys that nobody knows, values that the customer overwrites, and OAuth."""

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


def way(kind: str, **properties: Any) -> dict[str, Any]:
    constant = {"type": "string", "const": kind, "default": kind}
    return {
        "type": "object",
        "title": kind,
        "required": ["kind"],
        "properties": {"kind": constant, **properties},
    }


def unknown(path: str, mend: str, dotted: str) -> Diagnostic:
    message = f"the connector does not know {dotted} and will ignore it"
    return Diagnostic(f"{PRESETS}{path}", "R530", message, mend, Severity.WARNING, on_key=True)


def test_an_unknown_preset_is_named_with_its_near_miss(linted: Check) -> None:
    spec = form(start_date=text(), server=form(host=text()))
    presets = {"startdate": "x", "server": {"hots": "y"}, "start_date": "z"}
    assert linted(spec=spec, presets=presets) == (
        unknown("/server/hots", 'did you mean "host"?', "server.hots"),
        unknown("/startdate", 'did you mean "start_date"?', "startdate"),
    )


def test_a_preset_at_the_wrong_level_is_named_with_the_right_one(linted: Check) -> None:
    spec = form(server=form(database=text()), plain=text())
    assert linted(spec=spec, presets={"database": "x"}) == (
        unknown("/database", "did you mean server.database?", "database"),
    )


def test_a_preset_of_another_option_says_so(linted: Check) -> None:
    spec = form(login={"type": "object", "oneOf": [way("a", hash=text()), way("b", user=text())]})
    assert linted(spec=spec, presets={"login": {"kind": "a", "user": "x"}}) == (
        unknown(
            "/login/user",
            "it belongs to another option than the one that the other presets choose",
            "login.user",
        ),
    )


def test_unknown_presets_inside_of_lists_are_found(linted: Check) -> None:
    spec = form(rows={"type": "array", "items": form(name=text())})
    assert linted(spec=spec, presets={"rows": [{"name": "a"}, {"zzz": "b"}]}) == (
        unknown("/rows/1/zzz", "see the connector's specification", "rows.1.zzz"),
    )


def test_a_preset_that_the_connector_refuses_is_an_error(linted: Check) -> None:
    spec = {**form(region=text()), "additionalProperties": False}
    (found,) = linted(spec=spec, presets={"regoin": "eu"})
    assert (found.rule, found.severity, found.help) == ("R530", Severity.ERROR, 'did you mean "region"?')
    assert found.message == "the connector does not know regoin and refuses other names"


@pytest.mark.parametrize(
    "spec",
    [
        None,
        {"type": "object"},
        {**form(a=text()), "additionalProperties": text()},
        {**form(a=text()), "patternProperties": {"^re": text()}},
        {**form(a=text()), "anyOf": [form(region=text()), form(b=text())]},
        {**form(a=text()), "allOf": [{"$ref": "#/definitions/r"}], "definitions": {"r": form(region=text())}},
    ],
)
def test_presets_that_may_be_known_are_left_alone(linted: Check, spec: Any) -> None:
    assert linted(spec=spec, presets={"region": "eu"}) == ()


def test_a_field_that_is_preset_and_asked_is_named_at_the_preset(linted: Check) -> None:
    assert linted(form(count={"type": "integer", "title": "Count"}), presets={"count": 5}) == (
        Diagnostic(
            f"{PRESETS}/count",
            "R531",
            "count is preset and asked: the customer's answer replaces the preset",
            "take it out of the form, or write it as the field's `default` instead",
            Severity.WARNING,
            on_key=True,
        ),
    )


def test_one_preset_asked_in_several_options_is_named_once(linted: Check) -> None:
    login = {"type": "object", "title": "Login", "oneOf": [way("a", user=text()), way("b", user=text())]}
    assert [advice.pointer for advice in linted(form(login=login), presets={"login": {"user": "x"}})] == [
        f"{PRESETS}/login/user"
    ]


def test_a_preset_beside_what_is_asked_is_fine(linted: Check) -> None:
    server = {"title": "Server", **form(port=text())}
    assert linted(form(server=server), presets={"server": {"host": "x"}, "region": "eu"}) == ()


def test_a_preset_equal_to_the_constant_of_an_option_is_fine(linted: Check) -> None:
    login = {"type": "object", "title": "Login", "oneOf": [way("a"), way("b")]}
    assert linted(form(login=login), presets={"login": {"kind": "b"}}) == ()
    assert [a.rule for a in linted(form(login=login), presets={"login": {"kind": "c"}})] == ["R531"]


def advanced_auth(**rest: Any) -> dict[str, Any]:
    output = {"properties": {"refresh": {"path_in_connector_config": ["credentials", "refresh_token"]}}}
    server = {"properties": {"id": {"path_in_connector_config": ["credentials", "client_id"]}}}
    return {
        "predicate_key": ["credentials", "auth_type"],
        "predicate_value": "Client",
        "oauth_config_specification": {
            "complete_oauth_output_specification": output,
            "complete_oauth_server_input_specification": {"properties": {}},
            "complete_oauth_server_output_specification": server,
        },
        **rest,
    }


FIELDS = {
    "auth_type": {"type": "string", "title": "Type", "const": "Client", "default": "Client"},
    "refresh_token": text(airbyte_secret=True),
    "client_id": text(airbyte_secret=True),
    "scope": text(),
}
CREDENTIALS: dict[str, Any] = {"type": "object", "title": "Login", "properties": FIELDS}
SPEC = form(credentials=CREDENTIALS, region=text())
OAUTH = {"advanced_auth": advanced_auth()}


def test_an_inferred_form_asks_for_what_takes_part_in_oauth_although_it_is_preset(linted: Check) -> None:
    presets = {"credentials": {"auth_type": "Client"}, "region": "eu"}
    assert linted(spec=SPEC, known=OAUTH, presets=presets) == (
        Diagnostic(
            f"{PRESETS}/credentials",
            "R532",
            "credentials takes part in OAuth: Airbyte asks the customer for it although it is preset",
            "leave it to the customer, or write out a form without it",
            Severity.WARNING,
            on_key=True,
        ),
    )


def test_presets_outside_of_oauth_are_fine(linted: Check) -> None:
    assert linted(spec=SPEC, known=OAUTH, presets={"region": "eu"}) == ()
    assert linted(spec=SPEC, presets={"credentials": {"auth_type": "Client"}}) == ()


def test_a_form_with_oauth_lets_no_preset_stand_where_the_login_writes(linted: Check) -> None:
    asked = form(credentials={**CREDENTIALS, "properties": FIELDS})
    presets = {"credentials": {"client_id": "x", "auth_type": "Service"}}
    found = linted(asked, more=OAUTH, presets=presets)
    assert [(a.rule, a.pointer, a.message) for a in found if a.rule == "R532"] == [
        (
            "R532",
            f"{PRESETS}/credentials/auth_type",
            "credentials.auth_type is preset to another way to log in than OAuth, which the form offers",
        ),
        (
            "R532",
            f"{PRESETS}/credentials/client_id",
            "credentials.client_id is preset, and the customer's OAuth login writes it",
        ),
    ]


def test_a_form_with_oauth_may_preset_the_way_to_log_in_and_other_members(linted: Check) -> None:
    asked = form(credentials=CREDENTIALS)
    found = linted(asked, more=OAUTH, presets={"credentials": {"auth_type": "Client", "realm": "eu"}})
    assert found == ()


def test_a_form_without_oauth_may_preset_everything(linted: Check) -> None:
    presets = {"credentials": {"auth_type": "Service", "client_id": "x"}}
    assert linted(form(region=text()), spec=SPEC, known=OAUTH, presets=presets) == ()


def test_a_form_that_offers_oauth_needs_its_fields(linted: Check) -> None:
    fields = {name: field for name, field in FIELDS.items() if name == "refresh_token"}
    asked = form(credentials={**CREDENTIALS, "properties": fields})
    where, mend = f"{SCHEMA}/properties", "add the field, or leave advanced_auth out"
    words = "advanced_auth needs credentials.{}, and the form has no such field"
    assert linted(asked, more=OAUTH) == (
        Diagnostic(where, "R533", words.format("auth_type"), mend, Severity.WARNING),
        Diagnostic(where, "R533", words.format("client_id"), mend, Severity.WARNING),
    )


def test_a_place_of_oauth_that_is_no_list_of_names_is_no_place(linted: Check) -> None:
    outputs = {"a": {"path_in_connector_config": ["credentials", {"type": "string"}]}}
    config = {"complete_oauth_output_specification": {"properties": outputs}}
    more = {"advanced_auth": {"auth_flow_type": "oauth2.0", "oauth_config_specification": config}}
    assert linted(form(region=text()), more=more) == ()


def test_a_form_with_all_fields_of_oauth_or_without_oauth_is_fine(linted: Check) -> None:
    assert linted(form(credentials=CREDENTIALS), more=OAUTH) == ()
    assert linted(form(region=text())) == ()


def test_a_form_that_asks_for_tokens_instead_of_oauth(linted: Check) -> None:
    assert linted(form(credentials=CREDENTIALS), spec=SPEC, known=OAUTH) == (
        Diagnostic(
            f"{SCHEMA}/properties/credentials/properties/refresh_token",
            "R534",
            "credentials.refresh_token is asked of the customer, although the connector gets it by OAuth",
            "copy advanced_auth from the connector's specification into the form",
            Severity.WARNING,
            on_key=True,
        ),
    )


def test_a_form_with_oauth_asks_for_no_tokens(linted: Check) -> None:
    assert linted(form(credentials=CREDENTIALS), more=OAUTH, spec=SPEC, known=OAUTH) == ()


FOREIGN = {
    "${...}": ("${REGION}", "${RECONCILER_VAR_REGION}", "https://${HOST}/v1", "${{ secrets.KEY }}", "${var.region}", "${env:X}"),
    "$(...)": ("$(REGION)", "x-$(Build.Id)"), "$NAME": ("$REGION", "$env:REGION"), "{{ ... }}": ("{{ region }}", "a-{{ .Values.x }}"),
    "{% ... %}": ("{% if x %}a{% endif %}",), "<% ... %>": ("<%= region %>", "<% x %>"), "%NAME%": ("%REGION%", "https://%HOST_NAME%/"),
    "#{...}": ("#{Region}",), "__NAME__": ("__REGION__",), "((...))": ("((region))",), "op://...": ("op://vault/item", "vault://a/b"),
    "env:...": ("env:REGION", "process.env.REGION", "os.environ['REGION']"), "RECONCILER_VAR_": ("RECONCILER_VAR_REGION",),
    "!env": ("!env RECONCILER_VAR_REGION", "!env {name: RECONCILER_VAR_REGION}", "!include part.yaml", "!Ref Region"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("syntax", "text"), [(syntax, text) for syntax, texts in FOREIGN.items() for text in texts]
)
def test_variable_syntax_of_another_tool_is_a_warning_that_shows_ours(
    linted: Check, syntax: str, text: str
) -> None:
    spec = {"type": "object", "properties": {"region": {"type": "string"}}}
    words = f"holds the variable syntax `{syntax}`, and nothing replaces it here"
    ours = "write !env RECONCILER_VAR_... without quotes, as the whole value"
    assert linted(spec=spec, presets={"region": text}) == (
        Diagnostic("/spec/partialDefaultConfig/region", "R535", f"region {words}", ours, Severity.WARNING),
    )
    field = {"type": "string", "title": "Region", "default": text}
    where = "/spec/partialUserConfigSpec/connectionSpecification/properties/region/default"
    form = {"type": "object", "title": "T", "required": ["region"], "properties": {"region": field}}
    found = [each for each in linted(form, spec=spec) if each.rule == "R535"]
    assert found == [Diagnostic(where, "R535", f"the default of region {words}", ours, Severity.WARNING)]
    assert linted(spec=spec, presets={"region": text}, variables=("/spec/partialDefaultConfig/region",)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "P@$$WORD", "US$ABC", "$2a$10$abc", "$.data[0]", "%Y-%m-%d", "a%2Fb%3Ac", "100% SURE %", "{a}", "{ }", "#1", "__init", "(a)", "a_b",
        "https://example.com/a:b", "<b>x</b>", "environment", "env", "!important", "^[0-9]{4}-[0-9]{2}$", "^a{2}$", "http://op", "%",
    ],
)  # fmt: skip
def test_what_only_looks_like_a_variable_is_left_alone(linted: Check, text: str) -> None:
    spec = {"type": "object", "properties": {"region": {"type": "string"}}}
    assert linted(spec=spec, presets={"region": text, "regions": []}) == linted(
        spec=spec, presets={"region": "a", "regions": []}
    )


def test_syntax_that_the_connectors_own_field_speaks_of_is_the_connectors(linted: Check) -> None:
    field = {"type": "string", "examples": ["${NAMESPACE}/${STREAM_NAME}/"]}
    spec = {"type": "object", "properties": {"path": field, "other": {"type": "string"}}}
    assert linted(spec=spec, presets={"path": "data/${NAMESPACE}"}) == ()
    assert [each.rule for each in linted(spec=spec, presets={"path": "{{ x }}", "other": "${A}"})] == [
        "R535",
        "R535",
    ]


def test_variable_syntax_in_lists_and_objects_is_found(linted: Check) -> None:
    spec = {
        "type": "object",
        "properties": {"a": {"type": "object", "properties": {"b": {"items": {"type": "string"}}}}},
    }
    (advice,) = linted(spec=spec, presets={"a": {"b": ["x", "${X}"]}})
    assert advice.pointer == "/spec/partialDefaultConfig/a/b/1"
