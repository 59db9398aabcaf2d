"""Where secrets sit."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.connectors.specification.secrets import form_secret_pointers, looks_secret, secret_pointers
from reconciler.model.json_value import JsonObject

SECRET: JsonObject = {"type": "string", "airbyte_secret": True}


def under(**properties: Any) -> JsonObject:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("schema", "value", "pointers"),
    [
        (under(a=SECRET, b={"type": "string"}), {"a": "x", "b": "y"}, {"/a"}),
        (under(a=under(b=SECRET)), {"a": {"b": "x"}}, {"/a/b"}),
        (under(a={"type": "object", "airbyte_secret": True}), {"a": {"b": "x"}}, {"/a"}),
        (under(a={"items": under(b=SECRET)}), {"a": [{"b": 1}, {"c": 1}, {"b": 2}]}, {"/a/0/b", "/a/2/b"}),
        (under(a={"items": SECRET}), {"a": ["x", "y"]}, {"/a/0", "/a/1"}),
        (
            under(a={"items": [{}, SECRET], "additionalItems": SECRET}),
            {"a": [1, 2, 3]},
            {"/a/0", "/a/1", "/a/2"},
        ),
        (under(a={"oneOf": [under(b=SECRET), under(c=SECRET)]}), {"a": {"b": 1, "c": 2}}, {"/a/b", "/a/c"}),
        (under(a={"anyOf": [{"allOf": [under(b=SECRET)]}]}), {"a": {"b": 1}}, {"/a/b"}),
        (under(a={"if": {}, "then": under(b=SECRET)}), {"a": {"b": 1}}, {"/a/b"}),
        ({"additionalProperties": SECRET, **under(a={})}, {"a": 1, "b": 2}, {"/b"}),
        ({"patternProperties": {"_key$": SECRET}}, {"a_key": 1, "a": 2}, {"/a_key"}),
        ({"definitions": {"s": SECRET}, **under(a={"$ref": "#/definitions/s"})}, {"a": 1}, {"/a"}),
        (under(a={"$ref": "#/nowhere"}, b={"$ref": "other.json"}), {"a": 1, "b": 1}, set()),
        ({"$ref": "#", **under(a=SECRET)}, {"a": 1}, {"/a"}),
        (under(**{"a/b": SECRET}), {"a/b": 1}, {"/a~1b"}),
        (under(a=SECRET), {"a": None}, {"/a"}),
        (under(a=SECRET), [1], set()),
        (under(a=[1], b="x"), {"a": 1, "b": 1}, set()),
        ({"airbyte_secret": True}, "all of it", {""}),
        ({}, {"a": 1}, set()),
    ],
)
def test_pointers_into_presets(schema: JsonObject, value: Any, pointers: set[str]) -> None:
    assert secret_pointers(value, [schema]) == pointers


def test_every_schema_counts() -> None:
    assert secret_pointers({"a": 1, "b": 2}, [under(a=SECRET), under(b=SECRET)]) == {"/a", "/b"}


def test_no_schema_means_no_pointer() -> None:
    assert secret_pointers({"password": "x"}, []) == frozenset()


def test_both_options_of_google_drive_credentials_are_secret(
    specification_of: Callable[[str], JsonObject],
) -> None:
    connection: Any = specification_of("source-google-drive")["connectionSpecification"]
    value: JsonObject = {
        "credentials": {"auth_type": "Client", "client_secret": "x", "service_account_info": "y"}
    }
    assert secret_pointers(value, [connection]) == {
        "/credentials/client_secret",
        "/credentials/service_account_info",
    }


@pytest.mark.parametrize("keyword", ["default", "const", "examples", "enum"])
def test_values_written_into_a_secret_field_of_a_form(keyword: str) -> None:
    form: JsonObject = {"connectionSpecification": under(a={**SECRET, keyword: ["x"]}, b={keyword: ["y"]})}
    assert form_secret_pointers(form) == {f"/connectionSpecification/properties/a/{keyword}"}


def test_a_field_inside_a_secret_field_is_secret_too() -> None:
    form: JsonObject = {"airbyte_secret": True, **under(b={"default": "x"})}
    assert form_secret_pointers(form) == {"/properties/b/default"}


def test_a_secret_in_an_option_of_a_form_is_found() -> None:
    form: JsonObject = {"oneOf": [under(a={**SECRET, "default": "x"})]}
    assert form_secret_pointers(form) == {"/oneOf/0/properties/a/default"}


def test_a_field_that_is_called_default_is_no_value() -> None:
    form: JsonObject = under(default={**SECRET, "const": "x"})
    assert form_secret_pointers({"airbyte_secret": True, **form}) == {"/properties/default/const"}


SECRET_NAMES = (
    "password", "DB_PASSWORD", "userPwd", "passphrase", "client_secret", "clientSecret", "api_key",
    "apiKey", "apikey", "X-Api-Key", "access_token", "accessToken", "authToken",
    "personal_access_tokens", "bearer", "private_key", "privateKey", "credentials_json", "dsn", "jwt",
    "connection_string", "mongoConnectionString", "connection_uri", "account_key",
    "aws_secret_access_key", "service_account_info", "tunnel_user_password",
)  # fmt: skip


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_names_that_look_secret(name: str) -> None:
    assert looks_secret(name)


OTHER_NAMES = (
    "count", "name", "token_url", "tokenUrl", "max_tokens", "num_tokens", "tokens_per_minute",
    "token_type", "token_expiry_date", "primary_key", "public_key", "sort_key", "key", "partition_key",
    "secret_name", "private_key_id", "access_key_id", "password_policy", "tokenizer", "passwordless",
    "keyword", "description", "start_date", "", "123", "\u00e4",
)  # fmt: skip


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_names_that_do_not_look_secret(name: str) -> None:
    assert not looks_secret(name)


def chained(levels: int, **last: Any) -> JsonObject:
    """A schema whose references lead from the root to the last definition in 2^levels ways."""
    links: JsonObject = {f"d{n}": {"allOf": [{"$ref": f"#/definitions/d{n + 1}"}] * 2} for n in range(levels)}
    return {"definitions": {**links, f"d{levels}": last}, "properties": {"a": {"$ref": "#/definitions/d0"}}}


def test_references_that_multiply_are_followed_once_each() -> None:
    assert secret_pointers({"a": {"b": 1}, "c": 1}, [chained(60, **under(b=SECRET))]) == {"/a/b"}


def test_what_would_take_too_long_to_look_up_counts_as_secret() -> None:
    many: JsonObject = {"anyOf": [{"additionalProperties": under(x={})} for _ in range(3_000)]}
    before = time.process_time()
    found = secret_pointers({f"n{number}": {"x": 1} for number in range(20_000)}, [many])
    assert time.process_time() - before < 10
    assert "/n0" not in found
    assert "/n19999" in found


def test_items_that_are_alike_are_looked_up_once() -> None:
    many = under(a={"items": {"anyOf": [under(x={}) for _ in range(3_000)]}})
    items: list[Any] = [{"x": 1} for _ in range(20_000)]
    before = time.process_time()
    assert secret_pointers({"a": items}, [many]) == frozenset()
    assert time.process_time() - before < 10
