"""On a terminal: the question before creating, and the progress bar. A real pseudo-terminal."""

from __future__ import annotations

import gc
import io
import json
import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import factories
import pytest
from program import Project, Server
from warm_program import PROGRAM

from reconciler.cli.console import Console
from reconciler.sandbox.store import TemplateRow

INTERRUPT = "Ctrl-C"


def on_terminal(
    project: Project, *arguments: str, answer: str = "", meanwhile: Callable[[], object] = lambda: None
) -> tuple[int, str]:
    """Run the program with stdin and stderr on a terminal and stdout in a pipe; everything that was shown. `meanwhile` is
    done while the question waits.
    """
    environment = {
        k: v for k, v in os.environ.items() if not k.startswith(("AIRBYTE_", "RECONCILER_")) and k != "CI"
    }
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *arguments],
        cwd=project.root,
        env=environment | project.environment | {"TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    shown, answered, deadline = b"", False, time.monotonic() + 40
    while time.monotonic() < deadline:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        if answer and not answered and b"Type yes to go on:" in shown:
            meanwhile()
            if answer == INTERRUPT:
                process.send_signal(signal.SIGINT)
            else:
                os.write(ours, answer.encode())
            answered = True
    code = process.wait(timeout=20)
    os.close(ours)
    return code, shown.decode()


@pytest.mark.parametrize(
    ("answer", "code", "posts"),
    [("yes\n", 0, 1), ("y\n", 4, 0), ("\n", 4, 0), ("\x04", 4, 0), (INTERRUPT, 130, 0)],
)
def test_only_the_word_yes_creates(
    production: Project, server: Server, answer: str, code: int, posts: int
) -> None:
    production.add()
    ended, shown = on_terminal(production, "apply", answer=answer)
    assert (ended, server.posts()) == (code, posts)
    assert "Create 1 template in production" in shown
    assert shown.count("1 to create") == 1
    assert "Traceback" not in shown


def test_template_that_somebody_changes_while_the_question_waits_is_seen_before_anything_is_created(
    production: Project, server: Server
) -> None:
    """It is what the second manifest asks for then: created again, it would be there twice."""
    production.add("alpha", title="Alpha")
    assert production.run("apply", "--yes").code == 0
    production.add("beta", title="Beta")

    def retitled() -> None:
        (row,) = server.store.templates_of(factories.ORGANIZATION)
        changed = {name: getattr(row, name).replace("Alpha", "Beta") for name in ("form", "served_form")}
        server.store.update_template(replace(row, **changed))

    code, shown = on_terminal(production, "apply", answer="yes\n", meanwhile=retitled)
    assert (code, server.posts()) == (4, 1)
    assert "Create 1 template in production" in shown
    assert "Refused: what the plan rests on changed during the wait for an answer or for the lease" in shown


def test_nothing_is_created_when_a_template_cannot_be_read_any_more_after_yes(
    production: Project, server: Server
) -> None:
    production.add()

    def gone() -> None:
        for row in server.store.templates_of(None):
            server.store.update_template(replace(row, served_form="[]"))

    settings = production.root / "reconciler.yaml"
    settings.write_text(settings.read_text().split("    unmanaged:")[0])
    code, shown = on_terminal(production, "apply", answer="yes\n", meanwhile=gone)
    assert (code, server.posts()) == (4, 0)
    assert "Traceback" not in shown


def test_the_question_names_the_organization_of_each_create(production: Project) -> None:
    other = "99999999-0000-4000-8000-000000000001"
    production.add()
    file = production.add("elsewhere", title="Elsewhere")
    file.write_text(file.read_text().replace("spec:\n", f"spec:\n  organizationId: {other}\n"))
    _, shown = on_terminal(production, "apply", "--sandbox", answer="no\n")
    assert re.search(rf"\(1 in organization [0-9a-f-]+, 1 in organization {other}\)\?", shown)


@pytest.mark.parametrize("arguments", [("apply", "--yes"), ("apply", "--yes", "-v")])
def test_create_is_said_once_on_a_terminal(production: Project, arguments: tuple[str, ...]) -> None:
    for name in ("alpha", "beta"):
        production.add(name, title=name)
    code, shown = on_terminal(production, *arguments)
    assert code == 0
    for name in ("alpha", "beta"):
        assert len(re.findall(rf"created +(?:\x1b\[0m)? *{name} +template", shown)) == 1
    assert "Applied: 2 created." in shown


def test_file_gets_the_whole_account_although_the_terminal_showed_a_part(production: Project) -> None:
    production.add()
    production.environment["NO_COLOR"] = "1"
    code, shown = on_terminal(production, "apply", "--write", "text=r.txt", answer="yes\n")
    report = (production.root / "r.txt").read_text()
    assert code == 0
    assert report.count("1 to create") == report.count("+ created") == shown.count("1 to create") == 1


@pytest.mark.parametrize("answer", [INTERRUPT, "\x04"], ids=["Ctrl-C", "Ctrl-D"])
def test_question_that_is_left_says_on_its_own_line_that_nothing_was_sent(
    production: Project, answer: str
) -> None:
    production.add()
    _, shown = on_terminal(production, "apply", answer=answer)
    after = shown.partition("Type yes to go on: ")[2]
    assert after.startswith("\r\n")
    assert "nothing was sent" in after


def test_nothing_is_asked_when_nothing_is_to_be_created(production: Project) -> None:
    production.add()
    production.run("apply", "--yes")
    code, shown = on_terminal(production, "apply")
    assert code == 0
    assert "Type yes" not in shown


def test_progress_shows_on_a_terminal_while_more_than_a_few_templates_are_read(
    production: Project, serve: Callable[..., Server]
) -> None:
    """A server that has answered before the manifests are judged is nothing to wait for."""
    production.add()
    server = serve(latency_seconds=0.1)
    production.environment["AIRBYTE_API_URL"] = server.url
    stored = json.dumps(factories.form())
    served = json.dumps(factories.served(factories.form()))
    for number in range(30):
        row = (factories.template_id(number), factories.ORGANIZATION, factories.FAKER.id)
        server.store.insert_template(TemplateRow(*row, json.dumps({"count": number}), stored, served))
    _, shown = on_terminal(production, "plan", "--concurrency", "2")
    assert "reading templates" in shown
    _, quiet = on_terminal(production, "plan", "-q", "--concurrency", "2")
    assert "reading templates" not in quiet


def test_colours_are_for_terminals_and_no_color_is_honoured(production: Project) -> None:
    production.add()
    assert "\x1b[32m" in on_terminal(production, "plan")[1]
    assert "\x1b[" not in production.run("plan").out
    production.environment["NO_COLOR"] = "1"
    assert "\x1b[3" not in on_terminal(production, "plan")[1]


def test_stream_without_a_buffer_stays_open_for_whoever_made_it(tmp_path: Path) -> None:
    raw = (tmp_path / "out").open("wb", buffering=0)
    stream = io.TextIOWrapper(raw, encoding="utf-8", write_through=True)
    console = Console(stream, stream)
    console.data("a\n")
    assert console.finish(0) == 0
    del console
    gc.collect()
    stream.write("b\n")
    stream.close()
    assert (tmp_path / "out").read_text() == "a\nb\n"


AGENTS = """\
version: 1
environments:
  sandbox: {api: sandbox, dialect: agents, policy: create-update}
"""
SAMPLE = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {{name: sample}}
spec: {{connector: source-faker, name: Sample, partialDefaultConfig: {{count: {count}}}, propagate: true}}
"""
OTHER = """\
apiVersion: reconciler/v1
kind: SourceTemplate
metadata: {name: stripe}
spec:
  connector: source-stripe
  partialDefaultConfig: {account_id: acct_1, start_date: "2024-01-01T00:00:00Z"}
"""


def test_question_before_an_update_says_what_changes_with_it(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.write("reconciler.yaml", AGENTS)
    project.write("manifests/sample.yaml", SAMPLE.format(count=3))
    assert project.run("apply", "-e", "sandbox", "--yes").code == 0
    project.write("manifests/sample.yaml", SAMPLE.format(count=4))
    project.write("manifests/stripe.yaml", OTHER)
    code, shown = on_terminal(project, "apply", "-e", "sandbox", answer="yes\n")
    assert code == 0
    assert "Create 1 template and update 1 template in sandbox" in shown
    assert "This tool can never delete what it creates. What was made from 1 template changes too." in shown
    assert "Applied: 1 created, 1 updated." in shown
