"""A create whose answer is not known has no verdict, an error in its place, and is never sent."""

from __future__ import annotations

import json
from pathlib import Path

import factories
import pytest
from program import Project

from reconciler.connectors.server.work import MOST_SPECIFICATION
from reconciler.connectors.verdict.advice import verdict_advice
from reconciler.connectors.verdict.verdict import judged
from reconciler.manifests.assessing import _MOST_OF_SPECIFICATIONS, assessor, literal_secrets
from reconciler.model.json_value import JsonObject
from reconciler.model.template import Connector
from reconciler.model.verdict import Verdict

TOLD = "what Airbyte would answer to the create is not known: checking it takes too long (more than 1,000,000 steps)"


def crm(**schema: object) -> Connector:
    whole = {"type": "object", "required": [], "properties": {}, **schema}
    specification: JsonObject = json.loads(json.dumps({"connectionSpecification": whole}))
    return Connector(factories.CRM.id, "source-crm", "Crm", specification=specification)


def test_a_create_that_is_too_much_to_check_is_an_error_without_a_verdict() -> None:
    connector = crm(properties={"a": {"items": {"enum": list(range(2_000))}}})
    manifest = factories.manifest(connector=connector, presets={"a": [-1] * 2_000}, spec=factories.form())
    (advice,) = verdict_advice(manifest, judged(manifest))
    assert (advice.rule, advice.pointer, advice.message) == ("R414", "/spec/connector", TOLD)


def test_apply_sends_nothing_that_is_too_much_to_check(tmp_path: Path) -> None:
    project = Project(tmp_path)
    entry = {
        "id": factories.FAKER.id, "type": "source", "repository": "airbyte/source-faker", "name": "Sample Data",
        "version": "1", "digest": "sha256:00",
        "spec": crm(properties={"a": {"items": {"enum": list(range(2_000))}}}).specification,
    }  # fmt: skip
    project.write(
        "connectors.lock.json",
        json.dumps({"formatVersion": "1", "source": "cloud", "connectors": [entry]}),
    )
    project.add(presets=json.dumps({"a": [-1] * 2_000}))
    told = project.run("apply", "--sandbox", "--yes")
    assert told.code == 3
    assert f"manifests/sample-data.yaml:6:14: error R414: {TOLD}" in told.out
    for command in (("plan", "--sandbox"), ("plan", "--sandbox", "-f", "markdown"), ("validate", "-v")):
        out = project.run(*command).out
        assert "R414" in out
        assert "not in connectors.lock" not in out.replace("`", "")
        assert "no specification" not in out


UNKNOWN = {
    "a reference to a group of a pattern": {"pattern": r"^(a)\1$"},
    "a reference of the connector's schema leads to an address or an anchor": {
        "$ref": "http://json-schema.org/draft-07/schema#"
    },
    "a look-behind of any length in a pattern": {"pattern": "(?<=(a+)x)b"},
    "the connector's schema uses `notAllowed`": {"notAllowed": ["x"]},
}


@pytest.mark.parametrize("reason", UNKNOWN)
def test_what_cannot_be_followed_is_told_with_its_reason_and_without_the_preset(reason: str) -> None:
    connector = crm(properties={"token": UNKNOWN[reason]})
    manifest = factories.manifest(connector=connector, presets={"token": "a-canary"}, spec=factories.form())
    judgement = judged(manifest)
    (advice,) = verdict_advice(manifest, judgement)
    assert advice.rule == "R414"
    assert advice.message == f"what Airbyte would answer to the create is not known: {reason}"


def test_a_flag_within_a_pattern_is_followed_and_ends_no_run() -> None:
    connector = crm(properties={"token": {"type": "string", "pattern": "^a(?i)b$"}})
    manifest = factories.manifest(connector=connector, presets={"token": "aB"}, spec=factories.form())
    found = judged(manifest)
    assert isinstance(found, Verdict)
    assert found.status == 200


def test_specifications_are_gone_through_up_to_a_number_of_values_in_one_run() -> None:
    connector = crm(properties={f"k{k}": {} for k in range((MOST_SPECIFICATION - 100) // 2)})
    manifest = factories.manifest(connector=connector, spec=factories.form())
    number = _MOST_OF_SPECIFICATIONS // MOST_SPECIFICATION + 5
    assert {each.rule for each in literal_secrets([manifest] * 3)} == set()
    (beyond,) = {(each.rule, str(each.origin)) for each in literal_secrets([manifest] * number)}
    assert beyond == ("R414", str(manifest.origin))
    assess = assessor({}, with_form=False)
    assert assess(manifest).verdict is not None
