"""`resolve`, and what `plan`, `drift`, `apply` and `doctor` say of a create in doubt: the real program before a served sandbox."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import factories
import pytest
from git_remote import SETTINGS, BareRemote, git
from program import Project, Server

from reconciler.applying.journal import open_journal
from reconciler.planning.content import desired_of
from reconciler.planning.intents import intent_of

STRANGE = "00000000-0000-4000-8000-00000000abcd"


@pytest.fixture
def doubt(production: Project) -> Project:
    """A project whose only manifest is in doubt; nothing was stored."""
    production.add("alpha", title="Alpha")
    wanted = factories.manifest("alpha", spec=factories.form("Alpha"))
    intent = intent_of(
        desired_of(wanted), factories.ORGANIZATION, (factories.template_id(3),), "https://h/v1"
    )
    open_journal(production.root).begin(intent, lambda _: False)
    return production


def statuses(project: Project, *command: str) -> tuple[int, list[str]]:
    told = project.run(*(command or ("plan",)), "-f", "json")
    return told.code, [e["status"] for e in told.document["entries"]]


def test_manifest_in_doubt_is_unknown_in_plan_drift_and_apply(doubt: Project, server: Server) -> None:
    for command in (("plan",), ("drift",), ("apply", "--yes")):
        assert statuses(doubt, *command) == (4, ["unknown"])
    told = doubt.run("plan")
    assert "(no answer was noted): it may be stored or not" in told.out
    assert "`reconciler resolve alpha -e production --created ID`" in told.out
    assert server.posts() == 0


def test_plan_file_that_a_doubt_came_after_is_refused_for_the_doubt(doubt: Project, server: Server) -> None:
    journal = doubt.root / ".reconciler/journal.jsonl"
    text = journal.read_text()
    journal.unlink()
    assert doubt.run("plan", "--write", "json=plan.json").code == 0
    journal.write_text(text)
    told = doubt.run("apply", "plan.json", "--yes")
    assert (told.code, server.posts()) == (4, 0)
    assert "Refused: 1 entry is unknown" in told.out


def test_refusal_of_a_selection_names_the_doubt_outside_of_it(doubt: Project, server: Server) -> None:
    doubt.add("beta", title="Beta")
    for command in (("plan",), ("apply", "--yes")):
        told = doubt.run(*command, "--only", "beta")
        assert (told.code, server.posts()) == (4, 0)
        assert "outside of the selection: 'alpha';" in told.out
        assert "marked `?`" not in told.out


def test_without_a_decision_it_shows_what_is_open(doubt: Project) -> None:
    told = doubt.run("resolve", "alpha")
    assert told.code == 0
    assert told.out.startswith("alpha\n  why  a create of it (manifest 'alpha') was sent at 20")
    assert "--not-created`; it is created by the next apply then" in told.out
    (create,) = doubt.run("resolve", "alpha", "-f", "json").document["creates"]
    assert (create["organizationId"], create["answer"]) == (factories.ORGANIZATION, None)
    assert statuses(doubt) == (4, ["unknown"])


def test_create_that_was_listed_is_in_no_doubt(production: Project, server: Server) -> None:
    production.add("alpha", title="Alpha")
    assert production.run("apply", "--yes").code == 0
    (row,) = server.store.templates_of(factories.ORGANIZATION)
    told = production.run("resolve", "alpha")
    assert told.code == 0
    assert f"no create of 'alpha' is in doubt as long as the list shows template {row.id}\n" in told.out
    assert "the doubt is over" not in told.out
    assert "`reconciler resolve alpha -e production --not-created`" in told.out


def test_not_created_closes_it_and_the_next_apply_creates(doubt: Project, server: Server) -> None:
    told = doubt.run("resolve", "alpha", "--not-created")
    assert (told.code, told.out.splitlines()[-1]) == (
        0,
        "Noted: it was not created. The next apply creates it, if it is still missing then.",
    )
    assert (doubt.run("apply", "--yes").code, server.posts()) == (0, 1)


def made(server: Server, doubt: Project) -> str:
    """Somebody made the template."""
    other = Project(doubt.root / "other", doubt.environment)
    other.root.mkdir()
    other.write("reconciler.yaml", (doubt.root / "reconciler.yaml").read_text())
    other.add("alpha", title="Alpha")
    assert other.run("apply", "--yes").code == 0
    (row,) = server.store.templates_of(factories.ORGANIZATION)
    return row.id


def test_created_with_the_id_of_what_is_there_closes_it(doubt: Project, server: Server) -> None:
    template_id = made(server, doubt)
    told = doubt.run("resolve", "alpha", "--created", template_id.upper(), "-f", "json")
    assert (told.code, told.document["decision"], told.document["templateId"]) == (0, "created", template_id)
    assert open_journal(doubt.root).intents == ()
    assert (statuses(doubt), server.posts()) == ((0, ["in-sync"]), 1)


@pytest.mark.parametrize(
    ("template_id", "code", "words"),
    [
        (STRANGE, 1, "nothing was decided"),
        (factories.template_id(3), 4, "was there before the create of 'alpha' was sent; nothing was decided"),
        (
            "00000000-0000-4000-8000-0000000000d1",
            4,
            "is of connector e094cb9a-26de-4645-8761-65c0c425d1de (Stripe)",
        ),
        ("nonsense", 64, "is not a valid UUID"),
    ],
)
def test_created_with_an_id_that_cannot_be_it_is_refused(
    doubt: Project, template_id: str, code: int, words: str
) -> None:
    told = doubt.run("resolve", "alpha", "--created", template_id)
    assert told.code == code
    assert words in told.err
    assert statuses(doubt) == (4, ["unknown"])


def test_name_without_a_doubt_is_told_those_that_have_one(doubt: Project) -> None:
    told = doubt.run("resolve", "beta", "--not-created")
    assert told.code == 1
    assert "no create of 'beta' is open in environment production" in told.err
    assert "open there: alpha" in told.err


def test_both_decisions_are_a_wrong_command_line(doubt: Project) -> None:
    assert doubt.run("resolve", "alpha", "--not-created", "--created", STRANGE).code == 64


def test_doctor_shows_what_is_in_doubt(doubt: Project) -> None:
    told = doubt.run("doctor")
    assert told.code == 4
    assert "journal    1 create in doubt" in told.out
    assert doubt.run("resolve", "alpha", "--not-created").code == 0
    told = doubt.run("doctor")
    assert (told.code, "journal    no create is in doubt" in told.out) == (0, True)


@pytest.mark.parametrize("command", [("plan",), ("drift",), ("apply", "--yes"), ("resolve", "alpha")])
def test_journal_that_is_damaged_or_newer_is_refused_with_a_way_out(
    doubt: Project, command: tuple[str, ...]
) -> None:
    file = doubt.root / ".reconciler/journal.jsonl"
    good = file.read_text()
    for text, words in (
        (good + "x\n", "damaged in line 2"),
        (good.replace('"1"', '"9"', 1), "another version"),
    ):
        file.write_text(text)
        told = doubt.run(*command)
        assert told.code == 4
        assert words in told.err
        assert "move it away" in told.err


def test_doubt_in_another_organization_than_the_projects_is_refused(doubt: Project) -> None:
    settings = doubt.root / "reconciler.yaml"
    other = "11111111-1111-4111-8111-111111111111"
    settings.write_text(settings.read_text().replace(factories.ORGANIZATION, other))
    told = doubt.run("plan")
    assert told.code == 4
    assert f"an open create of 'alpha' in organization {factories.ORGANIZATION}" in told.err
    doubt.environment["AIRBYTE_ORGANIZATION_ID"] = factories.ORGANIZATION
    assert doubt.run("resolve", "alpha", "--not-created").code == 0


def test_sandbox_of_the_project_has_its_doubts_in_the_same_folder(project: Project) -> None:
    project.add()
    assert project.run("apply", "--sandbox", "--yes").code == 0
    names = {file.name for file in (project.root / ".reconciler").iterdir()}
    assert {"journal.jsonl", "sandbox.db"} <= names
    shutil.rmtree(project.root / ".reconciler")  # both begin anew
    told = project.run("apply", "--sandbox", "--yes", "-f", "json")
    assert told.document["result"]["outcomes"]["created"] == 1


def test_sandbox_whose_database_was_thrown_away_is_filled_again(project: Project) -> None:
    project.add("alpha", title="Alpha")
    for _ in range(2):
        assert project.run("apply", "--sandbox", "--yes").code == 0
        (project.root / ".reconciler/sandbox.db").unlink()
    assert statuses(project, "plan", "--sandbox") == (0, ["unmanaged", "create"])


def test_what_one_server_listed_is_no_doubt_about_another(
    production: Project, serve: Callable[..., Server], server: Server
) -> None:
    production.add("alpha", title="Alpha")
    assert production.run("apply", "--yes").code == 0
    production.environment["AIRBYTE_API_URL"] = serve().url
    assert statuses(production) == (0, ["create"])
    (row,) = server.store.templates_of(factories.ORGANIZATION)
    server.store.update_template(replace(row, organization_id=STRANGE))  # its list does not show it any more
    del production.environment["AIRBYTE_API_URL"]
    assert statuses(production) == (4, ["unknown"])


def test_ids_are_in_the_journal_when_nobody_could_be_told(production: Project, server: Server) -> None:
    """Both streams closed: the process ends in failure, and the ids are not lost."""
    production.add("alpha", title="Alpha")
    process = production.start("apply", "--yes")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    assert process.wait(40) == 1
    (row,) = server.store.templates_of(factories.ORGANIZATION)
    assert row.id in (production.root / ".reconciler/journal.jsonl").read_text()


# The lease carries doubts to other machines


@pytest.fixture
def remote(production: Project) -> BareRemote:
    remote = BareRemote.create(production.root / "remote.git")
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"):
        production.environment[name] = SETTINGS[name]
    return remote


def machine(production: Project, remote: BareRemote, folder: Path) -> Project:
    """Another checkout of the same manifests."""
    other = Project(remote.checkout(folder), production.environment)
    other.write("reconciler.yaml", (production.root / "reconciler.yaml").read_text())
    other.add("alpha", title="Alpha")
    return other


def test_doubt_of_one_runner_stops_the_next_until_a_person_decides(
    production: Project, remote: BareRemote, serve: Callable[..., Server], tmp_path: Path
) -> None:
    """A withdrawn connector: the row is stored, the answer is 404, and the list hides it."""
    withdrawn = serve(tombstoned=frozenset({factories.FAKER.id}))
    production.environment["AIRBYTE_API_URL"] = withdrawn.url
    first, second, third = (machine(production, remote, tmp_path / f"m{n}") for n in range(3))
    locked = ("apply", "--yes", "--lock", "git")
    assert first.run(*locked).code == 5
    told = second.run(*locked)
    assert told.code == 4
    assert "(answered 404)" in told.out
    assert withdrawn.posts() == 1
    assert third.run("resolve", "alpha", "--not-created").code == 1  # it knows only what is on this machine
    assert third.run("resolve", "alpha", "--not-created", "--lock", "git").code == 0
    assert remote.leases() == {}


def test_lease_of_a_run_that_created_everything_carries_nothing(
    production: Project, remote: BareRemote, server: Server, tmp_path: Path
) -> None:
    first = machine(production, remote, tmp_path / "one")
    remote.hook(
        "post-receive",
        f"while read a b r; do git log -1 --format=%B $b >> {remote.path}/states 2>/dev/null; done; true",
    )
    assert first.run("apply", "--yes", "--lock", "git").code == 0
    assert (remote.leases(), server.posts()) == ({}, 1)
    text = (remote.path / "states").read_text()
    assert text.count('"name": "alpha"') == 1
    assert factories.ORGANIZATION not in text
    assert git(first.root, "status", "--porcelain", ".reconciler") == ""
    assert (
        json.loads((first.root / ".reconciler/journal.jsonl").read_text().splitlines()[-1])["how"] == "listed"
    )
