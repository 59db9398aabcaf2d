"""Measures the installed command as whole processes and prints ratios; every ratio is taken within one run.

    python benchmarks/run.py                 everything (about two minutes)
    python benchmarks/run.py --check         the same, and exit 1 when a ratio is above its limit
    python benchmarks/run.py --only start    `--version` and `--help` against an empty click program
    python benchmarks/run.py --only plan     a plan of 1,000 templates at 50 ms against its latency bound
    python benchmarks/run.py --only before   CPU time and memory against an earlier commit, which is installed beside this one

`--only before` needs git, the whole history and an index of packages. `--before REVISION` chooses the commit.

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

from latency_server import CONNECTOR, MEDIAN_FIELDS, ORGANIZATION, form_of

RECONCILER = Path(sysconfig.get_path("scripts")) / "reconciler"
LATENCY_SERVER = Path(__file__).with_name("latency_server.py")
TEMPLATES = 1000
LATENCY = 0.05
EMPTY_CLICK_PROGRAM = "import click\n\n\n@click.command()\ndef main():\n    pass\n\n\nmain()\n"
START_LIMIT = 1.1
MEAN_FIELDS = 21
"""Fields of a form of 2 KB, the mean size of the registry's specifications."""
PLANS = {
    ("public", MEDIAN_FIELDS): {8: 1.3, 16: 1.3, 32: 1.8},
    ("public", MEAN_FIELDS): {16: 1.12},
    ("agents", MEAN_FIELDS): {16: 1.12},
}
"""Dialect and fields in each form: concurrency, and how many times its latency bound a whole plan may take."""
BEFORE = "28da9bf"
MANY = 10_000
VALIDATE_CPU_LIMIT, PLAN_CPU_LIMIT, PLAN_MEMORY_LIMIT = 0.5, 0.7, 0.4


@dataclass(frozen=True)
class Ratio:
    """One result: what was measured against what it is compared with, and the limit that it should keep."""

    name: str
    measured: float
    against: float
    limit: float
    unit: str = "s"

    @property
    def value(self) -> float:
        return self.measured / self.against

    def __str__(self) -> str:
        verdict = "ok" if self.value <= self.limit else "ABOVE"
        sizes = f"{self.measured:8.2f} {self.unit} / {self.against:6.2f} {self.unit}"
        return f"{self.name:42} {sizes} = {self.value:5.2f}   limit {self.limit:.2f}  {verdict}"


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
    ratios = []
    for (dialect, fields), limits in PLANS.items():
        with latency_server(TEMPLATES, LATENCY, fields) as url:
            target = url if dialect == "public" else f"{url}/api/v1"
            project = write_project(folder / f"{dialect}-{fields}", TEMPLATES, fields, dialect)
            env = environment(target)
            check_plan(project, env)
            commands = {str(count): plan_command(count) for count in limits}
            medians = interleaved(commands, rounds, cwd=project, env=env)
        size = len(json.dumps(form_of(0, fields))) / 1000
        for count, limit in limits.items():
            name = f"{dialect} plan of {TEMPLATES}, {size:.1f} KB, {LATENCY * 1000:.0f} ms, {count} lanes"
            ratios.append(
                Ratio(name, medians[str(count)], (1 + math.ceil(TEMPLATES / count)) * LATENCY, limit)
            )
    return ratios


@dataclass(frozen=True)
class Spent:
    """What one process used: seconds of CPU, user and system, and the most memory in MB."""

    cpu: float
    memory: float


def spend(command: list[str], *, cwd: Path, env: dict[str, str]) -> Spent:
    """Run a command and take what the system counted for it. It must succeed."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{errors.read()}")
    return Spent(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def measure_before(folder: Path, rounds: int, revision: str) -> list[Ratio]:
    """CPU time and memory of this version against those of an earlier commit, in turns on the same project."""
    project = write_project(folder / "many", MANY, MEDIAN_FIELDS)
    programs = {"now": RECONCILER, "before": install(folder / "before", revision)}
    with latency_server(MANY, 0, MEDIAN_FIELDS) as url:
        env = environment(url)
        validate = spend_in_turns(programs, ["validate"], rounds, cwd=project, env=env)
        plan = spend_in_turns(programs, plan_command(16)[1:], rounds, cwd=project, env=env)
    return [
        Ratio(f"validate of {MANY} / {revision}, CPU", *cpu(validate), VALIDATE_CPU_LIMIT),
        Ratio(f"plan of {MANY} / {revision}, CPU", *cpu(plan), PLAN_CPU_LIMIT),
        Ratio(f"plan of {MANY} / {revision}, memory", *memory(plan), PLAN_MEMORY_LIMIT, "MB"),
    ]


def spend_in_turns(
    programs: dict[str, Path], arguments: list[str], rounds: int, *, cwd: Path, env: dict[str, str]
) -> dict[str, list[Spent]]:
    """What each program spent on a command, once for each round."""
    spent: dict[str, list[Spent]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            spent[name].append(spend([str(program), *arguments], cwd=cwd, env=env))
    return spent


def cpu(spent: dict[str, list[Spent]]) -> tuple[float, float]:
    """Medians of CPU time: now and before."""
    now, before = (statistics.median(one.cpu for one in spent[name]) for name in ("now", "before"))
    return now, before


def memory(spent: dict[str, list[Spent]]) -> tuple[float, float]:
    """Medians of the most memory: now and before."""
    now, before = (statistics.median(one.memory for one in spent[name]) for name in ("now", "before"))
    return now, before


def install(folder: Path, revision: str) -> Path:
    """The program of an earlier commit of this repository, in an environment of its own."""
    repository = Path(__file__).resolve().parent.parent
    source = folder / "source"
    source.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", revision], cwd=repository, stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x", "-C", str(source)], input=archive.stdout, check=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    subprocess.run([str(folder / "venv/bin/pip"), "install", "--quiet", str(source)], check=True)
    return folder / "venv/bin/reconciler"


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
    left_out = (
        "AIRBYTE_",
        "RECONCILER_",
        "PYTHONDONTWRITEBYTECODE",
    )  # without byte code every start compiles all modules
    env = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    if url is not None:
        env |= {
            "AIRBYTE_API_URL": url,
            "AIRBYTE_ORGANIZATION_ID": ORGANIZATION,
            "AIRBYTE_CLIENT_ID": "benchmark",
            "AIRBYTE_CLIENT_SECRET": "benchmark-secret",
            "NO_PROXY": "127.0.0.1",
        }
    return env


def write_project(folder: Path, count: int, fields: int, dialect: str = "public") -> Path:
    """A project whose manifests equal the server's templates, ten in a file."""
    manifests = folder / "manifests"
    manifests.mkdir(parents=True)
    if dialect == "agents":
        project = (
            f"version: 1\nenvironments: {{benchmark: {{api: agents, organizationId: {ORGANIZATION}}}}}\n"
        )
        (folder / "reconciler.yaml").write_text(project, encoding="utf-8")
    for first in range(0, count, 10):
        documents = [manifest_of(number, fields, dialect) for number in range(first, min(first + 10, count))]
        (manifests / f"templates-{first:05}.yaml").write_text("---\n".join(documents), encoding="utf-8")
    return folder


def manifest_of(number: int, fields: int, dialect: str) -> str:
    """A manifest in block style, as a person would write it; scalars in JSON's spelling, which YAML reads alike."""
    form = {"partialUserConfigSpec": form_of(number, fields)} if dialect == "public" else {}
    document = {
        "apiVersion": "reconciler/v1",
        "kind": "SourceTemplate",
        "metadata": {"name": f"template-{number:04}"},
        "spec": {
            "connector": CONNECTOR,
            "partialDefaultConfig": {"seed": number},
            **form,
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
def latency_server(count: int, latency: float, fields: int) -> Iterator[str]:
    """The latency server in a process of its own; gives its base url."""
    command = [
        sys.executable,
        str(LATENCY_SERVER),
        f"--templates={count}",
        f"--latency={latency}",
        f"--fields={fields}",
    ]
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
    parser.add_argument("--only", choices=("start", "plan", "before"))
    parser.add_argument(
        "--rounds", type=int, default=7, help="turns of the start-up part; the plan takes a third"
    )
    parser.add_argument("--before", default=BEFORE, metavar="REVISION", help="the commit to compare with")
    parser.add_argument("--check", action="store_true", help="exit 1 when a ratio is above its limit")
    options = parser.parse_args()
    ratios: list[Ratio] = []
    with tempfile.TemporaryDirectory() as name:
        if options.only in (None, "start"):
            ratios += measure_start(Path(name), options.rounds)
        if options.only in (None, "plan"):
            ratios += measure_plan(Path(name), max(1, options.rounds // 3 + 1))
        if options.only in (None, "before"):
            ratios += measure_before(Path(name), max(1, options.rounds // 3), options.before)
    sys.stdout.write("".join(f"{ratio}\n" for ratio in ratios))
    return int(options.check and any(ratio.value > ratio.limit for ratio in ratios))


if __name__ == "__main__":
    sys.exit(main())
