"""Secrets that stand in a manifest: found at every position, never shown, and nothing else called one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.connectors.lint.secret_texts import (
    has_password_in_address,
    is_placeholder,
    looks_like_credential,
)
from reconciler.model.diagnostic import Diagnostic, Severity

Check = Callable[..., tuple[Diagnostic, ...]]
FORM = "/spec/partialUserConfigSpec"
SCHEMA = f"{FORM}/connectionSpecification"
PRESETS = "/spec/partialDefaultConfig"
LITERAL = "hunter2-hunter2"
MARKED: dict[str, Any] = {"type": "string", "airbyte_secret": True}
PLAIN: dict[str, Any] = {"type": "string"}


def under(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def found(advice: tuple[Diagnostic, ...]) -> list[tuple[str, str]]:
    assert LITERAL not in repr(advice)
    return [(each.rule, each.pointer.removeprefix("/spec/")) for each in advice]


def test_a_literal_secret_in_the_presets_is_an_error(guarded: Check) -> None:
    assert guarded(spec=under(login=under(value=MARKED)), presets={"login": {"value": LITERAL}}) == (
        Diagnostic(
            f"{PRESETS}/login/value",
            "R601",
            "login.value is a literal secret",
            "leave it to the customer, or write !env RECONCILER_VAR_... without a default, which is a literal too; "
            "change the secret where it was issued, because git keeps it",
        ),
    )


@pytest.mark.parametrize(
    ("spec", "presets", "where"),
    [
        (under(a=under(b=under(c=MARKED))), {"a": {"b": {"c": LITERAL}}}, "/a/b/c"),
        (under(a={"items": MARKED}), {"a": ["", LITERAL]}, "/a/1"),
        (under(a={"items": [PLAIN, MARKED]}), {"a": [LITERAL]}, "/a/0"),
        (under(a={"items": under(b=MARKED)}), {"a": [{"b": LITERAL}]}, "/a/0/b"),
        (under(a={"oneOf": [under(b=PLAIN), under(b=MARKED)]}), {"a": {"b": LITERAL}}, "/a/b"),
        (under(a={"anyOf": [PLAIN, MARKED]}), {"a": LITERAL}, "/a"),
        (under(a={"allOf": [{"anyOf": [under(b=MARKED)]}]}), {"a": {"b": LITERAL}}, "/a/b"),
        (under(a={"if": {}, "then": under(b=MARKED)}), {"a": {"b": LITERAL}}, "/a/b"),
        ({"additionalProperties": MARKED}, {"a": LITERAL}, "/a"),
        ({"patternProperties": {"_x$": MARKED}}, {"a_x": LITERAL}, "/a_x"),
        ({"$ref": "#/definitions/d", "definitions": {"d": under(a=MARKED)}}, {"a": LITERAL}, "/a"),
        (under(a={"type": "object", "airbyte_secret": True}), {"a": {"b": [LITERAL]}}, "/a/b/0"),
        (under(**{"a/b": MARKED}), {"a/b": LITERAL}, "/a~1b"),
        (under(a={"airbyte_secret": "true"}), {"a": LITERAL}, "/a"),
        (under(a={"type": "integer", "airbyte_secret": True}), {"a": 1234}, "/a"),
    ],
)
def test_every_position_counts_on_either_side(guarded: Check, spec: Any, presets: Any, where: str) -> None:
    expected = [("R601", f"partialDefaultConfig{where}")]
    assert found(guarded(spec=spec, presets=presets)) == expected
    assert found(guarded({**spec}, presets=presets)) == expected


def test_an_option_that_the_constants_rule_out_still_counts(guarded: Check) -> None:
    options = [under(kind={"const": "a"}, b=MARKED), under(kind={"const": "z"}, b=PLAIN)]
    presets = {"a": {"kind": "z", "b": LITERAL}}
    assert found(guarded(spec=under(a={"oneOf": options}), presets=presets)) == [
        ("R601", "partialDefaultConfig/a/b")
    ]


@pytest.mark.parametrize("value", ["", "  ", None, True, False, {}, []])
def test_nothing_is_no_secret(guarded: Check, value: Any) -> None:
    assert guarded(spec=under(a=MARKED), presets={"a": value}) == ()
    assert guarded(under(a={**MARKED, "default": value})) == ()


def test_values_beside_secrets_are_fine(guarded: Check) -> None:
    spec = under(a=MARKED, region=PLAIN, port={"type": "integer"})
    assert (
        guarded(under(region={**PLAIN, "default": "eu"}), spec=spec, presets={"region": "eu", "port": 1})
        == ()
    )


KEYWORDS = [
    ("default", LITERAL, ""),
    ("const", LITERAL, ""),
    ("examples", [LITERAL], "/0"),
    ("enum", ["", LITERAL], "/1"),
]


@pytest.mark.parametrize(("keyword", "value", "index"), KEYWORDS)
def test_a_literal_in_a_secret_field_of_the_form_is_an_error(
    guarded: Check, keyword: str, value: Any, index: str
) -> None:
    assert guarded(under(a={**MARKED, keyword: value})) == (
        Diagnostic(
            f"{SCHEMA}/properties/a/{keyword}{index}",
            "R602",
            f"the `{keyword}` of a is a literal secret",
            "take it out; change the secret where it was issued, because git keeps it",
        ),
    )


@pytest.mark.parametrize(("keyword", "value", "index"), KEYWORDS)
@pytest.mark.parametrize(
    ("form", "where"),
    [
        (lambda a: under(a=a), "/properties/a"),
        (lambda a: {**under(), "oneOf": [under(a=a)]}, "/oneOf/0/properties/a"),
        (lambda a: {**under(), "anyOf": [under(a=a)]}, "/anyOf/0/properties/a"),
        (lambda a: {**under(), "allOf": [under(a=a)]}, "/allOf/0/properties/a"),
        (lambda a: under(a={"allOf": [a]}), "/properties/a/allOf/0"),
    ],
)
def test_a_secret_of_the_connector_counts_although_the_form_does_not_mark_it(
    guarded: Check, form: Any, where: str, keyword: str, value: Any, index: str
) -> None:
    advice = guarded(form({**PLAIN, keyword: value}), spec=under(a=MARKED))
    assert found(advice) == [("R602", f"{SCHEMA.removeprefix('/spec/')}{where}/{keyword}{index}")]


def test_a_default_of_an_object_is_looked_into(guarded: Check) -> None:
    form = under(login={"type": "object", "default": {"kind": "x", "keys": [{"value": LITERAL}]}})
    spec = under(login=under(kind=PLAIN, keys={"items": under(value=MARKED)}))
    where = "partialUserConfigSpec/connectionSpecification/properties/login/default/keys/0/value"
    assert found(guarded(form, spec=spec)) == [("R602", where)]


def test_items_of_a_list_in_the_form_are_looked_into(guarded: Check) -> None:
    form = under(keys={"type": "array", "items": {**PLAIN, "default": LITERAL}})
    assert [rule for rule, _ in found(guarded(form, spec=under(keys={"items": MARKED})))] == ["R602"]


def test_secrets_beside_the_schema_of_the_form_are_found(guarded: Check) -> None:
    auth = {"oauth_config_specification": {"x": {"properties": {"y": {**MARKED, "default": LITERAL}}}}}
    advice = guarded(under(), more={"advanced_auth": auth})
    assert found(advice) == [
        ("R602", "partialUserConfigSpec/advanced_auth/oauth_config_specification/x/properties/y/default")
    ]


def test_what_the_connector_publishes_itself_is_no_secret(guarded: Check) -> None:
    field = {**MARKED, "default": "postgres", "examples": ["sample", "abc"], "enum": ["one"], "const": "two"}
    spec = under(a=field, b={"type": "object", "default": {"c": "inner"}, "properties": {"c": MARKED}})
    assert guarded(spec, spec=spec) == ()
    for value in ("postgres", "sample", "one", "two"):
        assert guarded(spec=spec, presets={"a": value}) == ()
    assert guarded(spec=spec, presets={"b": {"c": "inner"}}) == ()
    assert found(guarded(spec=spec, presets={"a": LITERAL, "b": {"c": "postgres"}})) == [
        ("R601", "partialDefaultConfig/a"),
        ("R601", "partialDefaultConfig/b/c"),
    ]


def test_the_constant_that_tells_options_apart_is_no_secret(guarded: Check) -> None:
    def option(kind: str) -> dict[str, Any]:
        return under(credentials={**PLAIN, "const": kind, "default": kind, "enum": [kind]})

    choice = {"type": "object", "airbyte_secret": True, "oneOf": [option("api_token"), option("oauth")]}
    assert guarded(under(login=choice)) == ()
    assert (
        guarded(under(login=choice), spec=under(login=choice), presets={"login": {"credentials": "oauth"}})
        == ()
    )


def test_a_constant_in_a_field_that_is_marked_itself_is_a_secret_even_in_an_option(guarded: Check) -> None:
    options = [under(a={**MARKED, "const": LITERAL}), under(a={**MARKED, "const": "other-literal"})]
    assert [rule for rule, _ in found(guarded(under(login={"type": "object", "oneOf": options})))] == [
        "R602"
    ] * 2


def test_another_value_in_an_option_is_a_secret(guarded: Check) -> None:
    options = [under(a={**PLAIN, "const": "x", "examples": [LITERAL]})]
    choice = {"type": "object", "airbyte_secret": True, "oneOf": options}
    assert [rule for rule, _ in found(guarded(under(login=choice)))] == ["R602"]


def test_a_secret_from_the_environment_is_a_warning(guarded: Check) -> None:
    assert guarded(spec=under(a=MARKED), presets={"a": LITERAL}, variables=(f"{PRESETS}/a",)) == (
        Diagnostic(
            f"{PRESETS}/a",
            "R603",
            "a is a secret: templates are stored and returned in clear by Airbyte",
            "leave the field to the customer if you can",
            Severity.WARNING,
        ),
    )


def test_variables_around_and_in_forms_count_too(guarded: Check) -> None:
    around = guarded(
        spec=under(a=under(b=MARKED)), presets={"a": {"b": LITERAL}}, variables=(f"{PRESETS}/a",)
    )
    assert found(around) == [("R603", "partialDefaultConfig/a/b")]
    where = f"{SCHEMA}/properties/a/default"
    assert found(guarded(under(a={**MARKED, "default": LITERAL}), variables=(where,))) == [
        ("R603", where.removeprefix("/spec/"))
    ]


def test_a_variable_beside_a_literal_does_not_excuse_it(guarded: Check) -> None:
    advice = guarded(
        spec=under(a=MARKED, ab=MARKED), presets={"a": "x1", "ab": LITERAL}, variables=(f"{PRESETS}/a",)
    )
    assert found(advice) == [("R603", "partialDefaultConfig/a"), ("R601", "partialDefaultConfig/ab")]


def test_a_variable_that_is_no_secret_is_fine(guarded: Check) -> None:
    assert guarded(spec=under(a=PLAIN), presets={"a": LITERAL}, variables=(f"{PRESETS}/a",)) == ()


@pytest.mark.parametrize("spec", [None, under(other=PLAIN), under(api_key=PLAIN)])
def test_a_literal_under_a_name_that_looks_secret_is_a_warning(guarded: Check, spec: Any) -> None:
    assert guarded(spec=spec, presets={"api_key": LITERAL}) == (
        Diagnostic(
            f"{PRESETS}/api_key",
            "R604",
            "api_key is a literal under a name that looks like a secret",
            "if it is one, write !env RECONCILER_VAR_...",
            Severity.WARNING,
        ),
    )


def test_names_are_asked_inside_of_lists_and_in_forms(guarded: Check) -> None:
    assert found(guarded(presets={"tokens": [LITERAL]})) == [("R604", "partialDefaultConfig/tokens/0")]
    assert [rule for rule, _ in found(guarded(under(password={**PLAIN, "default": LITERAL})))] == ["R604"]


@pytest.mark.parametrize(
    "presets",
    [
        {"region": "eu", "token_url": "https://x.example"},
        {"api_key": "", "password": None, "token": True, "max_tokens": 5},
        {"credentials": {"auth_type": "Client"}},
    ],
)
def test_no_other_literal_is_taken_for_a_secret(guarded: Check, presets: Any) -> None:
    assert guarded(presets=presets) == ()


def test_a_guess_about_a_public_constant_is_not_made(guarded: Check) -> None:
    spec = under(login={"oneOf": [under(credentials={"const": "api_token"})]})
    assert guarded(spec=spec, presets={"login": {"credentials": "api_token"}}) == ()


PLACEHOLDERS = (
    "***", "xxxxxxxx", "...", "<your key>", "<API_KEY>", "{{ secrets.KEY }}", "${CRM_KEY}", "$CRM_KEY", "%CRM_KEY%",
    "your-api-key-here", "Enter your key", "mock_string", " <key> ",
)  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_where_a_secret_belongs_is_a_warning(guarded: Check, text: str) -> None:
    assert guarded(spec=under(a=MARKED), presets={"a": text}) == (
        Diagnostic(
            f"{PRESETS}/a",
            "R605",
            "a is a placeholder where a secret belongs: Airbyte takes it as the value",
            "leave it out, or write !env RECONCILER_VAR_...",
            Severity.WARNING,
        ),
    )
    assert guarded(under(a={**MARKED, "examples": [text]})) == ()
    assert [rule for rule, _ in found(guarded(under(a={**MARKED, "default": text})))] == ["R605"]


@pytest.mark.parametrize(
    "text",
    [
        "changeme",
        "password",
        "x",
        "secret",
        "<b64+/==>",
        "yourself",
        "P@$$WORD",
        "$2a$10$abc",
        "a***",
        "xx",
        "x" * 90,
    ],
)
def test_a_bad_password_is_no_placeholder(text: str) -> None:
    assert not is_placeholder(text)


SAMPLES = (
    ("api_key", "key1234567890"), ("access_key", "xxxxxHRNxxx3TBxxxxxx"), ("client_secret", "Client_Secret"), ("client_secret", "secret"),
    ("access_key_id", "A012345678910EXAMPLE"), ("refreshToken", "refresh_token"), ("org_id", "123456789"), ("password", "AIRBYTE_PASSWORD"),
    ("json", '{ "private_key_id": YOUR_PRIVATE_KEY, ... }'), ("names", "name, field_name"), ("api_key", "tn_******"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "text"), SAMPLES)
def test_an_example_that_says_that_it_is_none_is_a_warning_and_as_a_default_an_error(
    guarded: Check, name: str, text: str
) -> None:
    where = f"{SCHEMA}/properties/{name}/examples/0"
    advice = Diagnostic(
        where,
        "R602",
        f"the `examples` of {name} reads as a placeholder; a secret must not be there",
        "take it out, or lock the connector's specification: what that shows at the same place is not reported",
        Severity.WARNING,
    )
    shown = under(**{name: {**MARKED, "examples": [text]}})
    assert guarded(shown) == (advice,)
    assert guarded(shown, spec=shown) == ()
    (default,) = guarded(under(**{name: {**MARKED, "default": text}}))
    (preset,) = guarded(spec=under(**{name: MARKED}), presets={name: text})
    assert [(each.rule, each.severity) for each in (default, preset)] == [
        ("R602", Severity.ERROR),
        ("R601", Severity.ERROR),
    ]


@pytest.mark.parametrize(
    "text",
    ["Zq81-live-value-77", "hunter2", "s3cret", "5c054d0de3440452190fdc5d5a04d872", "abc123", "P4ss1234"],
)
def test_an_example_that_may_be_real_is_an_error_as_it_was(guarded: Check, text: str) -> None:
    (advice,) = guarded(under(client_secret={**MARKED, "examples": [text]}))
    assert (advice.rule, advice.severity) == ("R602", Severity.ERROR)


def test_a_credential_that_reads_as_a_placeholder_is_still_an_error(guarded: Check) -> None:
    token = "ghp" + "_" + "abcdefghijklmnopqrstuvwxyz1234567890"
    (advice,) = guarded(under(a={**MARKED, "examples": [token]}))
    assert (advice.rule, advice.severity) == ("R606", Severity.ERROR)


def test_what_the_public_registry_shows_is_no_secret_without_a_lock_and_only_under_its_name(
    guarded: Check,
) -> None:
    published = {**MARKED, "default": "common"}
    assert guarded(under(tenant_id=published)) == ()
    assert [rule for rule, _ in found(guarded(under(client_secret=published)))] == ["R602"]
    assert [
        rule for rule, _ in found(guarded(spec=under(tenant_id=MARKED), presets={"tenant_id": "common"}))
    ] == ["R601"]


@pytest.mark.parametrize(
    "text", ["x", "xx", "{{ config.get('credentials', {}).get('key') or config['key'] }}"]
)
def test_a_default_that_is_nobodys_secret_is_a_placeholder(guarded: Check, text: str) -> None:
    (advice,) = guarded(under(password={**MARKED, "default": text}))
    assert (advice.rule, advice.severity) == ("R605", Severity.WARNING)


def test_what_the_lock_shows_beside_the_schema_is_public(guarded: Check) -> None:
    auth = {"advanced_auth": {"x": {"y": {**MARKED, "examples": [LITERAL, {"z": LITERAL}]}}}}
    assert guarded(under(), spec=under(), more=auth, known=auth) == ()
    other = {"advanced_auth": {"x": {"y": {**MARKED, "examples": ["another"]}}}}
    assert len(guarded(under(), spec=under(), more=auth, known=other)) == 2


KEY_BLOCK = "-----BEGIN RSA " + "PRIVATE KEY-----\n" + "MIIEow" * 12
CREDENTIALS = (
    KEY_BLOCK, KEY_BLOCK.replace("\n", "\\n"), "AKIA" + "Q" * 16, "ghp" + "_" + "a1" * 18, "github" + "_pat_" + "a" * 30,
    "glpat" + "-" + "a" * 20, "xoxb" + "-1234567890-" + "a" * 12, "sk" + "_live_" + "a" * 20, "AIza" + "b" * 35,
    "sk-" + "ant-" + "a" * 40, "SG." + "a" * 22 + "." + "b" * 43,
    "Bearer eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + "." + "c" * 30,
)  # fmt: skip


@pytest.mark.parametrize("text", CREDENTIALS)
def test_a_credential_is_known_by_its_form_wherever_it_stands(guarded: Check, text: str) -> None:
    (advice,) = guarded(spec=under(note=PLAIN), presets={"note": text})
    assert (advice.rule, advice.severity, advice.pointer) == ("R606", Severity.ERROR, f"{PRESETS}/note")
    assert text not in repr(advice)
    described = under(note={**PLAIN, "description": f"such as {text}"})
    assert [each.pointer for each in guarded(described)] == [f"{SCHEMA}/properties/note/description"]


def test_a_password_in_an_address_is_an_error_in_the_presets(guarded: Check) -> None:
    address = "postgres://app:" + LITERAL + "@db.example:5432/app"
    assert found(guarded(spec=under(url=PLAIN), presets={"url": address})) == [
        ("R606", "partialDefaultConfig/url")
    ]
    assert guarded(under(url={**PLAIN, "examples": [address]})) == ()


def test_one_literal_gets_one_finding_and_a_certain_one_before_a_guess(guarded: Check) -> None:
    token = "ghp" + "_" + "a1" * 18
    assert found(guarded(spec=under(a=MARKED), presets={"a": token})) == [("R601", "partialDefaultConfig/a")]
    assert found(guarded(presets={"api_token": token})) == [("R606", "partialDefaultConfig/api_token")]


def test_a_credential_from_the_environment_or_from_the_specification_is_left_alone(guarded: Check) -> None:
    token = "ghp" + "_" + "a1" * 18
    assert guarded(spec=under(note=PLAIN), presets={"note": token}, variables=(f"{PRESETS}/note",)) == ()
    published = under(note={**PLAIN, "description": token})
    assert guarded(published, spec=published) == ()


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE KEY-----", "Starts with -----BEGIN PRIVATE KEY----- and ends so", "AKIAIOSFODNN7EXAMPLE",
        "https://example.com/a:b@c", "https://user@example.com", "postgres://user:<password>@host", "ghp_short", "eyJhbGciOiJub25lIn0",
    ],
)  # fmt: skip
def test_what_only_speaks_of_credentials_is_none(text: str) -> None:
    assert not looks_like_credential(text)
    assert not has_password_in_address(text)
