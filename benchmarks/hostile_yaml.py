"""Measures what hostile manifest files cost, each against a plain file of the same size; all within the limits of a file.

    python benchmarks/hostile_yaml.py                     every family; exit 1 when one costs more than two seconds
    python benchmarks/hostile_yaml.py --only 'alias*'     some of them
    python benchmarks/hostile_yaml.py --only 'validate*'  whole runs of `validate` over hostile forms and thousands of manifests

Reading is finding, parsing, judging and placing problems, as every command does it (`load_manifests`). The `validate` families are whole
processes, start-up included: behind reading they judge, infer, ask the server's rules and report. Seconds are processor time, the
smaller of two runs: the limit is meant for an ordinary machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS))

from manifests.hostile_files import HOSTILE, HOSTILE_JSON, MIB  # noqa: E402 - where the tests of the limits have them too
from manifests.manifest_reading import OneFile, ProjectOnDisk, manifest_text  # noqa: E402

from reconciler.manifests.limits import MAX_VALUES, Budget  # noqa: E402
from reconciler.manifests.problem_log import ProblemLog  # noqa: E402
from reconciler.manifests.reader import read_documents  # noqa: E402
from reconciler.manifests.rules import TOO_LARGE  # noqa: E402

LIMIT = 2.0
PROGRAM = Path(sys.executable).with_name("reconciler")


@dataclass(frozen=True)
class Cost:
    """What one file cost, and a plain file of its size."""

    name: str
    size: int
    seconds: float
    plain: float

    @property
    def is_above(self) -> bool:
        return self.seconds > LIMIT

    def __str__(self) -> str:
        verdict = "ABOVE" if self.is_above else "ok"
        ratio = f"{self.seconds / self.plain:6.2f} x plain"
        return f"{self.name:38} {self.size / 1024:6.0f} KiB {self.seconds:6.2f} s  {ratio}  {verdict}"


def plain_file(size: int) -> bytes:
    """Manifests as people write them, about this many bytes of them."""
    form = [
        "partialUserConfigSpec:",
        "  connectionSpecification:",
        "    title: Sample data",
        "    type: object",
    ]
    form += [
        "    required: [count]",
        "    properties:",
        "      count: {title: Count, type: integer, default: 5, order: 0}",
    ]
    texts: list[str] = []
    length = 0
    while length < size:
        texts.append(manifest_text(f"m{len(texts)}", f"{{seed: {len(texts)}}}", *form))
        length += len(texts[-1]) + 4
    return "---\n".join(texts[:-1] or texts).encode()


def form_of(**schema: Any) -> dict[str, Any]:
    return {"connectionSpecification": {"type": "object", **schema}}


def many(number: int, **field: Any) -> dict[str, Any]:
    return {f"f{n}": field for n in range(number)}


# Each a form with so many of something.
FORMS: dict[str, Callable[[int], dict[str, Any]]] = {
    "fields without anything": lambda n: form_of(properties=many(n)),
    "texts": lambda n: form_of(properties=many(n, type="string", title="T")),
    "required fields": lambda n: form_of(properties=many(n, type="string"), required=list(many(n))),
    "one order": lambda n: form_of(properties=many(n, type="string", order=1)),
    "misspelt keywords": lambda n: form_of(properties=many(n, type="string", tittle="x", desciption="y")),
    "types that are none": lambda n: form_of(properties=many(n, type={})),
    "objects": lambda n: form_of(properties=many(n, type="object", properties={"a": {}})),
    "secrets": lambda n: form_of(properties=many(n, airbyte_secret=True)),
    "patterns with too many ways": lambda n: form_of(
        properties=many(n, type="string", pattern="(a+)+$", default="a" * 30 + "!")
    ),
    "options": lambda n: form_of(
        oneOf=[{"title": f"o{k}", "properties": {"k": {"const": k, "type": "string"}}} for k in range(n)]
    ),
    "choices": lambda n: form_of(properties=many(n, oneOf=[{}])),
    "items and options": lambda n: form_of(
        properties={"count": {"type": "array", "default": [{}] * n, "items": {"anyOf": [{}] * n}}}
    ),
    "a long enumeration": lambda n: form_of(
        properties={"count": {"type": "array", "default": list(range(n)), "items": {"enum": list(range(n))}}}
    ),
    "references in a chain": lambda n: form_of(
        definitions={f"d{k}": {"$ref": f"#/definitions/d{k + 1}"} for k in range(n)},
        properties={"a": {"$ref": "#/definitions/d0"}},
    ),
}

# Each a specification of thousands of small manifests.
SPECIFICATIONS: dict[str, str] = {
    "manifests": "{connector: source-faker, partialDefaultConfig: {}}",
    "manifests whose form is inferred": "{connector: source-google-drive, partialDefaultConfig: {folder_url: x}}",
    "manifests with forms": "{connector: source-faker, partialDefaultConfig: {}, partialUserConfigSpec: "
    "{connectionSpecification: {type: object, properties: {a: {}, b: {}, c: {}, d: {}, e: {}, f: {}}}}}",
}


def hostile_projects() -> Iterator[tuple[str, str, bytes]]:
    """Name, file name and content of each whole run: as large as a file may be."""
    for name, form in FORMS.items():
        yield name, "m.json", largest(lambda n, form=form: manifest_of(form(n)))  # type: ignore[misc]
    for name, specification in SPECIFICATIONS.items():
        yield name, "m.yaml", largest(lambda n, each=specification: manifests_of(n, each))  # type: ignore[misc]


def manifest_of(form: dict[str, Any]) -> bytes:
    presets: dict[str, Any] = {"connector": "source-faker", "partialDefaultConfig": {}}
    spec = {**presets, "partialUserConfigSpec": form}
    whole = {"apiVersion": "reconciler/v1", "kind": "SourceTemplate", "metadata": {"name": "m"}, "spec": spec}
    return json.dumps(whole, separators=(",", ":")).encode()


def manifests_of(number: int, specification: str) -> bytes:
    start = "---\n{apiVersion: reconciler/v1, kind: SourceTemplate, metadata: {name: m"
    return "".join(f"{start}{n}}}, spec: {specification}}}\n" for n in range(number)).encode()


def largest(build: Callable[[int], bytes]) -> bytes:
    """The longest file of its kind that is not refused for its size."""
    low, high = 1, 2 * MAX_VALUES
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_within_limits(build(middle)) else (low, middle)
    return build(low)


def is_within_limits(data: bytes) -> bool:
    if len(data) > MIB:
        return False
    log = ProblemLog("m.yaml")
    # JSON is read as YAML here: the same values, and one reader for both.
    read_documents(data, log, OneFile({}), Budget(), is_json=data.startswith(b"{"))
    return not any(problem.rule == TOO_LARGE for problem in log.problems())


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of the faster of two runs; one is enough when it is slow."""
    times = []
    for _ in range(2):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
        if times[0] > LIMIT:
            break
    return min(times)


def reading_costs(folder: Path, pattern: str) -> Iterator[Cost]:
    """Each hostile file, read as the only one of a project."""
    project = ProjectOnDisk(folder)
    project.write("part.yaml", "a: 1\n")
    plain = seconds_to_read(project, "m.yaml", plain_file(MIB)) / MIB
    families = [(name, "m.yaml", data) for name, data in HOSTILE.items()]
    families += [(f"JSON: {name}", "m.json", data) for name, data in HOSTILE_JSON.items()]
    for name, file, data in families:
        if fnmatch(name, pattern):
            seconds = seconds_to_read(project, file, data)
            yield Cost(name, len(data), seconds, plain * len(data))


def seconds_to_read(project: ProjectOnDisk, name: str, data: bytes) -> float:
    path = project.write(name, data)
    try:
        return spent(project.load)
    finally:
        path.unlink()


def validate_costs(folder: Path, pattern: str) -> Iterator[Cost]:
    """Whole runs, each over one file."""
    project = ProjectOnDisk(folder)
    plain = seconds_to_validate(project, "m.yaml", plain_file(MIB // 2)) / (MIB // 2)
    for name, file, data in hostile_projects():
        title = f"validate: {name}"
        if fnmatch(title, pattern):
            yield Cost(title, len(data), seconds_to_validate(project, file, data), plain * len(data))


def seconds_to_validate(project: ProjectOnDisk, name: str, data: bytes) -> float:
    path = project.write(name, data)
    try:
        return min(one_run(project.root) for _ in range(2))
    finally:
        path.unlink()


def one_run(root: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(PROGRAM), "validate", "--sandbox", "--quiet", "-C", str(root)]
    result = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    if result.returncode not in (0, 3):
        raise SystemExit(f"validate ended with {result.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print what each family costs and the worst of all; 1 when one is above its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="*", metavar="GLOB", help="families whose name matches")
    options = parser.parse_args()
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as name:
        for measure in (reading_costs, validate_costs):
            for cost in measure(Path(name), options.only):
                sys.stdout.write(f"{cost}\n")
                sys.stdout.flush()
                costs.append(cost)
    if not costs:
        raise SystemExit(f"no family is called {options.only}")
    worst = max(costs, key=lambda cost: cost.seconds)
    sys.stdout.write(f"worst: {worst.name}, {worst.seconds:.2f} s\n")
    return int(any(cost.is_above for cost in costs))


if __name__ == "__main__":
    sys.exit(main())
