"""Verdict, questions, rules and the secret guard, as validate, plan and apply show them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import Project, Server

from reconciler.connectors.catalogue import builtin_catalogue

REFUSED = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata:
  name: refused
spec:
  connector: source-faker
  partialDefaultConfig: {}
  partialUserConfigSpec:
    connectionSpecification:
      title: Refused
      type: object
      required: [count]
      properties:
        count: {title: Count, type: string, order: 0}
"""
SECRET = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata:
  name: stripe
spec:
  connector: source-stripe
  partialDefaultConfig:
    client_secret: hush-hush-hush
"""
CORRUPTED = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata:
  name: drive
spec:
  connector: source-google-drive
  partialDefaultConfig:
    folder_url: https://drive.google.com/drive/folders/1
    credentials:
      auth_type: Client
      client_id: !env RECONCILER_VAR_CLIENT
"""


@pytest.fixture
def locked(production: Project) -> Project:
    """A project whose lock holds the built-in catalogue's specifications."""
    connectors = [
        {
            "id": c.id,
            "type": "source",
            "repository": f"airbyte/{c.repository}",
            "name": c.name,
            "version": c.version,
            "digest": _digest(c.specification),
            "spec": c.specification,
        }
        for c in sorted(builtin_catalogue().connectors, key=lambda c: c.repository or "")
    ]
    document = {"formatVersion": "1", "source": "sandbox", "connectors": connectors}
    production.write("connectors.lock.json", json.dumps(document))
    return production


def _digest(spec: object) -> str:
    from reconciler.connectors.registry.registry import spec_digest

    return spec_digest(spec)  # type: ignore[arg-type]


def test_validate_shows_the_contract_for_each_manifest(locked: Project) -> None:
    locked.add()
    told = locked.run("validate", "-f", "json")
    assert told.code == 0
    (manifest,) = told.document["manifests"]
    assert manifest["verdict"] == {"status": 200, "messages": [], "corrupted": []}
    assert [(a["path"], a["title"], a["type"], a["required"], a["secret"]) for a in manifest["asks"]] == [
        ("/count", "Count", "integer", True, False)
    ]


def test_validate_says_which_verdicts_are_not_known(production: Project) -> None:
    production.add()
    told = production.run("validate")
    assert "1 verdict not known (no specification in connectors.lock.json)" in told.out


def test_certain_refusal_is_an_error_at_its_line_and_nothing_is_sent(locked: Project, server: Server) -> None:
    locked.write("manifests/refused.yaml", REFUSED)
    told = locked.run("validate")
    assert told.code == 3
    assert "manifests/refused.yaml:14:" in told.out
    assert "string found, integer expected" in told.out
    planned = locked.run("plan", "-f", "json")
    assert planned.code == 3
    assert planned.document["entries"][0]["verdict"]["status"] == 422
    applied = locked.run("apply", "--yes")
    assert (applied.code, server.posts()) == (3, 0)


def test_corruption_is_an_error_and_names_what_would_be_stored(locked: Project, server: Server) -> None:
    locked.write("manifests/drive.yaml", CORRUPTED)
    locked.environment["RECONCILER_VAR_CLIENT"] = "hush-hush-hush"
    told = locked.run("validate", "-f", "json")
    assert told.code == 3
    verdict = told.document["manifests"][0]["verdict"]
    assert verdict["status"] == 200
    assert {"path": "/credentials/client_id", "stored": "mock_string"} in verdict["corrupted"]
    assert "hush" not in told.out + told.err
    applied = locked.run("apply", "--yes")
    assert (applied.code, server.posts()) == (3, 0)


def test_literal_secret_ends_every_run_and_is_sent_nowhere(locked: Project, server: Server) -> None:
    """`plan` and `drift` read the server while the manifests are judged; `apply` asks nothing before."""
    locked.write("manifests/stripe.yaml", SECRET)
    for command in (("validate",), ("apply", "--yes"), ("plan",), ("drift",)):
        told = locked.run(*command)
        assert told.code == 3
        assert "manifests/stripe.yaml:8:" in told.out + told.err
        assert "hush" not in told.out + told.err
        assert command[0] in ("plan", "drift") or server.requests() == []
    assert server.posts() == 0
    assert not any("hush" in f"{entry.path}{entry.body}" for entry in server.store.ledger())


def test_plan_shows_what_the_customer_will_be_asked(locked: Project) -> None:
    locked.add()
    told = locked.run("plan")
    assert "asks   Count* (integer)" in told.out
    assert "server accepts it and stores it as written" in told.out


def test_refused_manifest_that_is_in_sync_already_blocks_nothing(locked: Project, server: Server) -> None:
    """A connector that changed since the create must not stop drift checks for ever."""
    locked.write("manifests/refused.yaml", REFUSED.replace("type: string", "type: integer"))
    assert locked.run("apply", "--yes").code == 0
    lock = json.loads((locked.root / "connectors.lock.json").read_text())
    faker = next(c for c in lock["connectors"] if c["repository"] == "airbyte/source-faker")
    faker["spec"]["connectionSpecification"]["properties"]["count"]["type"] = "string"
    faker["digest"] = _digest(faker["spec"])
    locked.write("connectors.lock.json", json.dumps(lock))
    assert locked.run("validate").code == 3
    assert locked.run("drift").code == 0
    assert locked.run("apply", "--yes").code == 0
    assert server.posts() == 1


def test_project_can_ignore_a_lint_rule_and_the_report_counts_it(locked: Project) -> None:
    untitled = REFUSED.replace("title: Count, type: string", "type: integer").replace("refused", "untitled")
    locked.write("manifests/untitled.yaml", untitled)
    told = locked.run("validate", "-f", "json")
    (problem,) = told.document["problems"]
    project = (locked.root / "reconciler.yaml").read_text()
    locked.write("reconciler.yaml", f"{project}rules: {{{problem['rule']}: ignore}}\n")
    again = locked.run("validate")
    assert again.code == 0
    assert "1 finding ignored by `rules` in reconciler.yaml" in again.out


def test_secret_rules_cannot_be_ignored(locked: Project) -> None:
    project = (locked.root / "reconciler.yaml").read_text()
    locked.write("reconciler.yaml", f"{project}rules: {{R601: ignore}}\n")
    told = locked.run("validate")
    assert told.code == 3
    assert "reconciler.yaml:9:9: error R304:" in told.out + told.err


def test_scaffold_is_valid_and_is_never_written_over_a_file(locked: Project) -> None:
    assert locked.run("new", "source-stripe", "-o", "manifests/stripe.yaml").code == 0
    assert locked.run("validate").code == 0
    text = Path(locked.root / "manifests/stripe.yaml").read_text()
    assert locked.run("new", "source-stripe", "-o", "manifests/stripe.yaml").code == 4
    assert Path(locked.root / "manifests/stripe.yaml").read_text() == text


def test_editor_schema_knows_the_connectors_presets(locked: Project) -> None:
    schema = locked.run("schema", "manifest", "--connector", "source-stripe").document
    assert "client_secret" in json.dumps(schema)
    assert locked.run("schema", "plan", "--connector", "source-stripe").code == 64


def test_default_of_a_variable_at_a_secret_place_is_a_literal_in_git(locked: Project) -> None:
    default = "!env {name: RECONCILER_VAR_KEY, default: hush-hush-hush}"
    locked.write("manifests/stripe.yaml", SECRET.replace("hush-hush-hush", default))
    told = locked.run("validate")
    assert told.code == 3
    assert "R601" in told.out
    assert "hush" not in told.out + told.err


def test_validate_knows_the_sandboxs_connectors_when_asked_for_the_sandbox(project: Project) -> None:
    project.add()
    told = project.run("validate", "--sandbox", "-f", "json")
    assert told.document["manifests"][0]["verdict"]["status"] == 200
    assert project.run("validate", "-e", "nowhere").code == 3


def test_name_selects_what_is_validated_and_hides_no_unreadable_file(project: Project) -> None:
    project.add("a", title="A")
    project.add("b", title="B")
    assert [
        m["name"] for m in project.run("validate", "--only", "a", "-f", "json").document["manifests"]
    ] == ["a"]
    assert project.run("validate", "--only", "zzz").code == 3
    project.write("manifests/broken.yaml", "kind: no\n")
    assert project.run("validate", "--only", "a").code == 3


def test_a_file_of_many_manifests_tells_a_hundred_findings_and_no_error_is_lost(locked: Project) -> None:
    """A megabyte of manifests has fifty thousand findings; each manifest that is wrong still says so."""
    doubtful = REFUSED.replace("title: Count, type: string", "type: integer")
    names = [*(f"doubtful-{number}" for number in range(150)), "late", "later"]
    texts = [
        (doubtful if name.startswith("doubtful") else REFUSED)
        .replace("name: refused", f"name: {name}")
        .replace("title: Refused", f"title: {name}")
        for name in names
    ]
    locked.write("manifests/many.yaml", "---\n".join(texts))
    told = locked.run("validate", "-f", "json")
    problems = told.document["problems"]
    assert told.code == 3
    assert len(problems) < 100 + len(texts) + 2
    errors = [problem for problem in problems if problem["severity"] == "error"]
    assert {problem["line"] > 150 * 14 for problem in errors} == {True}
    assert {m["name"] for m in told.document["manifests"] if m["verdict"]["status"] == 422} == {
        "late",
        "later",
    }
    hidden = [problem for problem in problems if problem["rule"] == "R999"]
    assert hidden[0]["message"] == "and 1 more finding in this manifest"
    report = locked.run("validate", "-f", "junit").out
    assert report.count("<failure") == 2


def test_a_rule_that_was_made_an_error_is_named_where_apply_refuses(project: Project) -> None:
    project.write("reconciler.yaml", "version: 1\nrules: {R510: error}\n")
    project.add(presets="{}").write_text(REFUSED.replace("type: string", "type: integer, default: x"))
    told = project.run("apply", "--sandbox", "--yes")
    assert told.code == 3
    (refused,) = (line for line in told.out.splitlines() if line.startswith("Refused: "))
    assert refused.startswith("Refused: 1 problem in the input: manifests/sample-data.yaml:14:"), told.out
