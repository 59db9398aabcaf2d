"""Scaffolds as a whole: valid, accepted, without secrets, ready to be uncommented."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.connectors.catalogue import builtin_catalogue
from reconciler.connectors.scaffold.scaffold import scaffold_manifest
from reconciler.connectors.server.create import evaluate_create
from reconciler.connectors.specification.secrets import form_secret_pointers
from reconciler.model.json_value import same_json
from reconciler.model.template import Connector, Manifest

Make = Callable[..., Connector]
Read = Callable[[str, Connector], Manifest]

BUILTIN = builtin_catalogue().connectors
GOLDEN = Path(__file__).parent / "golden"
OFFER = re.compile(r"^( *)# ", re.MULTILINE)


def is_accepted(manifest: Manifest) -> bool:
    """Whether the server would store exactly what the manifest says."""
    answer = evaluate_create(manifest.connector.specification, manifest.presets, manifest.form)
    return answer.status == 200 and same_json(answer.stored_presets, manifest.presets)


def fields(manifest: Manifest) -> list[str]:
    assert manifest.form is not None
    connection: Any = manifest.form["connectionSpecification"]
    return list(connection["properties"])


def uncommented(text: str) -> str:
    """Everything that is offered, taken."""
    return OFFER.sub(r"\1", text)


def each_uncommented(text: str) -> Iterator[str]:
    """The text with one offer taken, for each of them."""
    for match in OFFER.finditer(text):
        yield text[: match.start()] + match[1] + text[match.end() :]


def presets_of(text: str) -> str:
    return text.partition("  partialUserConfigSpec:\n")[0]


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


@pytest.mark.parametrize("is_full", [False, True], ids=["short", "full"])
def test_a_whole_scaffold(crm: Make, is_full: bool) -> None:
    golden = (GOLDEN / f"crm.{'full' if is_full else 'short'}.yaml").read_text(encoding="utf-8")
    for fields in (CRM, dict(reversed(CRM.items()))):  # the order of keys changes nothing
        connector = crm(fields, required=["region", "token"])
        assert scaffold_manifest(connector, name="crm", is_full=is_full) == golden


@pytest.mark.parametrize("connector", BUILTIN, ids=lambda connector: connector.repository)
def test_a_scaffold_is_valid_and_accepted_as_it_stands(connector: Connector, read_back: Read) -> None:
    for is_full in (False, True):
        manifest = read_back(scaffold_manifest(connector, name="mine", is_full=is_full), connector)
        assert manifest.name == "mine"
        assert manifest.presets == {}
        assert is_accepted(manifest)
        assert form_secret_pointers(manifest.form) == frozenset()


def option(kind: Any, **more: Any) -> Any:
    return {
        "title": str(kind).title(),
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string", "const": kind}, **more},
    }


SECRET: Any = {"type": "string", "airbyte_secret": True}
TEXT: Any = {"type": "string"}
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
# Kinds of fields whose own words are no value, or whose values get in each other's way: name -> (properties, the rest).
KINDS: dict[str, tuple[Any, Any]] = {
    "examples that are items of the list": ({"a": {"type": "array", "items": TEXT, "examples": ["public"]}}, {}),
    "an example that is a mask": ({"a": {**TEXT, "pattern": DAY, "examples": ["YYYY-MM-DD"]}}, {}),
    "examples of another type": ({"a": {"type": "integer", "examples": ["5432"], "minimum": 100}}, {}),
    "a default that is no value": ({"a": {"type": "integer", "default": "ten"}}, {}),
    "a default that names an option": ({"a": {"type": "object", "default": "y", "oneOf": [option("x"), option("y")]}}, {}),
    "options with secrets": ({"a": {"type": "object", "oneOf": [option("x", key=SECRET), option("y", n=TEXT)]}}, {}),
    "a required object": ({"a": {"type": "object", "required": ["b"], "properties": {"b": TEXT, "c": TEXT}}}, {"required": ["a"]}),
    "two that exclude each other": ({"a": TEXT, "b": TEXT}, {"allOf": [{"not": {"required": ["a", "b"]}}]}),
    "a field that needs another": ({"a": TEXT, "b": TEXT}, {"dependencies": {"a": ["b"]}}),
    "no value at all": ({"a": {"type": "integer", "minimum": 3, "maximum": 2}}, {}),
    "a value that must be preset": ({"a": {"type": "integer", "enum": [7, 30]}, "b": TEXT}, {"required": ["a"]}),
    "lists of objects": ({"a": {"type": "array", "minItems": 2, "items": {"required": ["b"], "properties": {"b": TEXT}}}}, {}),
    "a format": ({"a": {**TEXT, "format": "date-time"}, "b": {**TEXT, "format": "uri"}}, {}),
    "nothing": ({}, {}),
}  # fmt: skip


@pytest.mark.parametrize("is_full", [False, True], ids=["short", "full"])
@pytest.mark.parametrize("kind", [*KINDS, *(str(connector.repository) for connector in BUILTIN)])
def test_each_offer_can_be_taken_alone_and_with_all_others(
    crm: Make, read_back: Read, kind: str, is_full: bool
) -> None:
    builtin = builtin_catalogue().resolve(kind)
    connector = builtin or crm(KINDS[kind][0], **KINDS[kind][1])
    text = scaffold_manifest(connector, name="mine", is_full=is_full)
    for changed in (text, *each_uncommented(text), uncommented(text)):
        assert is_accepted(read_back(changed, connector)), changed


@pytest.mark.parametrize("connector", BUILTIN, ids=lambda connector: connector.repository)
def test_a_whole_scaffold_offers_every_field(connector: Connector, read_back: Read) -> None:
    manifest = read_back(uncommented(scaffold_manifest(connector, name="mine", is_full=True)), connector)
    connection: Any = connector.specification and connector.specification["connectionSpecification"]
    properties = connection["properties"]
    hidden = {name for name, part in properties.items() if part.get("airbyte_hidden")}
    assert set(fields(manifest)) >= set(properties) - hidden
    plain = {
        name
        for name, part in properties.items()
        if part["type"] != "object" and not part.get("airbyte_secret")
    }
    assert set(manifest.presets) >= plain


def test_a_short_scaffold_asks_for_what_is_required_by_title(crm: Make, read_back: Read) -> None:
    inner = {
        "kind": {**TEXT, "const": "a"},
        "needed": {**TEXT, "title": "Needed", "description": "Why."},
        "other": TEXT,
    }
    login = {"type": "object", "title": "Login", "required": ["kind", "needed"], "properties": inner}
    connector = crm({"login": login, "days": {"type": "integer"}}, required=["login"])
    form: Any = read_back(scaffold_manifest(connector, name="crm"), connector).form
    assert form["connectionSpecification"]["properties"] == {
        "login": {
            "title": "Login",
            "type": "object",
            "required": ["kind", "needed"],
            "properties": {
                "kind": {"type": "string", "const": "a", "default": "a"},
                "needed": {"title": "Needed", "type": "string"},
            },
        }
    }


def test_options_are_explained_and_one_of_them_is_offered(crm: Make) -> None:
    options = [option("key", key={**SECRET}), option("none", since={"type": "integer"})]
    options[0]["required"].append("key")
    connector = crm({"login": {"type": "object", "title": "Login", "oneOf": options}})
    assert """\
    ## login: OPTIONAL | object, one of 2 options
    ##   Option 1 of 2: Key, kind "key"
    ##     key: REQUIRED | string | secret
    ##       Asked from the customer; never put it here.
    ##   Option 2 of 2: None, kind "none"
    ##     since: OPTIONAL | integer
    # login: {kind: none},
""" in scaffold_manifest(connector, name="crm", is_full=True)


def test_the_option_that_opens_the_form_is_the_one_that_is_offered(crm: Make) -> None:
    choice = {"type": "object", "default": "two", "oneOf": [option("one"), option("two")]}
    assert "    # a: {kind: two},\n" in scaffold_manifest(crm({"a": choice}), name="crm")


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
    assert "Airbyte would refuse it as it is, with status 422:\n" in text
    assert "## $.pin: must have a maximum value of 9\n" in text
    assert "No value of pin is known" in text


def test_a_text_field_that_is_secret_by_its_name_only_has_no_line_to_uncomment(crm: Make) -> None:
    key: Any = {"type": "string", "examples": ["k-123"]}
    text = scaffold_manifest(crm({"api_key": key}), name="crm", is_full=True)
    assert "    # api_key:" not in presets_of(text)
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
    for is_full in (False, True):
        assert "hunter2" not in scaffold_manifest(connector, name="crm", is_full=is_full)


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
    mode: Any = {"type": "string", "airbyte_hidden": True}
    text = scaffold_manifest(crm({"mode": mode}), name="crm", is_full=True)
    presets, form = text.split("partialUserConfigSpec:")
    assert '## mode: OPTIONAL | string | hidden from customers\n    # mode: "...",\n' in presets
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
    assert '## Option 1 of 1: A, kind "a"' in scaffold_manifest(connector, name="x", is_full=True)
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
    text = scaffold_manifest(connector, name="crm", is_full=True)
    manifest = read_back(uncommented(text), connector)
    assert fields(manifest) == ["ok"]


@pytest.mark.parametrize("name", ["", "k" * 150, "a\nb", "\U000e0001" * 20, "? a", "'\""])
def test_a_field_of_any_name_can_be_uncommented(crm: Make, read_back: Read, name: str) -> None:
    connector = crm({"ok": {"type": "string"}, name: {"type": "string"}}, required=["ok"])
    text = scaffold_manifest(connector, name="crm", is_full=True)
    assert fields(read_back(uncommented(text), connector)) == ["ok", name]


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
@example(schema={"properties": {"": {}, "a": {"airbyte_secret": True}}}, auth=None, label="x")
def test_no_specification_makes_a_scaffold_that_is_not_valid_or_that_claims_too_much(
    read_back: Read, schema: Any, auth: Any, label: str
) -> None:
    specification: Any = {"connectionSpecification": schema, "advanced_auth": auth}
    connector = Connector("dfd88b22-b603-4c3d-aad7-3701784586b1", "source-x", label, label, specification)
    for is_full in (False, True):
        text = scaffold_manifest(connector, name="on", notes=(label,), is_full=is_full)
        manifest = read_back(text, connector)
        assert (manifest.name, manifest.template_id, manifest.variable_pointers) == ("on", None, frozenset())
        assert form_secret_pointers(manifest.form) == frozenset()
        assert is_accepted(manifest) == ("would accept it as it is" in text.partition("apiVersion")[0])
        assert is_accepted(read_back(uncommented(text), connector)) == is_accepted(manifest)


def test_descriptions_are_in_the_specifications_words(crm: Make) -> None:
    words = 'Find it <a href="https://example.com">here</a>; it\'s “under” Settings: API #1.'
    field: Any = {"type": "string", "description": words}
    text = scaffold_manifest(crm({"a": field}), name="crm", is_full=True)
    told = " ".join(
        re.sub(r"^ *## *", "", line) for line in text.splitlines() if line.startswith("    ##   ")
    )
    assert words in told
    assert json.dumps(words, ensure_ascii=False)[1:-1].replace('\\"', '"') in text.replace("'", "'")
