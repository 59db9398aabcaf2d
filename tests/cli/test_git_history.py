"""What git remembers of the manifests decides whose a live template is, in the real program on a real repository."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable

import factories
import pytest
from program import Project, Server

ELSEWHERE = "8c60d51f-b44e-4682-87d6-449835ea4de6"


@pytest.fixture
def commit(production: Project) -> Callable[[], None]:
    """Commits everything in the project as it is."""

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.com")
        subprocess.run(["git", *who, *arguments], cwd=production.root, check=True, capture_output=True)

    git("init", "--quiet")

    def commit() -> None:
        git("add", "--all")
        git("commit", "--quiet", "--message", "as it is")

    return commit


def test_renamed_title_that_a_new_manifest_takes_over_creates_the_new_one_only(
    production: Project, server: Server, commit: Callable[[], None]
) -> None:
    production.add("us", title="Shop", presets="{seed: 1}")
    commit()
    assert production.run("apply", "--yes").code == 0
    production.add("us", title="Shop (US)", presets="{seed: 1}")
    production.add("eu", title="Shop", presets="{seed: 2}")
    commit()
    shutil.move(production.root / ".git", production.root / "elsewhere")
    told = production.run("apply", "--yes")
    assert (told.code, "2 ambiguous" in told.out) == (4, True)
    shutil.move(production.root / "elsewhere", production.root / ".git")
    told = production.run("apply", "--yes", "-f", "json")
    statuses = {e["name"]: (e["status"], e.get("outcome"), e["matchedBy"]) for e in told.document["entries"]}
    assert statuses == {"eu": ("create", "created", None), "us": ("drifted", None, "history")}
    assert sorted(
        json.loads(row.presets)["seed"] for row in server.store.templates_of(factories.ORGANIZATION)
    ) == [1, 2]


def test_organization_that_no_manifest_names_any_more_is_told_until_it_is_listed(
    production: Project, commit: Callable[[], None]
) -> None:
    production.add()
    path = production.add("there", title="There")
    path.write_text(path.read_text().replace("spec:\n", f"spec:\n  organizationId: {ELSEWHERE}\n"))
    commit()
    path.unlink()
    commit()
    assert production.run("apply", "--yes").code == 0
    told = production.run("drift")
    assert told.code == 2
    assert (
        "Not shown or not compared: 1 organization that only earlier manifests name, 1 template listed"
        in told.out
    )
    assert f"1 organization not compared: {ELSEWHERE}; only earlier manifests in git name it" in told.out
    assert production.run("drift", "-f", "json").document["read"]["notRead"] == [ELSEWHERE]
    assert production.run("plan").code == 0
    project_file = production.root / "reconciler.yaml"
    project_file.write_text(project_file.read_text().replace("unmanaged: [", f"unmanaged: [{ELSEWHERE}, "))
    told = production.run("drift")
    assert (told.code, "earlier manifests" in told.out + told.err) == (0, False)


def test_organization_of_another_environment_is_not_missed(
    production: Project, commit: Callable[[], None]
) -> None:
    path = production.add()
    path.write_text(path.read_text().replace("spec:\n", f"spec:\n  organizationId: {ELSEWHERE}\n"))
    commit()
    production.add()
    project_file = production.root / "reconciler.yaml"
    other = f"  staging: {{api: public, organizationId: {ELSEWHERE}}}\n"
    project_file.write_text(project_file.read_text() + other)
    assert production.run("plan", "-e", "production", "-f", "json").document["read"]["notRead"] == []
