"""What a newcomer meets before the first manifest: an empty folder, a folder inside of a project, an organization with templates."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import factories
import httpx
import pytest
from program import Project, Server

from reconciler.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET

NEED_MANIFESTS = [
    ("validate",),
    ("preview",),
    ("apply", "--sandbox", "--yes"),
    ("drift", "--sandbox"),
    ("ci", "plan", "--sandbox"),
    ("ci", "apply", "--sandbox"),
    ("ci", "drift", "--sandbox"),
    ("connectors", "lock"),
]
FAKER = "dfd88b22-b603-4c3d-aad7-3701784586b1"


def add_live(server: Server, title: str) -> str:
    """A template made by hand; its id."""
    login = {"client_id": DEFAULT_CLIENT_ID, "client_secret": DEFAULT_CLIENT_SECRET}
    token = httpx.post(f"{server.url}/applications/token", json=login).json()["access_token"]
    form = {"connectionSpecification": {"title": title, "type": "object", "properties": {}}}
    answer = httpx.post(
        f"{server.url}/config_templates/sources",
        json={
            "organizationId": factories.ORGANIZATION,
            "actorDefinitionId": FAKER,
            "partialDefaultConfig": {"count": 3},
            "partialUserConfigSpec": form,
        },
        headers={"Authorization": f"Bearer {token}", "X-Airbyte-Organization-Id": factories.ORGANIZATION},
    )
    return str(answer.json()["id"])


@pytest.mark.parametrize("command", NEED_MANIFESTS, ids=" ".join)
def test_without_a_manifest_the_first_step_is_named(project: Project, command: tuple[str, ...]) -> None:
    told = project.run(*command)
    assert told.code == 3
    assert (
        "manifests: error R001: there is no such file or directory; `reconciler init` starts a project, or check the path\n"
        in told.out + told.err
    )
    project.write("reconciler.yaml", "version: 1\nmanifests: templates\n")
    told = project.run(*command)
    assert told.code == 3
    assert (
        "templates: error R001: there is no such file or directory; `reconciler new CONNECTOR -o templates/NAME.yaml` writes one,"
        " or check the path\n" in told.out + told.err
    )


def test_without_an_organization_the_first_step_is_named(project: Project) -> None:
    assert project.run("plan").err == (
        'reconciler.yaml: error R306: the environment "default" has no organization id; set organizationId for it in '
        "reconciler.yaml, or the variable AIRBYTE_ORGANIZATION_ID; `reconciler init` writes a first reconciler.yaml, and --sandbox "
        "needs neither\nInvalid: 1 error\n"
    )


@pytest.mark.parametrize("has_folder", [False, True])
def test_plan_without_a_manifest_shows_what_the_organization_has(
    production: Project, server: Server, *, has_folder: bool
) -> None:
    shop, crm = add_live(server, "Shop"), add_live(server, "CRM")
    if has_folder:
        production.write("manifests/notes.md", "nothing yet")
    told = production.run("plan")
    assert (told.code, told.err) == (
        0,
        "Note: there is no manifest, so nothing is compared; `reconciler new CONNECTOR -o manifests/NAME.yaml` writes one.\n",
    )
    assert f'* unmanaged   Sample Data  ({FAKER})  template {shop}  form "Shop"\n' in told.out
    assert f'* unmanaged   Sample Data  ({FAKER})  template {crm}  form "CRM"\n' in told.out
    assert "compared      0 manifests with 2 live templates\n" in told.out
    assert told.out.endswith(
        "Plan: 2 unmanaged. Not shown or not compared: 1 template listed under `unmanaged` in reconciler.yaml.\n"
    )
    assert production.run("plan", "-q", "--detailed-exitcode").code == 0
    entries = production.run("plan", "-f", "json").document["entries"]
    assert {entry["formTitle"] for entry in entries} == {"Shop", "CRM"}


def test_a_plan_without_a_manifest_is_never_applied(production: Project, server: Server) -> None:
    assert production.run("plan", "--write", "json=plan.json").code == 0
    for command in (
        ("apply", "--yes"),
        ("apply", "plan.json", "--yes"),
        ("ci", "apply"),
        ("ci", "plan"),
        ("drift",),
    ):
        assert production.run(*command).code == 3
    production.add()
    assert production.run("apply", "plan.json", "--yes").code == 4
    assert server.posts() == 0


@pytest.mark.parametrize("wrong", ["a path", "a selection", "a broken file"])
def test_plan_that_was_asked_for_a_manifest_that_is_not_there_is_an_error(
    production: Project, server: Server, wrong: str
) -> None:
    production.write("manifests/.keep", "")
    if wrong == "a broken file":
        production.write("manifests/a.yaml", "kind: [")
    arguments = {"a path": ("manifests",), "a selection": ("--only", "x")}.get(wrong, ())
    assert production.run("plan", *arguments).code == 3
    assert server.posts() == 0


def test_doctor_without_a_manifest_checks_the_rest(production: Project) -> None:
    told = production.run("doctor")
    assert told.code == 0
    assert "ok       manifests  0 manifests in 0 files\n" in told.out


def inside_of(project: Project, folder: str) -> Project:
    (project.root / folder).mkdir(parents=True, exist_ok=True)
    return Project(project.root / folder, project.environment)


@pytest.mark.parametrize(
    "command",
    [("plan",), *NEED_MANIFESTS, ("doctor",), ("new", "source-faker", "-o", "x.yaml")],
    ids=" ".join,
)
def test_in_a_folder_of_a_project_the_way_back_is_named_and_nothing_is_asked(
    production: Project, server: Server, command: tuple[str, ...]
) -> None:
    production.add()
    told = inside_of(production, "manifests/crm").run(*command)
    assert told.code == 3
    assert (
        "reconciler.yaml: error R307: there is none in this folder, but one in the folder ../.. around it; add `-C ../..`, with "
        "paths from there; or, if this is a project of its own, write a reconciler.yaml that begins with `version: 1`\n"
        in told.out
        + told.err
    )
    assert server.requests() == []
    assert not (production.root / "manifests/crm/x.yaml").exists()


def test_the_way_back_is_the_one_that_works(production: Project) -> None:
    production.add()
    folder = inside_of(production, "manifests/with space")
    assert "add `-C ../..`" in folder.run("plan").err
    assert folder.run("-C", "../..", "plan").code == folder.run("plan", "-C", "../..").code == 0
    from_above = Project(production.root.parent, production.environment)
    name = production.root.name
    assert f"add `-C {name}`" in from_above.run("plan", "-C", f"{name}/manifests").err


def test_a_folder_with_manifests_of_its_own_is_a_project(production: Project) -> None:
    inside_of(production, "teams/a").add("alone")
    told = inside_of(production, "teams/a").run("plan", "--sandbox")
    assert (told.code, "1 to create" in told.out) == (0, True)


def test_manifests_of_the_project_around_are_no_project_of_their_own(production: Project) -> None:
    text = (production.root / "reconciler.yaml").read_text()
    production.write("reconciler.yaml", f"{text}manifests: config/manifests\n")
    inside_of(production, "config").add()
    assert "error R307" in inside_of(production, "config").run("plan").err
    production.write("reconciler.yaml", "version: [")
    assert "error R307" in inside_of(production, "config").run("plan").err


def test_a_project_around_the_repository_is_none_of_its_business(production: Project) -> None:
    repository = inside_of(production, "checkout")
    subprocess.run(["git", "init", "-q", repository.root], check=True)
    assert "`reconciler init` starts a project" in repository.run("plan", "--sandbox").err


def test_report_of_an_unmanaged_template_shows_its_form_title_as_text_only(
    production: Project, serve: Callable[..., Server]
) -> None:
    server = serve()
    production.environment["AIRBYTE_API_URL"] = server.url
    add_live(server, "\x1b[31m\n::error::x<script>`")
    for form in ("text", "markdown", "html", "github"):
        shown = production.run("plan", "-f", form).out
        assert "\x1b" not in shown
        assert not [line for line in shown.splitlines() if line.strip().startswith("::error::x")]
        assert form != "html" or "x<script>" not in shown


WRONG = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {name: wrong}
spec:
  connector: source-faker
  partialDefaultConfig: {count: many}
  partialUserConfigSpec:
    connectionSpecification: {title: T, type: object, properties: {}}
"""


@pytest.mark.parametrize("form", ["text", "html"])
def test_what_a_whole_apply_is_refused_for_is_told_once(production: Project, form: str) -> None:
    for number in range(11):
        production.add(f"m{number}", title=f"T{number}")
    told = production.run("apply", "--yes", "-f", form)
    assert told.code == 4
    assert told.out.count("if all of them are meant: --max-creates 11") == 1
    assert told.out.count("11 creates") == 1


def test_what_the_server_would_say_is_told_once_with_its_remedy(project: Project) -> None:
    project.write("manifests/wrong.yaml", WRONG)
    message = "$.count: string found, integer expected"
    for command in (
        ("plan", "--sandbox"),
        ("plan", "--sandbox", "-f", "html"),
        ("validate", "--sandbox", "-v"),
    ):
        told = project.run(*command)
        assert told.code == 3
        assert told.out.count(message) == 1
    told = project.run("plan", "--sandbox", "-f", "json")
    verdicts = [entry["verdict"] for entry in told.document["entries"] if entry["verdict"]]
    assert verdicts[0]["messages"] == [message]


def test_report_that_cannot_be_written_is_told_once(production: Project) -> None:
    production.add()
    told = production.run("plan", "--write", "json=/dev/full")
    assert told.err.count("/dev/full: the report could not be written") == 1
