"""A manifest without the values of variables that are not set: judged in everything but those values."""

from __future__ import annotations

from typing import Any

import factories
import pytest

from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.template import Connector
from reconciler.planning.assess import assess, findings_on_part
from reconciler.planning.entry import Assessed

PRESETS = "/spec/partialDefaultConfig"
SCHEMA = "/spec/partialUserConfigSpec/connectionSpecification"
KNOWN: dict[str, Any] = {
    "type": "object",
    "required": ["host"],
    "additionalProperties": False,
    "properties": {
        "host": {"type": "string", "title": "Host"},
        "key": {"type": "string", "title": "Key", "airbyte_secret": True},
        "count": {"type": "integer", "title": "Count"},
        "login": {
            "type": "object",
            "title": "Login",
            "oneOf": [
                {
                    "title": "A",
                    "properties": {"kind": {"type": "string", "const": "a"}, "x": {"type": "string"}},
                },
                {
                    "title": "B",
                    "properties": {"kind": {"type": "string", "const": "b"}, "y": {"type": "string"}},
                },
            ],
        },
    },
}
HOST: dict[str, Any] = {"type": "string", "title": "Host"}


def judged(presets: dict[str, Any], *unset: str, **fields: Any) -> Assessed:
    schema = {"type": "object", "title": "T", "required": ["host"], "properties": {"host": HOST, **fields}}
    connector = Connector(factories.CRM.id, "source-crm", specification={"connectionSpecification": KNOWN})
    manifest = factories.manifest(
        connector=connector,
        presets=presets,
        spec={"connectionSpecification": schema},
        variables=frozenset(unset),
        unset=frozenset(unset),
    )
    return assess(manifest, {})


def told(found: Assessed) -> list[tuple[str, str]]:
    return [(advice.rule, advice.pointer) for advice in found.problems]


def test_the_verdict_is_not_known_and_a_sound_rest_has_no_findings() -> None:
    found = judged({"count": None}, f"{PRESETS}/count")
    assert (found.verdict, found.problems) == (None, ())
    assert found.asked is not None


def test_a_secret_beside_an_unset_variable_is_found() -> None:
    pin = {"type": "string", "title": "Key", "airbyte_secret": True, "default": "hunter2-hunter2"}
    found = judged({"count": None}, f"{PRESETS}/count", key=pin)
    (advice,) = [each for each in found.problems if each.severity is Severity.ERROR]
    assert advice.rule == "R602"


def test_an_unset_variable_at_a_secrets_place_is_told_as_a_set_one_is() -> None:
    assert told(judged({"key": None}, f"{PRESETS}/key")) == [("R603", f"{PRESETS}/key")]


@pytest.mark.parametrize(
    ("presets", "rule", "where"),
    [
        ({"key": None, "count": "many"}, "R401", f"{PRESETS}/count"),
        ({"count": None, "keey": 1}, "R401", f"{PRESETS}/keey"),
    ],
)
def test_what_the_server_refuses_whatever_the_value_is_is_an_error(
    presets: dict[str, Any], rule: str, where: str
) -> None:
    unset = next(f"{PRESETS}/{name}" for name, value in presets.items() if value is None)
    assert (rule, where) in told(judged(presets, unset))


def test_what_the_value_decides_is_not_judged() -> None:
    assert judged({"login": {"kind": None, "x": "1"}}, f"{PRESETS}/login/kind").problems == ()
    assert judged({"login": {"kind": None, "y": "1"}}, f"{PRESETS}/login/kind").problems == ()
    assert judged({"login": None}, f"{PRESETS}/login").problems == ()


def test_a_placeholder_at_a_secrets_place_is_told_once() -> None:
    assert told(judged({"key": "${KEY}"})) == [("R605", f"{PRESETS}/key")]


def test_of_the_servers_answers_only_those_about_other_fields_count() -> None:
    places = (f"{PRESETS}/login", f"{PRESETS}/login/x", f"{SCHEMA}/properties/login", f"{PRESETS}/count")
    answers = tuple(Diagnostic(place, "R401", "refused") for place in places)
    manifest = factories.manifest(
        presets={"login": {"kind": None}}, unset=frozenset({f"{PRESETS}/login/kind"})
    )
    assert findings_on_part(manifest, lambda _: answers) == answers[-1:]


def test_a_title_or_default_that_is_not_set_is_neither_missing_nor_wrong() -> None:
    where = f"{SCHEMA}/properties/count"
    field = {"type": "integer", "title": None, "default": None, "minimum": 1}
    found = judged({}, f"{where}/title", f"{where}/default", count=field)
    assert (found.problems, found.asked) == ((), None)


def test_a_finding_beside_an_unset_title_is_told() -> None:
    where = f"{SCHEMA}/properties/key"
    found = judged({}, f"{where}/title", key={"type": "string", "title": None})
    assert ("R522", where) in told(found)


@pytest.mark.parametrize("root", [PRESETS, SCHEMA, "/spec/partialUserConfigSpec"])
def test_where_all_presets_or_the_whole_form_are_not_set_only_the_rest_is_searched_for_secrets(
    root: str,
) -> None:
    assert judged({}, root).problems == ()
