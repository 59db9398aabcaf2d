"""Scaffolds as a whole: valid, accepted, without secrets, ready to be uncommented."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reconciler.connectors.builtin import builtin_catalogue
from reconciler.connectors.scaffold.scaffold import scaffold_manifest
from reconciler.connectors.server.rules import evaluate_create
from reconciler.connectors.server.secret_paths import form_secret_pointers
from reconciler.model.connector import Connector
from reconciler.model.json_value import same_json
from reconciler.model.template import Manifest

Make = Callable[..., Connector]
Read = Callable[[str, Connector], Manifest]

BUILTIN = builtin_catalogue().connectors
NOTHING_YET = "{}  # delete this line when you uncomment a field"


def is_accepted(manifest: Manifest) -> bool:
    """Whether the server would store exactly what the manifest says."""
    answer = evaluate_create(manifest.connector.specification, manifest.presets, manifest.form)
    return answer.status == 200 and same_json(answer.stored_presets, manifest.presets)


def fields(manifest: Manifest) -> list[str]:
    assert manifest.form is not None
    connection: Any = manifest.form["connectionSpecification"]
    return list(connection["properties"])


def uncommented(text: str, column: int) -> str:
    """Everything that waits at this column, uncommented; lines that explain stay comments."""
    mark = " " * column + "# "
    lines = [line for line in text.splitlines() if line != " " * column + NOTHING_YET]
    return (
        "\n".join(" " * column + line[len(mark) :] if line.startswith(mark) else line for line in lines)
        + "\n"
    )


SCAFFOLD = """\
## Crm 1.2.3. Written by `reconciler new`; yours to edit.
## Lines with ## explain; lines with # are fields to uncomment.
## Airbyte would accept it as it stands. The customer must fill in: token, region.
apiVersion: reconciler/v1
kind: SourceTemplate
metadata:
  name: crm
spec:
  connector: source-crm

  ## Presets: what the customer is not asked for. Airbyte stores them in clear. To preset a field,
  ## uncomment it here and take it out of the form below; in an object that the form asks for,
  ## Airbyte would overwrite it.
  partialDefaultConfig:
    {}  # delete this line when you uncomment a field

    ## token: REQUIRED | string | secret
    ##   From your account page.
    ##   Asked from the customer; never put it here.

    ## region: REQUIRED | string | one of "eu", "us"
    # region: eu

    ## days: OPTIONAL | integer | minimum 1 | default 30
    ##   How far back.
    ##   Example: 7, 30
    # days: 30

  ## The customer's form; trim it, but keep it: without partialUserConfigSpec Airbyte refuses a
  ## template of this connector.
  partialUserConfigSpec:
    connectionSpecification:
      $schema: "http://json-schema.org/draft-07/schema#"
      title: Crm
      type: object
      required: [token, region]
      properties:
        token:
          title: Token
          description: From your account page.
          type: string
          order: 0
          airbyte_secret: true
        ## region: the first example is a valid value, since Airbyte tests the form with it
        region:
          title: Region
          type: string
          enum: [eu, us]
          examples: [eu]
          order: 1

        ## Fields that the customer may fill in, if you uncomment them:
        # days:
        #   title: Days
        #   description: How far back.
        #   type: integer
        #   default: 30
        #   examples: [7, 30]
        #   minimum: 1
        #   order: 2
"""
CRM: dict[str, Any] = {
    "days": {
        "type": "integer",
        "minimum": 1,
        "default": 30,
        "examples": [7, 30],
        "description": "How far back.",
        "order": 2,
        "title": "Days",
    },
    "region": {"type": "string", "enum": ["eu", "us"], "order": 1, "title": "Region"},
    "token": {
        "type": "string",
        "airbyte_secret": True,
        "examples": ["sk_live_1"],
        "description": "From your account page.",
        "order": 0,
        "title": "Token",
    },
}


def test_a_whole_scaffold(crm: Make) -> None:
    assert scaffold_manifest(crm(CRM, required=["region", "token"]), name="crm") == SCAFFOLD


def test_the_order_of_keys_in_the_specification_changes_nothing(crm: Make) -> None:
    connector = crm(dict(reversed(CRM.items())), required=["token", "region"])
    assert scaffold_manifest(connector, name="crm") == SCAFFOLD


@pytest.mark.parametrize("connector", BUILTIN, ids=lambda connector: connector.repository)
def test_a_scaffold_is_valid_and_accepted_as_it_stands(connector: Connector, read_back: Read) -> None:
    text = scaffold_manifest(connector, name="mine")
    manifest = read_back(text, connector)
    assert manifest.name == "mine"
    assert manifest.presets == {}
    assert is_accepted(manifest)
    assert form_secret_pointers(manifest.form) == frozenset()


@pytest.mark.parametrize("connector", BUILTIN, ids=lambda connector: connector.repository)
def test_every_field_of_the_form_can_be_uncommented(connector: Connector, read_back: Read) -> None:
    text = scaffold_manifest(connector, name="mine")
    head, mark, form = text.partition("      properties:\n")
    manifest = read_back(head + mark + uncommented(form, 8), connector)
    connection: Any = connector.specification and connector.specification["connectionSpecification"]
    hidden = {name for name, part in connection["properties"].items() if part.get("airbyte_hidden")}
    assert set(fields(manifest)) >= set(connection["properties"]) - hidden
    assert is_accepted(manifest)


def test_every_scalar_preset_can_be_uncommented(read_back: Read) -> None:
    connector = builtin_catalogue().resolve("source-stripe")
    assert connector is not None
    head, mark, form = scaffold_manifest(connector, name="mine").partition("  partialUserConfigSpec:\n")
    manifest = read_back(uncommented(head, 4) + mark + form, connector)
    connection: Any = connector.specification and connector.specification["connectionSpecification"]
    secret = {name for name, part in connection["properties"].items() if part.get("airbyte_secret")}
    assert set(manifest.presets) == set(connection["properties"]) - secret
    assert is_accepted(manifest)


def test_options_are_alternatives_with_their_discriminator(crm: Make) -> None:
    def option(kind: str, **more: Any) -> Any:
        return {
            "title": kind.title(),
            "required": ["kind"],
            "properties": {"kind": {"type": "string", "const": kind}, **more},
        }

    options = [
        option("key", key={"type": "string", "airbyte_secret": True}),
        option("none", since={"type": "integer"}),
    ]
    text = scaffold_manifest(
        crm({"login": {"type": "object", "title": "Login", "oneOf": options}}), name="crm"
    )
    assert (
        """\
    ## login: OPTIONAL | object, one of 2 options
    ##   Option 1 of 2: Key, kind "key"
    # login:
    #   kind: key
    ##   key: OPTIONAL | string | secret
    ##     Asked from the customer; never put it here.
    ##   Option 2 of 2: None, kind "none"
    # login:
    #   kind: none
    ##   since: OPTIONAL | integer
    # #   since: 1
"""
        in text
    )


def test_an_option_of_a_preset_can_be_uncommented(crm: Make, read_back: Read) -> None:
    inner: Any = {"type": "object", "properties": {"host": {"type": "string"}, "port": {"type": "integer"}}}
    connector = crm({"proxy": {**inner, "required": ["host"]}, "empty": inner})
    text = scaffold_manifest(connector, name="crm")
    head, mark, form = text.partition("  partialUserConfigSpec:\n")
    assert "    # empty:\n    #   {}  # delete this line when you uncomment a field\n" in head
    presets = read_back(uncommented(head, 4) + mark + form, connector).presets
    assert presets == {"proxy": {"host": "..."}, "empty": {}}


def test_a_required_field_that_airbyte_cannot_test_is_preset_and_pointed_out(
    crm: Make, read_back: Read
) -> None:
    connector = crm({"period": {"type": "integer", "enum": [7, 30]}}, required=["period"])
    text = scaffold_manifest(connector, name="crm")
    manifest = read_back(text, connector)
    assert manifest.presets == {"period": 7}
    assert fields(manifest) == []
    assert is_accepted(manifest)
    assert "CHECK the preset period" in text


def test_a_secret_is_never_preset_even_when_nothing_else_would_be_accepted(
    crm: Make, read_back: Read
) -> None:
    pin: Any = {"type": "integer", "maximum": 9, "airbyte_secret": True, "default": 7}
    connector = crm({"pin": pin}, required=["pin"])
    text = scaffold_manifest(connector, name="crm")
    assert read_back(text, connector).presets == {}
    assert "Airbyte would refuse it as it stands, with status 422:\n" in text
    assert "## $.pin: must have a maximum value of 9\n" in text
    assert "No value of pin is known" in text


def test_a_text_field_that_is_secret_by_its_name_only_has_no_line_to_uncomment(crm: Make) -> None:
    text = scaffold_manifest(crm({"api_key": {"type": "string", "examples": ["k-123"]}}), name="crm")
    assert "    # api_key:" not in text.partition("partialUserConfigSpec:")[0]
    assert "it may be a secret" in text


def test_no_example_of_a_secret_is_shown_anywhere(crm: Make) -> None:
    secret: Any = {
        "type": "string",
        "airbyte_secret": True,
        "default": "hunter2",
        "examples": ["hunter2"],
        "enum": ["hunter2"],
    }
    login: Any = {
        "type": "object",
        "properties": {"key": secret},
        "default": {"key": "hunter2"},
        "examples": [{"key": "hunter2"}],
    }
    connector = crm(
        {"key": secret, "login": login, "logins": {"type": "array", "items": login, "default": ["hunter2"]}}
    )
    assert "hunter2" not in scaffold_manifest(connector, name="crm")


AUTH = {
    "auth_flow_type": "oauth2.0",
    "predicate_key": ["kind"],
    "oauth_config_specification": {
        name: {"properties": {"token": {"type": "string", "path_in_connector_config": ["token"]}}}
        for name in (
            "complete_oauth_output_specification",
            "complete_oauth_server_input_specification",
            "complete_oauth_server_output_specification",
        )
    },
}


def test_what_oauth_needs_is_in_the_form_although_optional(crm: Make, read_back: Read) -> None:
    text_field: Any = {"type": "string"}
    connector = crm({"token": text_field, "kind": text_field, "other": text_field}, AUTH)
    manifest = read_back(scaffold_manifest(connector, name="crm"), connector)
    assert fields(manifest) == ["kind", "token"]
    assert manifest.form is not None
    assert manifest.form["advanced_auth"] == AUTH


def test_oauth_that_the_server_cannot_read_is_left_out(crm: Make, read_back: Read) -> None:
    connector = crm({}, {"auth_flow_type": "carrier pigeon"})
    manifest = read_back(scaffold_manifest(connector, name="crm"), connector)
    assert manifest.form is not None
    assert "advanced_auth" not in manifest.form
    assert is_accepted(manifest)


def test_hidden_optional_fields_can_be_preset_and_are_not_offered_to_customers(crm: Make) -> None:
    text = scaffold_manifest(crm({"mode": {"type": "string", "airbyte_hidden": True}}), name="crm")
    presets, form = text.split("partialUserConfigSpec:")
    assert "## mode: OPTIONAL | string | hidden from customers\n" in presets
    assert "mode" not in form


def test_a_connector_that_is_a_choice_has_its_options(crm: Make, read_back: Read) -> None:
    options = [
        {
            "title": "A",
            "type": "object",
            "required": ["kind"],
            "properties": {"kind": {"type": "string", "const": "a"}},
        }
    ]
    connector = Connector(
        "id", "source-x", "X", None, {"connectionSpecification": {"type": "object", "oneOf": options}}
    )
    text = scaffold_manifest(connector, name="x")
    manifest = read_back(text, connector)
    assert is_accepted(manifest)
    assert "    # kind: a\n" in text
    assert "must fill in: one of the options" in text


def test_a_connector_without_a_specification_is_written_and_told_so(read_back: Read) -> None:
    connector = Connector("00000000-0000-4000-8000-0000000000c1")
    text = scaffold_manifest(connector, name="mine", notes=("A note.",))
    manifest = read_back(text, connector)
    assert manifest.form is None
    assert manifest.connector.id in text
    assert "## A note.\n" in text
    assert "Its specification is not known" in text


def test_fields_that_no_manifest_can_hold_are_left_out(crm: Make, read_back: Read) -> None:
    text_field: Any = {"type": "string"}
    connector = crm(
        {
            "a\0b": text_field,
            "k" * 201: text_field,
            "ok": {**text_field, "default": "\ud800", "maxLength": 2**60},
        }
    )
    manifest = read_back(uncommented(scaffold_manifest(connector, name="crm"), 8), connector)
    assert fields(manifest) == ["ok"]


HOSTILE = st.sampled_from([
    "x\n  templateId: 00000000-0000-4000-8000-000000000001", "a\r\nb", "\u2028spec:", "\x85q", "\u202e", "'\"", "{{",
    "!env RECONCILER_VAR_X", "!include /etc/passwd", "- x", "? y", "%TAG ! x", "---\na: 1", "...", "\x00", "\ud800", "# x",
]) | st.text(max_size=20)  # fmt: skip
JUNK: Any = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from([2**60, float("inf"), [], {}]) | HOSTILE
)
NAMES = (
    st.sampled_from(["a", "on", "1", "null", "a b", "x\ny", "templateId", "default", "properties", ""])
    | HOSTILE
)


def nodes(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Schemas of which nothing is certain, least of all the types of their keywords."""
    types = st.sampled_from(["object", "array", "string", "integer", "number", "boolean", ["string", "null"]])
    listed = st.lists(JUNK, max_size=3)
    return st.fixed_dictionaries({}, optional={
        "type": types | JUNK, "title": JUNK, "description": JUNK, "default": JUNK, "const": JUNK, "order": JUNK,
        "examples": listed | JUNK, "enum": listed | JUNK, "minItems": JUNK, "minLength": JUNK, "minimum": JUNK,
        "pattern": st.sampled_from(["^[0-9]{4}$", "(", "[", r"\p{L}"]) | JUNK, "pattern_descriptor": JUNK,
        "format": st.sampled_from(["date", "uri"]) | JUNK, "airbyte_secret": st.sampled_from([True, "true", False]),
        "airbyte_hidden": st.booleans(), "required": st.lists(NAMES, max_size=3) | JUNK,
        "properties": st.dictionaries(NAMES, inner, max_size=3) | JUNK, "oneOf": st.lists(inner, max_size=3) | JUNK,
        "allOf": st.lists(inner, max_size=2) | JUNK, "items": inner | JUNK, "additionalProperties": inner | JUNK,
        "groups": JUNK,
    })  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.recursive(nodes(st.just({})), nodes, max_leaves=8), JUNK, HOSTILE.filter(bool))
def test_no_specification_makes_a_scaffold_that_is_not_valid_or_that_claims_too_much(
    read_back: Read, schema: Any, auth: Any, label: str
) -> None:
    specification: Any = {"connectionSpecification": schema, "advanced_auth": auth}
    connector = Connector("dfd88b22-b603-4c3d-aad7-3701784586b1", "source-x", label, label, specification)
    text = scaffold_manifest(connector, name="on", notes=(label,))
    manifest = read_back(text, connector)
    assert (manifest.name, manifest.template_id, manifest.variable_pointers) == ("on", None, frozenset())
    assert form_secret_pointers(manifest.form) == frozenset()
    assert is_accepted(manifest) == ("would accept it as it stands" in text.partition("apiVersion")[0])


def test_descriptions_are_in_the_specifications_words(crm: Make) -> None:
    words = 'Find it <a href="https://example.com">here</a>; it\'s “under” Settings: API #1.'
    text = scaffold_manifest(crm({"a": {"type": "string", "description": words}}), name="crm")
    told = " ".join(
        re.sub(r"^ *## *", "", line) for line in text.splitlines() if line.startswith("    ##   ")
    )
    assert words in told
    assert json.dumps(words, ensure_ascii=False)[1:-1].replace('\\"', '"') in text.replace("'", "'")
