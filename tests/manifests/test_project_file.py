"""`reconciler.yaml` and the choice of an environment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InvalidInput
from reconciler.manifests.project import DEFAULT_URL, Project, read_project
from reconciler.model.target import CAPABILITIES, SANDBOX_URL, Api, Dialect, Policy, Target

ORGANIZATION = "7c60d51f-b44e-4682-87d6-449835ea4de6"
OTHER = "11111111-2222-4333-8444-55555555aBcD"
SANDBOX_ORGANIZATION = "00000000-0000-4000-8000-000000000001"


def read(root: Path, text: str | bytes) -> Project:
    (root / "reconciler.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_project(root)


def select(project: Project, environment: str | None = None, **environ: str) -> Target:
    return project.select(environment, environ)


def problems(caught: pytest.ExceptionInfo[InvalidInput]) -> list[str]:
    return [f"{problem.rule} {problem}" for problem in caught.value.problems]


def wrong(root: Path, text: str | bytes) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        read(root, text)
    return problems(caught)


def unselectable(project: Project, environment: str | None = None, **environ: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        select(project, environment, **environ)
    return problems(caught)


FULL = f"""\
version: 1
manifests: templates/all
defaultEnvironment: production
environments:
  staging: {{organizationId: {OTHER}, url: "https://airbyte.example.com/api/public/v1/"}}
  production:
    api: public
    organizationId: {ORGANIZATION}
    maxCreates: 3
    settleSeconds: 1.5
    unmanaged: [9B2C0000-0000-4000-8000-00000000000A]
    applyBranches: [main, release/*]
"""


def test_every_field_reaches_the_target(tmp_path: Path) -> None:
    project = read(tmp_path, FULL)
    assert project.manifests == "templates/all"
    assert select(project) == Target(
        environment="production",
        api=Api.PUBLIC,
        url="https://api.airbyte.com/v1",
        organization_id=ORGANIZATION,
        max_creates=3,
        settle_seconds=1.5,
        unmanaged=frozenset({"9b2c0000-0000-4000-8000-00000000000a"}),
        apply_branches=("main", "release/*"),
    )


def test_chosen_environment_wins_over_the_default_one(tmp_path: Path) -> None:
    target = select(read(tmp_path, FULL), "staging")
    assert (
        target.environment,
        target.url,
        target.organization_id,
        target.max_creates,
        target.settle_seconds,
    ) == (
        "staging",
        "https://airbyte.example.com/api/public/v1",
        OTHER.lower(),
        10,
        60.0,
    )


def test_a_sandbox_speaks_what_the_command_line_says_before_the_file(tmp_path: Path) -> None:
    project = read(
        tmp_path,
        "version: 1\nenvironments: {s: {api: sandbox, dialect: agents, policy: create-update}, p: {}}\n",
    )
    chosen = replace(project, sandbox_dialect=Dialect.PUBLIC)
    for where, expected in (
        (project, ("agents", "http://sandbox.invalid/api/v1", "create-update")),
        (chosen, ("public", "http://sandbox.invalid/v1", "create-only")),
    ):
        target = select(where, "s")
        assert (target.dialect, target.url, target.policy) == expected
    assert select(replace(project, sandbox_dialect=Dialect.AGENTS), "sandbox").dialect == "agents"
    assert replace(project, sandbox_dialect=Dialect.AGENTS).environment("p").dialect == "public"


def test_without_a_project_file_there_is_one_environment_for_the_public_api(tmp_path: Path) -> None:
    project = read_project(tmp_path)
    assert project == Project()
    assert select(project, AIRBYTE_ORGANIZATION_ID=OTHER) == Target(
        environment="default", api=Api.PUBLIC, url=DEFAULT_URL, organization_id=OTHER.lower()
    )


def test_file_without_environments_has_the_default_one_too(tmp_path: Path) -> None:
    target = select(read(tmp_path, "version: 1\n"), AIRBYTE_ORGANIZATION_ID=ORGANIZATION)
    assert (target.environment, target.api) == ("default", Api.PUBLIC)


def test_sandbox_always_exists(tmp_path: Path) -> None:
    for project in (read_project(tmp_path), read(tmp_path, FULL)):
        assert select(project, "sandbox") == Target(
            environment="sandbox", api=Api.SANDBOX, url=SANDBOX_URL, organization_id=SANDBOX_ORGANIZATION
        )


def test_sandbox_of_the_file_keeps_its_fields(tmp_path: Path) -> None:
    text = f"version: 1\nenvironments: {{sandbox: {{api: sandbox, organizationId: {ORGANIZATION}, maxCreates: 0}}}}\n"
    target = select(read(tmp_path, text))
    assert (target.environment, target.organization_id, target.max_creates) == ("sandbox", ORGANIZATION, 0)


def test_environment_of_the_agent_api_has_its_url_and_may_update(tmp_path: Path) -> None:
    agents = f"{{api: agents, organizationId: {ORGANIZATION}, policy: create-update}}"
    target = select(read(tmp_path, f"version: 1\nenvironments: {{cloud: {agents}}}\n"))
    assert (target.url, target.dialect) == ("https://api.airbyte.ai/api/v1", Dialect.AGENTS)
    assert (target.policy, target.capabilities) == (Policy.CREATE_UPDATE, CAPABILITIES[Dialect.AGENTS])


@pytest.mark.parametrize(
    ("environments", "dialect"),
    [
        ("a: {api: agents}, b: {api: agents}, sandbox: {api: sandbox}", Dialect.AGENTS),
        ("a: {api: public}", Dialect.PUBLIC),
        ("a: {api: public}, b: {api: agents}", None),
        ("sandbox: {api: sandbox}", None),
    ],
)
def test_project_knows_its_dialect_where_all_servers_speak_one(
    environments: str, dialect: Dialect | None, tmp_path: Path
) -> None:
    assert read(tmp_path, f"version: 1\nenvironments: {{{environments}}}\n").dialect is dialect


def test_variables_override_the_file(tmp_path: Path) -> None:
    project = read(tmp_path, FULL)
    environ = {"AIRBYTE_ORGANIZATION_ID": f" {OTHER} ", "AIRBYTE_API_URL": "http://127.0.0.1:8000/v1/"}
    target = select(project, **environ)
    assert (target.organization_id, target.url) == (OTHER.lower(), "http://127.0.0.1:8000/v1")
    in_sandbox = select(project, "sandbox", **environ)
    assert (in_sandbox.organization_id, in_sandbox.url) == (OTHER.lower(), SANDBOX_URL)


def test_empty_variables_count_as_unset(tmp_path: Path) -> None:
    target = select(read(tmp_path, FULL), AIRBYTE_ORGANIZATION_ID="", AIRBYTE_API_URL=" ")
    assert (target.organization_id, target.url) == (ORGANIZATION, DEFAULT_URL)


def test_only_environment_needs_no_choice(tmp_path: Path) -> None:
    text = f"version: 1\nenvironments: {{eu: {{organizationId: {ORGANIZATION}}}}}\n"
    assert select(read(tmp_path, text)).environment == "eu"


def test_several_environments_need_a_choice(tmp_path: Path) -> None:
    project = read(tmp_path, FULL.replace("defaultEnvironment: production\n", ""))
    assert unselectable(project) == [
        (
            "R305 reconciler.yaml:1:1: there are several environments, and none is chosen; "
            "set defaultEnvironment, or use --environment with staging, production or sandbox"
        )
    ]


def test_unknown_environment_is_refused_with_the_near_one_and_the_list(tmp_path: Path) -> None:
    assert unselectable(read(tmp_path, FULL), "prodution") == [
        (
            'R305 option --environment: there is no environment "prodution"; '
            'did you mean "production"? Known: staging, production and sandbox'
        )
    ]
    assert unselectable(read_project(tmp_path / "none"), "x") == [
        'R305 option --environment: there is no environment "x"; known: default and sandbox'
    ]


def test_missing_organization_names_both_ways_to_set_it(tmp_path: Path) -> None:
    ways = "set organizationId for it in reconciler.yaml, or the variable AIRBYTE_ORGANIZATION_ID"
    project = read(tmp_path, "version: 1\nenvironments:\n  eu: {}\n")
    assert unselectable(project) == [
        f'R306 reconciler.yaml:3:3: the environment "eu" has no organization id; {ways}'
    ]
    assert unselectable(Project()) == [
        (
            f'R306 reconciler.yaml: the environment "default" has no organization id; {ways}; '
            "`reconciler init` writes a first reconciler.yaml, and --sandbox needs neither"
        )
    ]


def test_wrong_organization_variable_is_named_and_not_shown() -> None:
    assert unselectable(Project(), AIRBYTE_ORGANIZATION_ID="hush") == [
        (
            "R305 environment variable AIRBYTE_ORGANIZATION_ID: the organization id is not a UUID; "
            "write it as 8-4-4-4-12 hexadecimal digits, or unset it"
        )
    ]


CLEAR = "is http, which would send credentials in clear"
URLS = {
    "http://api.airbyte.com/v1": CLEAR,
    "http://10.0.0.1/v1": CLEAR,
    "http://localhost.example.com/v1": CLEAR,
    "http://127.0.0.1.example.com": CLEAR,
    "https://user:hush@api.airbyte.com/v1": "holds a user name or password, and credentials come from the environment only",
    "https://token@api.airbyte.com": "holds a user name or password, and credentials come from the environment only",
    "https://api.airbyte.com/v1?x=hush": "has a query or a fragment",
    "https://api.airbyte.com/v1#": "has a query or a fragment",
    "api.airbyte.com/v1": "is not an https URL",
    "ftp://api.airbyte.com": "is not an https URL",
    "file:///etc/passwd": "is not an https URL",
    "https://": "is not an https URL",
    "https://h:0/v1": "is not an https URL",
    "https://h:99999/v1": "is not a URL",
    "https://[::1": "is not a URL",
    "https://h/a b": "holds a blank or a character that a URL cannot hold",
    "https://h/\n": "holds a blank or a character that a URL cannot hold",
    "https://bücher.example/v1": "holds a blank or a character that a URL cannot hold",
}


@pytest.mark.parametrize("url", URLS)
def test_url_that_credentials_must_not_go_to_is_refused_and_not_shown(url: str, tmp_path: Path) -> None:
    help_text = "write a URL such as https://api.airbyte.com/v1"
    if url.strip() == url:
        assert unselectable(Project(), AIRBYTE_ORGANIZATION_ID=ORGANIZATION, AIRBYTE_API_URL=url) == [
            f"R305 environment variable AIRBYTE_API_URL: the API url {URLS[url]}; {help_text}"
        ]
    escaped = url.replace("\n", "\\n")
    assert wrong(tmp_path, f'version: 1\nenvironments: {{eu: {{url: "{escaped}"}}}}\n') == [
        f"R304 reconciler.yaml:2:26: the url {URLS[url]}; {help_text}"
    ]


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000/v1", "http://127.8.9.1/v1", "http://[::1]:8000", "HTTPS://Api.Example.com/v1", "https://10.0.0.1:8443/x"],
)  # fmt: skip
def test_https_anywhere_and_http_on_this_machine_are_accepted(url: str) -> None:
    target = select(Project(), AIRBYTE_ORGANIZATION_ID=ORGANIZATION, AIRBYTE_API_URL=f"{url}//")
    assert target.url == url


WRONG: dict[str, tuple[Any, list[str]]] = {
    "unknown fields": (
        "version: 1\nmanifest: a\nenvironments:\n  eu: {orgId: x, maxcreates: 1}\n",
        ['R301 reconciler.yaml:2:1: unknown field "manifest"; did you mean "manifests"?',
         ('R301 reconciler.yaml:4:8: unknown field "orgId" in environments.eu; '
         "known here: api, dialect, url, organizationId, maxCreates, settleSeconds, unmanaged, applyBranches "
         "and policy"),
         'R301 reconciler.yaml:4:18: unknown field "maxcreates" in environments.eu; did you mean "maxCreates"?'],
    ),
    "unknown fields of the sandbox": (
        "version: 1\nenvironments:\n  sandbox: {api: sandbox, unmanagd: []}\n",
        ['R301 reconciler.yaml:3:27: unknown field "unmanagd" in environments.sandbox; did you mean "unmanaged"?'],
    ),
    "no version": ("manifests: a\n", ['R302 reconciler.yaml:1:1: "version" is missing; add `version: 1`']),
    "another version": ("version: 2\n", ["R304 reconciler.yaml:1:10: version `2` is not known; this version reads `version: 1`"]),
    "version as text": ("version: '1'\n", ["R304 reconciler.yaml:1:10: version `1` is not known; this version reads `version: 1`"]),
    "updates where the server has none": (
        ("version: 1\nenvironments: {eu: {policy: create-update}, us: {api: sandbox, policy: create-updates}, "
         "own: {api: sandbox, policy: create-update}}\n"),
        [("R304 reconciler.yaml:2:29: the policy create-update needs a server that can update, and only the Agent API can; "
         "write `policy: create-only`, or remove the line"),
         'R304 reconciler.yaml:2:72: environments.us.policy "create-updates" is not known; did you mean "create-update"?',
         ("R304 reconciler.yaml:2:117: the policy create-update needs a server that can update, and only the Agent API can; "
          "add `dialect: agents`, write `policy: create-only`, or remove the line")],
    ),
    "another api": (
        "version: 1\nenvironments: {new: {api: pubic}, old: {api: rest}}\n",
        ['R304 reconciler.yaml:2:27: environments.new.api "pubic" is not known; did you mean "public"?',
         'R304 reconciler.yaml:2:46: environments.old.api "rest" is not known; use public or agents or sandbox'],
    ),
    "wrong types": (
        "version: 1\nmanifests: 1.0\nenvironments:\n  eu: {maxCreates: 1.5, settleSeconds: soon, unmanaged: x}\n  us: []\n",
        ['R303 reconciler.yaml:2:12: manifests must be text, not a number; quote it: "1.0"',
         "R303 reconciler.yaml:4:20: environments.eu.maxCreates must be a whole number, not a number; write a whole number",
         "R303 reconciler.yaml:4:40: environments.eu.settleSeconds must be a number, not text; write a number",
         "R303 reconciler.yaml:4:57: environments.eu.unmanaged must be a list, not text; write a list",
         "R303 reconciler.yaml:5:7: environments.us must be an object, not a list; write an object"],
    ),
    "out of range": (
        "version: 1\nenvironments:\n  eu: {maxCreates: -1, settleSeconds: 3601}\n",
        ["R304 reconciler.yaml:3:20: environments.eu.maxCreates -1 is out of range; write 0 or more",
         "R304 reconciler.yaml:3:39: environments.eu.settleSeconds 3601 is out of range; write 0 to 3600 seconds"],
    ),
    "bad ids": (
        "version: 1\nenvironments:\n  eu: {organizationId: abc, unmanaged: [x]}\n",
        ['R304 reconciler.yaml:3:24: environments.eu.organizationId "abc" is not a UUID; write it as 8-4-4-4-12 hexadecimal digits',
         'R304 reconciler.yaml:3:41: environments.eu.unmanaged.0 "x" is not a UUID; write it as 8-4-4-4-12 hexadecimal digits'],
    ),
    "an id twice": (
        f"version: 1\nenvironments:\n  eu:\n    unmanaged:\n    - {OTHER}\n    - {OTHER.upper()}\n",
        [f'R304 reconciler.yaml:6:7: the id "{OTHER.upper()}" is listed twice under unmanaged; remove one of the two'],
    ),
    "empty texts": (
        "version: 1\nmanifests: ''\ndefaultEnvironment: ''\nenvironments: {eu: {url: ''}}\n",
        ["R304 reconciler.yaml:2:12: manifests is empty; write a value, or leave the field out",
         "R304 reconciler.yaml:3:21: defaultEnvironment is empty; write a value, or leave the field out",
         "R304 reconciler.yaml:4:26: environments.eu.url is empty; write a value, or leave the field out"],
    ),
    "manifests outside": (
        "version: 1\nmanifests: ../elsewhere\n",
        [('R304 reconciler.yaml:2:12: the manifest directory "../elsewhere" is not inside the project; '
         "write a path relative to this file, without ..")],
    ),
    "absolute manifests": (
        "version: 1\nmanifests: /etc\n",
        [('R304 reconciler.yaml:2:12: the manifest directory "/etc" is not inside the project; '
         "write a path relative to this file, without ..")],
    ),
    "unknown default": (
        "version: 1\ndefaultEnvironment: prod\nenvironments: {production: {}}\n",
        ['R305 reconciler.yaml:2:21: defaultEnvironment "prod" is not one of the environments; did you mean "production"?'],
    ),
    "url of the sandbox": (
        "version: 1\nenvironments: {s: {api: sandbox, url: 'http://localhost:1/v1'}}\n",
        [("R304 reconciler.yaml:2:34: a url has no meaning for the sandbox, which runs in this process; "
         "remove it, or use `api: public` for a served sandbox")],
    ),
    "dialect of a server": (
        "version: 1\nenvironments: {s: {api: public, dialect: agents}}\n",
        [("R304 reconciler.yaml:2:33: a dialect has no meaning without `api: sandbox`: elsewhere the api says it; "
         "remove it, or write `api: sandbox`")],
    ),
    "unknown dialect": (
        "version: 1\nenvironments: {s: {api: sandbox, dialect: sonar}}\n",
        ['R304 reconciler.yaml:2:43: environments.s.dialect "sonar" is not known; use public or agents'],
    ),
    "sandbox on a server": (
        "version: 1\nenvironments:\n  sandbox: {api: public, url: 'http://localhost:1/v1'}\n",
        [("R304 reconciler.yaml:3:18: the environment sandbox has the api public, so `--sandbox` would reach a real server; "
         "write `api: sandbox`, or give the environment another name")],
    ),
    "sandbox on the Agent API": (
        "version: 1\nenvironments:\n  sandbox: {api: agents}\n",
        [("R304 reconciler.yaml:3:18: the environment sandbox has the api agents, so `--sandbox` would reach a real server; "
         "write `api: sandbox`, or give the environment another name")],
    ),
    "sandbox without an api": (
        "version: 1\nenvironments:\n  sandbox: {maxCreates: 1}\n",
        [("R304 reconciler.yaml:3:3: the environment sandbox has no api, which means public, so `--sandbox` would reach a real server; "
         "write `api: sandbox`, or give the environment another name")],
    ),
    "a list": ("- version\n", ["R303 reconciler.yaml:1:1: the project file is not an object; begin it with `version: 1`"]),
    "two documents": (
        "version: 1\n---\nversion: 1\n",
        ["R304 reconciler.yaml:3:1: a second document in the project file; write one document only"],
    ),
    "empty": ("", ["R007 reconciler.yaml:1:1: the file is empty, or holds comments only; begin it with `version: 1`, or remove the file"]),
    "traps and fields at once": (
        "version: 1\nmanifests: no\nversion: 1\nx: 1\n",
        ['R010 reconciler.yaml:2:12: `no` is false in YAML 1.1 and text in YAML 1.2; quote it ("no") or write false',
         'R012 reconciler.yaml:3:1: the key "version" occurs twice; first at line 1, column 1; keep one of them',
         'R301 reconciler.yaml:4:1: unknown field "x"; known here: version, manifests, defaultEnvironment, environments and rules'],
    ),
    "variable": (
        "version: 1\nenvironments: {eu: {url: !env RECONCILER_VAR_URL}}\n",
        ["R013 reconciler.yaml:2:26: !env is for manifests only; write the value out"],
    ),
    "include": (
        "version: 1\nenvironments: !include e.yaml\n",
        ["R013 reconciler.yaml:2:15: !include is for manifests only; write the value out"],
    ),
    "not UTF-8": (b"version: \xff\n", ["R005 reconciler.yaml:1:10: byte 0xff is not UTF-8; save the file as UTF-8"]),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_project_file_is_explained_with_every_problem(case: str, tmp_path: Path) -> None:
    text, expected = WRONG[case]
    assert wrong(tmp_path, text) == expected


def test_project_file_that_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "reconciler.yaml").mkdir()
    with pytest.raises(InvalidInput) as caught:
        read_project(tmp_path)
    assert problems(caught) == [
        "R002 reconciler.yaml:1:1: not a regular file; remove it, or name it otherwise"
    ]


def test_project_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("version: 1\n")
    (tmp_path / "reconciler.yaml").symlink_to("other.yaml")
    with pytest.raises(InvalidInput) as caught:
        read_project(tmp_path)
    assert problems(caught) == [
        "R003 reconciler.yaml:1:1: a symbolic link, which is not followed here; put the file itself here"
    ]


def test_manifest_directory_behind_a_loop_of_links_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert read(tmp_path, "version: 1\nmanifests: loop\n").manifests == "loop"
