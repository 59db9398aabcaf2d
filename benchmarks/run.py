"""Measures the installed command as whole processes and prints ratios; every ratio is taken within one run.

    python benchmarks/run.py                 everything (about two minutes)
    python benchmarks/run.py --check         the same, and exit 1 when a ratio is above its limit
    python benchmarks/run.py --only start    `--version` and `--help` against an empty click program
    python benchmarks/run.py --only plan     a plan of 1,000 templates at 50 ms against its latency bound
    python benchmarks/run.py --only validate judging 590 manifests against reading them and their lock

Milliseconds belong to the machine, ratios mostly do not: compare ratios. Rounds are interleaved and medians are taken, so that a
machine that slows down for a while slows both sides.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from latency_server import CONNECTOR, ORGANIZATION, form_of

from reconciler.cli.advising import assessor
from reconciler.cli.workspace import read_catalogue
from reconciler.connectors.builtin import builtin_catalogue
from reconciler.connectors.server.rules import evaluate_create
from reconciler.manifests.load import load_manifests
from reconciler.model.connector import Connector
from reconciler.model.target import Api

RECONCILER = Path(sysconfig.get_path("scripts")) / "reconciler"
LATENCY_SERVER = Path(__file__).with_name("latency_server.py")
TEMPLATES = 1000
LATENCY = 0.05
EMPTY_CLICK_PROGRAM = "import click\n\n\n@click.command()\ndef main():\n    pass\n\n\nmain()\n"
START_LIMIT = 1.5
CONNECTORS = 590
REFUSED_EVERY, FAILING_EVERY = 9, 39
"""As many sources as the public registry had when this was written, each with a manifest without presets. That is the worst case: the
server's own test values fill every field. Of the real ones, 65 are then refused and 15 end in a server error.
"""
VALIDATE_LIMIT = 3.0
PLAN_LIMITS = {8: 1.3, 16: 1.3, 32: 1.8}
"""Concurrency -> how many times its latency bound a whole plan may take."""


@dataclass(frozen=True)
class Ratio:
    """One result: a measured time against what it is compared with, and the limit that it should keep."""

    name: str
    seconds: float
    against: float
    limit: float

    @property
    def value(self) -> float:
        return self.seconds / self.against

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.limit else "ABOVE"
        times = f"{self.seconds * 1000:7.0f} ms / {self.against * 1000:5.0f} ms"
        return f"{self.name:42} {times} = {self.value:5.2f}   limit {self.limit:.2f}  {verdict}"


def wall(command: list[str], *, cwd: Path, env: dict[str, str]) -> float:
    """Seconds that a command takes from start to end. It must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return seconds


def interleaved(
    commands: dict[str, list[str]], rounds: int, *, cwd: Path, env: dict[str, str]
) -> dict[str, float]:
    """Median seconds of each command, run in turns."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            times[name].append(wall(command, cwd=cwd, env=env))
    # The first turn fills the disk's cache.
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def measure_start(folder: Path, rounds: int) -> list[Ratio]:
    """`--version` and `--help` against an empty click program."""
    program = folder / "empty.py"
    program.write_text(EMPTY_CLICK_PROGRAM, encoding="utf-8")
    commands = {
        "empty": [sys.executable, str(program), "--help"],
        "--version": [str(RECONCILER), "--version"],
        "--help": [str(RECONCILER), "--help"],
    }
    medians = interleaved(commands, rounds, cwd=folder, env=environment())
    empty = medians.pop("empty")
    return [
        Ratio(f"reconciler {name} / empty click", taken, empty, START_LIMIT)
        for name, taken in medians.items()
    ]


def measure_plan(folder: Path, rounds: int) -> list[Ratio]:
    """Plans of equal templates, at each concurrency, against (1 + ceil(N / C)) x latency."""
    project = write_project(folder / "project", TEMPLATES)
    with latency_server(TEMPLATES, LATENCY) as url:
        env = environment(url)
        check_plan(project, env)
        commands = {str(count): plan_command(count) for count in PLAN_LIMITS}
        medians = interleaved(commands, rounds, cwd=project, env=env)
    return [
        Ratio(
            f"plan of {TEMPLATES} at {LATENCY * 1000:.0f} ms, concurrency {count}",
            medians[str(count)],
            (1 + math.ceil(TEMPLATES / count)) * LATENCY,
            limit,
        )
        for count, limit in PLAN_LIMITS.items()
    ]


def measure_validate(folder: Path, rounds: int) -> list[Ratio]:
    """Reading and judging as `validate` does, against reading alone. In this process: start-up would hide the difference."""
    project = write_connectors(folder / "connectors", CONNECTORS)
    reading, both = [], []
    for _ in range(rounds + 1):
        started = time.perf_counter()
        catalogue = read_catalogue(project, Api.PUBLIC)
        loaded = load_manifests((project / "manifests",), root=project, catalogue=catalogue, environ={})
        reading.append(time.perf_counter() - started)
        assess = assessor(project, {}, with_form=False)
        for manifest in loaded.manifests:
            assess(manifest)
        both.append(time.perf_counter() - started)
    if len(loaded.manifests) != CONNECTORS:
        raise SystemExit(f"only {len(loaded.manifests)} manifests were judged: {loaded.problems[:3]}")
    name = f"validate of {CONNECTORS} / reading them"
    # The first turn loads what judging needs.
    return [Ratio(name, statistics.median(both[1:]), statistics.median(reading[1:]), VALIDATE_LIMIT)]


def kinds_answered(status: int) -> list[Connector]:
    """The built-in connectors for which a create without presets gets this answer."""
    return [
        connector
        for connector in builtin_catalogue().connectors
        if connector.specification is not None
        and evaluate_create(connector.specification, {}).status == status
    ]


def write_connectors(folder: Path, count: int) -> Path:
    """A project with `count` locked connectors, copies of the built-in ones, and a manifest for each."""
    (folder / "manifests").mkdir(parents=True)
    accepted, refused, failing = (kinds_answered(status) for status in (200, 422, 500))
    entries = []
    for number in range(count):
        kinds = (
            failing if number % FAILING_EVERY == 1 else refused if number % REFUSED_EVERY == 0 else accepted
        )
        kind = kinds[number % len(kinds)]
        connector = {
            "id": f"{number:08x}-0000-4000-8000-000000000000",
            "type": "source",
            "repository": f"airbyte/source-copy-{number:04}",
            "name": f"{kind.name} {number}",
            "version": "1.0.0",
            "digest": "sha256:" + "0" * 64,
            "spec": kind.specification,
        }
        entries.append(connector)
        document = {
            "apiVersion": "reconciler/v1",
            "kind": "SourceTemplate",
            "metadata": {"name": f"copy-{number:04}"},
            "spec": {"connector": f"source-copy-{number:04}", "partialDefaultConfig": {}},
        }
        text = "".join(f"{line}\n" for line in yaml_lines(document))
        (folder / "manifests" / f"copy-{number:04}.yaml").write_text(text, encoding="utf-8")
    lock = {"formatVersion": "1", "source": "copies", "connectors": entries}
    (folder / "connectors.lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return folder


def check_plan(project: Path, env: dict[str, str]) -> None:
    """The plan must find every pair equal, and must not have loaded deepdiff for it: else the rest measures something else."""
    command = [*plan_command(16), "--format", "json"]
    traced = {**env, "PYTHONPROFILEIMPORTTIME": "1"}
    done = subprocess.run(command, cwd=project, env=traced, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(
            f"the plan ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    summary = json.loads(done.stdout)["summary"]
    if summary["in-sync"] != TEMPLATES:
        raise SystemExit(f"the plan did not find every pair equal: {summary}")
    if any(line.rpartition("|")[2].strip() == "deepdiff" for line in done.stderr.splitlines()):
        raise SystemExit("the plan loaded deepdiff although every pair is equal")
    sys.stdout.write(f"{TEMPLATES} equal pairs, deepdiff not loaded\n")


def plan_command(concurrency: int) -> list[str]:
    """A plan as a user would run it."""
    return [str(RECONCILER), "plan", "--concurrency", str(concurrency)]


def environment(url: str | None = None) -> dict[str, str]:
    """The environment of this process without anything of Airbyte, and the benchmark's target when there is one."""
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("AIRBYTE_", "RECONCILER_"))
    }
    if url is not None:
        env |= {
            "AIRBYTE_API_URL": url,
            "AIRBYTE_ORGANIZATION_ID": ORGANIZATION,
            "AIRBYTE_CLIENT_ID": "benchmark",
            "AIRBYTE_CLIENT_SECRET": "benchmark-secret",
            "NO_PROXY": "127.0.0.1",
        }
    return env


def write_project(folder: Path, count: int) -> Path:
    """A project whose manifests equal the server's templates, one file each."""
    manifests = folder / "manifests"
    manifests.mkdir(parents=True)
    for number in range(count):
        (manifests / f"template-{number:04}.yaml").write_text(manifest_of(number), encoding="utf-8")
    return folder


def manifest_of(number: int) -> str:
    """A manifest in block style, as a person would write it; scalars in JSON's spelling, which YAML reads alike."""
    document = {
        "apiVersion": "reconciler/v1",
        "kind": "SourceTemplate",
        "metadata": {"name": f"template-{number:04}"},
        "spec": {
            "connector": CONNECTOR,
            "partialDefaultConfig": {"seed": number},
            "partialUserConfigSpec": form_of(number),
        },
    }
    return "".join(f"{line}\n" for line in yaml_lines(document))


def yaml_lines(value: object, indent: str = "") -> Iterator[str]:
    """A mapping of mappings, scalars and lists of scalars, in block style."""
    assert isinstance(value, dict)
    for key, member in value.items():
        if isinstance(member, dict) and member:
            yield f"{indent}{key}:"
            yield from yaml_lines(member, indent + "  ")
        else:
            yield f"{indent}{key}: {json.dumps(member)}"


@contextmanager
def latency_server(count: int, latency: float) -> Iterator[str]:
    """The latency server in a process of its own; gives its base url."""
    command = [sys.executable, str(LATENCY_SERVER), "--templates", str(count), "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def main() -> int:
    """Print the ratios; 1 with `--check` when one is above its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=("start", "plan", "validate"))
    parser.add_argument(
        "--rounds", type=int, default=7, help="turns of the start-up part; the plan takes a third"
    )
    parser.add_argument("--check", action="store_true", help="exit 1 when a ratio is above its limit")
    options = parser.parse_args()
    ratios: list[Ratio] = []
    with tempfile.TemporaryDirectory() as name:
        if options.only in (None, "start"):
            ratios += measure_start(Path(name), options.rounds)
        if options.only in (None, "validate"):
            ratios += measure_validate(Path(name), options.rounds)
        if options.only in (None, "plan"):
            ratios += measure_plan(Path(name), max(1, options.rounds // 3 + 1))
    sys.stdout.write("".join(f"{ratio}\n" for ratio in ratios))
    return int(options.check and any(ratio.value > ratio.limit for ratio in ratios))


if __name__ == "__main__":
    sys.exit(main())
