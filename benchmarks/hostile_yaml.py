"""Measures what hostile manifest files cost, each against a plain file of the same size; all within the limits of a file.

    python benchmarks/hostile_yaml.py                    every family; exit 1 when one costs more than two seconds
    python benchmarks/hostile_yaml.py --only 'alias*'    some of them
    python benchmarks/hostile_yaml.py --rules            also the rules over hostile forms: what `validate` does behind reading

Reading is finding, parsing, judging and placing problems, as every command does it (`load_manifests`). Seconds are processor time of
this process, the smaller of two runs: the limit is meant for an ordinary machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "manifests")]

from hostile_files import HOSTILE, HOSTILE_JSON, MIB  # noqa: E402 - where the tests of the limits have them too
from manifest_reading import ProjectOnDisk, manifest_text  # noqa: E402

from reconciler.model.connector import Connector  # noqa: E402
from reconciler.model.problem import Origin  # noqa: E402
from reconciler.model.template import Manifest  # noqa: E402
from reconciler.planning.assess import assess  # noqa: E402

READING_LIMIT = 2.0
RULES_LIMIT = 10.0
"""A form of 100,000 values goes through sixty rules: about fifty microseconds a value, and no more than that."""

CONNECTOR = Connector(
    "dfd88b22-b603-4c3d-aad7-3701784586b1",
    "source-faker",
    "Sample Data",
    "1.0.0",
    {
        "connectionSpecification": {
            "type": "object",
            "required": [],
            "properties": {"count": {"type": "array"}},
        }
    },
)


@dataclass(frozen=True)
class Cost:
    """What one file cost, and a plain file of its size."""

    name: str
    size: int
    seconds: float
    plain: float
    limit: float

    @property
    def is_above(self) -> bool:
        return self.seconds > self.limit

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


FORMS: dict[str, Callable[[], dict[str, Any]]] = {
    "form: fields without anything": lambda: form_of(properties=many(75_000)),
    "form: texts": lambda: form_of(properties=many(21_000, type="string", title="T")),
    "form: required fields": lambda: form_of(
        properties=many(26_000, type="string"), required=list(many(26_000))
    ),
    "form: one order": lambda: form_of(properties=many(25_000, type="string", order=1)),
    "form: misspelt keywords": lambda: form_of(
        properties=many(16_000, type="string", tittle="x", desciption="y")
    ),
    "form: patterns with too many ways": lambda: form_of(
        properties=many(10_000, type="string", pattern="(a+)+$", default="a" * 30 + "!")
    ),
    "form: options": lambda: form_of(
        oneOf=[{"title": f"o{n}", "properties": {"k": {"const": n, "type": "string"}}} for n in range(10_000)]
    ),
    "form: choices": lambda: form_of(properties=many(30_000, oneOf=[{}])),
    "form: items and options": lambda: form_of(
        properties={"count": {"type": "array", "default": [{}] * 40_000, "items": {"anyOf": [{}] * 40_000}}}
    ),
    "form: a long enumeration": lambda: form_of(
        properties={
            "count": {"type": "array", "default": list(range(40_000)), "items": {"enum": list(range(40_000))}}
        }
    ),
    "form: references in a chain": lambda: form_of(
        definitions={f"d{n}": {"$ref": f"#/definitions/d{n + 1}"} for n in range(20_000)},
        properties={"a": {"$ref": "#/definitions/d0"}},
    ),
}


def spent(work: Callable[[], object]) -> float:
    """Processor seconds of the faster of two runs; one is enough when it is slow."""
    times = []
    for _ in range(2):
        before = time.process_time()
        work()
        times.append(time.process_time() - before)
        if times[0] > READING_LIMIT:
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
            yield Cost(name, len(data), seconds, plain * len(data), READING_LIMIT)


def seconds_to_read(project: ProjectOnDisk, name: str, data: bytes) -> float:
    path = project.write(name, data)
    try:
        return spent(project.load)
    finally:
        path.unlink()


def rule_costs(folder: Path, pattern: str) -> Iterator[Cost]:
    """Every rule, the server's verdict and the customer's questions, for one hostile form each."""
    project = ProjectOnDisk(folder)
    plain = seconds_to_read(project, "m.yaml", plain_file(MIB)) / MIB
    for name, build in FORMS.items():
        if fnmatch(name, pattern):
            form = build()
            size = len(json.dumps(form))
            manifest = Manifest("m", Origin("m.yaml"), CONNECTOR, {}, form)
            seconds = spent(lambda manifest=manifest: assess(manifest, {}))  # type: ignore[misc]
            yield Cost(name, size, seconds, plain * size, RULES_LIMIT)


def main() -> int:
    """Print what each family costs and the worst of all; 1 when one is above its limit."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="*", metavar="GLOB", help="families whose name matches")
    parser.add_argument("--rules", action="store_true", help="also the rules over hostile forms")
    options = parser.parse_args()
    costs: list[Cost] = []
    with tempfile.TemporaryDirectory() as name:
        measured = [reading_costs, rule_costs] if options.rules else [reading_costs]
        for measure in measured:
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
