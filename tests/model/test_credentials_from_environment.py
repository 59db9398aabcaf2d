"""Credentials come from the environment only, and are never shown."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reconciler.errors import CredentialsError
from reconciler.model.credentials import BearerToken, ClientCredentials, read_credentials

ID, SECRET, TOKEN = "AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET", "AIRBYTE_BEARER_TOKEN"


def test_application_is_read_without_surrounding_whitespace() -> None:
    found = read_credentials({ID: " the-id\n", SECRET: "\tthe secret ", "OTHER": "x"})
    assert found == ClientCredentials("the-id", "the secret")


def test_token_is_read_without_surrounding_whitespace() -> None:
    assert read_credentials({TOKEN: "a.b.c\r\n", ID: "", SECRET: " "}) == BearerToken("a.b.c")


@pytest.mark.parametrize(
    ("environ", "message", "help_text"),
    [
        ({}, "no credentials in the environment", f"set {ID} and {SECRET}, or {TOKEN}"),
        ({ID: "", SECRET: "", TOKEN: " "}, "no credentials in the environment", f"set {ID} and {SECRET}, or {TOKEN}"),
        ({ID: "hush"}, f"{ID} is set, but {SECRET} is not", f"set {SECRET} too"),
        ({SECRET: "hush", ID: " "}, f"{SECRET} is set, but {ID} is not", f"set {ID} too"),
        ({TOKEN: "hush", ID: "hush", SECRET: "hush"}, f"both {TOKEN} and {ID} are set",
         "unset one of them, so that it is clear who is logging in"),
        ({TOKEN: "hush", SECRET: "hush"}, f"both {TOKEN} and {SECRET} are set",
         "unset one of them, so that it is clear who is logging in"),
    ],
)  # fmt: skip
def test_missing_or_doubtful_credentials_say_what_to_set(
    environ: dict[str, str], message: str, help_text: str
) -> None:
    with pytest.raises(CredentialsError) as caught:
        read_credentials(environ)
    assert (caught.value.message, caught.value.help) == (message, help_text)


@pytest.mark.parametrize(
    "value", ["hush\nX: y", "hush\0", "hush\x7f", "hushé", "hush\u200bhush", "hush\udcff", "\x1bhush"]
)
@pytest.mark.parametrize("name", [ID, SECRET, TOKEN])
def test_value_that_fits_no_header_is_refused_without_showing_it(name: str, value: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        read_credentials({name: value})
    assert caught.value.message == f"{name} holds a character that cannot go into an HTTP header"
    assert "hush" not in caught.value.message + caught.value.help + repr(caught.value)


def test_credentials_do_not_show_themselves() -> None:
    shown = repr([ClientCredentials("hush-id", "hush"), BearerToken("hush")])
    assert shown == "[ClientCredentials(), BearerToken()]"


def test_secrets_are_the_parts_that_must_not_be_shown() -> None:
    assert (ClientCredentials("id", "hush").secrets, BearerToken("hush").secrets) == (("hush",), ("hush",))


@pytest.mark.parametrize(
    "module", ["reconciler.manifests", "reconciler.model.credentials", "reconciler.manifests.project"]
)
def test_light_modules_load_neither_yaml_nor_pydantic(module: str) -> None:
    code = f"import sys, {module}; print([name for name in ('yaml', 'pydantic', 'httpx') if name in sys.modules])"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert output.stdout == "[]\n"
