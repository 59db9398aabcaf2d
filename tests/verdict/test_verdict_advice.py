"""Advice about verdicts: the place that causes it, the server's words, and what to do."""

from __future__ import annotations

from typing import Any

import pytest
from verdict.verdict_forms import Make, form

from reconciler.connectors.lint.rules import all_rules
from reconciler.connectors.verdict.advice import verdict_advice
from reconciler.connectors.verdict.verdict import judged
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import Manifest

SCHEMA = "/spec/partialUserConfigSpec/connectionSpecification"
TEXT: Any = {"type": "string"}
SECRET: Any = {"type": "string", "airbyte_secret": True}
REFUSED = "Airbyte would refuse the create (422)"
OWN = f"{REFUSED} because of a test value of its own"
WRITE = "write the form yourself (`partialUserConfigSpec`)"
AUTH: Any = {
    "type": "object",
    "oneOf": [
        {
            "title": "App",
            "required": ["kind", "app"],
            "properties": {"kind": {"type": "string", "const": "app"}, "app": TEXT},
        },
        {
            "title": "Token",
            "required": ["kind", "token"],
            "properties": {"kind": {"type": "string", "const": "token"}, "token": SECRET},
        },
    ],
}
EITHER: Any = {
    "type": "object",
    "oneOf": [
        {"title": "One", "required": ["key"], "properties": {"kind": {"const": "one"}, "key": TEXT}},
        {"title": "Two", "required": ["key"], "properties": {"kind": {"const": "two"}, "key": TEXT}},
    ],
}


def advice_on(manifest: Manifest) -> list[Diagnostic]:
    return list(verdict_advice(manifest, judged(manifest)))


def only(manifest: Manifest) -> Diagnostic:
    (advice,) = advice_on(manifest)
    assert advice.severity is Severity.ERROR
    return advice


def test_a_safe_create_needs_no_advice(built_in: Make) -> None:
    assert advice_on(built_in("source-faker")) == []


def test_nothing_is_said_about_a_connector_that_is_not_known(of_connector: Make) -> None:
    assert advice_on(of_connector(None)) == []


def test_a_refused_preset_is_named_without_its_value(built_in: Make) -> None:
    assert only(built_in("source-faker", {"count": -77})) == Diagnostic(
        "/spec/partialDefaultConfig/count",
        "R401",
        f'{REFUSED}: the preset "count" is less than 1 (server: $.count: must have a minimum value of 1)',
        'write 1 or more; or remove the preset "count"',
    )


def test_a_test_value_of_an_inferred_form_points_at_the_connector(of_connector: Make) -> None:
    region = {"type": "string", "enum": ["eu", "us"]}
    assert only(of_connector(form({"region": region}))) == Diagnostic(
        "/spec/connector",
        "R403",
        f'{OWN}: it takes "mock_string" for "region", which is none of the allowed values '
        '(server: $.region: does not have a value in the enumeration ["eu", "us"])',
        'preset it (for example `partialDefaultConfig: {"region": "eu"}`; customers are then not asked); or '
        f'{WRITE}, with `default: "eu"` on "region"',
    )


def test_a_test_value_of_the_own_form_points_at_its_field(of_connector: Make) -> None:
    day = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"}
    asked = {**TEXT, "pattern_descriptor": "YYYY-MM-DD"}
    assert only(of_connector(form({"start": day}), {}, form({"start": asked}))) == Diagnostic(
        f"{SCHEMA}/properties/start",
        "R403",
        f'{OWN}: it takes the `pattern_descriptor` "YYYY-MM-DD" for "start", which does not match the pattern '
        r"(server: $.start: does not match the regex pattern ^\d{4}-\d\d-\d\d$)",
        'give "start" `default: "2024-01-01"` (or `examples: ["2024-01-01"]` in place of `pattern_descriptor`, '
        'which prefills nothing); or take "start" out of the form\'s `required` and preset it '
        '(for example `partialDefaultConfig: {"start": "2024-01-01"}`; customers can still change it)',
    )


def test_oauth_fields_are_not_to_be_preset(built_in: Make) -> None:
    assert only(built_in("source-hubspot")) == Diagnostic(
        "/spec/connector",
        "R403",
        f'{OWN}: it takes "mock_string" for "credentials.credentials_title" (option "OAuth"), which is not "OAuth Credentials" '
        "(server: $.credentials.credentials_title: must be the constant value 'OAuth Credentials')",
        f'{WRITE}, with `default: "OAuth Credentials"` on "credentials.credentials_title"; '
        'presetting "credentials" does not help, because it takes part in OAuth',
    )


def test_a_value_inside_an_option_points_into_that_option(of_connector: Make) -> None:
    advice = only(of_connector(form({"auth": AUTH}), {}, form({"auth": AUTH})))
    assert advice.pointer == f"{SCHEMA}/properties/auth/oneOf/0/properties/kind"
    assert advice.help == 'give "auth.kind" `default: "app"`'


def test_a_number_that_the_server_makes_up_can_only_be_preset(of_connector: Make) -> None:
    specification = form({"days": {"type": "integer", "minimum": 100}})
    advice = only(of_connector(specification, {}, form({"days": {"type": "integer"}})))
    assert 'it takes 42 for "days", which is less than 100' in advice.message
    assert advice.help == (
        'take "days" out of the form\'s `required` and preset it (for example `partialDefaultConfig: {"days": 100}`; '
        "customers can still change it)"
    )


def test_a_preset_that_the_form_hides_counts_again_when_the_form_does_not_require_it(
    of_connector: Make,
) -> None:
    specification = form({"days": {"type": "integer", "minimum": 100}})
    advice = only(of_connector(specification, {"days": 150}, form({"days": {"type": "integer"}})))
    assert advice.help == (
        'take "days" out of the form\'s `required`: then the preset counts, and customers can still change it'
    )


def test_no_default_is_proposed_for_a_secret(of_connector: Make) -> None:
    key = {**SECRET, "pattern": "^sk_"}
    advice = only(of_connector(form({"key": key}), {}, form({"key": {**TEXT, "default": "hunter2"}})))
    assert "hunter2" not in advice.message
    assert "it takes the `default` (sensitive) for" in advice.message
    assert advice.help == (
        'give "key" `pattern_descriptor: "sk_"` (a hint of the format; a `default` would put a secret into git)'
    )


def test_no_value_is_promised_where_the_connector_contradicts_itself(of_connector: Make) -> None:
    advice = only(of_connector(form({"day": {"type": "string", "const": "a", "pattern": "^b$"}})))
    assert (
        advice.help
        == 'no value was found that the connector takes here: it has to be "a" and a text that matches ^b$ and a value of type string'
    )


def test_a_constant_without_a_type_gets_both(of_connector: Make) -> None:
    kind = {"const": "app"}
    advice = only(of_connector(form({"kind": kind}), {}, form({"kind": kind})))
    assert "it takes null for" in advice.message
    assert advice.help.startswith('give "kind" `type: string` and `default: "app"`; or ')


def test_an_item_of_a_preset_is_named_as_one_and_so_is_the_configuration(of_connector: Make) -> None:
    listed = {"type": "array", "items": {"type": "integer"}}
    advice = only(of_connector(form({"l": listed}, []), {"l": ["x"]}, form({})))
    assert advice.message.startswith(f'{REFUSED}: an item of the preset "l" is no integer')
    tied = form({"a": TEXT}, [], dependencies={"a": ["b"]})
    advice = only(of_connector(tied, {"a": "x"}, form({})))
    assert advice.message.startswith(f"{REFUSED}: the configuration is not what the connector takes")


def test_items_of_a_list_are_named(of_connector: Make) -> None:
    listed = {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}
    advice = only(of_connector(form({"l": listed})))
    assert 'for an item of "l"' in advice.message
    assert f'{WRITE}, with `default: "a"` on an item of "l"' in advice.help
    bare = only(of_connector(form({"l": listed}), {}, form({"l": {"type": "array"}})))
    assert bare.pointer == f"{SCHEMA}/properties/l"
    assert bare.help.startswith('give "l" `items: {"type": "string", "default": "a"}`')


def test_a_field_of_another_type_is_the_forms_own_fault(built_in: Make) -> None:
    advice = only(built_in("source-faker", {}, form({"count": TEXT})))
    assert (advice.rule, advice.pointer) == ("R405", f"{SCHEMA}/properties/count")
    assert advice.help.startswith('give "count" `type: integer`; or ')


def test_missing_fields_are_named_together(built_in: Make) -> None:
    assert only(built_in("source-stripe", {}, form({}))) == Diagnostic(
        f"{SCHEMA}/required",
        "R402",
        f'{REFUSED}: "account_id" and "client_secret" are required, and neither preset nor required by the form '
        "(server: $: required property 'account_id' not found; $: required property 'client_secret' not found)",
        'ask for "account_id" and "client_secret": under `properties` and `required` of the form',
    )


def test_a_field_that_is_asked_and_not_required_has_to_be_required(built_in: Make) -> None:
    spec = form({"account_id": TEXT, "client_secret": SECRET}, ["account_id"])
    assert (
        only(built_in("source-stripe", {}, spec)).help == 'list "client_secret" under `required` of the form'
    )


def test_an_incomplete_preset_object_is_completed_or_asked_for(of_connector: Make) -> None:
    server = {
        "type": "object",
        "required": ["host", "port"],
        "properties": {"host": TEXT, "port": {"type": "integer"}},
    }
    advice = only(of_connector(form({"server": server}), {"server": {"host": "db"}}))
    assert (advice.rule, advice.pointer) == ("R402", "/spec/partialDefaultConfig/server")
    assert advice.help == (
        'add "port" to the preset; or remove the preset "server", so that customers are asked for it'
    )


def test_a_secret_is_never_to_be_added_to_a_preset(of_connector: Make) -> None:
    advice = only(of_connector(form({"auth": AUTH}), {"auth": {"kind": "token"}}))
    assert '"token" is required in "auth" (option "Token")' in advice.message
    assert advice.help == (
        f'remove the preset "auth", so that customers are asked for it, and {WRITE}, with `default: "app"` on "auth.kind"'
    )


def test_the_option_with_the_right_constant_is_taken_for_the_meant_one(of_connector: Make) -> None:
    advice = only(of_connector(form({"auth": AUTH}), {"auth": {"kind": "app", "token": "hunter2"}}))
    assert '"app" is required in "auth" (option "App")' in advice.message


def test_options_that_the_servers_own_value_does_not_tell_apart(of_connector: Make) -> None:
    advice = only(of_connector(form({"auth": EITHER})))
    assert (advice.rule, advice.pointer) == ("R403", "/spec/connector")
    assert 'fits more than one of the connector\'s options ("One" and "Two")' in advice.message
    assert advice.help == (
        f'{WRITE}, with "kind" under `required` of its first option and `type: string` and `default: "one"` on it'
    )


def test_options_that_a_preset_does_not_tell_apart(of_connector: Make) -> None:
    advice = only(of_connector(form({"auth": EITHER}), {"auth": {"key": "k"}}))
    assert (advice.rule, advice.pointer) == ("R401", "/spec/partialDefaultConfig/auth")
    assert advice.help.startswith('add {"kind": "one"} to the preset')


def test_a_closed_connector_and_a_misspelt_name(of_connector: Make) -> None:
    closed = form({"api_key": TEXT}, additionalProperties=False)
    asked = only(of_connector(closed, {}, form({"api_key": TEXT, "api_ky": TEXT})))
    assert (asked.rule, asked.pointer, asked.on_key) == ("R404", f"{SCHEMA}/properties/api_ky", True)
    assert asked.help == 'did you mean "api_key"? Otherwise leave "api_ky" out of the form'
    preset = only(of_connector(closed, {"api_ky": "x"}))
    assert (preset.rule, preset.pointer, preset.on_key) == ("R401", "/spec/partialDefaultConfig/api_ky", True)
    assert preset.help == 'did you mean "api_key"? Otherwise remove it'


@pytest.mark.parametrize(
    ("specification", "lack"),
    [
        ({"connectionSpecification": {"type": "object", "properties": {}}}, "has no list `required`"),
        ({"connectionSpecification": {"type": "object", "required": []}}, "has no `properties`"),
        ({**form({}), "advanced_auth": {}}, "describes its OAuth incompletely"),
    ],
)
def test_a_form_that_cannot_be_inferred_has_to_be_written(
    of_connector: Make, specification: Any, lack: str
) -> None:
    advice = only(of_connector(specification))
    assert (advice.rule, advice.pointer) == ("R410", "/spec/connector")
    assert f"cannot infer a form, because the connector's specification {lack} (server: " in advice.message
    assert advice.help == f"{WRITE}; `reconciler new source-faker` prints one to start from"


def test_an_unreadable_member_of_the_form_is_named(built_in: Make) -> None:
    advice = only(built_in("source-faker", {}, {"documentationUrl": "a b", **form({})}))
    assert (advice.rule, advice.pointer) == ("R411", "/spec/partialUserConfigSpec/documentationUrl")
    assert advice.help == "correct `documentationUrl`, or leave it out"


def test_an_inferred_form_that_the_server_cannot_read(of_connector: Make) -> None:
    advice = only(of_connector({**form({}), "documentationUrl": "a b"}))
    assert (advice.rule, advice.pointer) == ("R411", "/spec/connector")
    assert advice.help == f"{WRITE}, with `connectionSpecification` alone"


def test_presets_and_form_of_different_shape(built_in: Make) -> None:
    advice = only(built_in("source-google-drive", {"credentials": "hunter2"}))
    assert (advice.rule, advice.pointer) == ("R412", "/spec/partialDefaultConfig/credentials")
    assert 'the preset "credentials" is no object, and the form asks for one there' in advice.message
    assert advice.help == "remove the preset, so that customers are asked for it"


def test_the_other_way_round_the_form_may_leave_the_field_optional(of_connector: Make) -> None:
    advice = only(of_connector(form({}), {"a": {"b": 1}}, form({"a": TEXT})))
    assert 'the preset "a" is an object, and the form asks for no object there' in advice.message
    assert advice.help == (
        'remove the preset, so that customers are asked for it; or take "a" out of the form\'s `required`'
    )


def test_a_form_whose_root_is_no_object(built_in: Make) -> None:
    advice = only(built_in("source-faker", {}, {"connectionSpecification": {"properties": {}}}))
    assert (advice.rule, advice.pointer) == ("R412", f"{SCHEMA}/type")


def test_a_bare_schema_in_place_of_a_form(built_in: Make) -> None:
    advice = only(built_in("source-faker", {}, {"type": "object"}))
    assert (advice.rule, advice.pointer) == ("R412", "/spec/partialUserConfigSpec")
    assert advice.help.startswith("put the fields under `connectionSpecification`")


def test_a_connector_that_no_manifest_can_help(of_connector: Make) -> None:
    advice = only(of_connector(form({"a": {"oneOf": 1}})))
    assert (advice.rule, advice.pointer) == ("R413", "/spec/connector")
    assert advice.help.startswith("no manifest can help")


def test_an_own_oauth_app_belongs_elsewhere(built_in: Make) -> None:
    presets = {"credentials": {"auth_type": "Client", "client_id": "hunter2", "client_secret": "hunter2"}}
    assert only(built_in("source-google-drive", presets)) == Diagnostic(
        "/spec/partialDefaultConfig/credentials",
        "R420",
        'Airbyte would answer 200 and destroy what is preset in "credentials": it would store "credentials.client_id" as '
        '"mock_string", "credentials.client_secret" as "mock_string" and add "credentials.refresh_token" as "mock_string", because '
        'the form asks for "credentials" too and its made-up answers are written into the preset',
        'remove this preset, so that customers are asked for all of "credentials"; an OAuth application\'s client id and secret '
        "do not belong here but to the organization's OAuth credentials (PUT /organizations/{organizationId}/oauthCredentials)",
        on_key=True,
    )


def test_a_form_that_asks_inside_a_preset_object_has_three_ways_out(of_connector: Make) -> None:
    server = {
        "type": "object",
        "required": ["host"],
        "properties": {"host": TEXT, "port": {"type": "integer"}},
    }
    manifest = of_connector(form({"server": server}), {"server": {"host": "db"}}, form({"server": server}))
    assert only(manifest).help == (
        'remove this preset, so that customers are asked for all of "server"; or take "server" out of the form\'s `required`: '
        'customers can still change what is preset; or take "server" out of the form'
    )


def test_each_destroyed_object_has_its_own_advice(of_connector: Make) -> None:
    inner = {"type": "object", "required": ["x"], "properties": {"x": TEXT}}
    spec = form({"a": inner, "b": inner})
    advice = advice_on(of_connector(form({}), {"b": {"x": "1"}, "a": {"x": "1"}}, spec))
    assert [each.pointer for each in advice] == [
        "/spec/partialDefaultConfig/a",
        "/spec/partialDefaultConfig/b",
    ]


def test_rules_have_ids_of_their_own_in_order() -> None:
    rules = [rule for rule in all_rules() if rule.id.startswith("R4")]
    assert all(rule.severity is Severity.ERROR for rule in rules)
