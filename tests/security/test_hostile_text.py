"""Text from manifests, file names, locks and servers drives neither a terminal nor a CI runner, in no report and no message."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from program import MANIFEST, Project
from security.crm_connector import CRM, ORGANIZATION
from security.hostile_server import Asked, HostileServer, Reply, json_reply
from security.runner_log import runner_commands, what_drives_a_terminal

from reconciler.report.safe_text import Style, safe_output, safe_text, short_json

if TYPE_CHECKING:
    from warm_program import WarmProgram

SHARES = int(os.environ.get("RECONCILER_HOSTILE_SHARES", "4"))
"""Each text meets one in so many of the calls; 1 for all of them."""

FORMATS = ("text", "json", "markdown", "html", "github")
HOSTILE = (
    "\x1b[2J\x1b[31mred",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[?1049h",
    "\x9b31m",
    "\x9d0;t\x9c",
    "\x90q\x9c",
    "ab\x08\x08xy",
    "\x7f\x7f",
    "safe\roverwritten",
    "\x0b\x0c",
    "a\u202egnp.exe",
    "\u2066x\u2069",
    "a\u200bb\u200d\ufeff",
    "\u2028::error::x",
    "::error::x",
    "\n::error file=x::x",
    "\r::set-output name=a::b",
    "  ::add-mask::x",
    "::stop-commands::x",
    "::set-env name=PATH::x",
    "##[group]x",
    "x ##[error]y",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[message text='x']",
    "\n##[endgroup]",
    "x" * 3000,
    "\U000e0041\U000e0042",
    "%0A::error::x",
    "</script><script>alert(1)</script>",
    "@team [x](https://evil.example) | `` ` ``",
    "\t::error::tab",
    "\u0085::error::nel",
    "\x1b",
    "\ud800",
)
PRINTABLE = tuple(text for text in HOSTILE if text.isprintable() and text.strip() == text)


def check(data: bytes, form: str, *, colours: bool = False) -> None:
    """One output: nothing moves a cursor, and nothing but our own annotations is a command."""
    text = data.decode("utf-8")
    assert what_drives_a_terminal(text, colours=colours) == []
    commands = runner_commands(text)
    if form == "github":
        commands = [
            line
            for line in commands
            if not re.match(r"::(error|warning|notice) [^:]*title=[^:]*::[^\n]", line)
        ]
    assert commands == []
    if form == "json" and text:
        json.loads(text)


@pytest.fixture
def run(forks: WarmProgram, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Run the program in a project's folder with this environment; every output is checked."""

    def start(root: Path, *arguments: str, env: dict[str, str] | None = None) -> tuple[int, str]:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "CI": "true", **(env or {})}
        ended = forks.run([*arguments], cwd=root, env=environment, seconds=100, changes=[])
        assert ended.code in {0, 1, 2, 3, 4, 5, 64}, ended.err
        form = arguments[arguments.index("-f") + 1] if "-f" in arguments else "text"
        check(ended.out, form, colours="FORCE_COLOR" in environment)
        check(ended.err, "text", colours="FORCE_COLOR" in environment)
        return ended.code, (ended.out + ended.err).decode()

    return start


Start = Callable[..., tuple[int, str]]


def quoted(text: str) -> str:
    """A YAML scalar that means this text."""
    return json.dumps(text)


@pytest.mark.parametrize("form", FORMATS)
def test_names_titles_and_descriptions_of_manifests_are_shown_harmless(
    project: Project, run: Start, form: str
) -> None:
    for number, text in enumerate(HOSTILE):
        name = text if text in PRINTABLE else f"m{number}"
        manifest = MANIFEST.format(name=quoted(name[:200]), title=quoted(f"{number} {text}"), presets="{}")
        manifest = manifest.replace("title: Count", f"title: {quoted(text)}")
        project.write(f"manifests/m{number}.yaml", manifest)
    run(project.root, "validate", "-v", "--sandbox", "-f", "json" if form == "html" else form)
    for path in (project.root / "manifests").iterdir():
        if "\\ud800" in path.read_text():
            path.unlink()
    run(project.root, "plan", "--sandbox", "-v", "-f", form)
    run(project.root, "plan", "--sandbox", "-v", "-f", form, env={"FORCE_COLOR": "1"})


@pytest.mark.parametrize("form", FORMATS)
def test_file_names_are_shown_harmless(project: Project, run: Start, form: str) -> None:
    for number, text in enumerate(HOSTILE):
        name = os.fsencode(
            text.replace("/", "_")[:100].encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
        )
        folder = os.fsencode(project.root / "manifests")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name + b".yaml"), "w") as file:
            file.write(
                "kind: no\n"
                if number % 2
                else MANIFEST.format(name=f"n{number}", title=f"T{number}", presets="{}")
            )
    run(project.root, "validate", "-v", "-f", "json" if form == "html" else form)
    for path in (project.root / "manifests").iterdir():
        if path.read_text().startswith("kind"):
            path.unlink()
    run(project.root, "plan", "--sandbox", "-v", "-f", form)


@pytest.mark.parametrize("text", HOSTILE)
def test_arguments_and_project_settings_are_told_harmless(project: Project, run: Start, text: str) -> None:
    project.add()
    printable = text.replace("\ud800", "")
    calls = (
        ("plan", "--only", printable),
        ("validate", f"--{printable}"),
        (printable,),
        ("plan", "--write", f"{printable}=x"),
        ("explain", printable),
        ("validate", printable),
        ("plan", "-e", printable),
        ("connectors", "show", printable),
        ("new", printable),
        ("-C", printable),
        ("connectors", "lock", "--registry", printable),
        ("new", "source-faker", "--name", printable),
        ("apply", printable, "--yes"),
    )
    number = HOSTILE.index(text)
    for arguments in calls[number % SHARES :: SHARES]:
        run(project.root, *arguments)
    project.write("reconciler.yaml", f"version: 1\nenvironments:\n  {quoted(text)}:\n    api: sandbox\n")
    run(project.root, "plan", "-f", FORMATS[number % len(FORMATS)])
    project.write(
        "reconciler.yaml",
        f"version: 1\ndefaultEnvironment: {quoted(text)}\nmanifests: {quoted(text)}\n{quoted(text)}: 1\n",
    )
    run(project.root, "plan", "-f", FORMATS[(number + 1) % len(FORMATS)])


@pytest.mark.parametrize("form", FORMATS)
def test_names_in_a_lock_are_shown_harmless(project: Project, run: Start, form: str) -> None:
    texts = [text for text in HOSTILE if text != "\ud800"]
    for number, text in [*enumerate(texts)][FORMATS.index(form) % SHARES :: SHARES]:
        field = {
            "type": "string",
            "title": text,
            "description": text,
            "default": text,
            "enum": [text, "b"],
            "order": 0,
        }
        spec = {
            "documentationUrl": text,
            "connectionSpecification": {
                "type": "object",
                "title": text,
                "required": [text],
                "properties": {text: field},
            },
        }
        entry = {
            "id": CRM,
            "type": "source",
            "repository": f"acme/{text}",
            "name": text,
            "version": text,
            "digest": "sha256:" + "0" * 64,
            "spec": spec,
        }
        project.write(
            "connectors.lock.json",
            json.dumps({"formatVersion": "1", "source": "cloud", "connectors": [entry]}),
        )
        project.write(
            f"manifests/m{number}.yaml",
            MANIFEST.format(name=f"m{number}", title="T", presets="{}").replace("source-faker", CRM),
        )
        for arguments in (("validate", "-v"), ("connectors", "show", CRM), ("connectors", "search", "0")):
            run(
                project.root,
                *arguments,
                "-f",
                "json"
                if (form in ("html", "markdown", "github") and arguments[0] == "connectors") or form == "html"
                else form,
            )
        run(project.root, "new", CRM)
        run(project.root, "schema", "manifest", "--connector", CRM)
        (project.root / f"manifests/m{number}.yaml").unlink()


@pytest.fixture
def told() -> Iterator[Callable[[str], HostileServer]]:
    """A server all of whose words are this text."""
    servers: list[HostileServer] = []

    def start(text: str) -> HostileServer:
        identifier = "10000000-0000-4000-8000-000000000001"
        template = {
            "id": identifier,
            "name": text,
            "sourceDefinitionId": CRM,
            "partialDefaultConfig": {text: text, "region": text},
            "configTemplateSpec": {
                "connectionSpecification": {"title": "T", text: text, "properties": {text: {"title": text}}}
            },
        }

        def answer(asked: Asked) -> Reply:
            if asked.path.endswith("/token"):
                return json_reply({"access_token": "token", "expires_in": 180})
            if asked.method == "PATCH" or asked.headers.get("x-airbyte-organization-id") != ORGANIZATION:
                return json_reply({"detail": text, "title": text, "type": text}, 403)
            if asked.method == "POST":
                return json_reply({"data": {"message": text}}, 422)
            return json_reply({"data": [{"id": identifier, "name": text}]} if "?" in asked.path else template)

        servers.append(HostileServer(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("form", FORMATS)
def test_words_of_the_server_are_shown_harmless(
    project: Project, run: Start, told: Callable[[str], HostileServer], form: str
) -> None:
    project.add("faker")
    project.write(
        "manifests/crm.yaml",
        MANIFEST.format(name="crm", title="T", presets="{region: eu}").replace("source-faker", CRM),
    )
    project.write(
        "forbidden/f.yaml",
        MANIFEST.format(name="f", title="T", presets="{}")
        + "  organizationId: 7c60d51f-b44e-4682-87d6-449835ea4de7\n",
    )
    for text in HOSTILE[FORMATS.index(form) % SHARES :: SHARES]:
        server = told(text.replace("\ud800", "x"))
        env = {
            "AIRBYTE_API_URL": server.url,
            "AIRBYTE_ORGANIZATION_ID": ORGANIZATION,
            "AIRBYTE_BEARER_TOKEN": "token",
        }
        run(project.root, "plan", "-v", "-f", form, env=env)
        run(project.root, "apply", "--yes", "-f", form, env=env)
        run(project.root, "doctor", "--probe", "-f", "json" if form == "json" else "text", env=env)
        run(project.root, "plan", "forbidden", "-f", form, env=env)


@given(st.text())
def test_safe_text_is_one_harmless_line(text: str) -> None:
    for shown in (safe_text(text), short_json(text), short_json({text: [text]})):
        assert what_drives_a_terminal(shown) == []
        assert runner_commands(shown) == []
        assert "\n" not in shown


@given(
    st.lists(st.sampled_from((*HOSTILE, "\n", "{", '"', " ", "#", "[", ":", "]")), max_size=12).map("".join)
)
def test_the_net_below_all_outputs_lets_nothing_through(text: str) -> None:
    shown = safe_output(text)
    assert [c for c in what_drives_a_terminal(shown, colours=True) if c not in _TOLERATED] == []
    if not text.startswith(("{", "[")):
        assert runner_commands(shown) == []


def test_our_own_colours_pass_where_there_are_colours_and_no_others() -> None:
    painted = Style(colour=True).paint("x", "red")
    assert safe_output(painted, colours=True) == painted
    assert safe_output(painted) == "\\x1b[31mx\\x1b[0m"
    assert safe_output("\x1b[8mhidden", colours=True) == "\\x1b[8mhidden"


# Characters that cannot drive anything, and that a manifest on stdout may well hold: joiners, marks, tabs.
_TOLERATED = {"U+0009", "U+200B", "U+200D", "U+FEFF", "U+E0041", "U+E0042"}


@given(
    st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_passes_the_net_unchanged_in_meaning(value: Any) -> None:
    text = json.dumps({"value": value}, indent=2)
    assert json.loads(safe_output(text)) == {"value": value}
    assert runner_commands(safe_output(text)) == []
