"""The whole offline pipeline over one project on disk, and what must be true of every run of it."""

from __future__ import annotations

import io
import json
import re
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from fuzz import hostile_values as hostile
from fuzz.manifest_mutations import Project

from reconciler.cli.console import Console
from reconciler.cli.group import exit_code
from reconciler.cli.options import FORMATS_OF, Options
from reconciler.cli.renderings import plan_renderings
from reconciler.cli.workspace import Workspace, open_workspace
from reconciler.errors import ReconcilerError
from reconciler.model.json_value import JsonObject
from reconciler.model.template import LiveState, LiveTemplate, Manifest, UnreadTemplate, live_template
from reconciler.planning.content import Contents
from reconciler.planning.entry import Plan
from reconciler.planning.plan import build_plan
from reconciler.report.safe_text import Style

MOST_SECONDS = 20.0
"""Processor time of one case. Ordinary cases take a hundredth of a second; only a hang or a blow-up comes near."""
MOST_OUTPUT = 4 * 1024 * 1024
"""Bytes of one rendering; the files of a case and its live templates have some hundred kilobytes together."""
_CODES = {0, 1, 2, 3, 4}
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
_RUNNER_COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.MULTILINE)
_YAML_BREAK = re.compile("\r\n|\n|\r")


class Fault(AssertionError):
    """Something that must never happen. `kind` is equal for the same fault in a smaller case."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind


class TooSlow(BaseException):
    """Raised inside the program by the clock: no `except Exception` of it may swallow that."""


@dataclass
class Output:
    """What a call gave: exit code and both streams."""

    code: int
    out: bytes
    err: bytes
    form: str = "text"


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Processor time, so that a busy machine changes nothing."""

    def late(_number: int, frame: Any) -> None:
        where = "".join(traceback.format_stack(frame)[-6:])
        raise TooSlow(where)

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def call(work: Callable[[Console], int]) -> Output:
    """Both streams as the process would write them."""
    streams = [io.BytesIO(), io.BytesIO()]
    out, err = (io.TextIOWrapper(stream, encoding="utf-8", write_through=True) for stream in streams)
    console = Console(out, err)
    code = work(console)
    out.flush()
    err.flush()
    return Output(code, streams[0].getvalue(), streams[1].getvalue())


def program(*arguments: str) -> Output:
    """The real command line in this process: commands, errors and exit codes as the console script has them."""
    return call(lambda console: exit_code(console, list(arguments)))


@dataclass
class Fuzzed:
    """Runs cases in one directory; `slowest` is the longest case so far and its number."""

    root: Path
    environ: dict[str, str] = field(default_factory=lambda: {"RECONCILER_VAR_A": "the-value-of-a"})
    slowest: tuple[float, int] = (0.0, -1)
    codes: dict[int, int] = field(default_factory=dict)
    plans: int = 0
    _written: frozenset[str] = frozenset()

    def check(self, number: int, project: Project, *, live_seed: str, twice: bool) -> None:
        """Run one case. Raises Fault."""
        self.write(project)
        before = time.process_time()
        try:
            with time_limit(MOST_SECONDS):
                self._check(project, live_seed, twice=twice)
        except TooSlow as late:
            raise Fault("too slow", str(late)) from None
        self.slowest = max(self.slowest, (time.process_time() - before, number))

    def write(self, project: Project) -> None:
        """The project's files, and no others."""
        for name in self._written - project.files.keys():
            (self.root / name).unlink()
        for name, data in project.files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self._written = frozenset(project.files)

    def _check(self, project: Project, live_seed: str, *, twice: bool) -> None:
        """JSON always, because it tells places; of the other renderings one a case, as chance has it."""
        forms = [("text",), ("text", "-v"), *((each,) for each in FORMATS_OF["validate"][2:])]
        document, other = self.validate("json"), self.validate(*Random(live_seed).choice(forms))
        self.codes[document.code] = self.codes.get(document.code, 0) + 1
        check_output(document)
        check_output(other)
        if document.code != other.code or document.code not in (0, 3):
            raise Fault("exit code", f"{document.code} and {other.code}")
        check_places(json.loads(document.out), project)
        planned = self.plan_outputs(live_seed)
        if twice and (planned != self.plan_outputs(live_seed) or document != self.validate("json")):
            raise Fault("not deterministic", "two runs over the same files differ")

    def validate(self, form: str, *more: str) -> Output:
        """`reconciler validate` with the sandbox's connectors."""
        return replace(
            program("validate", "-e", "sandbox", "-C", str(self.root), "-f", form, *more), form=form
        )

    def plan_outputs(self, live_seed: str) -> list[Output]:
        """Plans against an empty server and a random one, each in one rendering or two, when the project is valid."""
        options = Options(environment="sandbox", chdir=self.root, quiet=True)
        try:
            workspace = open_workspace(options, Console(), self.environ)
        except ReconcilerError:
            return []
        self.plans += 1
        rng = Random(live_seed)
        nothing = tuple(LiveState(each) for each in workspace.organizations)
        something = tuple(random_state(rng, workspace, each) for each in workspace.organizations)
        plans = (planned(workspace, nothing), *(planned(workspace, something),) * 2)
        return [rendered(rng, plan) for plan in plans]


def planned(workspace: Workspace, states: tuple[LiveState, ...]) -> Plan:
    """The plan as `reconciler plan` makes it."""
    manifests = workspace.loaded.manifests
    return build_plan(manifests, states, workspace.target, contents=Contents(), assess=workspace.assess)


def rendered(rng: Random, plan: Plan) -> Output:
    """One rendering of a plan, checked. The runner's commands are fenced by a random word: those are cut off."""
    options = Options(verbose=rng.random() < 0.5)
    form, rendering = rng.choice(list(plan_renderings(plan, options).items()))
    output = replace(call(partial(printed, form, rendering(Style()))), form=form)
    check_output(output)
    return replace(output, out=b"") if form == "github" else output


def printed(form: str, text: str, console: Console) -> int:
    console.follow(Options(format=form))
    console.data(text)
    return console.finish(0)


def random_state(rng: Random, workspace: Workspace, organization: str) -> LiveState:
    """Live templates that equal manifests, nearly equal them, or are anything that the reader of answers lets through."""
    manifests = workspace.loaded.manifests
    count = rng.randrange(6)
    templates = [
        answered_template(rng, rng.choice(manifests) if manifests else None, number)
        for number in range(count)
    ]
    unread = tuple(
        UnreadTemplate(template_id(90 + n), hostile_name(rng), "GET answered 500")
        for n in range(rng.choice((0, 0, 1)))
    )
    return LiveState(organization, tuple(templates), unread)


def template_id(number: int) -> str:
    return f"10000000-0000-4000-8000-{number:012d}"


def hostile_name(rng: Random) -> str:
    return str(servable(rng.choice(hostile.HOSTILE_TEXTS)))


def answered_template(rng: Random, manifest: Manifest | None, number: int) -> LiveTemplate:
    """One template as GET could answer it."""
    presets: Any = manifest.presets if manifest else {}
    form: Any = (manifest.form or manifest.connector.specification or {}) if manifest else {}
    if rng.random() < 0.7:
        presets = hostile.mutated_json(rng, presets, rng.randrange(1, 4))
        form = hostile.mutated_json(rng, form, rng.randrange(4))
    if rng.random() < 0.1:
        presets, form = {"a": hostile.nested(rng, 97)}, {"connectionSpecification": hostile.nested(rng, 97)}
    connector = manifest.connector.id if manifest else "dfd88b22-b603-4c3d-aad7-3701784586b1"
    return live_template(
        template_id(number), hostile_name(rng), connector, _object(servable(presets)), _object(servable(form))
    )


def _object(value: Any) -> JsonObject:
    return value if isinstance(value, dict) else {"connectionSpecification": value}


def servable(value: Any) -> Any:
    """The value without what the reader of answers refuses: halves of surrogate pairs, numbers out of range."""
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()
    return json.loads(text)


def check_output(output: Output) -> None:
    """What holds for every call: a known exit code, no traceback, UTF-8, nothing that drives a terminal or a runner."""
    error = output.err.decode("utf-8", "replace")
    if "Internal error" in error or "Traceback" in error:
        lines = error.strip().splitlines()
        where = [line.strip() for line in lines if line.lstrip().startswith("File ")]
        raise Fault(f"traceback {lines[-1].split(':')[0]} {where[-1] if where else ''}", error[-6000:])
    if output.code not in _CODES:
        raise Fault("exit code", str(output.code))
    _check_text(output.out, drives_runner=output.form in ("json", "github"))
    _check_text(output.err, drives_runner=False)


def _check_text(stream: bytes, *, drives_runner: bool) -> None:
    try:
        text = stream.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Fault("not UTF-8", repr(error)) from None
    if len(stream) > MOST_OUTPUT:
        raise Fault("too much output", f"{len(stream)} bytes, beginning {text[:300]!r}")
    if found := _CONTROL.search(text):
        raise Fault("control character", repr(text[max(0, found.start() - 100) : found.end() + 40]))
    if not drives_runner and (found := _RUNNER_COMMAND.search(text)):
        raise Fault("runner command", repr(text[max(0, found.start() - 100) : found.end() + 40]))


def check_places(document: Any, project: Project) -> None:
    """Every problem stands in a file of the project, within it."""
    for problem in document["problems"]:
        name, line, column = problem["file"], problem["line"], problem["column"]
        if line == 0:
            continue
        path = name.split("/", 1)[1] if name.startswith("/") else name
        data = project.files.get(path)
        if data is None:
            raise Fault("a problem of no file", str(problem))
        if not any(is_inside(lines, line, column) for lines in lines_of(data)):
            raise Fault(f"a place outside of the file ({problem['rule']})", f"{problem} in {data[:300]!r}")


def is_inside(lines: list[str], line: int, column: int) -> bool:
    return 1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 2


def lines_of(data: bytes) -> tuple[list[str], list[str]]:
    """The lines as YAML counts them, and as JSON readers do: a carriage return alone is a line break to the former only."""
    text = data.decode("utf-8", "replace")
    return _YAML_BREAK.split(text), text.split("\n")
